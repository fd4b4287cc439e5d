"""Scene: the platform in one process, the bot in another, and a test that watches both."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from adapters.sandbox.remote import Director
from adapters.sandbox.world import Json, World
from tests.adapters.sandbox_stage import apart
from tests.crash.nursery import DATABASE, LOG

_T = TypeVar("_T")

PATIENCE = 60.0
"""Seconds for a condition on a machine that does other things too."""


UNDONE = {
    "jobs": "SELECT count(*) FROM outbox WHERE after <= :now",
    "removals": "SELECT count(*) FROM expiries WHERE state = 'waiting' AND due <= :now",
    "cards": "SELECT count(*) FROM alerts WHERE card_due IS NOT NULL",
}
"""What the bot still has to do, in its tables."""


class Bot:
    """The bot's process, again and again."""

    def __init__(self, nursery: asyncio.subprocess.Process) -> None:
        self._nursery = nursery
        self.pid: int | None = None
        self.kills = 0

    async def start(self) -> None:
        """Fork a bot."""
        self.pid = int(await self._ask("start"))

    async def kill(self) -> None:
        """Kill it, as the out-of-memory killer or a pulled plug would."""
        assert self.pid is not None
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        status = int(await self._ask(f"reap {self.pid}"))
        assert status == -signal.SIGKILL, f"the bot ended by itself: {status}"
        self.pid = None
        self.kills += 1

    async def _ask(self, line: str) -> str:
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(f"{line}\n".encode())
        await self._nursery.stdin.drain()
        return (await self._nursery.stdout.readline()).decode()


class Scene:
    """What a test sees: the world as it is told, the bot's tables, and when either changes."""

    def __init__(self, folder: Path, director: Director, bot: Bot) -> None:
        self.folder = folder
        self.director = director
        self.bot = bot
        self.told: Json = {}
        self.answers: dict[int, Json] = {}
        """Every answer that was ever given, by the number of what was asked."""
        self._changed = asyncio.Event()

    @property
    def state(self) -> Json:
        """The world's state."""
        state: Json = self.told["state"]
        return state

    @property
    def world(self) -> World:
        """A copy of the world, to be asked who may enter where and what time it is."""
        return World(self.state)

    async def follow(self) -> None:
        """Keep up with the world until cancelled."""
        newer = -1
        while True:
            self.told = await self.director.state(newer)
            newer = self.told["version"]
            for about in self.state["rooms"].values():
                for message in about["messages"].values():
                    if message["answer_to"] is not None:
                        self.answers[message["answer_to"]] = message
            self.news()

    def news(self) -> None:
        """Something changed: look at every condition again."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def until(self, condition: Callable[[], _T | None], seconds: float = PATIENCE) -> _T:
        """Wait until a condition on what is seen is not None, and give its value."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    changed = self._changed
                    if (value := condition()) is not None:
                        return value
                    await changed.wait()
        except TimeoutError:
            raise AssertionError(self._standstill()) from None

    def _standstill(self) -> str:
        """What is not done, for whoever reads that a test waited in vain."""
        tables = {name: self.count(query, now=self.now()) for name, query in UNDONE.items()}
        log = [event["kind"] for event in self.state["log"]]
        bots = f"{self.told['followers']} bots follow"
        return "\n".join([f"waited in vain: {bots}, {tables}, {log}", *self.log_lines()[-20:]])

    def count(self, query: str, **values: Any) -> int:
        """Count in the bot's tables, past the bot."""
        database = self.folder / DATABASE
        if not database.exists():
            return 1
        db = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
        try:
            return int(db.execute(query, values).fetchone()[0] or 0)
        except sqlite3.OperationalError:
            # Not set up yet: the bot was killed in its very first start.
            return 1
        finally:
            db.close()

    def is_settled(self) -> bool:
        """Whether the bot has nothing left to do: all heard, all sent, nothing overdue."""
        if not self.told["followers"] or self.state["log"]:
            return False
        return not any(self.count(query, now=self.now()) for query in UNDONE.values())

    def now(self) -> int:
        """The world's time as the tables have it."""
        return int(self.world.now().timestamp() * 1_000_000)

    async def settled(self) -> None:
        """Until the bot has nothing left to do, of all that happened before this call."""
        newest = (await self.director.state())["version"]
        await self.until(lambda: self.told["version"] >= newest or None)
        await self.until(lambda: self.is_settled() or None)

    async def restart(self) -> None:
        """Start the bot and let it catch up."""
        await self.bot.start()
        await self.settled()

    def log_lines(self) -> list[str]:
        """What all the bots logged."""
        path = self.folder / LOG
        return path.read_text().splitlines() if path.exists() else []


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """A platform, and a nursery that makes bots in `folder` for it."""
    news, tell = os.pipe()
    os.set_blocking(news, False)
    with apart() as line:
        nursery = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.crash.nursery", str(folder), line["door"], str(tell)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "DOOR_KEY": line["key"]},
            pass_fds=(tell,),
        )
        assert nursery.stdout is not None
        await nursery.stdout.readline()
        director = Director(line["door"], line["key"])
        made = Scene(folder, director, Bot(nursery))
        loop = asyncio.get_running_loop()

        def heard() -> None:
            os.read(news, 65_536)
            made.news()

        loop.add_reader(news, heard)
        following = asyncio.create_task(made.follow())
        try:
            await made.until(lambda: True if made.told else None)
            yield made
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            await director.close()
            if made.bot.pid is not None:
                await made.bot.kill()
            assert nursery.stdin is not None
            nursery.stdin.close()
            await nursery.wait()
            loop.remove_reader(news)
            os.close(news)
            os.close(tell)
