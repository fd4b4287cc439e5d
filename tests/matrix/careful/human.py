"""CarefulHuman: a person with the client of tomorrow, which excludes insecure devices.

matrix-js-sdk with Rust crypto, in a Node of its own (`person.mjs`). It gives keys to no device and
reads from no device that its owner has not signed.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from tests import node
from tests.homeserver.server import Credentials, Homeserver

_T = TypeVar("_T")

HERE: Final = Path(__file__).parent
PATIENCE: Final = 60.0


@dataclass(frozen=True)
class Shown:
    """A message as this client shows it. `shield`: 0 none, 1 grey, 2 red, None unencrypted."""

    room: str
    id: str
    sender: str
    text: str
    readable: bool
    why: str | None
    """Why it cannot be read."""
    shield: int | None
    shield_reason: int | None


class CarefulHuman:
    """What such a person does and sees."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self.user_id = credentials.user_id
        self.shown: dict[str, Shown] = {}
        """Every message, by its id."""
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Condition()
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    async def arrives(cls, homeserver: Homeserver, name: str) -> Self:
        """Somebody new, with a device that they signed."""
        human = cls(await homeserver.register(name))
        human._process = await asyncio.create_subprocess_exec(
            node.NODE,
            HERE / "person.mjs",
            cwd=HERE,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=10_000_000,
        )
        human._listening = asyncio.create_task(human._listen())
        await human.does(
            "opens",
            url=homeserver.url,
            user=human.user_id,
            device=human.credentials.device_id,
            token=human.credentials.access_token,
            password=human.credentials.password,
        )
        return human

    async def leaves(self) -> None:
        """Close the client."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        if self._listening is not None:
            await self._listening

    async def joins(self, room: str) -> None:
        """Go into a room."""
        await self.does("joins", room=room)

    async def knows(self, user: str) -> None:
        """Have the devices of somebody looked up, and whether they are signed.

        Her client does that by itself when it joins. But what comes before that is done it never
        looks at again, until its next start.
        """
        await self.does("knows", user=user)

    async def writes(self, room: str, text: str) -> str:
        """Write in a room; gives the message."""
        return str(await self.does("writes", room=room, text=text))

    async def sees(self, message: str) -> Shown:
        """Wait until a message, by its id, is in sight and can be read."""
        return await self.when(
            lambda: shown if (shown := self.shown.get(message)) and shown.readable else None,
            f"reading {message}",
        )

    async def sees_refused(self, message: str, why: str) -> None:
        """Wait until a message is in sight that cannot be read, for this reason."""
        await self.when(
            lambda: ((shown := self.shown.get(message)) and shown.why == why) or None,
            f"{message} to be refused: {why}",
        )

    async def when(self, condition: Callable[[], _T | None], what: str) -> _T:
        """Wait until a condition gives something, looked at after each news."""
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                while True:
                    found = condition()
                    if found is not None:
                        return found
                    await self._news.wait()
        except TimeoutError as error:
            seen = "\n".join(map(str, self.shown.values()))
            raise AssertionError(f"{self.user_id} waited for {what}.\n{seen}") from error

    async def does(self, what: str, **given: Any) -> Any:
        """Have `person.mjs` do one of its deeds; gives its answer."""
        assert self._process is not None
        assert self._process.stdin is not None
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"id": number, "do": what, **given})
        self._process.stdin.write(line.encode() + b"\n")
        async with asyncio.timeout(PATIENCE):
            return await self._asked[number]

    async def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = json.loads(line)
            if news := told.get("news"):
                self.shown[news["id"]] = Shown(**news)
                async with self._news:
                    self._news.notify_all()
            elif "failed" in told:
                self._asked.pop(told["id"]).set_exception(AssertionError(told["failed"]))
            else:
                self._asked.pop(told["id"]).set_result(told["done"])
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(AssertionError("the client ended"))
