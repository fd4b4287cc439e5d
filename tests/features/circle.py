"""The circle that feature tests talk to: real core, real store, the sandbox's platform."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from adapters.sandbox import seed
from adapters.sandbox.chat import SandboxChat
from adapters.sandbox.human import Human
from adapters.sandbox.link import LocalLink
from adapters.sandbox.world import World
from bot.clock import Clock
from bot.model import Group
from bot.store import KeyRing, MasterKey, Store
from bot.texts import default_texts
from bot.texts.pack import GroundRules
from bot.wiring import Circle

TEXTS = default_texts()


class _Compiled(dict[Any, Any]):
    """Statements that were compiled once, for all circles of a run.

    SQLAlchemy keeps them for each engine, so that hundreds of circles would compile the same
    ones: a fifth of these tests' time. The first part of a key is the engine's dialect.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


_compiled = _Compiled()


@event.listens_for(Engine, "engine_connect")
def _share_compiled(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_compiled)


@dataclass(frozen=True)
class Pattern:
    """The files and the platform of a circle that has been set up and stopped."""

    files: Mapping[Path, bytes]
    world: str


class TestCircle:
    """A circle that can be stopped and started again over the same store and world."""

    __test__ = False

    room = seed.EVENING
    other_room = seed.WINS
    lobby = seed.LOBBY
    moderators = seed.MODERATORS

    def __init__(self, folder: Path, world: World) -> None:
        self.folder = folder
        self.world = world
        self.said: list[str] = []
        self.core: Circle
        self._task: asyncio.Task[None]

    @classmethod
    async def start(cls, folder: Path) -> TestCircle:
        """A new circle in a folder of its own."""
        master = MasterKey.create(folder / "keys" / "master.key")
        KeyRing.create(folder / "keys" / "ring.json", master)
        circle = cls(folder, World())
        await circle.up()
        return circle

    def pattern(self) -> Pattern:
        """What a stopped circle left behind, to begin others with."""
        files = {
            path.relative_to(self.folder): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }
        return Pattern(files, json.dumps(self.world.state))

    @classmethod
    async def like(cls, pattern: Pattern, folder: Path) -> TestCircle:
        """A circle that was set up before, in a folder of its own: ten times less work."""
        for path, content in pattern.files.items():
            (folder / path).parent.mkdir(mode=0o700, exist_ok=True)
            (folder / path).write_bytes(content)
            (folder / path).chmod(0o600)
        circle = cls(folder, World(json.loads(pattern.world)))
        await circle.up()
        return circle

    async def up(self) -> None:
        """Start the bot; returns when the join card stands."""
        master = MasterKey.load(self.folder / "keys" / "master.key")
        ring = KeyRing.load(self.folder / "keys" / "ring.json", master)
        store = await Store.open(f"sqlite:///{self.folder / 'circle.sqlite3'}", ring)
        # What waits for a row is woken like what waits for a message.
        store.on_commit(self.world.touch)
        clock = Clock()
        self.chat = SandboxChat(LocalLink(self.world), TEXTS, clock)
        await self.chat.open()
        self.core = Circle(store, [self.chat], clock, GroundRules.default())
        opened = self._told_when_open()
        self._task = asyncio.create_task(self.core.run(self.said.append))
        self._task.add_done_callback(lambda _: self.world.touch())
        ready = Human(self.world, "ana")
        await ready.when(
            lambda: self._task.done() or (opened() and "Join" in ready.buttons(self.lobby)) or None
        )
        if self._task.done():
            await self._task

    def _told_when_open(self) -> Callable[[], bool]:
        """Whether the group has been opened. A join card may stand there from an earlier start."""
        groups: list[Group] = []
        listening = self.core.router.on_ready

        def on_ready(group: Group) -> None:
            listening(group)
            groups.append(group)
            self.world.touch()

        self.core.router.on_ready = on_ready
        return lambda: bool(groups)

    async def stop(self) -> None:
        """Stop the bot, as SIGTERM does."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        await self.core.store.close()

    async def restart(self) -> None:
        """Stop it and start it again; the platform lives on."""
        await self.stop()
        await self.up()

    def moderator(self, name: str = "ana") -> Human:
        """One of the two moderators, ana or moss."""
        return Human(self.world, name)

    def arrives(self, name: str) -> Human:
        """A newcomer in the lobby."""
        return Human.arrives(self.world, name)

    async def member(self, name: str) -> Human:
        """Somebody who has joined and acknowledged."""
        human = self.arrives(name)
        await human.runs("join")
        await human.presses("I agree")
        await human.presses("I understand")
        await human.when(lambda: human.may_enter(self.room) or None)
        return human

    async def pass_time(self, **by: float) -> None:
        """Push the platform's time forward, when the bot has handled all that happened before."""
        await self.settled()
        self.world.shift(timedelta(**by).total_seconds())
        await self.settled()

    async def settled(self) -> None:
        """Until the bot has taken in everything that happened (not while it is stopped)."""
        if not self._task.done():
            await self.world.until(lambda: not self.world.state["log"] or None)

    def texts(self, room: str | None = None) -> list[Any]:
        """What stands in a room, as a moderator sees it."""
        return [message["text"] for message in self.moderator().reads(room or self.room)]
