"""Patterns that moderators keep: regular expressions in RE2's syntax, searched in linear time."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from typing import Final

import re2

MOST_PLACES: Final = 50
"""Places of one pattern that are told; RE2 is linear for one place, not for all of them."""
_MEMORY_OF_ONE: Final = 1 << 20
_MEMORY: Final = 64 << 20
_ONE_LETTER: Final = string.ascii_lowercase + string.digits + " .,'\n"


def _options(memory: int) -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = memory
    # It would write the pattern to standard error, and that is a moderator's word.
    options.log_errors = False
    return options


def fault_of(pattern: str) -> str | None:
    """Why a pattern cannot be used: "bad-pattern", "too-broad", or None for a good one.

    Bad is what RE2 does not know (look-around, back-references) or what grows too large; too
    broad what nothing or one letter is enough for.
    """
    try:
        compiled = re2.compile(pattern, options=_options(_MEMORY_OF_ONE))
    except (re2.error, UnicodeError):
        return "bad-pattern"
    if any(compiled.search(text) for text in ("", *_ONE_LETTER)):
        return "too-broad"
    return None


class Patterns:
    """Good patterns, ready to search with. Immutable."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._each = [re2.compile(each, options=_options(_MEMORY_OF_ONE)) for each in patterns]
        self._all = re2.Set.SearchSet(_options(_MEMORY))
        for each in patterns:
            self._all.Add(each)
        if patterns:
            self._all.Compile()

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Number, start and end of each place, none of them empty. Up to `MOST_PLACES` of one."""
        for number in (self._all.Match(text) or ()) if self._each else ():
            at = 0
            for _ in range(MOST_PLACES):
                match = self._each[number].search(text, at)
                if match is None or at > len(text):
                    break
                at = max(match.end(), match.start() + 1)
                if match.end() > match.start():
                    yield number, match.start(), match.end()
