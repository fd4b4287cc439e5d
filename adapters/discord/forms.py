"""Forms: what a command still needs, asked in a window of its own.

A form's id leads to what is known already, like a button's, and no two forms have the same. So a
form that was open while the bot restarted is taken as well as any, and two people's never mix.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import discord

from adapters import rendering
from adapters.rendering import Field, FieldKind
from bot.cog import Command
from bot.model import Account, Room
from bot.reply import Form, Text, Value
from bot.texts import Texts

LASTS: Final = timedelta(days=1)
"""How long what is known is kept for a form that is still open."""
OPEN: Final = 900.0
"""Seconds after which discord.py lets go of a form; a later answer is taken all the same."""
LONGEST_TITLE: Final = 45
LONGEST_LABEL: Final = 45
LONGEST_TEXT: Final = 4000
MOST_PARTS: Final = 5
"""https://docs.discord.com/developers/components/reference#text-input and #label"""
CHANNELS: Final = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
)
"""What can be a room of a group."""

_LONGEST_NUMBER: Final = 18
_LONGEST_DURATION: Final = 100


def modal(id: str, command: Command, form: Form, texts: Texts, language: str) -> discord.ui.Modal:
    """The window that asks for what is missing. `id` leads to what is known."""
    title = _cut(command.help.split(". ")[0].removesuffix("."), LONGEST_TITLE)
    made = discord.ui.Modal(
        title=title or command.name,
        timeout=OPEN,
        custom_id=f"{id}#{secrets.token_urlsafe(6)}",
    )
    asked = rendering.fields(command, texts, language, form.args, form.filled)
    # Of more than fit, those go that can be left out.
    asked.sort(key=lambda field: not field.required)
    for field in asked[:MOST_PARTS]:
        made.add_item(_label(field, texts, language))
    return made


def filled(
    command: Command,
    components: Sequence[Mapping[str, Any]],
    room: Callable[[int], Room],
    account: Callable[[int], Account],
) -> dict[str, Value]:
    """What somebody filled in, by the command's declaration. The router converts the text."""
    kinds = {parameter.name: parameter.kind for parameter in command.parameters}
    found: dict[str, Value] = {}
    for name, values in _values(components):
        given = next((value for value in values if value), None)
        kind = kinds.get(name)
        if given is None or kind is None:
            continue
        if kind in (Room, Account):
            if not (given.isascii() and given.isdecimal()):
                continue
            found[name] = room(int(given)) if kind is Room else account(int(given))
        else:
            found[name] = given
    return found


def _values(components: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    found = []
    for part in components:
        inner = part.get("component")
        if isinstance(inner, Mapping):
            part = inner
        if "custom_id" in part:
            given = part.get("values") or [part.get("value") or ""]
            found.append((str(part["custom_id"]), [str(each) for each in given]))
    return found


def _label(field: Field, texts: Texts, language: str) -> discord.ui.Label[Any]:
    hint = None
    if field.kind is FieldKind.DURATION:
        hint = texts.say(Text("discord-ask-duration"), language)
    return discord.ui.Label(
        text=_cut(field.label, LONGEST_LABEL),
        description=hint,
        component=_component(field, texts, language),
    )


def _component(field: Field, texts: Texts, language: str) -> discord.ui.Item[Any]:
    name, required = field.name, field.required
    number = int(field.value) if field.value.isdecimal() and field.value.isascii() else None
    # Somebody may choose nothing where a value can be left out.
    fewest = 1 if required else 0
    match field.kind:
        case FieldKind.CHOICE | FieldKind.SWITCH:
            options = (
                [(texts.label("yes", language), "yes"), (texts.label("no", language), "no")]
                if field.kind is FieldKind.SWITCH
                else [(each, each) for each in field.choices]
            )
            return discord.ui.Select(
                custom_id=name,
                required=required,
                min_values=fewest,
                options=[
                    discord.SelectOption(label=label, value=value, default=value == field.value)
                    for label, value in options
                ],
            )
        case FieldKind.ROOM:
            known = [] if number is None else [discord.SelectDefaultValue(id=number, type=_CHANNEL)]
            return discord.ui.ChannelSelect(
                custom_id=name,
                required=required,
                min_values=fewest,
                channel_types=list(CHANNELS),
                default_values=known,
            )
        case FieldKind.PERSON:
            known = [] if number is None else [discord.SelectDefaultValue(id=number, type=_USER)]
            return discord.ui.UserSelect(
                custom_id=name, required=required, min_values=fewest, default_values=known
            )
    longest = {
        FieldKind.NUMBER: _LONGEST_NUMBER,
        FieldKind.DURATION: _LONGEST_DURATION,
    }.get(field.kind, LONGEST_TEXT)
    long = field.kind is FieldKind.PARAGRAPH
    return discord.ui.TextInput(
        custom_id=name,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        required=required,
        max_length=min(field.max_length or longest, longest),
        default=field.value or None,
    )


_CHANNEL: Final = discord.SelectDefaultValueType.channel
_USER: Final = discord.SelectDefaultValueType.user


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}\u2026"
