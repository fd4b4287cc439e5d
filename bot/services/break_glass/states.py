"""The states of a request to look who wrote a post, as a table. Pure: nothing here stores or sends.

    from     what happens                                          to
    asked    a second key-holder agrees                            paired
    asked    fewer than two are left who could agree               refused
    asked    60 minutes are over                                   expired
    paired   both hand back their halves, and they fit             opened
    paired   one of the two changes their mind                     refused
    paired   60 minutes are over                                   expired

What is not in the table changes nothing. Nothing leads out of opened, refused and expired: who
wants to try again asks again, and everybody with a key hears so again.

The member's notice, after opening:

    from     what happens                                          to
    waiting  its time came (an hour; both asked for later: 72 h)   told | unreached

Halves and the author are in memory alone. A restart forgets them, and the two hand back their
halves again, as they may until the 60 minutes are over.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Final


class CaseState(Enum):
    """Where a request is. Stored by its value."""

    ASKED = "asked"
    PAIRED = "paired"
    OPENED = "opened"
    REFUSED = "refused"
    EXPIRED = "expired"


class Happening(Enum):
    """What can happen to a request."""

    SECOND_AGREED = "second agreed"
    TOO_FEW_LEFT = "too few left"
    MIND_CHANGED = "mind changed"
    OPENED = "opened"
    TIME_UP = "time up"


class Notice(Enum):
    """Whether the author has been told. Stored by its value."""

    WAITING = "waiting"
    TOLD = "told"
    UNREACHED = "unreached"


class Reason(Enum):
    """Why somebody wants to know. A closed list; only the first four open anything."""

    DANGER_TO_SELF = "danger to self"
    DANGER_TO_OTHERS = "danger to others"
    CHILD_AT_RISK = "a child at risk"
    LEGAL_ORDER = "legal order"
    COMPLAINT = "a complaint"
    RULE_BROKEN = "a rule was broken"
    CURIOSITY = "to know who it is"

    @property
    def code(self) -> str:
        """How it is stored, and the end of its text's key."""
        return self.name.lower().replace("_", "-")

    @property
    def opens(self) -> bool:
        """Whether a post may be opened for it."""
        return self not in (Reason.COMPLAINT, Reason.RULE_BROKEN, Reason.CURIOSITY)


class Soon(Enum):
    """How soon something may happen, as far as the one who asks can tell."""

    WITHIN_AN_HOUR = "within an hour"
    TODAY = "today"
    THESE_DAYS = "in the next days"
    UNKNOWN = "not known"

    @property
    def code(self) -> str:
        """How it is stored, and the end of its text's key."""
        return self.name.lower().replace("_", "-")


_S, _H = CaseState, Happening

TRANSITIONS: Final = {
    (_S.ASKED, _H.SECOND_AGREED): _S.PAIRED,
    (_S.ASKED, _H.TOO_FEW_LEFT): _S.REFUSED,
    (_S.ASKED, _H.TIME_UP): _S.EXPIRED,
    (_S.PAIRED, _H.OPENED): _S.OPENED,
    (_S.PAIRED, _H.MIND_CHANGED): _S.REFUSED,
    (_S.PAIRED, _H.TIME_UP): _S.EXPIRED,
}

LIVE: Final = frozenset({_S.ASKED, _S.PAIRED})
"""Something may still come of it."""

LASTS: Final = timedelta(minutes=60)
"""From asking to expiry."""
SHOWN: Final = timedelta(minutes=10)
"""How long the author is in memory after opening, so that both key-holders see who it is."""
TOLD_AFTER: Final = timedelta(minutes=50)
"""After opening the author is told, well within the hour. Until then both may ask for later."""
LATEST_NOTICE: Final = timedelta(hours=72)
"""After opening, whatever anybody asks for."""
REVIEWED_AFTER: Final = timedelta(days=30)
"""When the group should look back at a case that was opened."""
KEPT: Final = timedelta(days=365)
"""How long a case is kept."""
LONGEST_ANSWER: Final = 280
"""Characters of each answer of the checklist."""


def after(state: CaseState, happening: Happening) -> CaseState | None:
    """The state that follows; None when nothing changes."""
    return TRANSITIONS.get((state, happening))


def notice_due(asked_for: list[timedelta | None]) -> timedelta:
    """How long after opening the author is told, by what the two key-holders asked for."""
    lengths = [each for each in asked_for if each is not None]
    if len(lengths) < 2:
        return TOLD_AFTER
    # What both agree to is the shorter of the two.
    return max(TOLD_AFTER, min(LATEST_NOTICE, *lengths))
