"""`kill -9` in the middle of what arrives: everything arrives, in order, and can be read."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.homeserver.server import Homeserver
from tests.matrix.conftest import People
from tests.matrix.following import Listener, Person
from tests.matrix.human import Human
from tests.matrix.victim import HEARD

KILLS = 4
PLAIN, ENCRYPTED = 80, 30


class Bots:
    """One bot after another, over the same database."""

    def __init__(self, homeserver: Homeserver, account: Listener, folder: Path) -> None:
        self._settings = {
            "url": homeserver.url,
            "user": account.id,
            "device": account.credentials.device_id,
            "token": account.credentials.access_token,
            "folder": str(folder),
        }
        self._heard = folder / HEARD
        self._nursery: asyncio.subprocess.Process | None = None
        self._alive = 0

    async def prepare(self) -> None:
        """Have bots ready to be started."""
        self._nursery = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.matrix.victim",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        await self._say(json.dumps(self._settings))

    async def start(self) -> int:
        """A bot; its process."""
        await self._say("start")
        self._alive = int(await self._hear())
        return self._alive

    async def kill(self, bot: int) -> None:
        """Without a warning."""
        os.kill(bot, signal.SIGKILL)
        self._alive = 0
        assert await self._hear() == "ended"

    async def end(self) -> None:
        """No more bots."""
        assert self._nursery is not None
        assert self._nursery.stdin is not None
        if self._alive:
            os.kill(self._alive, signal.SIGKILL)
        self._nursery.stdin.close()
        await self._nursery.wait()

    def lines(self, what: str = "") -> list[list[str]]:
        """What the bots noted, in order."""
        text = self._heard.read_text() if self._heard.exists() else ""
        lines = [line.split() for line in text.splitlines()]
        return [line for line in lines if what in ("", line[0])]

    async def until(self, lines: int, what: str = "done") -> None:
        """Wait until they noted so many."""
        async with asyncio.timeout(120):
            while len(self.lines(what)) < lines:
                await asyncio.sleep(0.02)

    async def _say(self, line: str) -> None:
        assert self._nursery is not None
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(line.encode() + b"\n")
        await self._nursery.stdin.drain()

    async def _hear(self) -> str:
        assert self._nursery is not None
        assert self._nursery.stdout is not None
        return (await self._nursery.stdout.readline()).decode().strip()


async def writes_one_by_one(human: Person, room: str, count: int) -> list[str]:
    return [await human.writes(room, f"number {number}") for number in range(count)]


async def writes_under_ever_new_keys(human: Human, room: str, count: int) -> list[str]:
    said = []
    for number in range(count):
        human.client.invalidate_outbound_session(room)
        said.append(await human.writes(room, f"number {number}"))
    return said


@pytest.fixture
async def account(homeserver: Homeserver) -> Listener:
    return await Listener.arrives(homeserver)


@pytest.fixture
async def bots(homeserver: Homeserver, account: Listener, tmp_path: Path) -> AsyncIterator[Bots]:
    made = Bots(homeserver, account, tmp_path)
    await made.prepare()
    yield made
    await made.end()


async def test_kills_lose_nothing_and_no_key(
    homeserver: Homeserver, people: People, account: Listener, bots: Bots
) -> None:
    cora = await Person.arrives(homeserver, "Cora")
    drew = await people("Drew")
    rooms = [await cora.creates(account) for _ in range(2)]
    private = await drew.creates()
    await drew.invites(private, account.id)
    await account.asks("POST", f"/v3/rooms/{private}/join", {})
    bot = await bots.start()
    await bots.until(1, "connected")

    writing = asyncio.gather(
        *(writes_one_by_one(cora, room, PLAIN // len(rooms)) for room in rooms),
        writes_under_ever_new_keys(drew, private, ENCRYPTED),
    )
    for _ in range(KILLS):
        await bots.until(len(bots.lines("done")) + random.randint(1, 15))
        await bots.kill(bot)
        bot = await bots.start()
    said = dict(zip([*rooms, private], await writing, strict=True))

    # each is there at least once, and in the clear
    wanted = {event for events in said.values() for event in events}
    async with asyncio.timeout(120):
        while not wanted <= {event for _, _, event, _, _ in bots.lines("done")}:
            await asyncio.sleep(0.05)
    await bots.kill(bot)
    done = [line for line in bots.lines("done") if line[2] in wanted]
    assert {(kind, readable) for _, _, _, kind, readable in done} == {("m.room.message", "True")}
    # within each life the order is the room's
    life: dict[str, int] = {}
    for what, room, event, *_ in bots.lines():
        if what == "connected":
            life = {}
        elif what == "start" and event in wanted:
            assert said[room].index(event) > life.get(room, -1)
            life[room] = said[room].index(event)
    await cora.leaves()
