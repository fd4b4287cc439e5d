"""A server with people in it, for tests of what they ask and how the bot answers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from adapters.discord import places
from adapters.discord.chat import DiscordChat
from adapters.discord.connection import Connection
from bot.model import Account, Group, RoomKind
from bot.store import KeyRing, MasterKey, Store
from bot.store.memory import StoredMemory
from bot.texts import default_texts
from bot.texts.pack import GroundRules
from bot.wiring import Circle
from tests.adapters.discord_stage import DiscordStage
from tests.adapters.fakes import Core
from tests.discord_server.call import Exchange
from tests.discord_server.conftest import judged
from tests.discord_server.contents import every
from tests.discord_server.human import Human, Shown
from tests.discord_server.permissions import Permission
from tests.discord_server.state import Channel, Message
from tests.store import empty

WITHIN = 30.0
POST = "/channels/{channel_id}/messages"
COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"

_T = TypeVar("_T")


class Place(DiscordStage):
    """A server as the set-up leaves it, with the write room. Its bot speaks its real words."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = default_texts()
        self.core = Core()

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator[Place]:
        """From its making to its end, where all that went over the wire is judged."""
        place = cls()
        await place.open()
        try:
            yield place
        finally:
            await place.close()
        judged(place.server)

    async def open(self) -> None:
        await super().open()
        self.write = self.makes_room(RoomKind.CIRCLE)
        self.host.sets_overwrite(
            self.write, self.member_role, allow=self.sees_only, deny=Permission.SEND_MESSAGES
        )
        self.places = replace(self.places, write=self.write.id)
        await places.save(self.shelf, self.places)
        self.ana, self.juniper, self.basil = map(
            self.human, (self.moderator, self.member, self.second)
        )
        self.room = self.channel(self.circle)

    sees_only = int(Permission.VIEW_CHANNEL)

    # -- a core that answers by a script -----------------------------------------------------

    async def starts(self, **more: Any) -> Core:
        """Start the bot over a core of the test's."""
        self.core = Core()
        for name, value in more.items():
            setattr(self.core, name, value)
        await self.connect(self.core)
        await self.when(self._offered)
        return self.core

    def _offered(self) -> bool:
        return any(key.startswith("standing ") for key in self.shelf.values)

    @property
    def on(self) -> Connection:
        """The bot's connection."""
        assert isinstance(self._chat, DiscordChat)
        assert self._chat.connection is not None
        return self._chat.connection

    # -- what there is -----------------------------------------------------------------------

    async def when(self, condition: Callable[[], _T]) -> _T:
        """Wait for a condition and return what it gave."""
        async with asyncio.timeout(WITHIN):
            while not (found := condition()):
                await asyncio.sleep(0.005)
        return found

    def sent(self, method: str, template: str) -> list[Exchange]:
        """What the bot asked of Discord, in its order."""
        return [
            each
            for each in self.server.exchanges
            if (each.method, each.template) == (method, template)
        ]

    def standing(self) -> Message:
        """The post with the buttons."""
        (message,) = [each for each in self.write.messages.values() if each.only_for is None]
        return message

    def own(self, human: Human, channel: Channel) -> list[Message]:
        """What somebody alone sees there."""
        return [each for each in human.sees(channel) if each.only_for == human.user.id]


class Living:
    """The real core over a real store, on a place."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place = place
        self._folder = folder
        self._task: asyncio.Task[None] | None = None
        self.core: Circle

    async def begins(self) -> None:
        """Set up and start."""
        master = MasterKey.create(self._folder / "keys" / "master.key")
        KeyRing.create(self._folder / "keys" / "ring.json", master)
        store = await self._open()
        memory = StoredMemory(store, "discord", self.place.clock)
        await memory.put_many(dict(self.place.shelf.values))
        await store.close()
        await self.up()

    async def _open(self) -> Store:
        master = MasterKey.load(self._folder / "keys" / "master.key")
        ring = KeyRing.load(self._folder / "keys" / "ring.json", master)
        database = self._folder / "circle.sqlite3"
        await empty.lay(database)
        return await Store.open(f"sqlite:///{database}", ring)

    async def up(self) -> None:
        """Start the bot; returns when the join card and the standing buttons are there."""
        place = self.place
        chat = await place.new_chat()
        assert isinstance(chat, DiscordChat)
        self.core = Circle(await self._open(), [chat], place.clock, GroundRules.default())
        opened: list[Group] = []
        listening = self.core.router.on_ready

        def on_ready(group: Group) -> None:
            listening(group)
            opened.append(group)

        self.core.router.on_ready = on_ready
        self._task = asyncio.create_task(self.core.run(lambda _: None))
        place.is_served(chat, self._task)
        lobby = place.channel(place.lobby)
        await place.when(lambda: opened and lobby.messages and place.write.messages)
        # On a busy machine "thinking" comes first, and tests ask for the answer.
        for human in (place.host, place.ana, place.juniper, place.basil):
            human.patient = True

    def waits_to_be_sent(self) -> int:
        """How many jobs the outbox has."""
        with closing(sqlite3.connect(self._folder / "circle.sqlite3")) as db:
            return int(db.execute("SELECT count(*) FROM outbox").fetchone()[0])

    def pass_time(self, **by: float) -> None:
        """Let time pass, here and at Discord."""
        self.place.clock.shift(timedelta(**by))
        self.place.server.world.clock.passes(**by)

    async def down(self) -> None:
        """Stop the bot, as SIGTERM does."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        await self.core.store.close()

    async def joined(self, name: str, *, inside: bool = True) -> Human:
        """Somebody new, who is let in by the join card."""
        human = self.place.human(await self.place.joins(name))
        human.patient = True
        if inside:
            await self.walks_in(human)
        return human

    async def walks_in(self, human: Human) -> None:
        """Press what the join card asks for, until the rooms are there."""
        lobby = self.place.channel(self.place.lobby)
        (card,) = [each for each in lobby.messages.values() if each.only_for is None]
        shown = await human.presses(card, "Join")
        for key in ("button-agree", "button-understand"):
            label = self.place.texts.label(key, "en")
            # Where the bot is busy it says so first, and the answer takes that one's place.
            answer = await self.place.when(partial(_with_button, shown, label))
            assert answer is not None
            shown = await human.presses(answer, label)
        await self.place.when(lambda: human.sees_channel(self.place.room))


def _with_button(shown: Shown, label: str) -> Message | None:
    """The answer, once it has that button."""
    message = shown.message
    parts = [] if message is None else every(message.components)
    return message if any(label == each.get("label") for each in parts) else None


def account(human: Human) -> Account:
    """Somebody as the core knows them."""
    return Account("discord", str(human.user.id))
