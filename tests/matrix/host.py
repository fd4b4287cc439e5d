"""A host who sets up a circle on Matrix: from a folder, and at a terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from adapters.matrix import setup
from adapters.matrix.setup import FoundRoom
from adapters.matrix.transport import Transport
from bot.command_line.checks import check
from bot.command_line.circle import serve
from bot.command_line.console import Exit
from bot.command_line.matrix_rooms import Given
from bot.command_line.matrix_setup import set_up
from bot.model import RoomKind
from bot.settings import Settings
from tests.command_line.process import assert_quiet, environment
from tests.homeserver.proxy import Fault
from tests.homeserver.server import Credentials

DEADLINE = 120.0
# Reads the program once, and then runs the set-up in a child of its own for each line it gets.
NURSERY = """
import os, sys
from bot.command_line.matrix_rooms import Given
from bot.command_line.matrix_setup import set_up
from bot.settings import Settings

answers, sys.stdout = sys.stdout, open(os.devnull, "w")
while line := sys.stdin.readline():
    child = os.fork()
    if not child:
        sys.stdin = open(os.devnull)
        set_up(Settings.load(), Given(*line.split()))
        os._exit(0)
    print(child, file=answers, flush=True)
    print(os.waitpid(child, 0)[1], file=answers, flush=True)
"""


@dataclass
class Ran:
    """What one run of the command came to."""

    code: int
    said: str


class Runs(Protocol):
    """Runs a command."""

    async def __call__(self, folder: Path, work: Callable[[], Exit], **settings: str) -> Ran: ...


class Host:
    """Somebody in a folder of their own, with an account for the bot."""

    def __init__(self, folder: Path, url: str, account: Credentials, runs: Runs) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.url = url
        self.account = account
        self._runs = runs

    async def runs(self, work: Callable[[], Exit], **settings: str) -> Ran:
        """Run a command to its end, in a process that has it all in memory already."""
        ran = await self._runs(self.folder, work, **settings)
        token = self.env().get("CIRCLEKEEPER_MATRIX_TOKEN", self.account.password)
        assert_quiet(ran.said, (self.account.password, token))
        return ran

    async def sets_up(self, *, url: str | None = None, **given: Any) -> Ran:
        """`setup matrix` with what every run is given."""
        secrets = {name: given.pop(name) for name in list(given) if name.startswith("setup_")}
        options = Given(url or self.url, self.account.user_id, **given)
        secrets = {"setup_password": self.account.password, **secrets}
        return await self.runs(lambda: set_up(Settings.load(), options), **secrets)

    async def checks(self, **settings: str) -> Ran:
        """`check`."""
        return await self.runs(lambda: check(as_json=False), **settings)

    async def starts(self) -> Ran:
        """`run`, where it ends by itself."""
        return await self.runs(lambda: asyncio.run(serve(Settings.load())))

    async def is_killed(self, faults: Iterable[AbstractContextManager[Fault]]) -> None:
        """`setup matrix` once for each fault, killed at the moment when it meets it."""
        nursery = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", NURSERY),
            cwd=self.folder,
            env=environment(setup_password=self.account.password),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        try:
            for each in faults:
                with each as fault:
                    nursery.stdin.write(f"{self.url} {self.account.user_id}\n".encode())
                    child = int(await nursery.stdout.readline())
                    await fault.happens(within=DEADLINE)
                    os.kill(child, signal.SIGKILL)
                    assert await nursery.stdout.readline() == b"9\n"
        finally:
            nursery.kill()
            await nursery.wait()

    def env(self) -> dict[str, str]:
        """What stands in `.env`."""
        file = self.folder / ".env"
        lines = file.read_text().splitlines() if file.exists() else []
        return dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")

    async def bot(self) -> Transport:
        """The homeserver as the bot may see it."""
        return Transport(self.url, self.env()["CIRCLEKEEPER_MATRIX_TOKEN"])

    async def rooms(self) -> list[FoundRoom]:
        """The rooms that are marked as the group's."""
        bot = await self.bot()
        try:
            found = (await setup.rooms(bot, self.account.user_id)).values()
        finally:
            await bot.close()
        return [room for room in found if room.kind is not None]

    async def room(self, kind: RoomKind) -> str:
        [found] = [room.room_id for room in await self.rooms() if room.kind is kind]
        return found

    async def asks(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        bot = await self.bot()
        try:
            return await bot.request(method, path, body)
        finally:
            await bot.close()
