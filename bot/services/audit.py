"""The audit: what moderators and hosts did, in a chain that cannot be changed unseen.

    async def work(conn: Connection) -> None:
        await group_rows.set_setting(...)
        await self._audit.record(conn, group, Deed.SETTING_CHANGED, by=account,
                                 facts={"setting": "grace"}, private={"value": "7 days"})

    await self._store.write(work)

The entry is written in the transaction of the deed. Where it cannot be written, the deed is not
done: `NotDurable`, as whenever the store fails. A deed on a platform is asked for in the outbox
in that same transaction, or done after it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Final

from bot.clock import Clock
from bot.model import Account, Group
from bot.store import Connection, Store, audit_rows
from bot.store.audit_rows import Entry, Head, Private, Verdict

KNOWN_FOR: Final = timedelta(days=365)
"""How long it is kept who did something. Then the entry stays and names nobody."""

_FACT: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Deed(Enum):
    """What is recorded. Each has a sentence `audit-<value>` in `bot/texts/en/audit.ftl`."""

    POST_HIDDEN = "post-hidden"
    AUTHOR_SILENCED = "author-silenced"
    SILENCE_ENDED = "silence-ended"
    POSTING_PAUSED = "posting-paused"
    POSTING_RESUMED = "posting-resumed"
    SETTING_CHANGED = "setting-changed"
    LIFETIME_CHANGED = "lifetime-changed"
    RULES_PUBLISHED = "rules-published"
    MESSAGES_REMOVED = "messages-removed"
    AUTHORS_NUDGED = "authors-nudged"
    ALERT_DISMISSED = "alert-dismissed"
    KEYWORDS_ADDED = "keywords-added"
    KEYWORD_REMOVED = "keyword-removed"
    WATCH_CHANGED = "watch-changed"
    HELPLINE_ADDED = "helpline-added"
    HELPLINE_CHANGED = "helpline-changed"
    HELPLINE_CONFIRMED = "helpline-confirmed"
    HELPLINE_REMOVED = "helpline-removed"
    KEY_PROPOSED = "key-proposed"
    KEY_CONFIRMED = "key-confirmed"
    KEY_STOPPED = "key-stopped"
    KEY_ENDED = "key-ended"
    KEY_STANDS_BACK = "key-stands-back"
    KEY_STANDS_AGAIN = "key-stands-again"
    AUTHOR_WRITTEN_TO = "author-written-to"
    HELPLINES_PUT = "helplines-put"
    SUPERVISOR_NAMED = "supervisor-named"
    OPENING_ASKED = "opening-asked"
    OPENING_AGREED = "opening-agreed"
    OPENING_DECLINED = "opening-declined"
    OPENING_REFUSED = "opening-refused"
    OPENING_EXPIRED = "opening-expired"
    OPENED = "opened"
    NOTICE_DELAY_ASKED = "notice-delay-asked"
    NOTICE_HURRIED = "notice-hurried"
    AUTHOR_TOLD = "author-told"
    AUTHOR_NOT_REACHED = "author-not-reached"
    CONSULTED = "consulted"
    NOTE_ADDED = "note-added"
    NOTE_REMOVED = "note-removed"
    BREACH_OPENED = "breach-opened"
    BREACH_STEP = "breach-step"
    BREACH_CLOSED = "breach-closed"
    ANCHOR_RENEWED = "anchor-renewed"
    KEYS_CHANGED = "keys-changed"
    RESTORED = "restored"


# A seal was opened, or somebody tried: the anchor follows soon.
_ABOUT_OPENING: Final = "open"


class Audit:
    """Writes entries, and reads them back for moderators."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.openings: dict[Group, int] = {}
        """The newest entry of each group that is about opening a seal, since the start."""

    async def record(
        self,
        conn: Connection,
        group: Group,
        deed: Deed,
        *,
        by: Account | None = None,
        facts: Mapping[str, object] | None = None,
        private: Mapping[str, str | Account] | None = None,
    ) -> Head:
        """Record a deed in the transaction that does it. `by` is None for the bot and the host.

        `facts` stand in the entry for good, so they are numbers, yes or no, and codes such as
        "danger-to-self" or a row's id in hex; other text raises ValueError. `private` is what
        somebody wrote, and people: the entry holds a salted hash, and what it hashes is forgotten
        after a year or with the member. Raises `NotDurable`.
        """
        facts = facts or {}
        for fact in facts.values():
            if not isinstance(fact, int) and not _FACT.fullmatch(str(fact)):
                raise ValueError("a fact is a code or a number, never words")
        hidden: dict[str, Private] = {}
        people = {} if by is None else {"by": by}
        for name, value in {**(private or {}), **people}.items():
            hidden[name] = await self._private(conn, group, value)
        group_id = await self._store.group_id(group, conn)
        head = await audit_rows.add(
            conn, self._store.keys, group_id, self._clock.now(), deed.value, facts, hidden
        )
        if deed.value.startswith(_ABOUT_OPENING):
            self.openings[group] = head.number
        return head

    async def _private(self, conn: Connection, group: Group, value: str | Account) -> Private:
        if isinstance(value, str):
            return Private(value)
        # By the random id that goes with the member, so the entry itself never knew a handle.
        member = await self._store.member_id(conn, group, value, create=True)
        return Private(member.hex(), member)

    async def verify(self, group: Group, anchor: Head | None = None) -> Verdict:
        """Follow a group's chain from its start, and look whether it holds an anchor."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            return await audit_rows.verify(conn, self._store.keys, group_id, anchor)

    async def latest(self, group: Group, count: int) -> list[Entry]:
        """The newest entries of a group, newest first."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            return await audit_rows.latest(conn, self._store.keys, group_id, count)

    async def upkeep(self) -> None:
        """Forget who did what a year ago."""
        before = (self._clock.now() - KNOWN_FOR).date()
        await self._store.write(lambda conn: audit_rows.drop_openings(conn, before))
