"""Reaching a world that runs in a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from typing import Any, TypeVar

import aiohttp

from adapters.sandbox.link import refused
from adapters.sandbox.world import Json, Refusal
from bot.errors import TryLater

_T = TypeVar("_T")


class _Session:
    """An HTTP session that is made when it is first needed, inside the running loop."""

    def __init__(self, address: str, key: str) -> None:
        self._address = address
        self._key = key
        self._made: aiohttp.ClientSession | None = None

    def get(self) -> aiohttp.ClientSession:
        if self._made is None or self._made.closed:
            self._made = aiohttp.ClientSession(
                self._address,
                headers={"Authorization": f"Bearer {self._key}"},
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=3),
            )
        return self._made

    async def close(self) -> None:
        if self._made is not None:
            await self._made.close()


class RemoteLink:
    """A `Link` over loopback. What cannot be reached is `TryLater`."""

    def __init__(self, address: str, key: str, *, patience: float = 30) -> None:
        self._session = _Session(address, key)
        self._patience = patience

    async def call(self, operation: str, *args: Any) -> Any:
        """Ask the world."""
        asked = {"operation": operation, "args": args}
        try:
            async with (
                asyncio.timeout(self._patience),
                self._session.get().post("/call", json=asked) as answer,
            ):
                answer.raise_for_status()
                said = await answer.json()
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise TryLater(timedelta(seconds=1)) from None
        if "refused" in said:
            raise refused(said["refused"], said["after"])
        return said["done"]

    async def events(self, after: int) -> AsyncGenerator[Json, None]:
        """Follow the world's log over a WebSocket."""
        try:
            async with self._session.get().ws_connect(
                "/events", params={"after": str(after)}, heartbeat=10
            ) as live:
                async for message in live:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        yield message.json()
        except (aiohttp.ClientError, OSError):
            pass
        raise TryLater(timedelta(seconds=1))

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


class Director:
    """Plays the people of a world in another process and plans its faults, for tests."""

    def __init__(self, address: str, key: str) -> None:
        self._session = _Session(address, key)

    async def do(self, what: str, **given: Any) -> Any:
        """Do what a person does, by the name of a deed in `people.py`, "shift" or "start_over"."""
        return await self._post("/people", {"what": what, "with": given})

    async def fault(self, operation: str, **how: Any) -> None:
        """Plan a fault (see `Faults.plan`)."""
        await self._post("/fault", {"operation": operation, **how})

    async def no_faults(self) -> None:
        """Forget the faults that were planned and not met."""
        await self._post("/no-faults", {})

    async def hanging(self, operation: str) -> None:
        """Return when the bot's call hangs: the moment to kill it."""
        await self._get(f"/hanging/{operation}")

    async def state(self, newer: int = -1) -> Json:
        """The whole world with its counters, newer than a version."""
        found: Json = await self._get(f"/state?newer={newer}")
        return found

    async def until(self, condition: Callable[[Json], _T | None], seconds: float = 60) -> _T:
        """Wait until a condition on `state()` is not None and give its value."""
        async with asyncio.timeout(seconds):
            now = await self.state()
            while (value := condition(now)) is None:
                now = await self.state(now["version"])
        return value

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _post(self, path: str, data: Json) -> Any:
        async with self._session.get().post(path, json=data) as answer:
            answer.raise_for_status()
            return _done(await answer.json())

    async def _get(self, path: str) -> Any:
        async with self._session.get().get(path) as answer:
            answer.raise_for_status()
            return _done(await answer.json())


def _done(said: Any) -> Any:
    if "refused" in said:
        raise Refusal(said["refused"], said["text"], said["after"])
    return said.get("done") if set(said) == {"done"} else said
