"""A whole circle on a platform's stage: the real core and store, and people with real clients.

What a scenario needs and platforms do otherwise is here, so that the scenario knows none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from adapters.discord import places
from bot.errors import StartError
from bot.model import Account, Group, MessageRef, Role, Room, RoomKind
from bot.store import KeyRing, MasterKey, Store
from bot.store.memory import StoredMemory
from bot.texts.pack import GroundRules
from bot.wiring import Circle
from tests.adapters.discord_stage import DiscordStage
from tests.adapters.matrix_stage import MatrixStage
from tests.adapters.stage import Seen, Stage
from tests.store import empty

PATIENCE = 60.0
"""Seconds until something that should happen is given up on."""


class Theatre:
    """One circle that can be stopped and started again. Everything is said by its text's key."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.folder = folder
        self.said: list[str] = []
        self._core: Circle | None = None
        self._task: asyncio.Task[None] | None = None

    # -- the bot -----------------------------------------------------------------------------

    async def begins(self) -> None:
        """Set up the store, with what the platform's set-up keeps in it, and start."""
        master = MasterKey.create(self.folder / "keys" / "master.key")
        KeyRing.create(self.folder / "keys" / "ring.json", master)
        store = await self._open()
        memory = StoredMemory(store, self.stage.group.platform, self.stage.clock)
        await memory.put_many(dict(self.stage.shelf.values))
        await store.close()
        await self.up()

    async def _open(self) -> Store:
        master = MasterKey.load(self.folder / "keys" / "master.key")
        ring = KeyRing.load(self.folder / "keys" / "ring.json", master)
        database = self.folder / "circle.sqlite3"
        await empty.lay(database)
        return await Store.open(f"sqlite:///{database}", ring)

    async def up(self) -> None:
        """Start the bot; returns when the group is open."""
        chat = await self.stage.new_chat()
        self._core = Circle(await self._open(), [chat], self.stage.clock, GroundRules.default())
        opened = asyncio.Event()
        listening = self._core.router.on_ready

        def on_ready(group: Group) -> None:
            listening(group)
            opened.set()

        self._core.router.on_ready = on_ready
        self._task = asyncio.create_task(self._core.run(self.said.append))
        self.stage.is_served(chat, self._task)
        waits = asyncio.create_task(opened.wait())
        await asyncio.wait({self._task, waits}, timeout=PATIENCE, return_when="FIRST_COMPLETED")
        waits.cancel()
        if not opened.is_set():
            raise StartError(f"the circle did not open: {self.said}")
        await self.stage.connected()

    async def down(self) -> None:
        """Stop the bot, as SIGTERM does."""
        if self._task is None or self._core is None:
            return
        self._task.cancel()
        with suppress(asyncio.CancelledError, StartError):
            await self._task
        self._task = None
        await self._core.store.close()

    async def restarts(self) -> None:
        """Stop it and start it again; the platform lives on."""
        await self.down()
        await self.up()

    @property
    def core(self) -> Circle:
        """The circle that runs."""
        assert self._core is not None
        return self._core

    def pass_time(self, **by: float) -> None:
        """Push the bot's clock forward."""
        self.stage.clock.shift(timedelta(**by))

    # -- the people --------------------------------------------------------------------------

    async def sees(self, who: Account, text: str) -> Seen:
        """Wait until a message with a text is in sight for somebody."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.stage.sees(who, text)
        except TimeoutError:
            there = [(seen.text, seen.buttons) for seen in await self.stage.all_seen(who)]
            raise AssertionError(f"{text!r} is not among {there}") from None

    async def sees_no(self, who: Account, text: str) -> None:
        """Wait until none is."""

        async def gone() -> bool:
            return all(text not in seen.text for seen in await self.stage.all_seen(who))

        await self.until(gone)

    async def presses(self, who: Account, label: str) -> None:
        """Press the newest button of that label that is in sight."""
        found: list[Seen] = []

        async def there() -> bool:
            found[:] = [each for each in await self.stage.all_seen(who) if label in each.buttons]
            return bool(found)

        await self.until(there)
        await self.stage.presses(who, found[-1].ref, label)

    async def fills(self, who: Account, **fields: str) -> None:
        """Fill in the newest form in sight that asks for these."""
        found: list[Seen] = []

        async def there() -> bool:
            found[:] = [each for each in await self.forms(who) if set(fields) <= set(each.fields)]
            return bool(found)

        await self.until(there)
        await self.stage.fills(who, found[-1].ref, **fields)

    async def forms(self, who: Account) -> list[Seen]:
        """The forms in sight."""
        return [each for each in await self.stage.all_seen(who) if each.fields]

    async def until(self, so: Callable[[], Awaitable[bool]]) -> None:
        """Wait for something to be so."""
        async with asyncio.timeout(PATIENCE):
            while not await so():
                await asyncio.sleep(0.05)

    async def gets_in(self, who: Account) -> None:
        """Read the essentials and the limits, and agree, as everybody does."""
        for label in ("button-join", "button-agree", "button-understand"):
            await self.presses(who, label)
        await self.sees(who, "join-in")

        async def inside() -> bool:
            return await self.stage.may_write(who, self.stage.circle)

        await self.until(inside)

    async def asks(self, who: Account, command: str, **fields: str) -> None:
        """Run a command where nobody else sees it."""
        await self.stage.runs(who, await self.alone(who), command, None, **fields)

    async def writes_without_a_name(self, who: Account, room: Room, text: str) -> None:
        """Hand in a post without a name, up to its preview."""
        await self.asks(who, "anon", room=room.handle, text=text)

    async def alone(self, who: Account) -> Room:
        """Where somebody asks what others need not see."""
        raise NotImplementedError

    async def makes_moderator(self, who: Account) -> None:
        """Somebody moderates from now on."""
        await self.stage.give_role(who, Role.MODERATOR)

    async def takes_back(self, who: Account, ref: MessageRef) -> None:
        """Take an own message back now."""
        await self.stage.runs(who, ref.room, "let go", message=ref)

    async def hears(self, who: Account, text: str) -> str:
        """What the bot says to somebody alone, without being asked."""
        return (await self.sees(who, text)).text

    async def is_gone(self, who: Account, ref: MessageRef) -> bool:
        """Whether a message is not there any more for somebody."""
        return all(seen.ref != ref for seen in await self.stage.all_seen(who, ref.room))

    async def is_empty(self, who: Account, room: Room) -> bool:
        """Whether nothing is left in a room for somebody."""
        return not await self.stage.all_seen(who, room)

    async def close(self) -> None:
        """End everything."""
        await self.down()
        await self.stage.close()


class SandboxTheatre(Theatre):
    """The sandbox: a private room for everybody."""

    async def alone(self, who: Account) -> Room:
        """The chat with the bot."""
        return Room(self.stage.group, f"private:{self.stage.group.handle}:{who.handle}")


class MatrixTheatre(Theatre):
    """Matrix: a direct chat with everybody."""

    stage: MatrixStage

    async def alone(self, who: Account) -> Room:
        """The chat with the bot, which it opens with newcomers, and with others when they ask."""
        human = self.stage.human(who)
        moderates = self.stage.moderators.handle in human.joined
        if moderates and human.direct(self.stage.bot) is None:
            await human.writes(self.stage.moderators.handle, "!help")
        return Room(self.stage.group, await human.has_direct(self.stage.bot))

    async def makes_moderator(self, who: Account) -> None:
        """They come into the moderators' room, and may do there what moderators do."""
        await self.stage.invites_moderator(who)
        await super().makes_moderator(who)


class DiscordTheatre(Theatre):
    """Discord: answers that only the asker sees, and private words behind a standing button."""

    stage: DiscordStage

    async def begins(self) -> None:
        """With a channel for the standing buttons, as the set-up makes it."""
        stage = self.stage
        write = stage.makes_room(RoomKind.CIRCLE)
        stage.places = replace(stage.places, write=write.id)
        await places.save(stage.shelf, stage.places)
        await super().begins()

    def pass_time(self, **by: float) -> None:
        """For Discord too, whose time the outbox goes by."""
        super().pass_time(**by)
        self.stage.server.world.clock.passes(**by)

    async def alone(self, who: Account) -> Room:
        """A channel that they see: what is asked there shows to nobody else."""
        return self.stage.moderators if who == self.stage.moderator else self.stage.circle

    async def asks(self, who: Account, command: str, **fields: str) -> None:
        """Run a slash command."""
        stage = self.stage
        human, channel = stage.human(who), stage.channel(await self.alone(who))
        alone, first = command.replace(" ", "-"), command.partition(" ")[0]
        names: set[str] = set()

        async def offered() -> bool:
            names.update(each["name"] for each in human.commands(channel))
            return not names.isdisjoint((alone, first))

        await self.until(offered)
        given = {name: stage.picked(value) for name, value in fields.items()}
        typed = alone if alone in names else command
        stage.note(who, await human.runs(channel, typed, **given))

    async def writes_without_a_name(self, who: Account, room: Room, text: str) -> None:
        """Press the standing button, and fill in the window that opens."""
        await self.presses(who, "button-post-anonymously")
        await self.fills(who, room=room.handle, text=text)

    async def forms(self, who: Account) -> list[Seen]:
        """The windows that opened."""
        return self.stage.forms(who)

    async def hears(self, who: Account, text: str) -> str:
        """Nobody is written to who did not allow it: the words wait behind a button."""
        found: list[str] = []

        async def collected() -> bool:
            await self.presses(who, "discord-button-messages")
            seen = await self.stage.all_seen(who)
            found[:] = [each.text for each in seen if text in each.text]
            return bool(found)

        await self.until(collected)
        return found[-1]
