"""One look at each message for everything that its group looks for, whoever asks first.

A message is looked at before the gate, for a call for help, and after it, for leaks: the second
gets what the first found. What is remembered for that is one message a room, and no words of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.clock import Clock
from bot.detection import Finding, Folded, GuardWords, Keywords, Kind, Scanner, Severity
from bot.detection.joined import QUOTED, Pieces, Quotes
from bot.errors import Refused
from bot.events import MessageEdited, MessagePosted
from bot.model import Account, Content, Group, Room, RoomKind
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


class _Following:
    """What only several messages together show. A detector that is told who writes where.

    In memory alone, as long as `joined.py` says. Nothing while nobody is said to write.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pieces = Pieces()
        self._quotes = Quotes()
        self.writes: tuple[Room, Account, Keywords, bool] | None = None
        """Where, who, what is watched for there, and whether quotes are looked for."""

    def __call__(self, folded: Folded) -> list[Finding]:
        if self.writes is None:
            return []
        room, author, keywords, quotes = self.writes
        now = self._clock.monotonic()
        found: list[Finding] = []
        if len(folded.text) <= LONGEST_PIECE:
            found = self._pieces.find((room, author), folded, keywords, now)
        # Fewer words are neither a quote nor quoted.
        elif quotes and folded.text.count(" ") >= QUOTED - 1:
            found = self._quotes.find(room, author, folded, now)
        return found


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
        self._following: dict[Group, _Following] = {}
        self._ready: dict[Group, _Ready] = {}
        self._last: dict[Room, tuple[str, Sequence[Hit]]] = {}

    def look(self, event: MessagePosted | MessageEdited) -> Sequence[Hit]:
        """What is in a message. Nothing before its group is ready."""
        room = event.ref.room
        last = self._last.get(room)
        if last is not None and last[0] == event.id:
            return last[1]
        scanner = self._scanner(room.group)
        hits: Sequence[Hit] = ()
        if scanner is not None:
            following = self._following[room.group]
            if isinstance(event, MessagePosted):
                following.writes = self._writes(event)
            try:
                hits = self._hits(scanner, event.content, room.group, event.author)
            finally:
                following.writes = None
        self._last[room] = event.id, hits
        return hits

    def _writes(self, event: MessagePosted) -> tuple[Room, Account, Keywords, bool] | None:
        room = event.ref.room
        known, keywords = self._directory.known.get(room), self._keywords.of(room.group)
        # Moderators say again what they look after.
        if known is None or keywords is None or known.kind is RoomKind.MODERATORS:
            return None
        return room, event.author, keywords, self._kinds.of(room.group).has(Kind.QUOTE)

    def leaks(self, group: Group, text: str) -> list[Finding]:
        """Everything in a text that may be a leak. Raises `Refused` before the group is ready."""
        scanner = self._scanner(group)
        if scanner is None:
            raise Refused("not-ready")
        return [finding for finding in scanner.scan(text) if finding.kind is not Kind.CRISIS]

    def in_danger(self, group: Group, text: str) -> bool:
        """Whether a text may speak of danger to a life, now and of its author's own."""
        found = self.content(group, Content(text))
        return any(hit.kind is Kind.CRISIS and not hit.past for hit in found)

    def content(self, group: Group, content: Content) -> Sequence[Hit]:
        """What is in something that is no event, such as a message that was fetched."""
        scanner = self._scanner(group)
        return () if scanner is None else self._hits(scanner, content, group, None)

    def _scanner(self, group: Group) -> Scanner | None:
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
            following = self._following.setdefault(group, _Following(self._clock))
            scanner = Scanner(keywords, guards, (*wanted.detectors(), following))
            ready = self._ready[group] = _Ready(keywords, guards, wanted, scanner)
        return ready.scanner

    def _hits(
        self, scanner: Scanner, content: Content, group: Group, author: Account | None
    ) -> Sequence[Hit]:
        texts: tuple[str, ...] = (content.text,)
        if content.scannable or content.attachments:
            names = [attachment.name for attachment in content.attachments]
            texts = (content.text, *content.scannable, *names)
        hits: list[Hit] = []
        for text in texts:
            found = scanner.scan(text)
            # Only what somebody says counts among their words, and no name of a file.
            self._following[group].writes = None
            if not found:
                continue
            if author is not None and any(each.kind is Kind.GUARD_WORD for each in found):
                found = self._guards.of_others(group, author, text, found)
            hits += [_hit(each, text) for each in found]
        return hits


def _hit(finding: Finding, text: str) -> Hit:
    ends = ""
    if finding.kind in _ENDS_SHOWN:
        ends = "".join(filter(str.isdigit, text[finding.start : finding.end]))[-2:]
    return Hit(finding.kind, finding.severity, finding.past, ends)
