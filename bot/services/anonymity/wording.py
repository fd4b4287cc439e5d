"""What may stand in an anonymous post: pure functions on its words. Nothing here is stored.

`cleaned` takes out what nobody sees and everybody can be tricked with; `invites` and
`looks_like_label` say why words are not posted as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

from bot.detection import fold

MOST_MARKS: Final = 3
"""Marks on one letter. Vietnamese and Hebrew with points need two or three; a pile needs more."""

# Join letters (Persian, Hindi) and emoji; between anything else they only hide.
_JOINERS: Final = "\u200c\u200d"
# Blank to the eye though they count as letters or symbols.
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_KEPT_CONTROLS: Final = "\n\t"
_SELECTORS: Final = "\ufe0e\ufe0f"

# What asks a service who shared a link, or tells it.
_TRACKING: Final = re.compile(
    r"(?i)(?<=[?&])(?:utm_[a-z_]{1,20}|fbclid|gclid|dclid|msclkid|twclid|ttclid|igsh|igshid|mc_eid"
    r"|mc_cid|si|ref|ref_src|ref_url|share_id|sharer|shared_by|feature|trk|_hs\w{1,10}|yclid)"
    r"=[^&#\s]{0,500}&?"
)
_LINK: Final = re.compile(r"(?i)https?://\S{1,1900}")
_BARE_QUERY: Final = re.compile(r"[?&](?=[#\s]|$)")

_DOT: Final = r"(?:\.|dot)"
_SLASH: Final = r"(?:/|slash)"
# In text without any space: "d i s c o r d . g g / x" is the same as typed plainly.
_LONG_INVITES: Final = re.compile(
    rf"discord{_DOT}gg{_SLASH}"
    rf"|discord(?:app)?{_DOT}com{_SLASH}invite"
    rf"|matrix{_DOT}to{_SLASH}"
    rf"|chat{_DOT}whatsapp{_DOT}com{_SLASH}"
)
# Short ones stand inside plain sentences ("at last. Me/you"), so spaces count a little here.
_SHORT_INVITES: Final = re.compile(r"(?<![a-z0-9])(?:t|w ?a) ?\. ?m ?e ?/ ?[a-z0-9+@_]")
_BRACKETED_DOT: Final = re.compile(r"[\[({<] ?(?:\.|dot) ?[\])}>]")
_SIGNS: Final = str.maketrans("\u3002\u2024\u2044\u2215\u29f8", "..///")

# Letters that look like Latin ones, for labels that somebody imitates.
_IMITATIONS: Final = {
    "a": "\u0430\u03b1",
    "b": "\u0432",
    "c": "\u0441",
    "d": "\u0501",
    "e": "\u0435\u03b53",
    "h": "\u04bb\u043d",
    "i": "\u0456\u03b9",
    "j": "\u0458",
    "k": "\u03ba\u043a",
    "l": "1",
    "m": "\u043c",
    "n": "\u043f",
    "o": "\u043e\u03bf0",
    "p": "\u0440\u03c1",
    "q": "\u051b",
    "r": "\u0433",
    "s": "\u04555",
    "t": "\u03c4\u0442",
    "u": "\u03c5",
    "v": "\u0475\u03bd",
    "w": "\u051d",
    "x": "\u0445\u03c7",
    "y": "\u0443",
}
_LOOK_ALIKES: Final = str.maketrans(
    {other: latin for latin, others in _IMITATIONS.items() for other in others}
)

_TWO_WORDS: Final = re.compile(r"[\W_]*([^\W_]+)[\W_]+([^\W_]+)")
_AFTER_A_NAME: Final = ":-=>|~\u2010\u2011\u2012\u2013\u2014\u2015\u2022\u00b7\u00bb"


def cleaned(text: str) -> str:
    """The words as they are posted: without marks that reorder or hide text, at most three
    marks on a letter, no tracking in links, and no white space around them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    kept: list[str] = []
    marks = 0
    for at, letter in enumerate(text):
        if letter in _JOINERS:
            if not _joins(text, at):
                continue
        elif _hidden(letter):
            continue
        marks = marks + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if marks <= MOST_MARKS:
            kept.append(letter)
    return _LINK.sub(_untracked, "".join(kept)).strip()


def _untracked(link: re.Match[str]) -> str:
    plain = _TRACKING.sub("", link[0])
    return link[0] if plain == link[0] else _BARE_QUERY.sub("", plain)


def _joins(text: str, at: int) -> bool:
    around = text[at - 1 : at] + text[at + 1 : at + 2]
    return len(around) == 2 and all(
        not letter.isascii() and not letter.isspace() and letter not in _JOINERS
        for letter in around
    )


def _hidden(letter: str) -> bool:
    if letter in _BLANK:
        return True
    if letter in _SELECTORS or letter in _KEPT_CONTROLS:
        return False
    # Selectors beyond the two that emoji need could carry a message of their own.
    if "\ufe00" <= letter <= "\ufe0f" or "\U000e0000" <= letter <= "\U000e0fff":
        return True
    return unicodedata.category(letter) in ("Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp")


def is_empty(text: str) -> bool:
    """Whether cleaned words say nothing at all (spaces, lone marks)."""
    return not any(unicodedata.category(letter)[0] in "LNPS" for letter in text)


def invites(text: str) -> bool:
    """Whether words hold an invite link, however it is spaced, widened or spelt out."""
    folded = _BRACKETED_DOT.sub(".", fold(text).text.translate(_SIGNS))
    dense = "".join(folded.split())
    return bool(_LONG_INVITES.search(dense) or _SHORT_INVITES.search(folded))


def looks_like_label(text: str, first: Collection[str], second: Collection[str]) -> bool:
    """Whether a line is like the one above a post, so that it could pass for another post.

    To speak to somebody by their label is fine: "Quiet Meadow, thank you".
    """
    return any(_is_label_line(line, first, second) for line in text.splitlines())


def _is_label_line(line: str, first: Collection[str], second: Collection[str]) -> bool:
    plain = fold(line).text.translate(_LOOK_ALIKES)
    found = _TWO_WORDS.match(plain)
    if found is None or found[1] not in first or found[2] not in second:
        return False
    rest = plain[found.end() :].strip()
    says_more = any(letter.isalnum() for letter in rest)
    return not says_more or rest.endswith(":") or rest[0] in _AFTER_A_NAME
