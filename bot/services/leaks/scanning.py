"""One look at each message for everything that its group looks for, whoever asks first.

A message is looked at before the gate, for a call for help, and after it, for leaks: the second
gets what the first found. What is remembered for that is one message a room, and no words of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.clock import Clock
from bot.detection import Finding, Folded, GuardWords, Keywords, Kind, Scanner, Severity, fold
from bot.detection.joined import QUOTED, Pieces, Quotes
from bot.errors import Refused
from bot.events import MessageEdited, MessagePosted
from bot.model import Content, Group, Room, RoomKind
from bot.services.directory import Directory
from bot.services.leaks.guards import Guards
from bot.services.leaks.keywords import LeakKeywords
from bot.services.leaks.kinds import LeakKinds, Wanted

LONGEST_PIECE: Final = 40
"""Characters of a message that may hold a piece of a word: who splits one writes little else."""
_ENDS_SHOWN: Final = frozenset({Kind.PHONE, Kind.CREDIT_CARD, Kind.IBAN})
"""Numbers that are told apart by their last two digits, which name nobody."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something in a message: what kind of thing, and what of it may be shown."""

    kind: Kind
    severity: Severity = Severity.LOW
    past: bool = False
    ends: str = ""
    """The last two digits of a number whose kind allows it."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A scanner, and what it was made from."""

    keywords: Keywords
    guards: GuardWords | None
    wanted: Wanted
    scanner: Scanner
    pieces: Pieces
    quotes: Quotes
    """What only several messages together show; both outlive what the others were made from."""
    looks_for_quotes: bool


class Scanning:
    """Looks at what was written, with what its group chose."""

    def __init__(
        self,
        keywords: LeakKeywords,
        kinds: LeakKinds,
        guards: Guards,
        directory: Directory,
        clock: Clock,
    ) -> None:
        self._keywords = keywords
        self._kinds = kinds
        self._guards = guards
        self._directory = directory
        self._clock = clock
        self._ready: dict[Group, _Ready] = {}
        self._last: dict[Room, tuple[str, Sequence[Hit]]] = {}

    def look(self, event: MessagePosted | MessageEdited) -> Sequence[Hit]:
        """What is in a message. Nothing before its group is ready."""
        room = event.ref.room
        last = self._last.get(room)
        if last is not None and last[0] == event.id:
            return last[1]
        ready = self._ready_for(room.group)
        hits: Sequence[Hit] = ()
        if ready is not None:
            hits = self._hits(ready, event.content, event)
        self._last[room] = event.id, hits
        return hits

    def leaks(self, group: Group, text: str) -> list[Finding]:
        """Everything in a text that may be a leak. Raises `Refused` before the group is ready."""
        ready = self._ready_for(group)
        if ready is None:
            raise Refused("not-ready")
        return [finding for finding in ready.scanner.scan(text) if finding.kind is not Kind.CRISIS]

    def in_danger(self, group: Group, text: str) -> bool:
        """Whether a text may speak of danger to a life, now and of its author's own."""
        found = self.content(group, Content(text))
        return any(hit.kind is Kind.CRISIS and not hit.past for hit in found)

    def content(self, group: Group, content: Content) -> Sequence[Hit]:
        """What is in something that is no event, such as a message that was fetched."""
        ready = self._ready_for(group)
        return () if ready is None else self._hits(ready, content, None)

    def _ready_for(self, group: Group) -> _Ready | None:
        keywords = self._keywords.of(group)
        if keywords is None:
            return None
        wanted, guards = self._kinds.of(group), self._guards.of(group)
        ready = self._ready.get(group)
        if (
            ready is None
            or ready.keywords is not keywords
            or ready.guards is not guards
            or ready.wanted is not wanted
        ):
            ready = self._ready[group] = _Ready(
                keywords,
                guards,
                wanted,
                Scanner(keywords, guards, wanted.detectors()),
                Pieces() if ready is None else ready.pieces,
                Quotes() if ready is None else ready.quotes,
                wanted.has(Kind.QUOTE),
            )
        return ready

    def _hits(
        self, ready: _Ready, content: Content, event: MessagePosted | MessageEdited | None
    ) -> Sequence[Hit]:
        hits = self._hits_in(ready, content.text, event, said=True)
        if content.scannable or content.attachments:
            names = (attachment.name for attachment in content.attachments)
            for text in (*content.scannable, *names):
                hits = (*hits, *self._hits_in(ready, text, event))
        return hits

    def _hits_in(
        self,
        ready: _Ready,
        text: str,
        event: MessagePosted | MessageEdited | None,
        *,
        said: bool = False,
    ) -> Sequence[Hit]:
        """What is in one text. Only what somebody says counts among their words (`said`), and
        neither what it says later nor a name of a file."""
        folded = fold(text)
        found = ready.scanner.find(folded)
        if said and isinstance(event, MessagePosted):
            found += self._said_before(ready, event, folded)
        if not found:
            return ()
        if event is not None and any(each.kind is Kind.GUARD_WORD for each in found):
            found = self._guards.of_others(event.group, event.author, text, found)
        return [_hit(each, text) for each in found]

    def _said_before(self, ready: _Ready, event: MessagePosted, folded: Folded) -> list[Finding]:
        room = event.ref.room
        known = self._directory.known.get(room)
        # Moderators say again what they look after.
        if known is None or known.kind is RoomKind.MODERATORS:
            return []
        if len(folded.text) <= LONGEST_PIECE:
            who, now = (room.handle, event.author.handle), self._clock.monotonic()
            return ready.pieces.find(who, folded, ready.keywords, now)
        # Fewer words are neither a quote nor quoted.
        if ready.looks_for_quotes and folded.text.count(" ") >= QUOTED - 1:
            return ready.quotes.find(room, event.author, folded, self._clock.monotonic())
        return []


def _hit(finding: Finding, text: str) -> Hit:
    ends = ""
    if finding.kind in _ENDS_SHOWN:
        ends = "".join(filter(str.isdigit, text[finding.start : finding.end]))[-2:]
    return Hit(finding.kind, finding.severity, finding.past, ends)
