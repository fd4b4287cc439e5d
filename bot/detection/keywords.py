"""Leak keywords: words and phrases that moderators asked to be told about."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from ahocorasick_rs import AhoCorasick

from bot.detection.disguise import Disguised
from bot.detection.finding import Finding, Kind
from bot.detection.normalise import Folded, fold

_TRIPLES = [letter * 3 for letter in "abcdefghijklmnopqrstuvwxyz"]

SHORTEST = 3
LONGEST = 100
MOST = 10_000
"""Keywords a group may keep."""


class KeywordError(ValueError):
    """A phrase cannot be a keyword. `why` is "too-short", "too-long" or "no-letters"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def check_phrase(phrase: str) -> str:
    """The folded form of a phrase. Raises `KeywordError` for one that would match everything."""
    if len(phrase) > LONGEST:
        raise KeywordError("too-long")
    folded = fold(phrase).text
    if not any(letter.isalnum() for letter in folded):
        raise KeywordError("no-letters")
    if len(unicodedata.normalize("NFC", folded)) < SHORTEST and not _dense(folded):
        raise KeywordError("too-short")
    return folded


class Keywords:
    """A set of keywords, ready to search with. Immutable; build a new one when they change.

    Matches whole words: "ann" does not match in "planning". Where a script puts no spaces
    between words (Chinese, Japanese, Thai and others) there are no edges to find, and every
    place matches. Time is linear in the text, times how many keywords end at one place (each
    the end of the next: "lee", "ann lee"), and does not depend on how many there are.
    """

    def __init__(self, phrases: Iterable[str] = ()) -> None:
        self._folded = sorted({check_phrase(phrase) for phrase in phrases})
        # A letter three times in a row is one more thing to find, at no cost beside the others.
        self._automaton = AhoCorasick([*self._folded, *_TRIPLES]) if self._folded else None
        self._disguised = Disguised(self._folded)

    def __len__(self) -> int:
        return len(self._folded)

    def hits(self, text: str) -> bool:
        """Whether any keyword is in a text. What every message goes through."""
        if self._automaton is None:
            return False
        return next(self._matches(fold(text)), None) is not None

    def find(self, text: str) -> list[Finding]:
        """Every place of a keyword in a text, in order, overlapping ones too."""
        return self.find_in(fold(text))

    def find_in(self, folded: Folded) -> list[Finding]:
        """`find` in a text that is folded already."""
        spans = {(start, end) for _, start, end in self._matches(folded)}
        return [Finding(Kind.KEYWORD, *span) for span in sorted(spans)]

    def phrases_in(self, text: str) -> set[str]:
        """The keywords that are in a text, as `check_phrase` gives them."""
        return {self._folded[number] for number, _, _ in self._matches(fold(text))}

    def _matches(self, folded: Folded) -> Iterator[tuple[int, int, int]]:
        """Number, start and end of each match, in the text as it was written."""
        if self._automaton is None:
            return
        plain = folded.text
        triples = False
        for number, start, end in self._automaton.find_matches_as_indexes(plain, overlapping=True):
            if number >= len(self._folded):
                triples = True
            elif not _inside_word(plain, start) and not _inside_word(plain, end):
                yield number, *folded.span(start, end)
        yield from self._disguised.find(folded.source, triples=triples)


def _inside_word(text: str, at: int) -> bool:
    """Whether position `at` falls between two characters of one word."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    # A mark belongs to the letter before it: "n" with an accent is another letter.
    if unicodedata.combining(after):
        return True
    return _of_word(before) and _of_word(after) and not (_dense(before) or _dense(after))


def _of_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"


# Scripts that put no spaces between words, as ranges of code points.
_DENSE = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x9FFF),  # Chinese characters
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def _dense(text: str) -> bool:
    return any(first <= ord(letter) <= last for letter in text for first, last in _DENSE)
