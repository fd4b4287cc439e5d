"""Arrivals: what one sync answer tells of rooms, in the order in which it is to be handled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.matrix.backfill import before, comes_in, sound
from adapters.matrix.client import MEMBER, Client
from adapters.matrix.transport import Json


@dataclass(frozen=True, slots=True, repr=False)
class Arrival:
    """Something that happened in a room.

    `event` is raw and decrypted. `before` is what the state event that it replaces said.
    `live` is False for what happened while the bot was away. `unreadable`: no key came for it,
    or, as type `MISSED`, it could not be handled or cannot be fetched (without a sender). An
    invitation of the bot has no event id.
    """

    room_id: str
    event: Json
    live: bool = True
    before: Json | None = None
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """What lies between the last position and where a limited timeline starts."""

    room_id: str
    start: str
    end: str | None
    live: bool
    news: tuple[Json, ...]
    """State events that changed within."""


def told(
    client: Client, answer: Json, since: str | None, *, first: bool
) -> list[tuple[str, list[Arrival | Gap]]]:
    """What happened in each room since a position, oldest first; the client takes the rooms' state.

    `first`: the answer tells all state there is, and of what happened while the bot was away.
    """
    rooms = answer.get("rooms") or {}
    found = [
        (room_id, list(_in_room(client, room_id, room, since, live=not first)))
        for part in ("join", "leave")
        for room_id, room in (rooms.get(part) or {}).items()
    ]
    invited = (rooms.get("invite") or {}).items()
    return found + [(room_id, list(_invited(client, room_id, room))) for room_id, room in invited]


def _in_room(
    client: Client, room_id: str, room: Json, since: str | None, *, live: bool
) -> Iterator[Arrival | Gap]:
    """Take a room's state; what is left to handle."""
    state = [e for e in sound((room.get("state") or {}).get("events")) if "state_key" in e]
    for event in state:
        client.take_state_event(room_id, event)
    timeline = room.get("timeline") or {}
    news: list[Arrival | Gap] = []
    limited = bool(timeline.get("limited"))
    for event in sound(timeline.get("events")):
        was = None
        if "state_key" in event:
            was = before(event, client.take_state_event(room_id, event))
            if comes_in(event, was, client.user):
                # Older requests were not for the bot, and it may have answered them once.
                news.clear()
                limited = False
        news.append(Arrival(room_id, event, live, was))
    if since is None:
        return
    if limited:
        # All of a room's state is no news; what changed within the gap is.
        changed = tuple(state) if live else ()
        yield Gap(room_id, since, timeline.get("prev_batch"), live, changed)
    yield from news


def _invited(client: Client, room_id: str, room: Json) -> Iterator[Arrival]:
    for event in (room.get("invite_state") or {}).get("events") or ():
        mine = event.get("type") == MEMBER and event.get("state_key") == client.user
        if mine and type(event.get("sender")) is str:
            yield Arrival(room_id, event)
