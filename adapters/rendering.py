"""What every adapter needs to show a reply: its words, its buttons' tokens, its forms' fields."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final
from urllib.parse import parse_qsl, urlencode

from bot.cog import Command, Parameter
from bot.errors import PlatformError, TryLater
from bot.inbox import Memory
from bot.model import Account, MessageRef, Room
from bot.reply import Args, Button, Form, Reply, Text, Value, button_from_json, to_json
from bot.texts import Texts

logger = logging.getLogger(__name__)

STATIC: Final = "static:"
"""What the id of a static button starts with; the command and its arguments follow."""


def words(
    reply: Reply, texts: Texts, language: str, show: Callable[[Value], str | None] | None = None
) -> str:
    """All texts of a reply, one below the other."""
    return "\n".join(texts.say(text, language, show) for text in reply.texts)


def values(texts: Iterable[Text]) -> Iterator[Value]:
    """Every value in some texts, those in texts within texts too."""
    for text in texts:
        for value in text.args.values():
            if isinstance(value, Text):
                yield from values((value,))
            else:
                yield value


class Tokens:
    """The buttons that were shown, behind random tokens that survive a restart.

    What comes back from a platform at a press is whatever somebody sent. So an id means nothing
    by itself: the button behind it is kept here, sealed, before it is shown. A static button is
    the exception: forging one is typing its command, and it is asked for as strictly.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def keep(self, buttons: Sequence[Button], lasts: timedelta | None) -> list[str]:
        """Make an id for every button; returns when they would survive a crash."""
        ids = [
            static_id(button) if button.static else secrets.token_urlsafe(18) for button in buttons
        ]
        rows = {
            _key(token): json.dumps(to_json(button))
            for token, button in zip(ids, buttons, strict=True)
            if not button.static
        }
        if rows:
            await self._memory.put_many(rows, lasts)
        return ids

    async def keep_if_it_can(
        self, buttons: Sequence[Button], lasts: timedelta, *, answering: bool
    ) -> tuple[Sequence[Button], list[str]]:
        """`keep`, and which buttons may be shown: those that need no row where the store is gone.

        Only an answer goes out with less than its buttons (Help now must answer). Raises
        `TryLater` for what can wait.
        """
        try:
            return buttons, await self.keep(buttons, lasts)
        except PlatformError:
            raise
        except Exception:
            logger.exception("buttons could not be kept")
            if not answering:
                raise TryLater(timedelta(seconds=5)) from None
            static = [button for button in buttons if button.static]
            return static, [static_id(button) for button in static]

    async def find(self, token: str) -> Button | None:
        """The button behind an id; None for what was never shown or is too old."""
        if token.startswith(STATIC):
            command, _, given = token.removeprefix(STATIC).partition("?")
            args = dict(parse_qsl(given, keep_blank_values=True))
            return Button("", command, args, static=True)
        kept = await self._memory.get(_key(token))
        return None if kept is None else button_from_json(json.loads(kept))

    async def drop(self, tokens: Iterable[str]) -> None:
        """Forget buttons whose message is gone."""
        for token in tokens:
            if not token.startswith(STATIC):
                await self._memory.drop(_key(token))


def static_id(button: Button) -> str:
    """The id of a static button; its arguments stand in it, as in a web address."""
    given = urlencode(button.args)
    return f"{STATIC}{button.command}?{given}" if given else STATIC + button.command


def _key(token: str) -> str:
    return f"button {token}"


class FieldKind(Enum):
    """How a value is asked for."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    NUMBER = "number"
    DURATION = "duration"
    SWITCH = "switch"
    CHOICE = "choice"
    ROOM = "room"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form, in its reader's language."""

    name: str
    label: str
    kind: FieldKind
    required: bool
    choices: tuple[str, ...] = ()
    max_length: int | None = None
    value: str = ""
    """What stands in it already."""


_KINDS: Final = {
    int: FieldKind.NUMBER,
    bool: FieldKind.SWITCH,
    timedelta: FieldKind.DURATION,
    Room: FieldKind.ROOM,
    Account: FieldKind.PERSON,
}


def storable(command: Command, form: Form) -> Form:
    """A form of which only `args` may be kept in a row.

    A command with a fleeting argument leaves no row at all: rows have an order, and beside a post
    without a name that order would lead to its writer. What is known goes into the fields.
    """
    if not any(parameter.arg.fleeting for parameter in command.parameters):
        return form
    return Form(form.command, filled={**form.args, **form.filled})


def fields(
    command: Command,
    texts: Texts,
    language: str,
    known: Iterable[str] = (),
    filled: Args | None = None,
) -> list[Field]:
    """What a form for a command asks, without what is known already.

    A message is never typed: it comes from the button at the message.
    """
    return [
        Field(
            name=parameter.name,
            label=_label(parameter, texts, language),
            kind=_kind(parameter),
            required=parameter.required,
            choices=parameter.choices,
            max_length=parameter.arg.max_length,
            value=_value((filled or {}).get(parameter.name)),
        )
        for parameter in command.parameters
        if parameter.kind is not MessageRef and parameter.name not in known
    ]


def _value(value: Value | None) -> str:
    if isinstance(value, Room | Account):
        return value.handle
    return value if isinstance(value, str) else ""


def _label(parameter: Parameter, texts: Texts, language: str) -> str:
    if texts.has(parameter.arg.help):
        return texts.say(Text(parameter.arg.help), language)
    return parameter.name.replace("_", " ").capitalize()


def _kind(parameter: Parameter) -> FieldKind:
    if issubclass(parameter.kind, Enum):
        return FieldKind.CHOICE
    if parameter.kind is str:
        return FieldKind.PARAGRAPH if parameter.arg.long else FieldKind.LINE
    return _KINDS[parameter.kind]
