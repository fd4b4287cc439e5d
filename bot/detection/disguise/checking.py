"""Whether what was found in a stretch spells a keyword, and hides it."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import Final

from bot.detection.disguise.reading import FAR, Place, is_hidden, is_open, is_sign, low
from bot.detection.disguise.stretches import APOSTROPHES, LINES, TRIPLE
from bot.detection.lookalikes import readings


class Word:
    """A keyword taken apart for checking."""

    __slots__ = ("is_slurred", "length", "letters", "masks", "number", "parts")

    def __init__(self, number: int, folded: str, *, is_slurred: bool) -> None:
        letters = [letter for letter in folded if readings(letter) and not is_hidden(letter)]
        self.number = number
        self.is_slurred = is_slurred
        self.length = len(letters)
        self.parts = len(folded.split())
        self.letters = set(letters)
        self.masks: dict[str, int] = {}
        for place, letter in enumerate(letters):
            for each in {letter, *(readings(letter) if not letter.isascii() else "")}:
                self.masks[each] = self.masks.get(each, 0) | 1 << place

    def fits(self, place: Place) -> bool:
        """Whether the letters of a place spell the word, each once or repeated."""
        state = 1
        for number in range(place.first, place.last):
            allowed = 0
            for letter in place.read.letters(number):
                allowed |= self.masks.get(letter, 0)
            state = (state if number == place.first else state | state << 1) & allowed
            if not state:
                return False
        return bool(state >> self.length - 1 & 1)


def may_be_word(place: Place) -> bool:
    """A cheap look before the dear one: whether a place can be a word or the root of one."""
    if place.opens():
        return True
    inside = place.read.typed[place.start : place.end]
    if not (inside.isascii() and inside.isalpha()):
        return True
    before = place.read.typed[max(place.start - FAR, 0) : place.start + 1]
    return _MIXED.search(before) is not None


def is_disguised(word: Word, place: Place, *, backwards: bool) -> bool:
    """Whether a place spells a word, and hides it. `backwards`: it is shown so, which hides it."""
    if not word.fits(place):
        return False
    at = place.read.at[place.first : place.last]
    typed = [place.read.typed[each] for each in at]
    swapped = [
        number
        for number, each in enumerate(typed)
        if low(each) not in word.letters or is_sign(each)
    ]
    if word.is_slurred and not swapped:
        return False
    if not any(each.isalpha() or each in "@$" or not each.isascii() for each in typed):
        return False  # a number
    ends = (0, len(typed) - 1)
    if word.length == 3 and all(typed[each].isdigit() and each in ends for each in swapped):
        swapped = []  # "9am" is no Pam
    parted = _parted(word, place, at, swapped=bool(swapped))
    if parted is None:
        return False
    opens = place.opens()
    if not (opens and place.closes()):
        # The root of a longer word: only where signs inside the word show the intent.
        return word.length >= 3 + (not opens) and (
            bool(swapped) or (word.length > 3 and _is_mixed(place, opens=opens))
        )
    return (
        backwards
        or bool(swapped)
        or parted
        or _is_marked(place)
        or (len(at) > word.length and TRIPLE.search("".join(typed)) is not None)
    )


def _is_mixed(place: Place, *, opens: bool) -> bool:
    """Whether signs stand between letters in the rest of the word around a place."""
    typed = place.read.typed
    before = typed[max(place.start - FAR, 0) : place.start + 1].split()[-1]
    after = typed[place.read.at[place.last - 1] :][:FAR]
    return (
        _MIXED.search(before) is not None
        or _MIXED.match(after) is not None
        or (opens and _NUMBERED.match(after) is not None)
    )


_MIXED: Final = re.compile(r"[^\W\d_]+[0-9@$!+]+[^\W\d_]", re.ASCII)
_NUMBERED: Final = re.compile(r"[^\W\d_][0-9]+(?![\w@])", re.ASCII)


def _is_marked(place: Place) -> bool:
    """Whether half of the letters or more carry marks: more than any language has."""
    inside = place.read.typed[place.start : place.end]
    if inside.isascii():
        return False
    apart = unicodedata.normalize("NFD", inside)
    marks = sum(unicodedata.category(each)[0] == "M" for each in apart)
    return marks * 2 >= place.last - place.first


def _parted(word: Word, place: Place, at: list[int], *, swapped: bool) -> bool | None:
    """Whether something parts the letters; None if it parts them as ordinary text does."""
    written = place.read.written
    if at[-1] - at[0] == len(at) - 1:
        return False if word.parts == 1 else None
    gaps = [
        "".join(each for each in written[before + 1 : after][:FAR] if not is_hidden(each))
        for before, after in pairwise(at)
    ]
    blank = sum(any(each.isspace() for each in gap) for gap in gaps)
    filled = sum(bool(gap) for gap in gaps)
    between_words = word.parts - 1
    if filled == len(gaps):  # s p e l l e d
        return True if _is_apart(place, gaps) else None
    if blank < between_words or max(map(len, gaps)) > 4 + between_words:
        return None
    if blank > between_words:
        on_two_lines = any(not _LINE_ENDS.isdisjoint(gap) for gap in gaps)
        half = next(number for number, gap in enumerate(gaps, 1) if gap)
        halves = filled == 1 and word.length >= 4 and 2 <= half <= len(at) - 2
        mostly = word.length >= 5 and blank >= 0.6 * len(gaps)
        return True if mostly or (on_two_lines and halves) else None
    inner = [gap for gap in gaps if gap and not gap.isspace()]
    if len(inner) == 1 and inner[0] in _JOINERS and not swapped:
        return None  # "he'll", "re-sign"
    return len(inner) > (blank if between_words else 0)


_JOINERS: Final = APOSTROPHES + "-_\u2010\u2011"
_LINE_ENDS: Final = frozenset(LINES)


def _is_apart(place: Place, gaps: list[str]) -> bool:
    """Whether a spelled word is whole, and no stretch of a longer one that is spelled too."""
    written, at = place.read.written, place.read.at
    if place.first:
        before = at[place.first - 1]
        if (
            written[before + 1 : place.start] == gaps[0]
            and is_open(written, before - 1, -1)
            and written[before].lower() not in _ALONE
        ):
            return False
    if place.last < len(at):
        end, after = at[place.last - 1], at[place.last]
        if (
            written[end + 1 : after] == gaps[-1]
            and is_open(written, after + 1, 1)
            and written[after].lower() not in _ALONE
        ):
            return False
    return True


_ALONE: Final = "aiu"
"""Letters that are words by themselves: "a p a s s w o r d", "see u t o m o r r o w"."""
