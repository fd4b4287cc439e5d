"""Drafts of anonymous posts: what was written and not sent yet. In memory only, for 30 minutes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.model import Account, Room
from bot.services.anonymity.receipts import new_draft_id

KEPT = timedelta(minutes=30)
MOST = 2_000
"""Drafts in memory. Beyond it the oldest goes; at 1,800 letters each this is some megabytes."""
MOST_EACH = 3
"""Drafts of one account, so that nobody pushes out the others'."""


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """Words on their way. `answering` is the receipt of the post that they answer, if any."""

    id: str
    account: Account
    room: Room
    text: str
    answering: str | None
    until: datetime

    def __repr__(self) -> str:
        return "<draft>"


class Drafts:
    """Keeps drafts, each for its author alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._drafts: OrderedDict[str, Draft] = OrderedDict()

    def keep(self, account: Account, room: Room, text: str, answering: str | None) -> Draft:
        """Keep words under a new random id."""
        self.prune()
        own = [draft.id for draft in self._drafts.values() if draft.account == account]
        for old in own[: max(0, len(own) + 1 - MOST_EACH)]:
            del self._drafts[old]
        if len(self._drafts) >= MOST:
            self._drafts.popitem(last=False)
        until = self._clock.now() + KEPT
        draft = Draft(new_draft_id(), account, room, text, answering, until)
        self._drafts[draft.id] = draft
        return draft

    def find(self, draft_id: str, account: Account) -> Draft | None:
        """A draft of this account; None for what is over, somebody else's, or of another run."""
        draft = self._drafts.get(draft_id)
        if draft is None or draft.account != account or draft.until <= self._clock.now():
            return None
        return draft

    def drop(self, draft_id: str) -> None:
        """Forget a draft."""
        self._drafts.pop(draft_id, None)

    def drop_of(self, account: Account) -> None:
        """Forget every draft of an account."""
        for draft in [each for each in self._drafts.values() if each.account == account]:
            del self._drafts[draft.id]

    def prune(self) -> None:
        """Forget what is over."""
        now = self._clock.now()
        # In the order in which they were kept, so the first to be over come first.
        while self._drafts and next(iter(self._drafts.values())).until <= now:
            self._drafts.popitem(last=False)

    def __len__(self) -> int:
        return len(self._drafts)
