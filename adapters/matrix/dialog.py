"""Dialog: what somebody writes, presses and fills in while alone with the bot, and the answers.

Everybody's direct chat is a line of its own: one request after another, but what answers from
memory alone (Help now) waits for nothing. What stands open there (the newest buttons, a form) is
kept in memory; after a restart it is read from the bot's own messages in that chat, which also
tell what was answered already, so that no request is done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from adapters import rendering
from adapters.matrix import commands, render, said
from adapters.matrix.again import until_done
from adapters.matrix.chats import Chat, Chats
from adapters.matrix.client import Client
from adapters.matrix.fading import Fading
from adapters.matrix.forms import CHOICE, Pending, is_fleeting
from adapters.matrix.removing import EDITS, Removing
from adapters.matrix.rooms import Place, Rooms
from adapters.matrix.showing import ANSWER_BUTTONS_LAST, Sent, Showing, buttons_of
from adapters.matrix.translate import moment
from bot.cog import Command
from bot.errors import Forbidden, Gone, PlatformError, Refused
from bot.events import Invoked
from bot.model import Account, Room
from bot.reply import Answer, Args, Button, Reply, Text
from bot.texts import DEFAULT_LANGUAGE

logger = logging.getLogger(__name__)

_CANCEL: Final = "cancel"
_NOT_UNDERSTOOD: Final = "bad-"
"""What the keys of all sentences about a value begin with that cannot be used."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, repr=False)
class Turn:
    """One request: who asked, in which event, and the direct chat where the answer goes."""

    id: str
    account: Account
    at: datetime
    place: Place
    room: Room | None = None
    """The room it was asked in, where that was not the direct chat."""


class Dialog:
    """Hears requests in direct chats, and answers there whatever was asked elsewhere."""

    def __init__(
        self,
        client: Client,
        rooms: Rooms,
        showing: Showing,
        removing: Removing,
        fading: Fading,
    ) -> None:
        self._client = client
        self._rooms = rooms
        self._showing = showing
        self._removing = removing
        self._fading = fading
        self.chats = Chats(client, showing.command)

    async def heard(self, place: Place, event: Json, *, unreadable: bool = False) -> None:
        """Answer what somebody wrote in their direct chat."""
        if event["content"].get("msgtype") == "m.notice":
            # So are bots told apart; two of them would answer each other for ever.
            return
        turn = Turn(event["event_id"], said.sender(place, event), moment(event), place)
        text = said.body(event)
        typed = commands.find(self._showing.commands, text)
        if typed is not None and typed.command.at_once:
            await self.run(turn, typed.command, {})
            return
        chat = self.chats.of(place)
        async with chat.lock:
            await self.chats.recall(chat, place)
            if turn.id in chat.answered:
                await self._take_away(place, chat.answered[turn.id])
            elif (changed := said.changed(event)) is not None:
                await self._changed(chat, turn, changed)
            elif unreadable:
                await self.show(turn, Reply("matrix-unreadable"))
            else:
                await self._written(chat, turn, event, text, typed)

    async def pressed(self, place: Place, event: Json, id: str, message: str) -> None:
        """Answer a press of the button with this id, below that message of a direct chat."""
        turn = Turn(event["event_id"], said.sender(place, event), moment(event), place)
        button = await self._showing.find(id) if id.startswith(rendering.STATIC) else None
        command = None if button is None else self._showing.command(button.command)
        if button is not None and command is not None and command.at_once:
            await self.run(turn, command, button.args)
            return
        chat = self.chats.of(place)
        async with chat.lock:
            await self.chats.recall(chat, place)
            if turn.id in chat.answered:
                await self._take_away(place, chat.answered[turn.id])
            elif not id.startswith(CHOICE):
                await self._press(turn, id, message)
            elif chat.form is not None and chat.form.question == message:
                await self._fill(chat, turn, id.removeprefix(CHOICE))
            else:
                await self.show(turn, Reply("button-too-old"))

    async def _changed(self, chat: Chat, turn: Turn, of: str) -> None:
        """What was read is done, whatever it says now; what was taken away says nothing more."""
        found = await until_done(lambda: self._client.event(turn.place.room_id, of))
        if found is None or not found["content"]:
            await self.remove(turn.place.room_id, turn.id)
        elif chat.form is not None:
            await self._ask(chat, turn, chat.form, Text("matrix-edited"))
        else:
            await self.show(turn, Reply("matrix-edited"))

    # -- one request -------------------------------------------------------------------------

    async def _written(
        self, chat: Chat, turn: Turn, event: Json, text: str, typed: commands.Typed | None
    ) -> None:
        place = turn.place
        if chat.form is not None and not (typed and commands.is_command(text)):
            form = chat.form
            if text.casefold() == _CANCEL:
                chat.form = None
                takes = [turn.id, *form.trail] if form.fleeting else []
                await self.show(turn, Reply("matrix-cancelled"), takes)
                return
            numbered = form.parameter.kind is not int
            picked = _picked(chat.buttons, text, numbered=numbered)
            word = picked.removeprefix(CHOICE) if picked and picked.startswith(CHOICE) else text
            await self._fill(chat, turn, word)
            return
        if chat.form is not None and chat.form.fleeting:
            await self._take_away(place, chat.form.trail)
        chat.form = None
        message, buttons = chat.message, chat.buttons
        replied_to = said.replied_to(place, event)
        if replied_to is not None:
            above = await self._client.event(place.room_id, replied_to.handle)
            if above is not None and above.get("sender") == self._client.user:
                message, buttons = replied_to.handle, buttons_of(above["content"])
        if (id := _picked(buttons, text)) is not None:
            await self._press(turn, id, message)
        elif typed is not None:
            known = self._showing.known(place.group)
            args = commands.arguments(typed, known, None)
            takes = [turn.id] if typed.rest and is_fleeting(typed.command) else []
            answer = await self.invoke(turn, typed.command.name, args)
            if isinstance(answer, Reply):
                answer = self.with_usage(answer, typed.command, turn)
            await self.answer(turn, answer, takes)
        elif (found := await self._showing.find_written(place.group, text)) is not None:
            room_id, id = found
            asked_in = self._rooms.place(room_id)
            there = turn.account.handle in self._client.members(room_id)
            if not id or asked_in is None or not there:
                await self.show(turn, Reply("button-too-old"))
            else:
                await self._press(replace(turn, room=asked_in.room), id, None)
        else:
            await self.show(turn, Reply("matrix-not-understood"))

    async def _press(self, turn: Turn, id: str, message: str | None) -> None:
        button = await self.button(id, turn.account)
        if isinstance(button, Reply):
            await self.show(turn, button)
            return
        command = self._showing.command(button.command)
        answer = await self.invoke(turn, button.command, button.args)
        # A draft that was sent or let go of has its words in the message above its buttons.
        done = command is not None and command.hidden and is_fleeting(command)
        await self.answer(turn, answer, [message] if message and done else [])

    async def _fill(self, chat: Chat, turn: Turn, word: str) -> None:
        form = chat.form
        if form is None:
            return
        form.events += [event for event in (turn.id, form.question) if event not in form.events]
        try:
            form.take(word, self._showing.known(turn.place.group))
        except Refused as refused:
            await self._ask(chat, turn, form, refused.text)
            return
        if form.left:
            await self._ask(chat, turn, form)
            return
        chat.form = None
        button = await self.button(form.token, turn.account)
        if isinstance(button, Reply):
            await self.show(turn, button)
            return
        answer = await self.invoke(turn, button.command, {**button.args, **form.given})
        await self.answer(turn, answer, form.events if form.fleeting else [])

    async def answer(self, turn: Turn, answer: Answer, takes: Sequence[str] = ()) -> None:
        """Show an answer, and take away the events that led to it; a form begins to ask."""
        if isinstance(answer, Reply):
            await self.show(turn, answer, takes)
            return
        command = self._showing.command(answer.command)
        if command is None:
            await self.show(turn, Reply("unknown-command"), takes)
            return
        form = rendering.storable(command, answer)
        button = Button("", form.command, form.args, static=not form.args)
        try:
            (token,) = await self._showing.keep([button], ANSWER_BUTTONS_LAST)
        except PlatformError:
            raise
        except Exception:
            logger.exception("a form could not be kept")
            await self.show(turn, Reply("not-stored"), takes)
            return
        known = {**form.args}
        pending = Pending.begin(token, command, known, form.filled, turn.id)
        if not pending.left:
            await self.show(turn, Reply("unknown-command"), takes)
            return
        await self._ask(self.chats.of(turn.place), turn, pending, takes=takes)

    async def _ask(
        self,
        chat: Chat,
        turn: Turn,
        form: Pending,
        refused: Text | None = None,
        takes: Sequence[str] = (),
    ) -> None:
        infos = self._rooms.infos(turn.place.group)
        reply, choices = form.ask(self._showing.texts, infos, refused)
        more = {"form": form.to_json()}
        sent = await self.show(turn, reply, takes, choices=choices, more=more)
        if sent is not None:
            form.question = sent.event_id
            chat.form = form

    async def show(
        self,
        turn: Turn,
        reply: Reply,
        takes: Sequence[str] = (),
        *,
        choices: Sequence[render.Option] = (),
        more: Json | None = None,
    ) -> Sent | None:
        """Send an answer, however long it takes; None where nobody is left to get it."""
        note = {**(more or {}), "answers": turn.id, "takes": list(takes)}

        async def send() -> Sent:
            return await self._showing.send(
                turn.place,
                reply,
                key=f"answer {turn.id}",
                lasts=ANSWER_BUTTONS_LAST,
                answering=True,
                choices=choices,
                more=note,
            )

        try:
            sent = await until_done(send)
        except PlatformError as error:
            logger.info("an answer reaches nobody", extra={"why": error.why})
            return None
        chat = self.chats.of(turn.place)
        chat.note(turn.id, takes)
        if sent.buttons:
            chat.message, chat.buttons = sent.event_id, sent.buttons
        if reply.lifetime is not None:
            await self._fading.keep(turn.place.room_id, sent.event_id, reply.lifetime)
        await self._take_away(turn.place, takes)
        return sent

    async def run(self, turn: Turn, command: Command, args: Args) -> None:
        """Answer from memory alone, whatever else is broken or under way."""
        answer = await self.invoke(turn, command.name, args)
        if isinstance(answer, Reply):
            await self.show(turn, answer)

    async def invoke(self, turn: Turn, name: str, args: Args, *, private: bool = True) -> Answer:
        """Hand a command to the core."""
        return await self._showing.connected.invoke(
            Invoked(
                id=turn.id,
                group=turn.place.group,
                at=turn.at,
                command=name,
                account=turn.account,
                args=args,
                room=turn.room,
                private=private,
                language=DEFAULT_LANGUAGE,
            )
        )

    def with_usage(self, answer: Reply, command: Command, turn: Turn) -> Reply:
        """The answer, with how the command is written where a value was not understood."""
        if not answer.key.startswith(_NOT_UNDERSTOOD):
            return answer
        usage = self._showing.example(command, turn.place.group)
        return replace(answer, lines=(*answer.lines, usage))

    async def button(self, id: str, asker: Account) -> Button | Reply:
        """The button behind an id; a sentence where there is none, or none for the asker."""
        try:
            found = await self._showing.find(id)
        except Exception:
            logger.exception("a press could not be looked up")
            return Reply("not-stored")
        if found is None:
            return Reply("button-too-old")
        if found.only_for not in (None, asker):
            return Reply("only-for-other")
        return found

    async def _take_away(self, place: Place, events: Sequence[str]) -> None:
        """Redact words that were written on the way to what leaves no trace."""
        for event_id in events:
            await self.remove(place.room_id, event_id)

    async def remove(self, room_id: str, event_id: str) -> bool:
        """Redact what somebody typed, as it was and as they changed it since. False where the bot
        may not."""
        redact, relations = self._client.redact, self._removing.relations
        try:
            # Asked first: of what is redacted, the homeserver does not tell any.
            edits = await until_done(lambda: relations(room_id, event_id, EDITS))
            for each in (event_id, *edits):
                await until_done(partial(redact, room_id, each, f"typed {each}"))
        except Forbidden:
            logger.warning("what was typed could not be taken away")
            return False
        except Gone:
            return True
        except PlatformError:
            return False
        return True


def _picked(buttons: Sequence[tuple[str, str]], text: str, *, numbered: bool = True) -> str | None:
    """The id of the button that a number or its words stand for."""
    number = render.number_of(text) if numbered else None
    if number is not None and 1 <= number <= len(buttons):
        return buttons[number - 1][0]
    small = " ".join(text.casefold().split())
    return next((id for id, label in buttons if label.casefold() == small), None)
