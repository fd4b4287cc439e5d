"""Discord as a stage: the stand-in, which the real discord.py logs in to, and people on it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from adapters.discord import places
from adapters.discord.chat import DiscordChat
from adapters.discord.client import Waits
from adapters.discord.commands import MENUS
from adapters.discord.places import Places
from adapters.discord.rights import ASKED_FOR, IN_A_CHANNEL
from bot.chat import Chat, Right
from bot.errors import TryLater
from bot.model import Account, Group, MessageRef, Role, Room, RoomKind
from bot.texts import Texts
from tests.adapters.fakes import PlainTexts
from tests.adapters.stage import Seen, Stage
from tests.discord_server import contents, guilds, payloads, state
from tests.discord_server.errors import Refused
from tests.discord_server.human import Human, Shown
from tests.discord_server.interactions import COMPONENT
from tests.discord_server.permissions import Permission
from tests.discord_server.server import DiscordServer

WITHIN = 20.0
"""Seconds until a stage gives up on what should happen."""
SEES = int(Permission.VIEW_CHANNEL)
AT_ONCE = Waits(guilds=0.02, identify=0.0)
_DENIED = {
    Right.REMOVE: Permission.MANAGE_MESSAGES,
    Right.POST: Permission.SEND_MESSAGES,
    Right.READ: Permission.READ_MESSAGE_HISTORY,
}


class DiscordStage(Stage):
    """A server as the set-up leaves it, with everybody inside."""

    def __init__(self) -> None:
        super().__init__()
        self.server = DiscordServer()
        self.texts: Texts = PlainTexts()
        self.waits = AT_ONCE
        self._open = ExitStack()
        self._people: dict[str, Human] = {}
        self._shown: dict[str, list[Shown]] = {}

    async def open(self) -> None:
        """Make the server with its roles and channels, and have everybody inside."""
        await self.server.__aenter__()
        self._open.enter_context(self.server.addressed())
        self.guild = self.server.guild(rights=ASKED_FOR.value)
        self.group = Group("discord", str(self.guild.id))
        self.host = self.server.host(self.guild)
        self.member_role = self.host.makes_role("member")
        pins = Permission.MANAGE_MESSAGES | Permission.PIN_MESSAGES
        self.moderator_role = self.host.makes_role("moderator", pins)
        (bot_role,) = [role for role in self.guild.roles.values() if role.bot_id]
        self.bot_role = bot_role
        self.host.moves_role(bot_role, 3)
        rooms = {
            self.makes_room(kind).id: kind
            for kind in (
                RoomKind.LOBBY,
                RoomKind.CIRCLE,
                RoomKind.CIRCLE,
                RoomKind.MODERATORS,
            )
        }
        self.lobby, self.circle, self.other, self.moderators = (
            Room(self.group, str(number)) for number in rooms
        )
        roles = self.member_role.id, self.moderator_role.id
        self.places = Places(self.guild.id, *roles, rooms)
        await places.save(self.shelf, self.places)
        self.moderator, self.member, self.second = [
            await self.joins(name) for name in ("ana", "juniper", "basil")
        ]
        self.host.gives(self.moderator_role, self.human(self.moderator).member)
        for who in (self.member, self.second):
            self.host.gives(self.member_role, self.human(who).member)
        # Juniper once pressed the button that allows it.
        self.shelf.values[f"may-write {self.guild.id} {self.member.handle}"] = "yes"

    def makes_room(self, kind: RoomKind, **more: Any) -> state.Channel:
        """A channel as the set-up makes it."""
        made = self.host.makes_channel(kind.value, **more)
        everybody = self.guild.everyone
        bot = self.guild.member(self.server.world.application.bot.id)
        self.host.sets_overwrite(made, bot, allow=IN_A_CHANNEL.value)
        if kind is not RoomKind.LOBBY:
            self.host.sets_overwrite(made, everybody, deny=SEES)
            self.host.sets_overwrite(made, self.moderator_role, allow=SEES)
        if kind is RoomKind.CIRCLE:
            self.host.sets_overwrite(made, self.member_role, allow=SEES)
        return made

    # -- the bot -----------------------------------------------------------------------------

    async def new_chat(self) -> Chat:
        return DiscordChat(self.server.token, self.texts, self.clock, waits=self.waits)

    @property
    def running(self) -> asyncio.Task[None] | None:
        """The bot's side, from its start to its end."""
        return self._running

    def noted(self, room: Room) -> str | None:
        """Up to which message of a room the bot noted that all is done."""
        return self.shelf.values.get(f"seen {room.handle}")

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(WITHIN):
            while not condition():
                await asyncio.sleep(0.005)

    def comes_back_as_bot(self) -> None:
        """The host takes the bot in again, with the rights that it had."""
        role = guilds.install(self.server.gateway, self.guild, Permission(ASKED_FOR.value))
        self.bot_role = role
        self.host.moves_role(role, 3)
        bot = self.guild.member(self.server.world.application.bot.id)
        for number in self.places.rooms:
            channel = self.guild.channels[number]
            self.host.sets_overwrite(channel, bot, allow=IN_A_CHANNEL.value)

    async def connected(self) -> None:
        async with asyncio.timeout(WITHIN):
            while not await self._follows():
                assert self._running is not None
                if self._running.done():
                    self._running.result()
                await asyncio.sleep(0.005)

    async def _follows(self) -> bool:
        assert isinstance(self._chat, DiscordChat)
        try:
            groups = await self._chat.groups()
        except TryLater:
            return False
        rooms = [info.room for group in groups for info in await self._chat.rooms(group)]
        on = self._chat.connection
        return bool(rooms) and on is not None and all(map(on.is_caught_up, rooms))

    async def told(self) -> None:
        """Wait until the gateway has told the bot all that happened."""
        if self._running is None or self._running.done():
            return
        assert isinstance(self._chat, DiscordChat)
        async with asyncio.timeout(WITHIN):
            while self._behind():
                await asyncio.sleep(0.005)

    def _behind(self) -> bool:
        assert isinstance(self._chat, DiscordChat)
        on = self._chat.connection
        shard = None if on is None else on.client.get_shard(0)
        if shard is None:
            return True
        said = max((each.sequence for each in self.server.gateway.sessions.values()), default=0)
        return (shard._parent.ws.sequence or 0) < said

    async def close(self) -> None:
        await super().close()
        self._open.close()
        await self.server.__aexit__()

    # -- the people --------------------------------------------------------------------------

    def human(self, who: Account) -> Human:
        """Somebody with a client."""
        return self._people[who.handle]

    def channel(self, room: Room) -> state.Channel:
        """A room's channel or a thread; a chat of two too."""
        return self.server.world.channel(int(room.handle.rpartition(" ")[2]))

    def message(self, ref: MessageRef) -> state.Message:
        """A message, wherever it stands."""
        thread, _, number = ref.handle.rpartition("/")
        channel = self.channel(Room(ref.room.group, thread) if thread else ref.room)
        found = channel.messages.get(int(number))
        assert found is not None, "the message is gone"
        return found

    async def joins(self, name: str) -> Account:
        human = self.server.human(name, self.guild).joins()
        who = Account("discord", str(human.user.id))
        self._people[who.handle] = human
        return who

    async def leaves(self, who: Account) -> None:
        self.human(who).leaves()
        await self.told()

    async def comes_back(self, who: Account) -> None:
        self.human(who).joins()

    async def writes(self, who: Account, room: Room, text: str) -> MessageRef:
        message = self.human(who).writes(self.channel(room), text)
        return MessageRef(room, str(message.id))

    async def may_write(self, who: Account, room: Room) -> bool:
        try:
            await self.writes(who, room, "May I?")
        except Refused:
            return False
        return True

    async def edits(self, who: Account, ref: MessageRef, text: str) -> None:
        self.human(who).edits(self.message(ref), text)

    async def removes(self, who: Account, ref: MessageRef) -> None:
        self.human(who).deletes(self.message(ref))

    async def pins(self, who: Account, ref: MessageRef) -> None:
        self.human(who).pins(self.message(ref))

    async def presses(self, who: Account, ref: MessageRef, label: str) -> None:
        self.note(who, await self.human(who).presses(self.message(ref), label))

    async def forges(self, who: Account, ref: MessageRef, token: str) -> None:
        human, message = self.human(who), self.message(ref)
        sent = token.encode(errors="replace").decode()
        data = {"custom_id": sent, "component_type": 2}
        channel = self.channel(ref.room)
        self.note(who, await human._does(COMPONENT, channel, data, message=message))

    async def runs(
        self,
        who: Account,
        room: Room,
        command: str,
        /,
        message: MessageRef | None = None,
        **fields: str,
    ) -> None:
        human, channel = self.human(who), self.channel(room)
        name = command.replace(" ", "-")
        if message is not None:
            menu = MENUS.get(command)
            name = command.capitalize() if menu is None else self.texts.label(menu.label, "en")
        async with asyncio.timeout(WITHIN):
            while not any(each["name"] == name for each in human.commands(channel)):
                await asyncio.sleep(0.005)
        if message is not None:
            self.note(who, await human.picks(name, self.message(message)))
            return
        given = {key: self.picked(value) for key, value in fields.items()}
        self.note(who, await human.runs(channel, name, **given))

    def picked(self, value: str) -> Any:
        """What a person picks from a list, where there is such a person or channel."""
        number = int(value) if value.isdecimal() else 0
        return self.guild.members.get(number) or self.guild.channels.get(number) or value

    async def fills(self, who: Account, ref: MessageRef, **fields: str) -> None:
        (shown,) = [
            each
            for each in self._shown[who.handle]
            if str(each.interaction.id) == ref.handle and each.modal is not None
        ]
        given = {key: self.picked(value) for key, value in fields.items()}
        self.note(who, await self.human(who).fills(shown, **given))

    def note(self, who: Account, shown: Shown) -> None:
        """Keep what somebody was shown in answer to something."""
        self._shown.setdefault(who.handle, []).append(shown)

    async def sees(self, who: Account, text: str) -> Seen:
        async with asyncio.timeout(WITHIN):
            while True:
                for seen in self._in_sight(who):
                    if text in seen.text:
                        return seen
                await asyncio.sleep(0.005)

    def forms(self, who: Account) -> list[Seen]:
        """The windows that opened for somebody."""
        return [seen for seen in self._in_sight(who) if seen.fields]

    async def all_seen(self, who: Account, room: Room | None = None) -> list[Seen]:
        return [
            seen
            for seen in self._in_sight(who)
            if not seen.fields and (room is None or seen.ref.room == room)
        ]

    def _in_sight(self, who: Account) -> Iterator[Seen]:
        human = self.human(who)
        for channel in [*self.guild.channels.values(), *self.server.world.direct.values()]:
            inside = channel.guild_id is not None or human.user in channel.recipients
            for message in human.sees(channel) if inside and self._is_in(human, channel) else ():
                yield self._seen(channel, message)
        for shown in self._shown.get(who.handle, ()):
            if shown.modal is not None:
                yield self._form(shown)

    def _is_in(self, human: Human, channel: state.Channel) -> bool:
        return channel.guild_id is None or human.user.id in self.guild.members

    def _seen(self, channel: state.Channel, message: state.Message) -> Seen:
        words = [message.content, *(embed.get("description", "") for embed in message.embeds)]
        parts = [part for part in contents.every(message.components) if "custom_id" in part]
        return Seen(
            text=self._as_shown("\n".join(each for each in words if each)),
            buttons=tuple(part["label"] for part in parts if "label" in part),
            ref=MessageRef(Room(self.group, str(channel.id)), str(message.id)),
        )

    def _as_shown(self, text: str) -> str:
        """A client shows a name where a message says whose it is."""

        def name(found: re.Match[str]) -> str:
            member = self.guild.members.get(int(found[1]))
            if member is None:
                return found[0]
            return member.nick or str(payloads.user(member.user)["global_name"])

        return re.sub(r"<@!?(\d+)>", name, re.sub(r"\\(.)", r"\1", text))

    def _form(self, shown: Shown) -> Seen:
        assert shown.modal is not None
        asked = [part.get("component", part) for part in shown.modal["components"]]
        made = shown.interaction
        return Seen(
            # The title of a window has no full stop.
            text=f"{shown.modal['title']}.",
            buttons=(),
            ref=MessageRef(Room(self.group, str(made.channel.id)), str(made.id)),
            fields=tuple(part["custom_id"] for part in asked),
        )

    # -- the platform ------------------------------------------------------------------------

    async def give_role(self, who: Account, role: Role) -> None:
        has = role >= Role.MODERATOR
        self.host.gives(self.moderator_role, self.human(who).member, has=has)
        await self.told()

    async def deny(self, room: Room, right: Right) -> None:
        if right is Right.HOLD:
            rest = self.bot_role.permissions & ~int(Permission.MANAGE_ROLES)
            self.host.changes_role(self.bot_role, permissions=str(rest))
        else:
            bot = self.guild.member(self.server.world.application.bot.id)
            rest = IN_A_CHANNEL.value & ~int(_DENIED[right])
            channel = self.channel(room)
            self.host.sets_overwrite(channel, bot, allow=rest, deny=_DENIED[right])
        await self.told()
