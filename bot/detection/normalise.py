"""Folding: the same words, however they were typed, become the same text.

Characters are taken apart (NFKD: full-width letters, ligatures, accents), case is folded,
characters that nobody sees are dropped, and runs of white space become one space. Taken apart
and not put together, because only then does every folded character come from one character of
the original, and a finding can point at what the person wrote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import groupby
from typing import Final

MOST_CHARACTERS: Final = 70_000
"""Longer texts are folded up to here; no message is longer (a Matrix event has 65,536 bytes).
Taking apart turns one character into at most 18."""

MOST_MARKS: Final = 30
"""Of more marks in a row the rest is dropped: to bring them into order takes their square."""

_LAST: Final = 0x20000
"""Marks and format characters are below this, but for those that `_BEYOND` holds."""

_BEYOND: Final = ((0xE0000, 0xE0FFF),)
# Nobody sees these, though they count as letters or marks: fillers, joiners, variation selectors.
_BLANK: Final = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
)


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cf", "Cc", "Cs"} and not letter.isspace()


def _is_mark(letter: str) -> bool:
    """Whether a letter begins with a mark that is brought into order behind the one before."""
    if not unicodedata.decomposition(letter):
        return unicodedata.combining(letter) != 0
    return unicodedata.combining(unicodedata.normalize("NFKD", letter)[0]) != 0


def _class_of(test: Callable[[str], bool], more: Iterable[tuple[int, int]] = ()) -> str:
    """A regular expression's class of the characters that pass a test."""
    found = [code for code in range(_LAST) if test(chr(code))]
    ranges = list(more)
    for _, run in groupby(enumerate(found), lambda pair: pair[1] - pair[0]):
        codes = [code for _, code in run]
        ranges.append((codes[0], codes[-1]))
    return "[" + "".join(f"\\U{a:08x}-\\U{b:08x}" for a, b in ranges) + "]"


_MARKS: Final = _class_of(_is_mark)
# One class each and no alternatives, so their searches are linear, whatever the text is.
_MARK: Final = re.compile(_MARKS)
_PILE: Final = re.compile(f"({_MARKS}{{{MOST_MARKS}}}){_MARKS}+")
_INVISIBLE: Final = re.compile(_class_of(_is_invisible, (*_BLANK, *_BEYOND)) + "+")
_RARE: Final = re.compile(
    "[^\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2600-\u27bf"
    "\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001f9ff]"
)
"""Letters of most Latin alphabets, common signs and pictures are neither marks nor invisible."""


class Folded:
    """A folded text that can tell where in the original a stretch of it lies."""

    # What most texts are never asked for stands here and not in `__init__`: each message has one.
    hints: int | None = None
    """What `hints.hints_in` found, once it has looked."""
    visible: tuple[str, list[int] | None] | None = None
    """What `visible` makes of `source`, and where each letter of that stands in it."""
    _origins: list[int] | None = None

    def __init__(self, text: str, source: str, beyond: str) -> None:
        self.text = text
        self.source = source
        """The text as it was written, up to `MOST_CHARACTERS`."""
        self.beyond = beyond
        """The characters of `source` that are not ASCII, in any order; of many each once."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the folded text (not an empty one) lies in the original.

        Counts code points, end exclusive. A character that unfolded into several is in the span
        as a whole.
        """
        if self._origins is None:
            # Only now: most texts hold no finding, and this is the slow part.
            self._origins = _origins(self.source)
        stretch = self._origins[start:end]
        return min(stretch), max(stretch) + 1

    def __repr__(self) -> str:
        return "<folded>"


def fold(text: str) -> Folded:
    """Fold a text. Never fails; linear in the text, never beyond 18 times its length."""
    if len(text) > MOST_CHARACTERS:
        text = text[:MOST_CHARACTERS]
    if text.isascii():
        return Folded(_spaced(text.lower()), text, "")
    # As bytes: these are searched and changed several times faster than characters.
    raw = text.encode("utf-8", "surrogatepass")
    beyond = raw.translate(None, _ASCII).decode("utf-8", "surrogatepass")
    if len(beyond) > _MANY:
        beyond = "".join(set(beyond))
    # Mostly it is one, and then asking straight away is much quicker.
    if _is_quiet(beyond) if len(beyond) == 1 else all(map(_is_quiet, beyond)):
        plain = raw.lower().decode("utf-8", "surrogatepass")
        return Folded(_spaced(plain), text, beyond)
    plain = text
    if _RARE.search(plain):
        plain = _INVISIBLE.sub("", plain)
        if _MARK.search(plain):
            plain = _PILE.sub(r"\1", plain)
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    return Folded(plain if _is_spaced(plain) else " ".join(plain.split()), text, beyond)


_ASCII: Final = bytes(range(128))
_MANY: Final = 16


@lru_cache(maxsize=4096)
def _is_quiet(letter: str) -> bool:
    """Whether a character stays what it is and leaves what is beside it alone, as most signs do."""
    return letter == letter.lower() == _parts(letter) and not _MARK.match(letter)


def _is_spaced(text: str) -> bool:
    """Whether all its white space is single spaces between words; only those are printable."""
    return "  " not in text and text.strip() == text and text.isprintable()


def _spaced(text: str) -> str:
    """A text of letters that stay what they are, without what nobody sees."""
    if _is_spaced(text):
        return text  # most texts
    text = " ".join(text.split())
    return text if text.isprintable() else " ".join(_INVISIBLE.sub("", text).split())


@lru_cache(maxsize=4096)
def _parts(letter: str) -> str:
    """What becomes of one letter; nothing of one that nobody sees."""
    if _INVISIBLE.match(letter):
        return ""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())


def _origins(text: str) -> list[int]:
    """For every character of the folded text, where it came from: `fold` again, step by step."""
    letters: Iterable[tuple[str, int]]
    if _MARK.search(unicodedata.normalize("NFKD", _PILE.sub(r"\1", text))):
        visible = [(letter, at) for at, letter in enumerate(text) if _parts(letter)]
        apart = _taken_apart(_without_piles(visible))
        letters = _taken_apart([(low, at) for letter, at in apart for low in letter.casefold()])
    else:
        letters = ((part, at) for at, letter in enumerate(text) for part in _parts(letter))
    origins: list[int] = []
    space = True  # as if one stood before the text: what it begins with is dropped
    for letter, at in letters:
        if letter.isspace():
            if space:
                continue
            space = True
        else:
            space = False
        origins.append(at)
    if space and origins:
        origins.pop()
    return origins


def _without_piles(letters: list[tuple[str, int]]) -> list[tuple[str, int]]:
    kept = []
    marks = 0
    for letter, at in letters:
        marks = marks + 1 if _is_mark(letter) else 0
        if marks <= MOST_MARKS:
            kept.append((letter, at))
    return kept


def _taken_apart(letters: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """NFKD with origins: take every letter apart, then bring each run of marks into order."""
    parts = [(part, at) for letter, at in letters for part in unicodedata.normalize("NFKD", letter)]
    ordered: list[tuple[str, int]] = []
    for marks, run in groupby(parts, lambda part: unicodedata.combining(part[0]) != 0):
        together = list(run)
        if marks:
            together.sort(key=lambda part: unicodedata.combining(part[0]))
        ordered += together
    return ordered
