"""Render: a reply as plain text and as HTML, from the same words.

Where somebody is alone with the bot, buttons are numbered, and a number, the words of a button or
a reaction press it. In a room everybody sees who reacts; so only what is answered in the room is
pressed there, and for the rest the post says what to write to the bot alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from bot.model import Account, MessageRef, Room
from bot.reply import Reply, Text, Value
from bot.texts import Texts, clean

OURS: Final = "org.circlekeeper.asks"
"""Where a message says which buttons it has. So it needs no row, and it is encrypted like it."""
LONGEST_BODY: Final = 12_000
"""Characters in one message. An event holds 65,536 bytes, and encryption makes them a third more;
each word is in it twice, as text and as HTML."""

Json = dict[str, Any]

# Words that people wrote hold no control characters (`bot.texts.clean`), so nobody can write these.
_MARK: Final = re.compile("\x02(\\d+)\x03")
_KEYCAP: Final = "\ufe0f\u20e3"


@dataclass(frozen=True, slots=True)
class Option:
    """A button as it is shown. Without `write` it is pressed by its number."""

    id: str
    label: str
    write: str | None = None
    """What to write to the bot alone."""


@dataclass(frozen=True, slots=True)
class Names:
    """What is looked up for one reply: how people and rooms are called, and the bot's own id."""

    accounts: Mapping[str, str] = field(default_factory=dict)
    rooms: Mapping[str, str] = field(default_factory=dict)
    bot: str = ""


def keycap(number: int) -> str:
    """The reaction for a number from 1 to 9."""
    return f"{number}{_KEYCAP}"


def number_of(words: str) -> int | None:
    """The number that a reaction or a message stands for."""
    plain = words.strip().removesuffix("\u20e3").removesuffix("\ufe0f").removesuffix(".")
    return int(plain) if plain.isdecimal() and plain.isascii() and len(plain) <= 2 else None


def link_to(room: str, event: str | None = None) -> str:
    """The address of a room or a message that every client opens."""
    parts = [room] if event is None else [room, event]
    server = room.partition(":")[2]
    return (
        "https://matrix.to/#/"
        + "/".join(quote(part, safe="") for part in parts)
        + (f"?via={quote(server, safe='')}" if server else "")
    )


def link_to_account(handle: str) -> str:
    """The address of an account; clients offer the chat with it there."""
    return f"https://matrix.to/#/{quote(handle, safe='')}"


def message(
    reply: Reply,
    texts: Texts,
    language: str,
    names: Names,
    options: Sequence[Option] = (),
    *,
    alone: bool,
) -> Json:
    """The content of the event that shows a reply. `alone`: nobody but its reader sees it.

    Nobody is notified by name. Without a line for the lock screen it is a notice, which phones
    do not show there.
    """
    page = _Page(texts, language, names)
    paragraphs = [page.text(text) for text in reply.texts]
    shown = _Shown("\n".join(p.plain for p in paragraphs), "<br>".join(p.rich for p in paragraphs))
    if reply.lock_line:
        shown = _below(page.text(Text(reply.lock_line)), shown)
    pressed = [option for option in options if option.write is None]
    written = [option for option in options if option.write is not None]
    if pressed:
        how = page.text(Text("matrix-choose" if alone else "matrix-press"))
        shown = _below(shown, _list(how, [_plain(option.label) for option in pressed], "ol"))
    if written:
        how = page.text(Text("matrix-write-alone", {"bot": Text("value", {"value": page.bot()})}))
        lines = [
            page.text(Text("matrix-write", {"label": option.label, "words": option.write or ""}))
            for option in written
        ]
        shown = _below(shown, _list(how, lines, "ul"))
    content = content_of(shown.plain, shown.rich, quiet=reply.lock_line is None)
    if pressed:
        content[OURS] = {"buttons": [[option.id, option.label] for option in pressed]}
    return content


def content_of(plain: str, rich: str | None = None, *, quiet: bool = True) -> Json:
    """The content of an event that mentions nobody."""
    content: Json = {
        "msgtype": "m.notice" if quiet else "m.text",
        "body": plain,
        "m.mentions": {},
    }
    if rich is not None and rich != html.escape(plain):
        content |= {"format": "org.matrix.custom.html", "formatted_body": rich}
    return content


def pieces(name: str, words: str) -> list[str]:
    """A file as the words of messages: with its name on top, cut between lines where it is long.

    As messages they can be taken back; what is uploaded, nobody but the homeserver's admin can.
    """
    found: list[str] = []
    rest = f"{name}\n\n{clean(words)}"
    while len(rest) > LONGEST_BODY:
        cut = rest.rfind("\n", 1, LONGEST_BODY)
        cut = LONGEST_BODY if cut < 1 else cut
        found.append(rest[:cut])
        rest = rest[cut:].removeprefix("\n")
    return [*found, rest]


@dataclass(frozen=True, slots=True)
class _Shown:
    plain: str
    rich: str


def _plain(words: str) -> _Shown:
    return _Shown(words, html.escape(words).replace("\n", "<br>"))


def _below(first: _Shown, second: _Shown) -> _Shown:
    return _Shown(f"{first.plain}\n\n{second.plain}", f"<p>{first.rich}</p>{second.rich}")


def _list(how: _Shown, lines: Sequence[_Shown], kind: str) -> _Shown:
    marks = [f"{n}. " for n in range(1, len(lines) + 1)] if kind == "ol" else ["- "] * len(lines)
    plain = [mark + line.plain for mark, line in zip(marks, lines, strict=True)]
    rich = "".join(f"<li>{line.rich}</li>" for line in lines)
    return _Shown("\n".join([how.plain, *plain]), f"<p>{how.rich}</p><{kind}>{rich}</{kind}>")


class _Page:
    """Says texts twice: for reading as they are, and with links in them."""

    def __init__(self, texts: Texts, language: str, names: Names) -> None:
        self._texts = texts
        self._language = language
        self._names = names

    def text(self, text: Text) -> _Shown:
        """A text both ways."""
        plain = self._texts.say(text, self._language, lambda value: self._shown(value)[0])
        links: list[str] = []

        def mark(value: Value) -> str | None:
            words, link = self._shown(value)
            if words is None or link is None:
                return words
            links.append(f'<a href="{html.escape(link)}">{html.escape(words)}</a>')
            return f"\x02{len(links) - 1}\x03"

        marked = html.escape(self._texts.say(text, self._language, mark)).replace("\n", "<br>")
        return _Shown(plain, _MARK.sub(lambda found: links[int(found[1])], marked))

    def bot(self) -> str:
        """Where to write to the bot alone."""
        return link_to_account(self._names.bot)

    def _shown(self, value: Value) -> tuple[str | None, str | None]:
        """The words for a value and where they lead; None where everybody's words do."""
        match value:
            case Account():
                name = self._names.accounts.get(value.handle)
                return (None if name is None else clean(name)), None
            case Room():
                name = self._names.rooms.get(value.handle)
                return (None, None) if name is None else (clean(name), link_to(value.handle))
            case MessageRef():
                link = link_to(value.room.handle, value.handle)
                return link, link
        return None, None
