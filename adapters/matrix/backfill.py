"""Backfill: what a limited timeline left out, and what a raw event has to have."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any, Final

import orjson

from adapters.matrix.again import until_done
from adapters.matrix.client import MEMBER, Client
from adapters.matrix.transport import Json

PAGE: Final = 100
"""Events in a timeline and in a page of history; Synapse gives no longer timeline by default."""


def sound(events: Any) -> Iterator[Json]:
    """The events that have what every event has; a homeserver lets no others through."""
    for event in events or ():
        if (
            type(event) is dict
            and type(event.get("content")) is dict
            and type(event.get("type")) is str
            and type(event.get("sender")) is str
            and type(event.get("event_id")) is str
            and type(event.get("origin_server_ts")) is int
            and type(event.get("state_key", "")) is str
        ):
            yield event


def before(event: Json, known: Json | None = None) -> Json | None:
    """What the state event that this one replaced said; `known` is what it was so far."""
    unsigned = event.get("unsigned")
    told = unsigned.get("prev_content") if type(unsigned) is dict else None
    if type(told) is dict:
        return told
    return None if known is None else known["content"]


def comes_in(event: Json, was: Json | None, user: str) -> bool:
    """Whether this is somebody's coming into a room, and no change of their name."""
    return (
        event["type"] == MEMBER
        and event.get("state_key") == user
        and event["content"].get("membership") == "join"
        and (was or {}).get("membership") != "join"
    )


async def between(client: Client, room_id: str, start: str, end: str | None) -> AsyncIterator[Json]:
    """What happened in a room between two tokens of a sync, oldest first.

    Where the bot itself came in between, only what came after that. Waits as long as the
    homeserver is away; raises `Forbidden` or `Gone` where it will not tell.
    """
    after = await _own_coming(client, room_id, start, end)
    async for event in _pages(client, room_id, start, end):
        if after is None:
            yield event
        elif event["event_id"] == after:
            after = None


async def _own_coming(client: Client, room_id: str, start: str, end: str | None) -> str | None:
    only = orjson.dumps({"types": [MEMBER], "senders": [client.user]}).decode()
    last = None
    async for event in _pages(client, room_id, start, end, only):
        if comes_in(event, before(event), client.user):
            last = event["event_id"]
    return last


async def _pages(
    client: Client, room_id: str, start: str, end: str | None, only: str | None = None
) -> AsyncIterator[Json]:
    token: str | None = start
    while token is not None and token != end:
        asked = partial(client.messages, room_id, token, end, limit=PAGE, only=only)
        page, following = await until_done(asked)
        for event in sound(page):
            yield event
        # An empty page can stand before a full one, but not one that leads to itself.
        token = following if following != token else None
