"""What only several messages together show: a word in pieces, and another's words said again.

Both live in memory, for as long as they say, and are never stored. Times are seconds of any clock
that never goes back; rooms and authors are whatever tells them apart.
"""

from __future__ import annotations

import operator
import re
import secrets
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator
from itertools import repeat, takewhile
from typing import Final, NamedTuple

from bot.detection.finding import Finding, Kind
from bot.detection.keywords import Keywords
from bot.detection.normalise import Folded

PIECES: Final = 12
"""Messages in a row that a word may be split over."""
PIECES_FOR: Final = 120.0
"""Seconds between two pieces of one word, at most."""
SHORTEST_JOINED: Final = 5
"""Letters of a keyword that is looked for in pieces."""
MOST_AUTHORS: Final = 5_000
_LONGEST_PIECE: Final = 24
_NOTHING_YET: Final[tuple[float, tuple[str, ...]]] = (0.0, ())


class Pieces:
    """The last words that each author sent one by one: "hos", "pit", "al"."""

    def __init__(self) -> None:
        self._recent: OrderedDict[Hashable, tuple[float, tuple[str, ...]]] = OrderedDict()

    def find(
        self, author: Hashable, folded: Folded, keywords: Keywords, now: float
    ) -> list[Finding]:
        """A keyword that this message ends, as one finding in it. Remembers the message.

        `author` is one person in one room. Whole words only: messages that each are one word
        (the first may end with it, the last begin with it).
        """
        words = folded.text.split(maxsplit=1)
        if not words:
            return []
        before, pieces = self._recent.pop(author, _NOTHING_YET)
        if now - before > PIECES_FOR:
            pieces = ()
        found: list[Finding] = []
        joined = words[0]
        for piece in reversed(pieces):
            joined = piece + joined
            if len(joined) >= SHORTEST_JOINED and keywords.whole(joined):
                found = [Finding(Kind.KEYWORD, *folded.span(0, len(words[0])))]
                break
        last = words[-1]
        if len(words) > 1:
            pieces, last = (), last.rsplit(maxsplit=1)[-1]
        pieces = (*pieces[1 - PIECES :], last) if len(last) <= _LONGEST_PIECE else ()
        self._recent[author] = now, pieces
        if len(self._recent) > MOST_AUTHORS:
            self._recent.popitem(last=False)
        return found


WINDOW: Final = 5
"""Words that are hashed together."""
QUOTED: Final = 8
"""Words in a row that make a quote; fewer are said by many."""
QUOTES_FOR: Final = 3_600.0
MOST_WINDOWS: Final = 50_000
"""Windows that are kept, one in `_KEPT`."""
_KEPT: Final = QUOTED - WINDOW + 1
_MOST_OF_A_MESSAGE: Final = 2_000


_PLACES: Final = 1 << 12
"""A window's number is its message's, times this, and its place: no message has as many."""


class _Said(NamedTuple):
    """Where and by whom a message was said, and the tags of its windows."""

    at: float
    room: Hashable
    author: Hashable
    tags: list[int]


class Quotes:
    """Members' words of the last hour, as keyed hashes, to know them when others say them again.

    The hash is Python's own (SipHash of each word under a key that the process draws at its
    start), with a secret of each of these in front: every message goes through it.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._said: dict[int, int] = {}
        """For the tag of each window the number of the first that was like it."""
        self._messages: dict[int, _Said] = {}
        self._count = 0

    def find(self, room: Hashable, author: Hashable, folded: Folded, now: float) -> list[Finding]:
        """Another member's words from another room, and where. Remembers the message."""
        self._forget(now)
        words = _without_signs(folded.text).split()[:_MOST_OF_A_MESSAGE]
        if len(words) < QUOTED:
            return []
        windows = zip(repeat(self._key), *(words[first:] for first in range(WINDOW)), strict=False)
        tags = list(map(hash, windows))
        known = list(map(self._said.get, tags))
        found: list[Finding] = []
        # Of a quote's windows, one in so many is enough to notice it.
        first = self._count * _PLACES
        numbers = zip(tags[::_KEPT], range(first, first + len(tags), _KEPT), strict=True)
        if known.count(None) == len(known):
            self._said.update(numbers)
        else:
            spans = self._runs(tags, known, room, author)
            found = [Finding(Kind.QUOTE, *span) for span in _places(folded, spans)]
            for tag, number in numbers:
                self._said.setdefault(tag, number)
        self._messages[self._count] = _Said(now, room, author, tags)
        self._count += 1
        while len(self._said) > MOST_WINDOWS:
            self._drop(next(iter(self._messages)))
        return found

    def _runs(
        self, tags: list[int], known: list[int | None], room: Hashable, author: Hashable
    ) -> Iterator[tuple[int, int]]:
        """Numbers of the words that stand in one message of another, from the first to the last."""
        reached = 0
        for at, number in enumerate(known):
            if number is None or at < reached:
                continue
            said = self._messages[number // _PLACES]
            if said.room == room or said.author == author:
                continue
            start, there = at, number % _PLACES
            while start > reached and there > 0 and tags[start - 1] == said.tags[there - 1]:
                start, there = start - 1, there - 1
            same = map(operator.eq, tags[start:], said.tags[there:])
            reached = start + sum(1 for _ in takewhile(bool, same))
            if reached - start + WINDOW - 1 >= QUOTED:
                yield start, reached + WINDOW - 2

    def _forget(self, now: float) -> None:
        while self._messages:
            number, said = next(iter(self._messages.items()))
            if now - said.at <= QUOTES_FOR:
                return
            self._drop(number)

    def _drop(self, message: int) -> None:
        for tag in self._messages.pop(message).tags[::_KEPT]:
            if self._said.get(tag, -1) // _PLACES == message:
                del self._said[tag]


def _places(folded: Folded, runs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    words = [(start, end) for word, start, end in _words(folded) if word]
    for first, last in runs:
        yield folded.span(words[first][0], words[last][1])


def _words(folded: Folded) -> list[tuple[str, int, int]]:
    """The words of a text without their signs, and where each stands."""
    found = []
    at = 0
    for word in folded.text.split():
        start = folded.text.index(word, at)
        at = start + len(word)
        found.append((_without_signs(word), start, at))
    return found


def _without_signs(text: str) -> str:
    """The letters, digits and spaces of a folded text."""
    if text.isascii():
        return text.encode().translate(None, _SIGNS).decode()
    return _ANY_SIGN.sub("", text)


_SIGNS: Final = bytes(code for code in range(128) if not (chr(code).isalnum() or code == ord(" ")))
_ANY_SIGN: Final = re.compile(r"[^\w ]|_")
