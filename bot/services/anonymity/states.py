"""The states of an anonymous post, as a table. Pure: nothing here stores or sends.

    from         what happens                            to
    waiting      its time came and it was delivered      posted
    waiting      it cannot be delivered, or is given up  not sent (why)
    waiting      moderators pause                        held
    held         moderators resume                       waiting, at a new random time
    held         given up: the pause was too long        not sent (why)
    waiting/held its author takes it back in time        taken back
    waiting/held ... when it may be on its way already   recalling
    posted       its author takes it back                recalling
    recalling    its message was removed, or never came  taken back
    posted       a moderator hides it (why)              hiding
    hiding       its message was removed                 hidden
    posted       its message was removed by other hands  gone
    waiting/recalling  nobody can tell if it was sent    not sent ("unknown")

What is not in the table changes nothing: listeners may hear of everything twice.

Words exist in waiting, held and recalling only, sealed, in the outbox; a message's reference in
posted, recalling and hiding only. "recalling" and "hiding" last until the platform confirmed,
because nothing is called removed that still stands in the room.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class PostState(Enum):
    """Where an anonymous post is. Stored by its value."""

    WAITING = "waiting"
    HELD = "held"
    RECALLING = "recalling"
    POSTED = "posted"
    HIDING = "hiding"
    TAKEN_BACK = "taken-back"
    HIDDEN = "hidden"
    GONE = "gone"
    NOT_SENT = "not-sent"


class Happening(Enum):
    """What can happen to a post."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    GIVEN_UP = "given up"
    LOST = "lost"
    PAUSED = "paused"
    RESUMED = "resumed"
    WITHDRAWN = "withdrawn"
    """Taken back before anybody tried to send it."""
    RECALLED = "recalled"
    """Taken back when it stands in the room, or may be on its way there."""
    HIDDEN = "hidden"
    REMOVED = "removed"


_S, _H = PostState, Happening

TRANSITIONS: Final = {
    (_S.WAITING, _H.DELIVERED): _S.POSTED,
    (_S.WAITING, _H.UNDELIVERED): _S.NOT_SENT,
    (_S.WAITING, _H.GIVEN_UP): _S.NOT_SENT,
    (_S.WAITING, _H.LOST): _S.NOT_SENT,
    (_S.WAITING, _H.PAUSED): _S.HELD,
    (_S.WAITING, _H.WITHDRAWN): _S.TAKEN_BACK,
    (_S.WAITING, _H.RECALLED): _S.RECALLING,
    (_S.HELD, _H.RESUMED): _S.WAITING,
    (_S.HELD, _H.GIVEN_UP): _S.NOT_SENT,
    (_S.HELD, _H.WITHDRAWN): _S.TAKEN_BACK,
    (_S.HELD, _H.RECALLED): _S.RECALLING,
    (_S.RECALLING, _H.UNDELIVERED): _S.TAKEN_BACK,
    (_S.RECALLING, _H.REMOVED): _S.TAKEN_BACK,
    (_S.RECALLING, _H.LOST): _S.NOT_SENT,
    (_S.POSTED, _H.RECALLED): _S.RECALLING,
    (_S.POSTED, _H.HIDDEN): _S.HIDING,
    (_S.POSTED, _H.REMOVED): _S.GONE,
    (_S.HIDING, _H.REMOVED): _S.HIDDEN,
}

ENDED: Final = frozenset({_S.TAKEN_BACK, _S.HIDDEN, _S.GONE, _S.NOT_SENT})
"""Nothing leads out of these. The row goes 30 days later."""

IN_ROOM: Final = frozenset({_S.POSTED, _S.RECALLING, _S.HIDING})
"""A message may stand in the room."""


def after(state: PostState, happening: Happening) -> PostState | None:
    """The state that follows; None when nothing changes."""
    return TRANSITIONS.get((state, happening))
