"""Anchors: the end of the audit's chain, kept where the database's owner does not write alone.

One message in the moderators' room, pinned and edited: at least once a week, after a start, and
soon after a seal was opened. Before it is edited, the chain must hold what the message says; where
it does not, the message stays as it is and the moderators are told.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import PlatformError, Refused
from bot.events import Delivered
from bot.model import Account, Group, MessageRef, Room
from bot.reply import Reply, Text
from bot.services.audit import Audit, Deed
from bot.services.directory import Directory
from bot.services.notices import Notices
from bot.services.standing import StandingPosts
from bot.store import Store
from bot.store.audit_rows import Head, Verdict

logger = logging.getLogger(__name__)

KIND: Final = "audit-anchor"
EVERY: Final = timedelta(days=7)
_ANCHOR: Final = re.compile(r"\b([0-9]{1,12}):([0-9a-f]{64})\b")


def read(text: str) -> Head | None:
    """The anchor that a text holds, as `12:` and 64 hex digits; None where there is none."""
    found = _ANCHOR.search(text)
    return None if found is None else Head(int(found[1]), bytes.fromhex(found[2]))


class Anchors:
    """Keeps each group's anchor."""

    def __init__(
        self,
        store: Store,
        audit: Audit,
        standing: StandingPosts,
        directory: Directory,
        notices: Notices,
        clock: Clock,
    ) -> None:
        self._store = store
        self._audit = audit
        self._standing = standing
        self._directory = directory
        self._notices = notices
        self._clock = clock
        self._next: dict[Group, datetime] = {}
        self._anchored: dict[Group, int] = {}
        self._wrong: set[Group] = set()
        self._unpinned: set[Group] = set()

    async def upkeep(self) -> None:
        """Renew what is due. What a platform refuses now is tried again the next time."""
        now = self._clock.now()
        for group in self._directory.groups():
            if self._opened_since(group) or self._next.get(group, now) <= now:
                try:
                    await self._renew(group)
                except PlatformError:
                    logger.info("an anchor of the audit was not renewed")

    def _opened_since(self, group: Group) -> bool:
        return self._audit.openings.get(group, 0) > self._anchored.get(group, 0)

    async def _renew(self, group: Group) -> None:
        room = self._directory.moderators_room(group)
        if room is None:
            return
        verdict = await self.check(group)
        if verdict.damage is not None:
            await self._notices.tell(group, "notice-audit-wrong")
            return
        if verdict.head.number:
            await self._put(room, verdict.head)

    async def _put(self, room: Room, head: Head) -> None:
        await self._standing.keep(room, KIND, Reply("audit-anchor", {"anchor": str(head)}))
        self._anchored[room.group] = head.number
        self._next[room.group] = self._clock.now() + EVERY
        ref = await self._standing.where(room, KIND)
        if ref is not None:
            await self._pin(ref)

    async def check(self, group: Group) -> Verdict:
        """Follow a group's chain, and hold the message in its moderators' room against it."""
        room = self._directory.moderators_room(group)
        anchor = None if room is None else await self._written(room)
        verdict = await self._audit.verify(group, anchor)
        (self._wrong.discard if verdict.damage is None else self._wrong.add)(group)
        return verdict

    async def _written(self, room: Room) -> Head | None:
        ref = await self._standing.where(room, KIND)
        message = None if ref is None else await self._directory.chat(room.group).fetch(ref)
        if message is None or not message.own:
            return None
        return read("\n".join((message.content.text, *message.content.scannable)))

    async def begin_anew(self, group: Group, account: Account) -> Head:
        """A moderator knows why the anchor does not fit: the next one is of what is there now.

        Raises `Refused` where nothing is wrong, so that nobody presses it by habit.
        """
        room = self._directory.moderators_room(group)
        verdict = await self.check(group)
        if room is None or verdict.damage is None:
            raise Refused("audit-not-wrong")
        head = await self._store.write(
            lambda conn: self._audit.record(conn, group, Deed.ANCHOR_RENEWED, by=account)
        )
        await self._put(room, head)
        self._wrong.discard(group)
        return head

    async def delivered(self, event: Delivered) -> None:
        """Pin the message once it is there."""
        if event.ref is not None and event.job.startswith(f"{KIND} "):
            await self._pin(event.ref)

    async def _pin(self, ref: MessageRef) -> None:
        group = ref.room.group
        chat = self._directory.chat(group)
        try:
            if ref not in await chat.pins(ref.room):
                await chat.pin(ref)
            self._unpinned.discard(group)
        except PlatformError:
            self._unpinned.add(group)

    async def status(self, group: Group) -> Sequence[Text]:
        """What is wrong with the audit or its anchor."""
        lines = []
        if group in self._wrong:
            lines.append(Text("status-audit-wrong"))
        if group in self._unpinned:
            lines.append(Text("status-audit-unpinned"))
        return lines
