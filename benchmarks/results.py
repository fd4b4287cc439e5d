"""A measured figure: medians of interleaved repeats, and a ratio to something of the same run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Options:
    """What a benchmark is run with."""

    folder: Path
    """Where its databases go; the disk under it is part of what is measured."""
    repeat: int
    quick: bool
    """Sizes so small that the figures mean nothing: to see that everything runs."""

    def size(self, full: int, quick: int) -> int:
        """How much to measure with."""
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound for the ratio."""

    bound: float
    at_least: bool = False

    def __str__(self) -> str:
        return f"at {'least' if self.at_least else 'most'} {self.bound:g}"

    def met(self, ratio: float) -> bool:
        """Whether a ratio is within it."""
        return ratio >= self.bound if self.at_least else ratio <= self.bound


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, as it is printed."""

    name: str
    value: float
    unit: str
    against: str
    """What it is compared with, with that one's own value; empty where there is no peer."""
    ratio: float | None
    goal: str | None
    met: bool | None
    runs: int

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Line:
        """The reverse of `to_json`."""
        data = json.loads(line)
        return cls(**{field.name: data[field.name] for field in fields(cls)})


def compared(
    name: str,
    unit: str,
    values: Sequence[float],
    peer: str,
    peers: Sequence[float],
    goal: Goal | None = None,
) -> Line:
    """A figure beside its peer's: the ratio of each repeat, and the median of those ratios."""
    ratio = median(value / other for value, other in zip(values, peers, strict=True))
    return Line(
        name=name,
        value=_rounded(median(values)),
        unit=unit,
        against=f"{peer}: {_rounded(median(peers)):g} {unit}",
        ratio=_rounded(ratio),
        goal=str(goal) if goal else None,
        met=goal.met(ratio) if goal else None,
        runs=len(values),
    )


def limited(name: str, unit: str, values: Sequence[float], limit: float) -> Line:
    """A figure that has a limit of its own."""
    return compared(name, unit, values, "limit", [limit] * len(values), Goal(1))


def plain(name: str, unit: str, values: Sequence[float], against: str = "") -> Line:
    """A figure that says what a machine can do, or that has nothing to be compared with."""
    return Line(name, _rounded(median(values)), unit, against, None, None, None, len(values))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _rounded(value: float) -> float:
    """Three significant digits: more would pretend."""
    return float(f"{value:.3g}")
