"""What a detector found: what kind of thing, and where. Never the words themselves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What was found."""

    KEYWORD = "keyword"
    """A word, phrase or pattern that the group's moderators keep."""
    GUARD_WORD = "guard-word"
    """What a member asked to be told about: a name, a street, a number of their own."""
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    INVITE = "invite"
    """An invitation to a room or a server elsewhere."""
    IP = "ip"
    CREDIT_CARD = "credit-card"
    IBAN = "iban"
    NATIONAL_ID = "national-id"
    ADDRESS = "address"
    """A place that somebody could be visited at."""
    HANDLE = "handle"
    """A name on a social network."""
    ROOM_LINK = "room-link"
    """A link to one of the group's own rooms or messages."""
    OUTSIDE = "outside"
    """Talk of taking something out of the group."""
    QUOTE = "quote"
    """Another member's recent words, said again in another room."""
    CRISIS = "crisis"
    """Danger to self or to another, said in the first person."""


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
    past: bool = False
    """A crisis that somebody tells of as over."""
