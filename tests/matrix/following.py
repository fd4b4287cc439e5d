"""A bot that only listens, and people whose clients are a few requests: for tests of the sync."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Self, TypeVar
from uuid import uuid4

from adapters.matrix.arrivals import Arrival
from adapters.matrix.client import Client
from adapters.matrix.keys import CryptoStore
from adapters.matrix.sync import Sync
from adapters.matrix.transport import Json, Transport, path
from bot.inbox import Memory
from tests.adapters.fakes import Shelf
from tests.homeserver.server import Credentials, Homeserver

_T = TypeVar("_T")

PATIENCE = 60.0
"""Seconds to wait for something that should come."""


class Person:
    """Somebody who writes in the clear, and fast."""

    def __init__(self, homeserver: Homeserver, credentials: Credentials) -> None:
        self.id = credentials.user_id
        self.credentials = credentials
        self.homeserver = homeserver
        self.transport = Transport(homeserver.url, credentials.access_token)

    @classmethod
    async def arrives(cls, homeserver: Homeserver, name: str) -> Self:
        """Somebody new."""
        return cls(homeserver, await homeserver.register(name))

    async def asks(self, method: str, to: str, body: Json | None = None) -> Json:
        """Any request."""
        return await self.transport.request(method, to, body)

    async def creates(self, *guests: Listener | Person, **settings: Any) -> str:
        """A room, with everybody inside."""
        body = {"preset": "private_chat", "invite": [guest.id for guest in guests], **settings}
        room = str((await self.asks("POST", "/v3/createRoom", body))["room_id"])
        for guest in guests:
            await guest.asks("POST", path("rooms", room, "join"), {})
        return room

    async def sends(self, room: str, kind: str, content: Json) -> str:
        """Any event; gives its id."""
        to = path("rooms", room, "send", kind, str(uuid4()))
        return str((await self.asks("PUT", to, content))["event_id"])

    async def writes(self, room: str, text: str) -> str:
        """A message."""
        return await self.sends(room, "m.room.message", {"msgtype": "m.text", "body": text})

    async def writes_many(self, room: str, count: int) -> list[str]:
        """Messages in one go, as a crowd writes them; their ids in order."""
        contents = [{"msgtype": "m.text", "body": f"number {number}"} for number in range(count)]
        return await self.homeserver.crowds(self.credentials, room, contents)

    async def leaves(self) -> None:
        """Close the connections."""
        await self.transport.close()


class Listener:
    """A bot that notes what arrives. `handles` may be exchanged."""

    def __init__(self, url: str, credentials: Credentials, memory: Memory | None = None) -> None:
        self.id = credentials.user_id
        self.credentials = credentials
        self.shelf = Shelf()
        self.memory: Memory = memory or self.shelf
        self._url = url
        self.heard: list[Arrival] = []
        self.connects = 0
        self.handles: Callable[[Arrival], Awaitable[None]] = self._notes
        self._news = asyncio.Condition()
        self.client: Client | None = None
        self.following: asyncio.Task[None] | None = None

    @classmethod
    async def arrives(cls, homeserver: Homeserver, url: str | None = None) -> Self:
        """A new bot with an account of its own. `url` when through a proxy."""
        return cls(url or homeserver.url, await homeserver.register("bot"))

    async def asks(self, method: str, to: str, body: Json | None = None) -> Json:
        """Any request in the bot's name."""
        transport = Transport(self._url, self.credentials.access_token)
        try:
            return await transport.request(method, to, body)
        finally:
            await transport.close()

    async def starts(self) -> None:
        """Follow, and be up to date when this returns."""
        store = await CryptoStore.create(
            self.memory, self.credentials.user_id, self.credentials.device_id
        )
        self.client = Client(self._url, self.credentials.access_token, store)
        # as the set-up does
        await self.client.crypto.upkeep()
        before = self.connects
        sync = Sync(self.client, self.memory, self._handle, self._connected, _nothing)
        self.following = asyncio.create_task(sync.run())
        await self.until(lambda: self.connects > before or None)

    async def stops(self) -> None:
        """Be cut off, in the middle of whatever is under way."""
        if self.following is not None:
            self.following.cancel()
            await asyncio.gather(self.following, return_exceptions=True)
        if self.client is not None:
            await self.client.close()

    async def until(self, found: Callable[[], _T | None]) -> _T:
        """Wait for something to be so."""
        async with asyncio.timeout(PATIENCE), self._news:
            while True:
                if self.following is not None and self.following.done():
                    self.following.result()
                value = found()
                if value is not None:
                    return value
                try:
                    await asyncio.wait_for(self._news.wait(), 0.1)
                except TimeoutError:
                    continue

    async def hears(self, events: Iterable[str]) -> None:
        """Wait until all of these arrived."""
        wanted = set(events)
        await self.until(lambda: wanted <= set(self.ids()) or None)

    def ids(self, room: str | None = None, kind: str | None = None) -> list[str]:
        """The ids of what arrived, in order."""
        return [
            arrival.event["event_id"]
            for arrival in self.heard
            if room in (None, arrival.room_id)
            and kind in (None, arrival.event["type"])
            and "event_id" in arrival.event
        ]

    def said(self, room: str | None = None) -> list[str]:
        """The ids of the messages that arrived, in order."""
        return self.ids(room, "m.room.message")

    def arrival(self, event_id: str) -> Arrival:
        """One arrival."""
        return next(a for a in self.heard if a.event.get("event_id") == event_id)

    @property
    def position(self) -> str | None:
        """The sync position that would count after a crash now."""
        return self.shelf.values.get("sync position")

    async def _handle(self, arrival: Arrival) -> None:
        await self.handles(arrival)

    async def _notes(self, arrival: Arrival) -> None:
        self.heard.append(arrival)
        async with self._news:
            self._news.notify_all()

    async def notes(self, arrival: Arrival) -> None:
        """What `handles` does unless told otherwise."""
        await self._notes(arrival)

    async def _connected(self) -> None:
        self.connects += 1
        async with self._news:
            self._news.notify_all()


async def _nothing() -> None:
    pass
