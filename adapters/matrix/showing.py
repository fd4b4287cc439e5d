"""Showing: replies become events. Buttons get what makes them work after any restart.

A button in the chat with one person is a number; its id stands in the message itself, encrypted
like it. In a room, what is answered in private is written to the bot alone, as the command or as
the button's words with a number that is kept for it (`find_written`).
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from adapters import rendering
from adapters.matrix import commands, render, said
from adapters.matrix.client import MESSAGE, Client
from adapters.matrix.rooms import Place, Rooms
from adapters.matrix.transport import transaction
from bot.cog import Command
from bot.errors import PlatformError, TryLater
from bot.inbox import Inbox
from bot.model import Account, Group, MessageRef, Room, RoomInfo, RoomKind
from bot.reply import Button, Reply, Text, Value
from bot.texts import DEFAULT_LANGUAGE, Texts

logger = logging.getLogger(__name__)

POST_BUTTONS_LAST: Final = timedelta(days=365)
ANSWER_BUTTONS_LAST: Final = timedelta(days=30)
_QUIET_FOR: Final = timedelta(days=7)
"""How long no numbers are put below messages after the homeserver asked to wait with one: where it
counts what is sent, they would hold up what is said."""
_QUIET: Final = "homeserver counts"
_NOT_ALONE: Final = timedelta(seconds=1)
_MOST_PRESSED: Final = 9

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: its event, and the id and label of every button below it."""

    event_id: str
    buttons: tuple[tuple[str, str], ...] = ()


class Showing:
    """Sends replies to rooms and direct chats."""

    def __init__(self, client: Client, rooms: Rooms, texts: Texts) -> None:
        self._client = client
        self._rooms = rooms
        self.texts = texts
        self._seeding: set[asyncio.Task[None]] = set()
        self._quiet = False
        self.inbox: Inbox | None = None
        """Set while connected. Without it buttons cannot be kept."""

    async def send(
        self,
        place: Place,
        reply: Reply,
        *,
        key: str,
        lasts: timedelta = POST_BUTTONS_LAST,
        answering: bool = False,
        choices: Sequence[render.Option] = (),
        more: Json | None = None,
        since: datetime | None = None,
    ) -> Sent:
        """Send a reply, its files below it. Idempotent by `key`, also where that was forgotten:
        what may have been sent before, `since` then, is looked for.

        `answering`: somebody waits, so buttons that cannot be kept are left out instead of
        raising `TryLater`, and it goes with the store gone. `choices` are shown like buttons;
        `more` stands in the message with them.
        """
        before = {} if since is None else await self._client.sent(place.room_id, since, key)
        if (sent := before.get(transaction(key))) is not None:
            event_id = sent["event_id"]
            content = self._client.opened(place.room_id, sent)["content"]
        else:
            content = await self.content(place, reply, lasts, answering=answering, choices=choices)
            if more:
                content[render.OURS] = {**content.get(render.OURS, {}), **more}
            event_id = await self._client.send(
                place.room_id, MESSAGE, content, key, urgent=answering
            )
        for file in reply.files:
            for number, words in enumerate(render.pieces(file.name, file.content)):
                piece = render.content_of(words)
                # So that it goes when the message goes.
                piece["m.relates_to"] = {"rel_type": "m.reference", "event_id": event_id}
                of_file = f"{key} file {file.name} {number}"
                if transaction(of_file) not in before:
                    await self._client.send(place.room_id, MESSAGE, piece, of_file)
        self.seed(place.room_id, event_id, content, key)
        return Sent(event_id, buttons_of(content))

    async def now(self, room_id: str, event_id: str) -> tuple[Json, Json] | None:
        """A message and what it says since its last edit; None when it is gone."""
        message = await self._client.event(room_id, event_id)
        if message is None or not message.get("content"):
            return None
        edit = said.edit_of(message)
        new = None if edit is None else self._client.opened(room_id, edit)["content"]
        shown = None if new is None else new.get("m.new_content")
        return message, shown if isinstance(shown, dict) else message["content"]

    async def edit(self, place: Place, room_id: str, event_id: str, reply: Reply) -> None:
        """Put a reply in the place of an own message, in the room where that stands."""
        content = await self.content(place, reply, POST_BUTTONS_LAST)
        edit = {
            **content,
            "body": f"* {content['body']}",
            "m.new_content": content,
            "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
        }
        await self._client.send(room_id, MESSAGE, edit, secrets.token_hex(16))

    async def content(
        self,
        place: Place,
        reply: Reply,
        lasts: timedelta,
        *,
        answering: bool = False,
        choices: Sequence[render.Option] = (),
    ) -> Json:
        """The event's content, with buttons that work from now on. Raises `TryLater` while
        somebody else is in a direct chat: they are being put out (`door.py`)."""
        alone = place.kind is None
        if alone and self._rooms.strangers(place):
            raise TryLater(_NOT_ALONE)
        if alone:
            options = await self._numbered(reply.buttons, lasts, answering)
        else:
            options = await self._in_room(place, reply.buttons, lasts, answering)
        options = [*options, *choices]
        names = self._names(place.group, reply.texts)
        return render.message(reply, self.texts, DEFAULT_LANGUAGE, names, options, alone=alone)

    def words(self, text: Text) -> str:
        """A text in plain words."""
        return self.texts.say(text, DEFAULT_LANGUAGE)

    def example(self, command: Command, group: Group) -> Text:
        """How a command is written."""
        words = commands.example(command, self.texts, DEFAULT_LANGUAGE, self.known(group))
        return Text("matrix-usage", {"example": words})

    def known(self, group: Group) -> commands.Known:
        """What names stand for in a group. Names that two people share stand for nobody."""
        rooms = {
            " ".join(info.name.casefold().split()): info.room
            for info in sorted(self._rooms.infos(group), key=_first_circles)
            if info.name
        }
        people: dict[str, Account | None] = {}
        for handle, name in self._rooms.names(group).items():
            name = " ".join(name.casefold().split())
            people[name] = None if name in people else Account(group.platform, handle)
        alone = {name: account for name, account in people.items() if account is not None}
        return commands.Known(group, rooms, alone)

    # -- buttons -----------------------------------------------------------------------------

    async def keep(self, buttons: Sequence[Button], lasts: timedelta) -> list[str]:
        """An id for each button; returns when they are durable. Raises what the store raises."""
        return await rendering.Tokens(self.connected.memory).keep(buttons, lasts)

    async def find(self, token: str) -> Button | None:
        """The button behind an id."""
        return await rendering.Tokens(self.connected.memory).find(token)

    async def find_written(self, group: Group, words: str) -> tuple[str, str] | None:
        """The room and the button's id behind what somebody wrote from a post in a room.

        None where it is nothing of that kind; an empty id where it may have been, once.
        """
        label, _, number = " ".join(words.split()).rpartition(" ")
        if not (label and len(number) == 5 and number.isascii() and number.isdecimal()):
            return None
        kept = await self.connected.memory.get(_code_key(group, number))
        if kept is None:
            return "", ""
        found = json.loads(kept)
        ids = [id for id, of in found["ids"] if of.casefold() == label.casefold()]
        return found["room"], ids[0] if ids else ""

    async def _numbered(
        self, buttons: Sequence[Button], lasts: timedelta, answering: bool
    ) -> list[render.Option]:
        kept, ids = await self._kept(buttons[:_MOST_PRESSED], lasts, answering)
        labels = (self.words(Text(button.label)) for button in kept)
        return [render.Option(id, label) for id, label in zip(ids, labels, strict=True)]

    async def _in_room(
        self, place: Place, buttons: Sequence[Button], lasts: timedelta, answering: bool
    ) -> list[render.Option]:
        kept, ids = await self._kept(buttons, lasts, answering)
        options: list[render.Option] = []
        coded: list[tuple[str, str]] = []
        number = None
        for button, id in zip(kept, ids, strict=True):
            label = self.words(Text(button.label))
            command = self.command(button.command)
            if command is not None and not command.private:
                options.append(render.Option(id, label))
            elif button.static:
                words = commands.typed_words(button.command, button.args)
                options.append(render.Option(id, label, words))
            else:
                number = number or await self._free_number(place.group)
                coded.append((id, label))
                options.append(render.Option(id, label, f"{label.lower()} {number}"))
        if number is not None:
            row = json.dumps({"room": place.room_id, "ids": coded})
            await self.connected.memory.put(_code_key(place.group, number), row, lasts)
        return options

    async def _kept(
        self, buttons: Sequence[Button], lasts: timedelta, answering: bool
    ) -> tuple[Sequence[Button], list[str]]:
        if not buttons:
            return buttons, []
        tokens = rendering.Tokens(self.connected.memory)
        return await tokens.keep_if_it_can(buttons, lasts, answering=answering)

    async def _free_number(self, group: Group) -> str:
        while True:
            number = str(10_000 + secrets.randbelow(90_000))
            if await self.connected.memory.get(_code_key(group, number)) is None:
                return number

    @property
    def connected(self) -> Inbox:
        """The core. Raises `TryLater` before it is known."""
        if self.inbox is None:
            raise TryLater(timedelta(seconds=1))
        return self.inbox

    @property
    def commands(self) -> Sequence[Command]:
        """Every command that can be asked for."""
        return self.connected.commands

    def command(self, name: str) -> Command | None:
        """A command by its name."""
        return next((command for command in self.commands if command.name == name), None)

    def seed(self, room_id: str, event_id: str, content: Json, key: str) -> None:
        """Put the numbers below a message, to be pressed. Nothing waits for it.

        Where the homeserver counts what is sent they would hold up what is said, so they are left
        out there; writing the number does the same.
        """
        buttons = buttons_of(content)
        if not buttons or self._quiet:
            return
        task = asyncio.create_task(self._seed(room_id, event_id, len(buttons), key))
        self._seeding.add(task)
        task.add_done_callback(self._seeding.discard)

    async def _seed(self, room_id: str, event_id: str, count: int, key: str) -> None:
        try:
            if await self.connected.memory.get(_QUIET) is not None:
                self._quiet = True
                return
            for number in range(1, count + 1):
                about = {
                    "rel_type": "m.annotation",
                    "event_id": event_id,
                    "key": render.keycap(number),
                }
                content = {"m.relates_to": about}
                await self._client.send(room_id, "m.reaction", content, f"{key} seed {number}")
        except TryLater:
            self._quiet = True
            await self.connected.memory.put(_QUIET, "yes", _QUIET_FOR)
        except PlatformError as error:
            logger.info("numbers were not put below a message", extra={"why": error.why})
        except Exception:
            logger.exception("numbers were not put below a message")

    async def stop(self) -> None:
        """Let go of what nothing waits for."""
        tasks = list(self._seeding)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _names(self, group: Group, texts: Iterable[Text]) -> render.Names:
        values: list[Value] = list(rendering.values(texts))
        accounts = {value.handle for value in values if isinstance(value, Account)}
        rooms = {value.handle for value in values if isinstance(value, Room)}
        rooms |= {value.room.handle for value in values if isinstance(value, MessageRef)}
        known = self._rooms.names(group) if accounts else {}
        called = self._rooms.called(group) if rooms else {}
        return render.Names(
            {handle: known.get(handle) or _own_name(handle) for handle in accounts},
            {
                handle: name
                for handle in rooms
                if (name := called.get(handle, "") or self._rooms.name(handle))
            },
            self._client.user,
        )


def buttons_of(content: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The buttons that stand in a message of ours: id and label, in their order."""
    ours = content.get(render.OURS)
    told = ours.get("buttons") if isinstance(ours, Mapping) else None
    if not isinstance(told, list):
        return ()
    return tuple(
        (str(each[0]), str(each[1])) for each in told if isinstance(each, list) and len(each) == 2
    )


def _own_name(handle: str) -> str:
    return handle.partition(":")[0].removeprefix("@")


def _first_circles(info: RoomInfo) -> tuple[bool, str]:
    return info.kind is not RoomKind.CIRCLE, info.name


def _code_key(group: Group, number: str) -> str:
    return f"written {group.handle} {number}"
