"""The labels of anonymous posts: two plain words, drawn at random and from nothing else."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from pathlib import Path
from typing import Final

from bot.texts import DEFAULT_LANGUAGE, FOLDER, TextsError

FEWEST: Final = 60
"""Words in each list: thousands of labels, so that one seldom comes twice."""

_TRIES: Final = 200
_random = secrets.SystemRandom()


class Labels:
    """The two lists of words. They are public; which label a post gets is chance alone."""

    def __init__(self, first: Collection[str], second: Collection[str]) -> None:
        self.first = frozenset(first)
        self.second = frozenset(second)
        if min(len(self.first), len(self.second)) < FEWEST or self.first & self.second:
            raise TextsError(f"labels need two lists of {FEWEST} words that share none")
        self._first = sorted(self.first)
        self._second = sorted(self.second)

    @classmethod
    def load(cls, language: str = DEFAULT_LANGUAGE, folder: Path = FOLDER) -> Labels:
        """Read a language's lists. Raises `TextsError`."""
        lists: list[list[str]] = [[]]
        path = folder / language / "labels.md"
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                lists.append([])
            else:
                lists[-1].extend(line.lower().split())
        if len(lists) != 3:
            raise TextsError(f"{language}/labels.md: two headings, with a list of words under each")
        return cls(lists[1], lists[2])

    def __len__(self) -> int:
        return len(self._first) * len(self._second)

    def draw(self, taken: Collection[str] = ()) -> str:
        """A label at random, one that is not `taken` as long as there is any to be found."""
        label = ""
        for _ in range(_TRIES):
            one, two = _random.choice(self._first), _random.choice(self._second)
            label = f"{one.capitalize()} {two.capitalize()}"
            if label not in taken:
                break
        return label
