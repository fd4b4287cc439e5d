"""Whether a text names or points to somebody: for words that must not.

What a program can tell is looked for; what it cannot is said to the writer (`consult-cannot-see`).
Names of people outside the group and of places are guessed from their capital letter, and places
and dates that are told in other words are not seen at all.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Final

from bot.detection import Kind, fold
from bot.detection.personal import find_personal
from bot.model import Group
from bot.reply import Text
from bot.services.directory import Directory
from bot.services.leaks.broad import ORDINARY
from bot.services.leaks.cards import kind_text
from bot.services.leaks.scanning import Scanning

SHORTEST_NAME: Final = 3
"""Letters. Shorter names are ordinary words too often."""
MOST_SHOWN: Final = 5
AT_ONCE: Final = 500
"""Members whose names are looked for at a stretch: some milliseconds."""

_MONTHS: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DAY: Final = r"\d{1,2}(?:st|nd|rd|th)?"
_DATES: Final = re.compile(
    r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b"
    rf"|\b{_DAY}\.? (?:of )?(?:{_MONTHS})\b"
    rf"|\b(?:{_MONTHS})\.? {_DAY}\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
    r"|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_SENTENCE_END: Final = '.?!:\n"\u201c\u2026'
_ORDINARY: Final = frozenset(word.lower() for word in _WORD.findall(ORDINARY))


@dataclass(frozen=True, slots=True)
class Found:
    """Something that points to a person: what it is, in words, and as it was written."""

    kind: Text
    shown: str

    def __repr__(self) -> str:
        return f"<found {self.kind.key}>"


class Nameless:
    """Looks for what leads to a person."""

    def __init__(self, directory: Directory, scanning: Scanning) -> None:
        self._directory = directory
        self._scanning = scanning

    async def found(self, group: Group, text: str) -> list[Found]:
        """Everything in a text that surely points to somebody, at most five of it.

        Personal data of every kind, whatever the group chose; what its moderators and members
        watch for; names and ids of its members; dates. Raises `Refused` before it is ready.
        """
        watched = [
            each
            for each in self._scanning.leaks(group, text)
            if each.kind in (Kind.KEYWORD, Kind.GUARD_WORD)
        ]
        spans = [
            Found(kind_text(each.kind), text[each.start : each.end])
            for each in (*find_personal(text), *watched)
        ]
        spans += [Found(Text("nameless-date"), each[0]) for each in _DATES.finditer(text)]
        spans += [Found(Text("nameless-member"), name) for name in await self._members(group, text)]
        return spans[:MOST_SHOWN]

    async def _members(self, group: Group, text: str) -> list[str]:
        chat = self._directory.chat(group)
        folded = fold(text).text
        words = {fold(word).text: word for word in _WORD.findall(text)}
        there = []
        for number, account in enumerate(await chat.members(group)):
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
            name = await chat.name_of(group, account)
            whole = fold(name).text
            if _holds(folded, fold(account.handle).text) or (
                " " in whole and _holds(folded, whole)
            ):
                there.append(name)
                continue
            # A name that is an ordinary word too counts where it is written like a name.
            there += [
                words[part]
                for part in whole.split()
                if part in words
                and len(part) >= SHORTEST_NAME
                and (part not in _ORDINARY or words[part][0].isupper())
            ]
        return list(dict.fromkeys(there))


def _holds(text: str, part: str) -> bool:
    """Whether a text has a part as whole words."""
    # A pattern for each of many thousand members would hold up everything else for seconds.
    if len(part) < SHORTEST_NAME or part not in text:
        return False
    found = re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text)
    return found is not None


def maybe_names(text: str) -> list[str]:
    """Words with a capital letter within a sentence, which may be names or places: at most five."""
    found = []
    for word in _WORD.finditer(text):
        before = text[: word.start()].rstrip(" \t'(")
        begins = not before or before[-1] in _SENTENCE_END
        plain = word[0].lower()
        if word[0][0].isupper() and not begins and plain not in _ORDINARY and plain != "i":
            found.append(word[0])
    return list(dict.fromkeys(found))[:MOST_SHOWN]
