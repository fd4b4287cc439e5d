"""Matrix as a stage: a real homeserver, people with real clients, everything encrypted."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from adapters.matrix import blueprints
from adapters.matrix.chat import MatrixChat
from adapters.matrix.client import Client
from adapters.matrix.cross_signing import Identity
from adapters.matrix.keys import CryptoStore
from bot.chat import Chat, Right
from bot.errors import TryLater
from bot.model import Account, Group, MessageRef, Role, Room, RoomKind
from tests.adapters.fakes import PlainTexts
from tests.adapters.stage import Seen, Stage
from tests.homeserver.server import Credentials, Homeserver
from tests.matrix.human import Human, NotAllowed
from tests.matrix.sight import Message

Json = dict[str, Any]

VERSION: Final = "11"
"""Of the rooms. From 12 on nobody can take a right from the bot in a room that it made."""
_ABOVE_THE_BOT: Final = 101
_DENIED: Final[dict[Right, Json]] = {
    Right.REMOVE: {"redact": _ABOVE_THE_BOT},
    Right.HOLD: {"invite": _ABOVE_THE_BOT, "kick": _ABOVE_THE_BOT},
    Right.POST: {"events": {"m.room.message": _ABOVE_THE_BOT, "m.room.encrypted": _ABOVE_THE_BOT}},
}


class MatrixStage(Stage):
    """A circle that was just set up, with everybody inside."""

    def __init__(self, homeserver: Homeserver, folder: Path) -> None:
        super().__init__()
        self._homeserver = homeserver
        self._folder = folder
        self._people: dict[str, Human] = {}
        self._bot: Credentials
        self.group = Group("matrix", uuid4().hex)

    async def open(self) -> None:
        """Make accounts, rooms and the bot's device, and have everybody inside."""
        names = ("bot", "ana", "juniper", "basil")
        self._bot, ana, juniper, basil = await asyncio.gather(
            *map(self._homeserver.register, names)
        )
        store = await CryptoStore.create(self.shelf, self._bot.user_id, self._bot.device_id)
        client = Client(self._homeserver.url, self._bot.access_token, store)
        try:
            await client.crypto.upkeep()
            identity = Identity(client.transport, self.shelf)
            keys = client.crypto.identity_keys
            await identity.make(self._bot.user_id, self._bot.device_id, keys, self._prove)
            kinds = (RoomKind.LOBBY, RoomKind.CIRCLE, RoomKind.CIRCLE, RoomKind.MODERATORS)
            people = ((ana, juniper), (ana, juniper, basil), (ana, juniper), (ana,))
            self.lobby, self.circle, self.other, self.moderators = await asyncio.gather(
                *(self._make(client, *each) for each in zip(kinds, people, strict=True))
            )
        finally:
            await client.close()
        self.moderator, self.member, self.second = await asyncio.gather(
            *map(self._arrives, (ana, juniper, basil))
        )

    async def _make(self, client: Client, kind: RoomKind, people: Sequence[Credentials]) -> Room:
        body = blueprints.room(
            kind,
            group=self.group.handle,
            name=kind.value,
            bot=client.user,
            admins=[],
            version=VERSION,
        )
        moderator = people[0].user_id
        level = 50 if kind is RoomKind.MODERATORS else _ABOVE_THE_BOT
        body["power_level_content_override"]["users"][moderator] = level
        body["invite"] = [each.user_id for each in people]
        room_id = await client.create_room(body)
        for each in people:
            await self._homeserver.ask(each, "POST", f"/rooms/{room_id}/join", {})
        return Room(self.group, room_id)

    async def _prove(self, _asked: Json) -> Json:
        user = {"type": "m.id.user", "user": self._bot.user_id}
        return {
            "type": "m.login.password",
            "identifier": user,
            "password": self._bot.password,
        }

    async def _arrives(self, credentials: Credentials) -> Account:
        human = Human(self._homeserver.url, credentials, self._folder)
        self._people[human.user_id] = human
        await human.opens_client()
        return Account("matrix", human.user_id)

    @property
    def bot(self) -> str:
        """The bot's full name."""
        return self._bot.user_id

    async def new_chat(self) -> Chat:
        return MatrixChat(
            self._homeserver.url,
            self._bot.user_id,
            self._bot.access_token,
            PlainTexts(),
            self.clock,
        )

    async def connected(self) -> None:
        assert self._chat is not None
        assert self._running is not None
        async with asyncio.timeout(30):
            while True:
                try:
                    await self._chat.groups()
                except TryLater:
                    await asyncio.sleep(0.01)
                else:
                    return
                if self._running.done():
                    self._running.result()

    async def close(self) -> None:
        await super().close()
        await asyncio.gather(*(human.closes_client() for human in self._people.values()))

    # -- the people --------------------------------------------------------------------------

    def human(self, who: Account) -> Human:
        """Somebody with a client."""
        return self._people[who.handle]

    async def joins(self, name: str) -> Account:
        who = await self._arrives(await self._homeserver.register(name))
        await self.comes_back(who)
        return who

    async def leaves(self, who: Account) -> None:
        human = self._people[who.handle]
        await human.catches_up()
        rooms = {self.lobby.handle, self.circle.handle, self.other.handle, self.moderators.handle}
        for room in rooms & (human.joined | human.invites_open.keys()):
            # The bot may be first: who leaves the lobby is taken out of the other rooms.
            with suppress(NotAllowed):
                await human.leaves(room)

    async def comes_back(self, who: Account) -> None:
        await self._people[who.handle].joins(self.lobby.handle)

    async def writes(self, who: Account, room: Room, text: str) -> MessageRef:
        return MessageRef(room, await self._people[who.handle].writes(room.handle, text))

    async def may_write(self, who: Account, room: Room) -> bool:
        human = self._people[who.handle]
        try:
            if room.handle not in await self._is_inside(human):
                await human.joins(room.handle)
            await human.writes(room.handle, "May I?")
        except NotAllowed:
            return False
        return True

    async def edits(self, who: Account, ref: MessageRef, text: str) -> None:
        await self._people[who.handle].edits(ref.room.handle, ref.handle, text)

    async def removes(self, who: Account, ref: MessageRef) -> None:
        await self._people[who.handle].removes(ref.room.handle, ref.handle)

    async def pins(self, who: Account, ref: MessageRef) -> None:
        await self._people[who.handle].pins(ref.room.handle, ref.handle)

    async def presses(self, who: Account, ref: MessageRef, label: str) -> None:
        human, room = self._people[who.handle], ref.room.handle
        message = await human.when(
            lambda: next((m for m in human.reads(room) if m.id == ref.handle), None),
            f"the message with {label!r}",
        )
        labels = [pressed for pressed, _ in _pressed(message)]
        if label in labels:
            await human.presses(room, ref.handle, f"{labels.index(label) + 1}\ufe0f\u20e3")
        else:
            await human.writes(await self._direct(human), _written(message)[label])

    async def forges(self, who: Account, ref: MessageRef, token: str) -> None:
        human = self._people[who.handle]
        sent = token.encode(errors="replace").decode()
        # The homeserver refuses what is too long for a reaction.
        with suppress(NotAllowed):
            await human.reacts(ref.room.handle, ref.handle, sent)
        await human.writes(await self._direct(human), f"{sent} 12345")

    async def runs(
        self,
        who: Account,
        room: Room,
        command: str,
        /,
        message: MessageRef | None = None,
        **fields: str,
    ) -> None:
        text = " ".join([f"!{command}", *fields.values()])
        replied = None if message is None else message.handle
        await self._people[who.handle].writes(room.handle, text, reply_to=replied)

    async def fills(self, who: Account, ref: MessageRef, **fields: str) -> None:
        human = self._people[who.handle]
        for value in fields.values():
            await human.writes(ref.room.handle, value)

    async def sees(self, who: Account, text: str) -> Seen:
        human = self._people[who.handle]
        await self._accepts_all(human)
        seeing = asyncio.ensure_future(human.sees(text))
        while not seeing.done():
            await asyncio.wait([seeing], timeout=0.1)
            await self._accepts_all(human)
        return self._seen(await seeing)

    async def all_seen(self, who: Account, room: Room | None = None) -> list[Seen]:
        human = self._people[who.handle]
        await human.catches_up()
        await self._accepts_all(human)
        await human.catches_up()
        found = human.reads(None if room is None else room.handle)
        return [self._seen(message) for message in found]

    def _seen(self, message: Message) -> Seen:
        labels = [label for label, _ in _pressed(message)] + [*_written(message)]
        form = message.content.get("org.circlekeeper.asks", {}).get("form", {})
        return Seen(
            text=message.text,
            buttons=tuple(labels),
            ref=MessageRef(Room(self.group, message.room), message.id),
            fields=tuple(form.get("left", ())),
        )

    async def _is_inside(self, human: Human) -> set[str]:
        await human.catches_up()
        return human.joined

    async def _accepts_all(self, human: Human) -> None:
        for room in list(human.invites_open):
            await human.joins(room)

    async def _direct(self, human: Human) -> str:
        """The chat with the bot, which the bot opens with whoever comes to the lobby."""
        await self._accepts_all(human)
        if (room := human.direct(self._bot.user_id)) is not None:
            return room
        body = blueprints.direct(
            group=self.group.handle, account=human.user_id, bot=self._bot.user_id, version=VERSION
        )
        await self._homeserver.ask(self._bot, "POST", "/createRoom", body)
        return await human.has_direct(self._bot.user_id)

    # -- the platform ------------------------------------------------------------------------

    async def give_role(self, who: Account, role: Role) -> None:
        level = {Role.MEMBER: 0, Role.MODERATOR: 50}[role]
        to = f"/rooms/{self.moderators.handle}/state/m.room.power_levels"
        levels = await self._homeserver.ask(self._bot, "GET", to)
        levels["users"][who.handle] = level
        await self._homeserver.ask(self._bot, "PUT", to, levels)

    async def invites_moderator(self, who: Account) -> None:
        """The bot brings somebody into the moderators' room, as a host's set-up does."""
        room = self.moderators.handle
        invited = {"user_id": who.handle}
        await self._homeserver.ask(self._bot, "POST", f"/rooms/{room}/invite", invited)
        await self._people[who.handle].joins(room)

    async def deny(self, room: Room, right: Right) -> None:
        # Letting people in and out is done in the rooms behind the lobby.
        rooms = [self.lobby, self.circle, self.other] if right is Right.HOLD else [room]
        human = self._people[self.moderator.handle]
        for each in rooms:
            levels = await human.state(each.handle, "m.room.power_levels")
            events = {**levels["events"], **_DENIED[right].get("events", {})}
            content = {**levels, **_DENIED[right], "events": events}
            await human.sets(each.handle, "m.room.power_levels", content)


def _pressed(message: Message) -> list[tuple[str, str]]:
    """The buttons that are pressed by a number, as they stand below the text."""
    _, found, below = message.text.partition("matrix-choose")
    if not found:
        _, found, below = message.text.partition("matrix-press")
    return [(label, number) for number, label in re.findall(r"^(\d+)\. (.+)$", below, re.MULTILINE)]


def _written(message: Message) -> dict[str, str]:
    """The buttons whose words are to be written to the bot alone: label to words."""
    lines = re.findall(r"^- matrix-write (.+)$", message.text, re.MULTILINE)
    # A label is said, and then the words that are to be written, which are the same in small.
    return {_label(line): line.removeprefix(_label(line)).strip() for line in lines}


def _label(line: str) -> str:
    words = line.split()
    if words[0].startswith("button-"):
        return words[0]
    for count in range(1, len(words)):
        label, rest = " ".join(words[:count]), " ".join(words[count:])
        if rest.lower().startswith(label.lower()):
            return label
    raise AssertionError(f"no button: {line}")
