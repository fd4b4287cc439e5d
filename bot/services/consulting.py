"""A case put to colleagues or to the supervisor, without anybody being recognisable.

Words are a draft in memory until they are sent, like those of an anonymous post. What surely
points to somebody has to go first; what may be a name or a place is shown to the writer, who
decides. It never leads to a request to look who wrote something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from bot.clock import Clock
from bot.errors import Refused
from bot.model import Account, Group
from bot.outbox import Lane, Outbox, Post, Tell
from bot.reply import Reply
from bot.services.anonymity.drafts import Draft, Drafts
from bot.services.anonymity.wording import cleaned
from bot.services.audit import Audit, Deed
from bot.services.break_glass.telling import Telling
from bot.services.directory import Directory
from bot.services.nameless import Found, Nameless, maybe_names
from bot.store import Connection, Store

LONGEST_CASE: Final = 1_500
PURPOSE: Final = "consult"


class Whom(Enum):
    """Who is asked."""

    COLLEAGUES = "the moderators"
    SUPERVISOR = "the supervisor"


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """A draft as its writer sees it. With something in `found` it cannot be sent yet."""

    draft: Draft
    found: Sequence[Found]
    maybe: Sequence[str]
    """Words that may be names or places."""


class Consulting:
    """Takes words, says what in them points to somebody, and sends them on."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        directory: Directory,
        telling: Telling,
        nameless: Nameless,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._telling = telling
        self._nameless = nameless
        self._audit = audit
        self._drafts = Drafts(clock)

    async def submit(self, group: Group, account: Account, text: str) -> Seen:
        """Take words; nothing is stored. Raises `Refused` where there is nobody to ask."""
        room = self._directory.moderators_room(group)
        if room is None:
            raise Refused("consult-nobody")
        words = cleaned(text)
        if not words:
            raise Refused("consult-empty")
        draft = self._drafts.keep(account, room, words, None)
        return Seen(draft, await self._nameless.found(group, words), maybe_names(words))

    def draft(self, account: Account, draft_id: str) -> Draft:
        """An own draft. Raises `Refused` when it is over or the bot restarted."""
        draft = self._drafts.find(draft_id, account)
        if draft is None:
            raise Refused("consult-draft-lost")
        return draft

    def cancel(self, account: Account, draft_id: str) -> None:
        """Forget a draft; doing it twice is doing it once."""
        if self._drafts.find(draft_id, account) is not None:
            self._drafts.drop(draft_id)

    async def forget_drafts_of(self, _: Group, account: Account) -> None:
        """Let go of an account's drafts."""
        self._drafts.drop_of(account)

    async def forget_old_drafts(self) -> None:
        """Let go of drafts that are over, also when nobody writes."""
        self._drafts.prune()

    async def send(self, group: Group, account: Account, draft_id: str, whom: Whom) -> Seen | None:
        """Send a draft, looked at once more; None when it is on its way. Raises `Refused`."""
        draft = self.draft(account, draft_id)
        if draft.room.group != group:
            raise Refused("consult-draft-lost")
        found = await self._nameless.found(group, draft.text)
        if found:
            return Seen(draft, found, maybe_names(draft.text))
        supervisor = await self._telling.supervisor(group)
        job: Post | Tell
        if whom is Whom.COLLEAGUES:
            job = Post(draft.room, Reply("consult-case", {"text": draft.text}))
        elif supervisor is None:
            raise Refused("consult-no-supervisor")
        else:
            told = Reply("consult-case", {"text": draft.text}, lock_line="lock-not-urgent")
            job = Tell(group, supervisor, told)

        async def work(conn: Connection) -> None:
            await self._outbox.put(
                conn, job, key=f"{PURPOSE} {draft.id}", purpose=PURPOSE, lane=Lane.ALERTS
            )
            facts = {"whom": whom.name.lower()}
            await self._audit.record(conn, group, Deed.CONSULTED, by=account, facts=facts)

        await self._store.write(work)
        self._drafts.drop(draft.id)
        return None
