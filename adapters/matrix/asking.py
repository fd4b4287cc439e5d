"""Asking: what people ask of the bot in rooms, in writing and by numbers below its messages.

What is asked in private is taken out of the room at once and goes on in the direct chat
(`dialog.py`). What was taken out is not looked at for leaks: moderators could do no more about it,
and would see who asked for what. Where it could not be taken out, it is.

A message that is changed into a command is not run, so that nothing is done twice or by mistake;
who changed it hears so. Help now is the exception. What is private is taken out all the same.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any

from adapters.matrix import commands, render, said
from adapters.matrix.again import until_done
from adapters.matrix.client import Client
from adapters.matrix.dialog import Dialog, Turn
from adapters.matrix.direct import Directs
from adapters.matrix.forms import is_fleeting
from adapters.matrix.rooms import Place
from adapters.matrix.showing import Sent, Showing, buttons_of
from adapters.matrix.translate import moment
from bot.cog import Command
from bot.errors import PlatformError
from bot.model import Room, RoomKind
from bot.reply import Args, Form, Reply, Text

logger = logging.getLogger(__name__)

Json = dict[str, Any]


class Asking:
    """Hears requests in rooms, and presses everywhere."""

    def __init__(self, client: Client, directs: Directs, showing: Showing, dialog: Dialog) -> None:
        self._client = client
        self._directs = directs
        self._showing = showing
        self._dialog = dialog

    def typed_in_room(self, event: Json) -> commands.Typed | None:
        """The command that a message in a room is, or None."""
        text = said.body(event)
        if event["content"].get("msgtype") == "m.notice":
            # So are bots told apart, and none of them asks for anything.
            return None
        if not commands.is_command(text):
            return None
        return commands.find(self._showing.commands, text)

    async def in_room(self, place: Place, event: Json, typed: commands.Typed) -> bool:
        """Answer a command that was typed in a room. Returns whether its message was removed.

        What is private is taken away at once and answered in the direct chat. A post without a
        name is not taken from there at all: people have seen who wrote it.
        """
        command = typed.command
        known = self._showing.known(place.group)
        args = commands.arguments(typed, known, said.replied_to(place, event))
        if not command.private and said.changed(event):
            if (turn := await self._turn(place, event)) is not None:
                await self._dialog.show(turn, Reply("matrix-edited"))
            return False
        if not command.private:
            await self._in_public(place, event, command, args)
            return False
        removing = asyncio.create_task(self._take_away(place, event))
        turn = await self._turn(place, event, room=place.room)
        if turn is None:
            return await removing
        if command.at_once:
            await self._dialog.run(turn, command, args)
            return await removing
        removed = await removing
        async with self._dialog.chats.of(turn.place).lock:
            if is_fleeting(command) or said.changed(event):
                example = self._showing.example(command, place.group).args
                await self._dialog.show(turn, Reply(_not_done(command, removed), example))
                return removed
            answer = await self._dialog.invoke(turn, command.name, args)
            if isinstance(answer, Reply):
                answer = self._dialog.with_usage(answer, command, turn)
                if not removed:
                    answer = _after(Text("matrix-typed-in-room-stays"), answer)
                elif place.kind is not RoomKind.LOBBY:
                    answer = _after(Text("matrix-typed-in-room"), answer)
            await self._dialog.answer(turn, answer)
        return removed

    async def pressed(self, place: Place, event: Json) -> None:
        """Answer a number that was pressed below a message."""
        about = said.relation(event)
        if about.get("rel_type") != "m.annotation":
            return
        number = render.number_of(str(about.get("key")))
        now = await self._showing.now(place.room_id, str(about.get("event_id")))
        if number is None or now is None or now[0].get("sender") != self._client.user:
            return
        message, content = now
        buttons = buttons_of(content)
        if not 1 <= number <= len(buttons):
            return
        id = buttons[number - 1][0]
        if place.kind is not None:
            await self._pressed_in_public(place, event, id)
            return
        await self._dialog.pressed(place, event, id, message["event_id"])

    async def _take_away(self, place: Place, event: Json) -> bool:
        """Redact what was typed; False where the bot may not. An edit goes with the message that
        it changes, should that be the same writer's."""
        typed, changed = event["event_id"], said.changed(event)
        if changed is not None:
            first = await until_done(lambda: self._client.event(place.room_id, changed))
            if first and first["content"] and first["sender"] == event["sender"]:
                typed = changed
        return await self._dialog.remove(place.room_id, typed)

    # -- what the whole room sees ------------------------------------------------------------

    async def _in_public(self, place: Place, event: Json, command: Command, args: Args) -> None:
        turn = Turn(event["event_id"], said.sender(place, event), moment(event), place, place.room)
        answer = await self._dialog.invoke(turn, command.name, args, private=False)
        if isinstance(answer, Form):
            # What is still missing is asked in the direct chat.
            alone = await self._turn(place, event)
            if alone is None:
                return
            async with self._dialog.chats.of(alone.place).lock:
                await self._dialog.answer(alone, answer)
            return
        answer = self._dialog.with_usage(answer, command, turn)
        await self._post(place, answer, turn.id)

    async def _pressed_in_public(self, place: Place, event: Json, id: str) -> None:
        account = said.sender(place, event)
        button = await self._dialog.button(id, account)
        if isinstance(button, Reply):
            turn = await self._turn(place, event)
            if turn is not None:
                await self._dialog.show(turn, button)
            return
        command = self._showing.command(button.command)
        if command is not None and not command.private:
            await self._in_public(place, event, command, button.args)

    async def _post(self, place: Place, reply: Reply, asked: str) -> None:
        async def send() -> Sent:
            return await self._showing.send(place, reply, key=f"answer {asked}", answering=True)

        try:
            await until_done(send)
        except PlatformError as error:
            logger.info("an answer reaches nobody", extra={"why": error.why})

    # -- a direct chat -----------------------------------------------------------------------

    async def _turn(self, place: Place, event: Json, room: Room | None = None) -> Turn | None:
        """A request from a room, to be answered in the direct chat of whoever asked; None where
        they take no invitation to one."""
        account = said.sender(place, event)
        try:
            room_id = await until_done(lambda: self._directs.open(place.group, account, asked=True))
        except PlatformError as error:
            logger.info("an answer reaches nobody", extra={"why": error.why})
            return None
        direct = Place(place.group, room_id, None, account)
        return Turn(event["event_id"], account, moment(event), direct, room)


def _not_done(command: Command, removed: bool) -> str:
    """What to say to somebody whose command was not run where they typed it."""
    fleeting = [parameter.arg for parameter in command.parameters if parameter.arg.fleeting]
    if not fleeting:
        return "matrix-edited-in-room" if removed else "matrix-edited-in-room-stays"
    if all(arg.long for arg in fleeting):
        return "matrix-not-in-room" if removed else "matrix-not-in-room-stays"
    return "matrix-code-in-room" if removed else "matrix-code-in-room-stays"


def _after(first: Text, answer: Reply) -> Reply:
    return replace(answer, key=first.key, args=first.args, lines=(answer.text, *answer.lines))
