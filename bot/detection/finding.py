"""What a detector found: what kind of thing, and where. Never the words themselves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What was found."""

    KEYWORD = "keyword"


class Severity(Enum):
    """How soon somebody should look."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in a text. `start` and `end` count code points of the original text."""

    kind: Kind
    start: int
    end: int
    severity: Severity = Severity.LOW
