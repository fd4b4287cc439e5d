"""Leak keywords: words and phrases that moderators asked to be told about."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain

from bot.detection.disguise import Disguised, automaton
from bot.detection.disguise.stretches import has_triples, is_ordinary
from bot.detection.finding import Finding, Kind
from bot.detection.normalise import Folded, fold
from bot.detection.patterns import Patterns, fault_of

_TRIPLES = [letter * 3 for letter in "abcdefghijklmnopqrstuvwxyz"]

_POINTS = dict.fromkeys(map(ord, ".,!?'\u2019"))

SHORTEST = 3
LONGEST = 100
MOST = 10_000
"""Keywords a group may keep."""


class KeywordError(ValueError):
    """A phrase cannot be a keyword.

    `why` is "too-short", "too-long", "no-letters", "bad-pattern" or "too-broad".
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def check_phrase(phrase: str) -> str:
    """The folded form of a phrase. Raises `KeywordError` for one that would match everything.

    A star at either end stands for the rest of a word: "relaps*". What stands between strokes is
    a regular expression in RE2's syntax, searched without regard to case: "/room \\d+/".
    """
    if len(phrase) > LONGEST:
        raise KeywordError("too-long")
    if pattern := _pattern(phrase):
        if why := fault_of(pattern):
            raise KeywordError(why)
        return phrase.strip()
    folded = fold(phrase).text
    word = folded.strip("*")
    if not any(letter.isalnum() for letter in word):
        raise KeywordError("no-letters")
    if len(unicodedata.normalize("NFC", word)) < SHORTEST and not _dense(word):
        raise KeywordError("too-short")
    return folded


def _pattern(phrase: str) -> str:
    """What stands between strokes; empty for a phrase that is no pattern."""
    phrase = phrase.strip()
    is_pattern = len(phrase) > 2 and phrase[0] == phrase[-1] == "/"
    return phrase[1:-1] if is_pattern else ""


class Keywords:
    """A set of keywords, ready to search with. Immutable; build a new one when they change.

    Matches whole words: "ann" does not match in "planning". Where a script puts no spaces
    between words (Chinese, Japanese, Thai and others) there are no edges to find, and every
    place matches. Time is linear in the text, times how many keywords end at one place (each
    the end of the next: "lee", "ann lee"), and does not depend on how many there are.
    """

    def __init__(self, phrases: Iterable[str] = ()) -> None:
        keys = {check_phrase(phrase) for phrase in phrases}
        patterns = sorted(key for key in keys if _pattern(key))
        plain = sorted(keys.difference(patterns))
        self._folded = [*plain, *patterns]
        self._words = [key.strip("*") for key in plain]
        self._cores = frozenset(self._words)
        self._bare = frozenset(word.translate(_POINTS) for word in self._words)
        # Numbers of those that may go on before, and behind.
        self._ending = frozenset(at for at, key in enumerate(plain) if key[0] == "*")
        self._beginning = frozenset(at for at, key in enumerate(plain) if key[-1] == "*")
        # A letter three times in a row is one more thing to find, at no cost beside the others.
        self._automaton = automaton([*self._words, *_TRIPLES]) if plain else None
        self._disguised = Disguised(self._words)
        self._patterns = Patterns([_pattern(key) for key in patterns]) if patterns else None

    def __len__(self) -> int:
        return len(self._folded)

    def hits(self, text: str) -> bool:
        """Whether any keyword is in a text."""
        found = self._matches(fold(text))
        return bool(found) and any(True for _ in found)

    def whole(self, word: str) -> bool:
        """Whether a word that stands by itself is a keyword, in disguise too."""
        letters = word if word.isalpha() else word.translate(_POINTS)
        plain = letters.isascii() and letters.isalpha() and not has_triples(letters)
        if plain and self._patterns is None:
            return letters.lower() in (self._bare if len(letters) < len(word) else self._cores)
        return any((each.start, each.end) == (0, len(word)) for each in self.find(word))

    def find(self, text: str) -> list[Finding]:
        """Every place of a keyword in a text, in order, overlapping ones too."""
        return self.find_in(fold(text))

    def find_in(self, folded: Folded) -> list[Finding]:
        """`find` in a text that is folded already."""
        found = self._matches(folded)
        if not found:
            return []  # most texts
        spans = {(start, end) for _, start, end in found}
        return [Finding(Kind.KEYWORD, *span) for span in sorted(spans)]

    def phrases_in(self, text: str) -> set[str]:
        """The keywords that are in a text, as `check_phrase` gives them."""
        return {self._folded[number] for number, _, _ in self._matches(fold(text))}

    def _matches(self, folded: Folded) -> Iterable[tuple[int, int, int]]:
        """Number, start and end of each match, in the text as it was written."""
        found: Iterable[tuple[int, int, int]] = ()
        if self._automaton is not None:
            # Those that overlap are asked for only where there is one at all, which is rare.
            if not self._automaton.find_matches_as_indexes(folded.text):
                if not is_ordinary(folded.source, folded.beyond) or "\u202e" in folded.beyond:
                    found = self._disguised.find(folded, triples=False)
            else:
                matches = self._automaton.find_matches_as_indexes(folded.text, overlapping=True)
                triples = any(number >= len(self._words) for number, _, _ in matches)
                found = self._disguised.find(folded, triples=triples)
                found = chain(self._whole_words(folded, matches), found)
        if self._patterns is not None:
            found = chain(found, self._patterns_in(folded, self._patterns))
        return found

    def _patterns_in(self, folded: Folded, patterns: Patterns) -> Iterator[tuple[int, int, int]]:
        for number, start, end in patterns.find(folded.text):
            yield len(self._words) + number, *folded.span(start, end)

    def _whole_words(
        self, folded: Folded, matches: list[tuple[int, int, int]]
    ) -> Iterator[tuple[int, int, int]]:
        plain = folded.text
        for number, start, end in matches:
            if (
                number < len(self._words)
                and (not _inside_word(plain, start) or number in self._ending)
                and (not _inside_word(plain, end) or number in self._beginning)
            ):
                yield number, *folded.span(start, end)


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
