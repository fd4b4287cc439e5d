"""What the detectors of personal data share: patterns in linear time, and words close by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import re2

Span = tuple[int, int]
"""Code points of the text that was looked at, end exclusive."""

MOST_CANDIDATES: Final = 60
"""How many places of one kind are checked in one text. Checking a number costs up to a
millisecond, and a message with more of them than this has long been worth an alert."""

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


def compiled(pattern: str) -> Any:
    """A pattern in RE2 syntax. White space at the ends of its lines is for the reader."""
    return re2.compile("".join(line.strip() for line in pattern.splitlines()), _OPTIONS)


def spans(pattern: Any, text: str, most: int = MOST_CANDIDATES) -> Iterator[Span]:
    """Where a pattern matches, from left to right, without overlaps; the first `most` places."""
    # Bytes spare RE2 the translation of every offset, and in ASCII they count alike.
    looked_at = text.encode() if text.isascii() else text
    for number, match in enumerate(pattern.finditer(looked_at)):
        if number == most:
            return
        yield match.span()


def found_in(pattern: Any, text: str) -> bool:
    """Whether a pattern matches anywhere."""
    return pattern.search(text.encode() if text.isascii() else text) is not None


def overlaps(span: Span, taken: Iterable[Span]) -> bool:
    """Whether a stretch shares a character with one of the others."""
    return any(span[0] < end and start < span[1] for start, end in taken)


def before(text: str, start: int, reach: int) -> str:
    """Up to `reach` characters before a position, from the start of a word."""
    if start <= reach:
        return text[:start]
    piece = text[start - reach : start]
    return piece[piece.find(" ") + 1 :] if " " in piece else piece


def digits_of(text: str) -> str:
    """The ASCII digits of a text."""
    return "".join(letter for letter in text if "0" <= letter <= "9")


def letter_at(text: str, at: int) -> str:
    """The character at a position; nothing beyond either end."""
    return text[at] if 0 <= at < len(text) else ""
