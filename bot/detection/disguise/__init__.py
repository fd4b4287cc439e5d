"""Seeing through disguises: leetspeak, letters drawn alike, spacing, repeats, split words.

Most texts have no stretch that looks disguised (`stretches`). What does is read as plain letters,
in each way that its signs can be read (`reading`), and searched; what is found there is checked
letter by letter against the text as it was typed (`checking`). It counts only if something is
hidden, so that "class" never holds a hidden "ass".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from bot.detection.budget import Budget
from bot.detection.disguise.checking import Word, is_disguised, may_be_word
from bot.detection.disguise.reading import Read, classes_of, places, squeezed, views, ways_in
from bot.detection.disguise.stretches import suspicious
from bot.detection.normalise import Folded

__all__ = ["Disguised", "automaton"]

MOST_STEPS: Final = 24_000
"""Letters that are checked one by one in a text; what comes after them is not looked at. Fewer
than 50 milliseconds, and more than a message of 4,000 characters has asked for in any test."""
PLACE_STEPS: Final = 4
"""What a place costs before its letters are looked at."""
MOST_QUICK: Final = 2_000
"""Words; 20 milliseconds of making, and a few megabytes."""

MOST_NEIGHBOURS: Final = 3
"""Words beside a disguised one that a phrase may reach into."""


class Disguised:
    """Keywords, ready to be found in disguise. Immutable.

    Takes the folded phrases. Those with fewer than three letters are not looked for.
    """

    def __init__(self, folded: Iterable[str]) -> None:
        words: dict[str, list[Word]] = {}
        for number, phrase in enumerate(folded):
            for spelled in dict.fromkeys((phrase, _slurred(phrase))):
                word = Word(number, spelled, is_slurred=spelled != phrase)
                if word.length >= 3:
                    words.setdefault(_shape(spelled), []).append(word)
        self._words = list(words.values())
        parts = max((word.parts for same in self._words for word in same), default=1)
        self._neighbours = min(parts - 1, MOST_NEIGHBOURS)
        self._automaton = automaton(list(words))

    def find(self, folded: Folded, *, triples: bool) -> Iterable[tuple[int, int, int]]:
        """Number, start and end of each disguised phrase; places are in the text as written.

        `triples` says whether a letter stands three times in a row anywhere.
        """
        if not self._words:
            return ()
        text = folded.source
        stretches = suspicious(text, folded.beyond, triples=triples, neighbours=self._neighbours)
        if not stretches and "\u202e" not in folded.beyond:
            return ()  # most texts
        return self._seen_through(folded, stretches, triples=triples)

    def _seen_through(
        self, folded: Folded, stretches: list[tuple[int, int]], *, triples: bool
    ) -> Iterator[tuple[int, int, int]]:
        for view, origins in views(folded.source):
            budget = Budget(MOST_STEPS)
            backwards = origins is not None
            if backwards:
                stretches = suspicious(
                    view, folded.beyond, triples=triples, neighbours=self._neighbours
                )
            for start, end in stretches:
                for number, first, last in self._in_stretch(
                    view[start:end], budget, backwards=backwards
                ):
                    if origins is None:
                        yield number, start + first, start + last
                    else:
                        typed = origins[start + first : start + last]
                        yield number, min(typed), max(typed) + 1

    def _in_stretch(
        self, stretch: str, budget: Budget, *, backwards: bool
    ) -> Iterator[tuple[int, int, int]]:
        """As `find`, for one stretch."""
        seen = set()
        done: set[tuple[int, int, int]] = set()
        for way in ways_in(stretch):
            classes = way.classes()
            if classes in seen:
                continue
            seen.add(classes)
            found = self._automaton.find_matches_as_indexes(squeezed(classes), overlapping=True)
            if not found:
                continue
            read = Read.of(stretch, way.written(), classes)
            for shape, first, last in found:
                for place in places(read, first, last):
                    spot = (shape, place.start, place.last)
                    if spot in done:
                        continue
                    if not budget.spend(PLACE_STEPS):
                        return
                    if not may_be_word(place):
                        continue
                    for word in self._words[shape]:
                        if not budget.spend(place.last - place.first):
                            return
                        if is_disguised(word, place, backwards=backwards):
                            done.add(spot)
                            yield word.number, place.start, place.end


def automaton(words: list[str]) -> AhoCorasick:
    """A search for words: of the kind that is twice as fast, where it is made in a moment."""
    is_quick = len(words) <= MOST_QUICK
    return AhoCorasick(words, implementation=Implementation.DFA if is_quick else None)


def _shape(phrase: str) -> str:
    return squeezed(classes_of(phrase))


def _slurred(phrase: str) -> str:
    """A phrase as it is written by ear, which is no disguise by itself: "nucka" for "nucker"."""
    return _SLURS.sub(lambda match: "k" if match[0] == "ck" else "a" + match[0][2:], phrase)


_SLURS: Final = re.compile(r"ck|ers?\b")
