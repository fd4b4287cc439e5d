"""What only several messages together show: a word in pieces, and another's words said again.

Both live in memory, for as long as they say, and are never stored. Times are seconds of any clock
that never goes back; rooms and authors are whatever tells them apart.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from collections.abc import Hashable
from hashlib import blake2b
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


class Pieces:
    """The last words that each author sent one by one: "hos", "pit", "al"."""

    def __init__(self) -> None:
        self._recent: OrderedDict[Hashable, tuple[float, deque[str]]] = OrderedDict()

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
        before, pieces = self._recent.pop(author, (now, deque[str](maxlen=PIECES)))
        if now - before > PIECES_FOR:
            pieces.clear()
        found: list[Finding] = []
        joined = words[0]
        for piece in reversed(pieces):
            joined = piece + joined
            whole = (0, len(joined))
            if len(joined) >= SHORTEST_JOINED and any(
                (finding.start, finding.end) == whole for finding in keywords.find(joined)
            ):
                found = [Finding(Kind.KEYWORD, *folded.span(0, len(words[0])))]
                break
        last = folded.text.rsplit(maxsplit=1)[-1]
        if len(words) > 1:
            pieces.clear()
        if len(last) <= _LONGEST_PIECE:
            pieces.append(last)
        else:
            pieces.clear()
        self._recent[author] = (now, pieces)
        if len(self._recent) > MOST_AUTHORS:
            self._recent.popitem(last=False)
        return found


WINDOW: Final = 5
"""Words that are hashed together."""
QUOTED: Final = 8
"""Words in a row that make a quote; fewer are said by many."""
QUOTES_FOR: Final = 3_600.0
MOST_WINDOWS: Final = 200_000
_MOST_OF_A_MESSAGE: Final = 2_000


class _Said(NamedTuple):
    """Where a stretch of words was said, and its place in its message."""

    at: float
    room: Hashable
    author: Hashable
    message: int
    place: int


class Quotes:
    """Members' words of the last hour, as keyed hashes, to know them when others say them again.

    The key is drawn anew for each of these and leaves the memory with it.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._said: OrderedDict[bytes, _Said] = OrderedDict()
        self._messages = 0

    def find(self, room: Hashable, author: Hashable, folded: Folded, now: float) -> list[Finding]:
        """Another member's words from another room, and where. Remembers the message."""
        self._forget(now)
        words = [word for word in _words(folded) if word[0]][:_MOST_OF_A_MESSAGE]
        letters = [word[0] for word in words]
        tags = [self._tag(letters[at : at + WINDOW]) for at in range(len(letters) - WINDOW + 1)]
        others = [self._of_another(self._said.get(tag), room, author) for tag in tags]
        found: list[Finding] = []
        start = 0
        for at, said in enumerate([*others, None]):
            before = others[at - 1] if at > start else None
            if before is not None and said == before._replace(place=before.place + 1):
                continue
            length = at - start + WINDOW - 1
            if before is not None and length >= QUOTED:
                span = words[start][1], words[start + length - 1][2]
                found.append(Finding(Kind.QUOTE, *folded.span(*span)))
            start = at if said is not None else at + 1
        self._messages += 1
        for place, tag in enumerate(tags):
            if tag not in self._said:
                self._said[tag] = _Said(now, room, author, self._messages, place)
        while len(self._said) > MOST_WINDOWS:
            self._said.popitem(last=False)
        return found

    def _of_another(self, said: _Said | None, room: Hashable, author: Hashable) -> _Said | None:
        return said if said and said.room != room and said.author != author else None

    def _forget(self, now: float) -> None:
        while self._said:
            tag, said = next(iter(self._said.items()))
            if now - said.at <= QUOTES_FOR:
                return
            del self._said[tag]

    def _tag(self, words: list[str]) -> bytes:
        return blake2b(" ".join(words).encode(), digest_size=16, key=self._key).digest()


def _words(folded: Folded) -> list[tuple[str, int, int]]:
    """The words of a text without their signs, and where each stands."""
    found = []
    at = 0
    for word in folded.text.split():
        start = folded.text.index(word, at)
        at = start + len(word)
        found.append(("".join(letter for letter in word if letter.isalnum()), start, at))
    return found
