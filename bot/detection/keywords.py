"""Leak keywords: words and phrases that moderators asked to be told about."""

from __future__ import annotations

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick

from bot.detection.finding import Finding, Kind
from bot.detection.normalise import fold

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
    if len(folded) < SHORTEST:
        raise KeywordError("too-short")
    return folded


class Keywords:
    """A set of keywords, ready to search with. Immutable; build a new one when they change.

    Matches whole words: "ann" does not match in "planning". Time is linear in the text,
    whatever the keywords are.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        folded = sorted({check_phrase(phrase) for phrase in phrases})
        self._automaton = AhoCorasick(folded) if folded else None

    def find(self, text: str) -> list[Finding]:
        """Every keyword in a text, in order, overlapping ones too."""
        if self._automaton is None:
            return []
        folded = fold(text)
        plain = folded.text
        findings = []
        for _, start, end in self._automaton.find_matches_as_indexes(plain, overlapping=True):
            if _inside_word(plain, start) or _inside_word(plain, end):
                continue
            findings.append(Finding(Kind.KEYWORD, *folded.span(start, end)))
        return findings


def _inside_word(text: str, at: int) -> bool:
    """Whether position `at` falls between two characters of one word."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()
