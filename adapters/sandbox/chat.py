"""SandboxChat: the sandbox's world as the core's `Chat`."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from adapters import rendering
from adapters.sandbox import translate
from adapters.sandbox.events import Follower
from adapters.sandbox.link import Link
from adapters.sandbox.world import BOT, Json
from bot.chat import Can, Removal, Retry, Right
from bot.clock import Clock
from bot.cog import Command
from bot.errors import Gone, PlatformError, TryLater
from bot.events import GroupReady, Invoked, MessagePosted
from bot.inbox import Inbox
from bot.model import Account, Group, Message, MessageRef, Role, Room, RoomInfo
from bot.reply import Button, Form, Reply, Text, Value
from bot.texts import Texts

logger = logging.getLogger(__name__)

_PAGE: Final = 200
_LANGUAGE: Final = "en"
_ANSWER_BUTTONS_LAST: Final = timedelta(days=30)
_POST_BUTTONS_LAST: Final = timedelta(days=365)


class SandboxChat:
    """The platform that one person plays. Every await on the core is a task of its own."""

    platform = translate.PLATFORM
    can = Can.HOLD | Can.REMOVE | Can.HIDE_INPUT | Can.TELL | Can.TELL_AT_ONCE | Can.SHOW_TIME_LEFT

    def __init__(self, link: Link, texts: Texts, clock: Clock) -> None:
        self._link = link
        self._texts = texts
        self._clock = clock
        self._shift = 0.0
        self._inbox: Inbox | None = None

    # -- connecting --------------------------------------------------------------------------

    async def open(self) -> None:
        """Reach the world and set the clock to its time. `run` does it too.

        Worth doing before the store looks at due times: a world that was pushed forward
        yesterday is still ahead today.
        """
        self._follow_clock((await self._link.call("hello"))["shift"])

    async def run(self, inbox: Inbox) -> None:
        """Follow the world's log until cancelled; a lost connection is taken up again."""
        self._inbox = inbox
        follower = Follower(self._link, inbox, partial(self._handle, inbox), self._follow_clock)
        pause = 0.1
        try:
            while True:
                with suppress(TryLater):
                    await self.open()
                    await self._link.call("offer_commands", self._commands(inbox.commands))
                    ready = [self._ready(group) for group in await self.groups()]
                    pause = 0.1
                    await follower.follow(ready)
                await asyncio.sleep(pause)
                pause = min(2 * pause, 5.0)
        finally:
            await follower.stop()

    def _ready(self, group: Group) -> GroupReady:
        return GroupReady(id=f"ready {secrets.token_hex(8)}", group=group, at=self._clock.now())

    def _follow_clock(self, shift: float) -> None:
        # Totals, not steps: a redelivered event must not move the clock twice.
        if shift > self._shift:
            by, self._shift = shift - self._shift, shift
            self._clock.shift(timedelta(seconds=by))

    # -- Chat --------------------------------------------------------------------------------

    async def groups(self) -> Sequence[Group]:
        """The groups of this world."""
        return [translate.group(g["id"]) for g in (await self._link.call("hello"))["groups"]]

    async def rooms(self, group: Group) -> Sequence[RoomInfo]:
        """The rooms of a group."""
        found = await self._link.call("rooms", group.handle)
        return [translate.room_info(group, room) for room in found]

    async def now(self) -> datetime | None:
        """The world's time."""
        return datetime.fromisoformat((await self._link.call("hello"))["now"])

    async def post(
        self,
        room: Room,
        reply: Reply,
        *,
        key: str,
        since: datetime | None = None,  # noqa: ARG002
    ) -> MessageRef:
        """Post in a room. The world forgets no key, so nothing has to be looked for."""
        content = await self._render(reply, _LANGUAGE, _POST_BUTTONS_LAST)
        return MessageRef(room, await self._link.call("post", room.handle, content, key))

    async def edit(self, ref: MessageRef, reply: Reply) -> None:
        """Change an own message."""
        content = await self._render(reply, _LANGUAGE, _POST_BUTTONS_LAST)
        await self._link.call("edit", ref.room.handle, ref.handle, content)

    async def pin(self, ref: MessageRef) -> None:
        """Pin an own message."""
        await self._link.call("pin", ref.room.handle, ref.handle)

    async def remove(self, refs: Sequence[MessageRef]) -> Mapping[MessageRef, Removal | Retry]:
        """Remove messages."""
        try:
            done = await self._link.call("remove", [[r.room.handle, r.handle] for r in refs])
        except TryLater as later:
            return dict.fromkeys(refs, Retry(later.after))
        return {ref: Removal(what) for ref, what in zip(refs, done, strict=True)}

    async def tell(
        self,
        group: Group,
        account: Account,
        reply: Reply,
        *,
        key: str,
        since: datetime | None = None,  # noqa: ARG002
    ) -> MessageRef:
        """Write in the private chat with one person."""
        content = await self._render(reply, _LANGUAGE, _POST_BUTTONS_LAST)
        told = await self._link.call("tell", group.handle, account.handle, content, key)
        return MessageRef(Room(group, told["room"]), told["id"])

    async def uncollected(self, key: str) -> bool:  # noqa: ARG002
        """Never: what is told reaches everybody at once."""
        return False

    async def hold(self, group: Group, account: Account) -> None:
        """Keep an account out of the group's rooms."""
        await self._link.call("hold", group.handle, account.handle, True)

    async def release(self, group: Group, account: Account) -> None:
        """Let an account in."""
        await self._link.call("hold", group.handle, account.handle, False)

    async def held(self, group: Group) -> Mapping[Account, bool]:
        """Who is kept out and who is let in."""
        people = await self._link.call("held", group.handle)
        return {translate.account(who): held for who, held in people.items()}

    async def fetch(self, ref: MessageRef) -> Message | None:
        """The message as it is now."""
        try:
            found = await self._link.call("fetch", ref.room.handle, ref.handle)
        except Gone:
            return None
        return translate.message(ref.room, found) if found else None

    async def history(self, room: Room, after: MessageRef | None) -> AsyncIterator[MessagePosted]:
        """What people wrote in a room after a message."""
        last = after.handle if after else None
        while page := await self._link.call("history", room.handle, last, _PAGE):
            for said in page:
                last = said["id"]
                if said["author"] != BOT and said["event"]:
                    yield translate.posted(room, said, id=said["event"], live=False)

    async def members(self, group: Group) -> Mapping[Account, Role]:
        """Everybody in the group."""
        people = await self._link.call("people", group.handle)
        return {translate.account(who): translate.ROLES[role] for who, role in people.items()}

    async def role_of(self, group: Group, account: Account) -> Role:
        """The role that the world gives right now."""
        people = await self._link.call("people", group.handle)
        role = people.get(account.handle) if account.platform == self.platform else None
        return Role.GUEST if role is None else translate.ROLES[role]

    async def name_of(self, group: Group, account: Account) -> str:  # noqa: ARG002
        """The name others see."""
        names = await self._link.call("describe", [account.handle], [])
        return str(names["accounts"][account.handle])

    async def pins(self, room: Room) -> Sequence[MessageRef]:
        """The pinned messages of a room."""
        return [MessageRef(room, pin) for pin in await self._link.call("pins", room.handle)]

    async def rights(self, room: Room) -> frozenset[Right]:
        """What the bot may do in a room."""
        given = await self._link.call("rights", room.handle)
        return frozenset(translate.RIGHTS[right] for right in given)

    async def drop_older(self, room: Room, age: timedelta | None) -> bool:  # noqa: ARG002
        """Never: the platform drops nothing by itself."""
        return False

    async def open_doors(self, group: Group) -> Sequence[Text]:  # noqa: ARG002
        """None: nobody but the page's people is there."""
        return ()

    async def show_time_left(self, ref: MessageRef, due: datetime | None) -> None:
        """Show beside a message when it will be removed (None: it stays). Beyond `Chat`."""
        with suppress(Gone):
            when = None if due is None else due.isoformat()
            await self._link.call("time_left", ref.room.handle, ref.handle, when)

    # -- what people ask ---------------------------------------------------------------------

    async def _handle(self, inbox: Inbox, asked: Json) -> None:
        """Run what was pressed or typed and show the answer. Safe to repeat after a crash."""
        room = translate.room_of(asked)
        asker = translate.account(asked["account"])
        button = await self._button(inbox, asked)
        private = True
        if isinstance(button, Reply):
            answer: Reply | Form = button
        else:
            command = _command(inbox, button.command)
            private = command is None or command.private
            answer = await inbox.invoke(
                Invoked(
                    id=asked["id"],
                    group=room.group,
                    at=datetime.fromisoformat(asked["at"]),
                    command=button.command,
                    account=asker,
                    args={**button.args, **translate.arguments(command, room, asked)},
                    room=None if room.handle.startswith("private:") else room,
                    private=private,
                    language=asked["language"],
                )
            )
        await self._answer(inbox, asked, asker, room, answer, private)

    async def _button(self, inbox: Inbox, asked: Json) -> Button | Reply:
        """What was asked for, as a button; a sentence where there is no such button."""
        if asked["kind"] == "command":
            return Button("", asked["command"])
        try:
            found = await rendering.Tokens(inbox.memory).find(asked["token"])
        except Exception:
            logger.exception("a press could not be looked up")
            return Reply("not-stored")
        if found is None:
            return Reply("button-too-old")
        if found.only_for not in (None, translate.account(asked["account"])):
            return Reply("only-for-other")
        return found

    async def _answer(
        self,
        inbox: Inbox,
        asked: Json,
        asker: Account,
        room: Room,
        answer: Reply | Form,
        private: bool,
    ) -> None:
        language = asked["language"]
        if isinstance(answer, Form):
            content = await self._render_form(inbox, answer, language)
            private = True
        else:
            content = await self._render(answer, language, answering=True)
        key = f"answer {asked['id']}"
        while True:
            try:
                if private:
                    await self._link.call(
                        "answer", room.handle, asker.handle, content, key, asked["seq"]
                    )
                else:
                    content["answer_to"] = asked["seq"]
                    await self._link.call("post", room.handle, content, key)
                return
            except TryLater as later:
                await asyncio.sleep(min(later.after.total_seconds(), 5.0))
            except PlatformError:
                # The room or the asker is gone: nobody is left to answer.
                return

    # -- rendering ---------------------------------------------------------------------------

    async def _render(
        self,
        reply: Reply,
        language: str,
        lasts: timedelta = _ANSWER_BUTTONS_LAST,
        *,
        answering: bool = False,
    ) -> Json:
        values = [*rendering.values(reply.texts)]
        messages = [value for value in values if isinstance(value, MessageRef)]
        show = await self._names(values, language)
        content: Json = {
            "text": rendering.words(reply, self._texts, language, show),
            "buttons": await self._buttons(reply.buttons, language, lasts, answering),
            "files": [{"name": file.name, "content": file.content} for file in reply.files],
            "links": [
                {"room": ref.room.handle, "message": ref.handle} for ref in dict.fromkeys(messages)
            ],
            "lock": self._texts.say(Text(reply.lock_line), language) if reply.lock_line else None,
        }
        if reply.lifetime is not None:
            content["due"] = (self._clock.now() + reply.lifetime).isoformat()
            content["lasts"] = True
        return content

    async def _names(self, values: Sequence[Value], language: str) -> Callable[[Value], str | None]:
        accounts = {value.handle for value in values if isinstance(value, Account)}
        rooms = {value.handle for value in values if isinstance(value, Room)}
        rooms |= {value.room.handle for value in values if isinstance(value, MessageRef)}
        names: dict[str, dict[str, str]] = {"accounts": {}, "rooms": {}}
        if accounts or rooms:
            names = await self._link.call("describe", sorted(accounts), sorted(rooms))

        def show(value: Value) -> str | None:
            match value:
                case Account():
                    return names["accounts"].get(value.handle)
                case Room():
                    return names["rooms"].get(value.handle)
                case MessageRef():
                    number = value.handle.removeprefix("m")
                    return self._texts.say(Text("sandbox-message", {"number": number}), language)
            return None

        return show

    async def _buttons(
        self, buttons: Sequence[Button], language: str, lasts: timedelta, answering: bool
    ) -> list[Json]:
        if not buttons:
            return []
        tokens = self._tokens()
        shown, ids = await tokens.keep_if_it_can(buttons, lasts, answering=answering)
        return [
            {"id": token, "label": self._texts.say(Text(button.label), language)}
            for token, button in zip(ids, shown, strict=True)
        ]

    async def _render_form(self, inbox: Inbox, form: Form, language: str) -> Json:
        command = _command(inbox, form.command)
        if command is None:
            return {"text": self._texts.say(Text("unknown-command"), language)}
        form = rendering.storable(command, form)
        # Not `only_for` the asker: only they see the id, and a row would say who asked for what.
        button = Button("", form.command, form.args, static=not form.args)
        try:
            (token,) = await self._tokens().keep([button], _ANSWER_BUTTONS_LAST)
        except Exception:
            logger.exception("a form could not be kept")
            return {"text": self._texts.say(Text("not-stored"), language)}
        asks = rendering.fields(command, self._texts, language, form.args, form.filled)
        fields = [translate.field_json(field) for field in asks]
        return {
            "text": command.help,
            "form": {"id": token, "command": command.name, "fields": fields},
        }

    def _tokens(self) -> rendering.Tokens:
        if self._inbox is None:
            raise TryLater(timedelta(seconds=1))
        return rendering.Tokens(self._inbox.memory)

    def _commands(self, commands: Sequence[Command]) -> list[Json]:
        """The commands as the page lists them."""
        return [
            {
                "name": command.name,
                "help": command.help,
                "needs": command.needs.name.lower(),
                "on_message": command.on_message is not None,
                "fields": [
                    translate.field_json(field)
                    for field in rendering.fields(command, self._texts, "en")
                ],
            }
            for command in commands
            if not command.hidden
        ]


def _command(inbox: Inbox, name: str) -> Command | None:
    return next((command for command in inbox.commands if command.name == name), None)
