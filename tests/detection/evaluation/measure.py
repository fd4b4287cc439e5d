"""Counting what a detector found of what there was, text by text and kind by kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Row:
    """A text and the names of the kinds that are in it; `label` says what sort of text it is."""

    text: str
    kinds: frozenset[str]
    label: str = ""


@dataclass(slots=True)
class Count:
    """How many texts a kind was found in rightly, wrongly, and not."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """How many of the findings were right, from 0 to 1; 1 without any."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """How much of what there was was found, from 0 to 1; 1 if there was nothing."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def written(name: str) -> Iterator[Row]:
    """The rows of a file in this folder."""
    with (HERE / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Row(row["text"], frozenset(row["kinds"]), row["label"])


def measured(
    rows: Iterable[Row], kinds: Iterable[str], found_in: Callable[[str], set[str]]
) -> dict[str, Count]:
    """Every kind's count over the rows. `found_in` gives the names of the kinds in a text."""
    counts = {kind: Count() for kind in kinds}
    for row in rows:
        found = found_in(row.text)
        for kind, count in counts.items():
            if kind in row.kinds:
                if kind in found:
                    count.right += 1
                else:
                    count.missed += 1
            elif kind in found:
                count.wrong += 1
    return counts
