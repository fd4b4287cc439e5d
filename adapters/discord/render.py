"""Render: a reply as what Discord shows.

People, rooms, messages and times are shown as Discord shows them: with their name of this moment,
as a link, in the reader's own time zone. What people wrote loses its markup. Nobody is notified.

A phone shows the content of a message on its lock screen. So what has a line for the lock screen
has that as its content and the rest in an embed, and what has none is sent silently.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final

import discord

from adapters import rendering
from adapters.discord import buttons
from adapters.discord.rooms import where
from bot.inbox import Inbox
from bot.model import Account, Group, MessageRef, Room
from bot.reply import Button, File, Reply, Text, Value
from bot.texts import DEFAULT_LANGUAGE, Texts, clean

POST_BUTTONS_LAST: Final = timedelta(days=365)
ANSWER_BUTTONS_LAST: Final = timedelta(days=30)
LONGEST: Final = 2000
"""Characters in one message.
https://docs.discord.com/developers/resources/message#create-message"""
LONGEST_EMBED: Final = 4096
MOST_PIECES: Final = 5
"""Messages that one answer may take; what is longer goes into a file."""
WHOLE: Final = "message.txt"

_URL: Final = r"https?://[^\s<>|*`\\]+"
_MARKUP: Final = re.compile(rf"(?P<url>{_URL})|(?P<mark>[\\*_~|`<\[\]]|^(?P<space>\s*)[#>-])", re.M)


def length(text: str) -> int:
    """Characters as Discord may count them: it does not say how, and this way gives the most."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(words: str) -> str:
    """What somebody wrote, shown as they typed it: nothing in it is markup or a mention."""

    def escaped(found: re.Match[str]) -> str:
        if found["url"]:
            return found["url"]
        space = found["space"] or ""
        return f"{space}\\{found['mark'][len(space) :]}"

    return _MARKUP.sub(escaped, words)


def pieces(words: str, longest: int = LONGEST) -> list[str]:
    """Words cut into messages: between lines where there are any, else between words."""
    found: list[str] = []
    rest = words
    while length(rest) > longest:
        most = _fitting(rest, longest)
        cut = max(rest.rfind("\n", 1, most + 1), 0) or max(rest.rfind(" ", 1, most + 1), 0) or most
        found.append(rest[:cut])
        rest = rest[cut:].lstrip("\n ")
    return [*found, rest] if rest else found


def _fitting(words: str, longest: int) -> int:
    """How many of the first characters fit."""
    taken = 0
    for number, letter in enumerate(words):
        taken += 2 if letter > "\uffff" else 1
        if taken > longest:
            # A backslash stays with what it makes plain.
            return number - 1 if words[number - 1] == "\\" and number > 1 else number
    return len(words)


@dataclass(frozen=True, slots=True, repr=False)
class Rendered:
    """A reply within Discord's limits. Mentions nobody, whatever it holds."""

    words: str
    lock_line: str | None = None
    buttons: tuple[buttons.Shown, ...] = ()
    files: tuple[File, ...] = ()

    @property
    def content(self) -> str:
        """What stands in the message itself, and on lock screens."""
        if self.lock_line is not None:
            return self.lock_line
        return self.words if length(self.words) <= LONGEST else ""

    @property
    def card(self) -> str:
        """What stands in the embed below it; empty where there is none."""
        if self.lock_line is None and self.content:
            return ""
        return self.words if self._fits else pieces(self.words, LONGEST_EMBED)[0]

    @property
    def _fits(self) -> bool:
        return length(self.words) <= LONGEST_EMBED

    def says(self, message: discord.Message) -> bool:
        """Whether a message says this."""
        card = "".join(embed.description or "" for embed in message.embeds)
        return (message.content, card) == (self.content, self.card)

    def to_send(self) -> dict[str, Any]:
        """The arguments for `channel.send`."""
        told = self._post("files") | {
            "silent": self.lock_line is None,
            # Discord would ask the place that a link leads to for a picture of it. What has
            # buttons is the bot's own, and may become a card.
            "suppress_embeds": not self.card and not self.buttons,
        }
        return {name: value for name, value in told.items() if value}

    def to_edit(self) -> dict[str, Any]:
        """The arguments for `message.edit`: what the reply does not have goes."""
        return self._post("attachments")

    def to_answer(self) -> list[dict[str, Any]]:
        """The arguments for the messages of an answer that one person sees, in their order.

        Nobody's phone shows an answer by itself, so all of it stands in the messages.
        """
        cut = pieces(self.words)
        files = list(self.files)
        if len(cut) > MOST_PIECES:
            cut = cut[:1]
            files.append(File(WHOLE, self.words))
        told: list[dict[str, Any]] = [
            {"content": piece, "allowed_mentions": discord.AllowedMentions.none()} for piece in cut
        ]
        if files:
            told[-1]["files"] = [_file(file) for file in files]
        if (view := buttons.view_of(self.buttons)) is not None:
            told[-1]["view"] = view
        return told

    def _post(self, files: str) -> dict[str, Any]:
        embeds = [discord.Embed(description=self.card)] if self.card else []
        whole = () if self._fits else (File(WHOLE, self.words),)
        return {
            "content": self.content,
            "embeds": embeds,
            files: [_file(file) for file in (*self.files, *whole)],
            "view": buttons.view_of(self.buttons),
            "allowed_mentions": discord.AllowedMentions.none(),
        }


def _file(file: File) -> discord.File:
    return discord.File(BytesIO(clean(file.content).encode()), file.name)


class Render:
    """Makes `Rendered`; keeps the buttons' tokens first."""

    def __init__(self, inbox: Inbox, texts: Texts) -> None:
        self._inbox = inbox
        self.texts = texts

    async def rendered(
        self,
        group: Group,
        reply: Reply,
        *,
        language: str = DEFAULT_LANGUAGE,
        lasts: timedelta = POST_BUTTONS_LAST,
        answering: bool = False,
        direct: bool = False,
    ) -> Rendered:
        """A reply as Discord shows it.

        `answering`: somebody waits, so buttons that cannot be kept are left out instead of
        raising `TryLater`. `direct`: for the direct chat with somebody.
        """
        tokens = rendering.Tokens(self._inbox.memory)
        kept, ids = await tokens.keep_if_it_can(reply.buttons, lasts, answering=answering)
        if direct:
            ids = [buttons.in_direct(id, group) for id in ids]
        lock_line = None
        if reply.lock_line is not None:
            lock_line = self.texts.say(Text(reply.lock_line), language)
        return Rendered(
            rendering.words(reply, self.texts, language, show),
            lock_line,
            tuple(
                buttons.Shown(id, self.texts.say(Text(button.label), language))
                for button, id in zip(kept, ids, strict=True)
            ),
            reply.files,
        )

    async def keep(self, made: Sequence[Button], lasts: timedelta) -> list[str]:
        """An id for each button; returns when they are durable. Raises what the store raises."""
        return await rendering.Tokens(self._inbox.memory).keep(made, lasts)

    async def find(self, id: str) -> Button | None:
        """The button behind an id."""
        return await rendering.Tokens(self._inbox.memory).find(id)


def show(value: Value) -> str | None:
    """How Discord itself shows a value."""
    match value:
        case str():
            return plain(value)
        case datetime():
            return f"<t:{int(value.timestamp())}:f>"
        case Account():
            return f"<@{value.handle}>" if value.handle.isdecimal() else None
        case Room():
            return f"<#{value.handle}>" if value.handle.isdecimal() else None
        case MessageRef():
            channel, message = where(value)
            if not message or not channel:
                return None
            return f"https://discord.com/channels/{value.room.group.handle}/{channel}/{message}"
    return None
