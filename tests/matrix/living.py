"""The bot as a process, to be killed, and people who write whatever happens to the homeserver."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar
from uuid import uuid4

from aiohttp import ClientError, ClientSession, ClientTimeout
from sqlalchemy import select

from bot.store import Store
from bot.store.tables import expiries, rooms
from tests.command_line.process import environment
from tests.homeserver.server import Credentials, Homeserver

_T = TypeVar("_T")

DATABASE: Final = "circle.sqlite3"
PATIENCE: Final = 100.0
_PAUSE: Final = 0.2
"""Seconds between two messages of one writer."""


class LivingBot:
    """`python -m bot run` over a circle that was set up in a folder."""

    def __init__(self, folder: Path, url: str, account: Credentials) -> None:
        self._folder = folder
        self._settings = {
            "database_url": f"sqlite:///{folder / DATABASE}",
            "keys_folder": str(folder / "keys"),
            "sandbox": "off",
            "matrix_homeserver": url,
            "matrix_user": account.user_id,
            "matrix_token": account.access_token,
        }
        self.process: asyncio.subprocess.Process | None = None
        self.kills = 0

    @property
    def output(self) -> str:
        """What it said, over all its lives."""
        return (self._folder / "output").read_text()

    async def starts(self) -> None:
        """Start it; it may not be connected yet when this returns."""
        with (self._folder / "output").open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                cwd=self._folder,
                env=environment(**self._settings),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    async def dies(self) -> None:
        """`kill -9`."""
        assert await self._ends(signal.SIGKILL) == -signal.SIGKILL, self.output
        self.kills += 1

    async def stops(self) -> int:
        """End it in good order, if it was started; gives its exit status."""
        return 0 if self.process is None else await self._ends(signal.SIGTERM)

    async def _ends(self, how: signal.Signals) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await self.process.wait()

    async def waits(self, found: Callable[[], _T | None], what: str) -> _T:
        """Wait until something is so, and the bot lives."""
        try:
            async with asyncio.timeout(PATIENCE):
                while (value := found()) is None:
                    assert self.process is not None
                    assert self.process.returncode is None, f"the bot ended:\n{self.output}"
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise AssertionError(f"waited for {what}:\n{self.output}") from error
        return value

    async def has_noted(self, count: int) -> None:
        """Wait until so many messages have a due time, on disk."""
        await self.waits(lambda: self.noted() >= count or None, f"{count} due times")

    def noted(self) -> int:
        """How many messages have a due time."""
        connection = sqlite3.connect(self._folder / DATABASE, timeout=30)
        try:
            return int(connection.execute("SELECT count(*) FROM expiries").fetchone()[0])
        finally:
            connection.close()


async def due_times(store: Store) -> list[tuple[str, str]]:
    """Room and message of every due time."""
    async with store.read() as conn:
        rows = (await conn.execute(select(expiries))).all()
        handles = {
            row.id: store.keys.open(rooms.c.handle, row.id, row.handle)
            for row in await conn.execute(select(rooms))
        }
    return [
        (handles[row.room_id], store.keys.open(expiries.c.message, row.id, row.message))
        for row in rows
    ]


class Writer:
    """Somebody whose words reach the homeserver once each, however often that takes."""

    def __init__(self, homeserver: Homeserver, account: Credentials) -> None:
        self._url = f"{homeserver.url}/_matrix/client/v3"
        self._headers = {"Authorization": f"Bearer {account.access_token}"}
        self.said: list[tuple[str, str]] = []
        """Room and message of all that was said."""

    async def goes_on(self, room: str, enough: asyncio.Event) -> None:
        """Write message after message until it is `enough`."""
        timeout = ClientTimeout(total=20)
        async with ClientSession(headers=self._headers, timeout=timeout) as session:
            while not enough.is_set():
                to = f"{self._url}/rooms/{room}/send/m.room.message/{uuid4()}"
                body = {"msgtype": "m.text", "body": f"number {len(self.said)}"}
                self.said.append((room, await self._sends(session, to, body)))
                # Not a wait for something: as fast as it can, it would leave the bot no core.
                await asyncio.sleep(_PAUSE)

    async def _sends(self, session: ClientSession, to: str, body: dict[str, str]) -> str:
        while True:
            try:
                async with session.put(to, json=body) as answer:
                    if answer.status == 200:
                        return str((await answer.json())["event_id"])
                    assert answer.status >= 429, await answer.text()
            except (ClientError, TimeoutError):
                pass
            # The homeserver is away just now.
            await asyncio.sleep(0.1)
