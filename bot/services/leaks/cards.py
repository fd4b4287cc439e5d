"""What moderators and authors are shown about a possible leak. It quotes nothing of anybody's.

Only `told` carries words, and those are its reader's own. Of a number a card shows the last two
digits, which are in memory alone: drawn anew after a restart, it says what kind of thing it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from bot.detection import Kind
from bot.model import Account, MessageRef, Room
from bot.reply import Args, Button, File, Reply, Text, Value

MOST_LINKS = 3
LONGEST_INLINE = 1_000
"""Longer words, and those of several messages, come back as a file."""

_NOT_NAMED = frozenset({Kind.KEYWORD, Kind.GUARD_WORD})
"""To be told that one of these was found would tell what is watched for."""

OPEN, CLAIMED, REMOVED, DISMISSED = "open", "claimed", "removed", "dismissed"


class Reason(Enum):
    """Why a message is taken down, as the moderator picks it. The author reads it."""

    STORY = "someone else's story"
    NAME = "names a person"
    CONTACT = "contact details"
    OTHER = "another reason"


_REASONS = {
    Reason.STORY: Text("leak-reason-story"),
    Reason.NAME: Text("leak-reason-name"),
    Reason.CONTACT: Text("leak-reason-contact"),
    Reason.OTHER: Text("leak-reason-other"),
}


@dataclass(frozen=True, slots=True, repr=False)
class Alert:
    """An alert as it is shown. `holder` has it, or decided it; None: nobody, or erased since."""

    id: str
    room: Room
    state: str
    raised_at: datetime
    messages: tuple[MessageRef, ...]
    """The oldest first."""
    kinds: tuple[Kind, ...] = (Kind.KEYWORD,)
    """What was found, the first first."""
    ends: tuple[tuple[Kind, str], ...] = ()
    """The last two digits of numbers that were found."""
    holder: Account | None = None
    claimed_at: datetime | None = None
    """Of an open alert: when a claim was made that lapsed."""
    decided_at: datetime | None = None
    nudged: int = 0
    until: datetime | None = None
    """When its newest message was written."""


def card(alert: Alert) -> Reply:
    """The card in the moderators' room."""
    lines = [Text("leak-card-also", {"kind": kind_text(kind)}) for kind in alert.kinds[1:]]
    lines += [Text("leak-card-ends", {"kind": kind_text(k), "ends": e}) for k, e in alert.ends]
    lines.append(_state(alert))
    if len(alert.messages) > 1:
        lines.append(Text("leak-card-several", {"count": len(alert.messages)}))
    if alert.nudged:
        lines.append(Text("leak-card-nudged"))
    newest = alert.messages[-MOST_LINKS:]
    lines += [Text("leak-card-message", {"message": ref}) for ref in newest]
    return Reply(
        "leak-card",
        {"kind": kind_text(alert.kinds[0]), "room": alert.room, "at": alert.raised_at},
        lines=tuple(lines),
        buttons=_buttons(alert),
        lock_line="lock-not-urgent",
    )


def kind_text(kind: Kind) -> Text:
    """A kind in words, within a sentence: "a phone number"."""
    return Text(f"leak-kind-{kind.value}")


def who(alert: Alert) -> Value:
    """Who has an alert, for a text's gap."""
    return alert.holder or Text("shown-account")


def _state(alert: Alert) -> Text:
    match alert.state:
        case "claimed":
            since = alert.claimed_at or alert.raised_at
            return Text("leak-card-claimed", {"who": who(alert), "since": since})
        case "removed":
            at = alert.decided_at or alert.raised_at
            return Text("leak-card-removed", {"who": who(alert), "at": at})
        case "dismissed":
            at = alert.decided_at or alert.raised_at
            return Text("leak-card-dismissed", {"who": who(alert), "at": at})
    return Text("leak-card-open" if alert.claimed_at is None else "leak-card-lapsed")


def _buttons(alert: Alert) -> tuple[Button, ...]:
    if alert.state not in (OPEN, CLAIMED):
        return ()
    args = {"alert": alert.id}
    if alert.state == OPEN:
        second = Button("button-leak-take", "leak take", args)
    else:
        second = Button("button-leak-not-now", "leak not now", args)
    return (
        Button("button-leak-show", "leak show", args),
        second,
        Button("button-leak-remove", "leak remove", args),
        Button("button-leak-nudge", "leak nudge", args),
        Button("button-leak-dismiss", "leak dismiss", {**args, **_until(alert)}),
    )


def _until(alert: Alert) -> Args:
    """What the card shows is what a press on it says to be no leak."""
    return {"until": moment(alert.until)} if alert.until else {}


def moment(at: datetime) -> str:
    """A moment as a word that sorts like it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def told(room: Room, reason: Reason, words: Sequence[str], ask: str, *, files: bool) -> Reply:
    """To the author alone: why their words go, and the words.

    `ask` lets them have it looked at again. `files`: something hung on their words.
    """
    lines = [Text("leak-told-files")] if files else []
    kept: tuple[File, ...] = ()
    if len(words) == 1 and len(words[0]) <= LONGEST_INLINE:
        lines.insert(0, Text("leak-told-words", {"text": words[0]}))
    else:
        kept = (File("your-words.txt", "\n\n".join(words)),)
    look_again = Button("button-leak-look-again", "leak look again", {"room": room, "ask": ask})
    return Reply(
        "leak-told",
        {"room": room, "reason": _REASONS[reason]},
        lines=tuple(lines),
        buttons=(look_again,),
        files=kept,
        lock_line="lock-for-you",
    )


def nudge(alert: Alert, count: int) -> Reply:
    """To the author alone: a kind word, and the way to take their message back at once."""
    shown = next((kind for kind in alert.kinds if kind not in _NOT_NAMED), None)
    if shown is not None and count == 1:
        return _nudge("leak-nudge-kind", {"room": alert.room, "kind": kind_text(shown)}, alert.id)
    return _nudge("leak-nudge", {"room": alert.room, "count": count}, alert.id)


def _nudge(key: str, args: Args, alert_id: str) -> Reply:
    return Reply(
        key,
        args,
        buttons=(Button("button-leak-take-back", "leak take back", {"alert": alert_id}),),
        lock_line="lock-for-you",
    )
