"""What a moderator does about an alert with the platform's help: look, take down, nudge.

What is fetched is shown to one person, or handed back to its author, and kept nowhere else. The
author's own words wait sealed in the outbox until they are told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hmac import compare_digest

from bot.chat import Can, Right
from bot.clock import Clock
from bot.detection import Finding
from bot.errors import Refused
from bot.inbox import Memory
from bot.model import Account, Content, Group, Message, MessageRef, Room
from bot.outbox import Lane, Outbox, Tell
from bot.services.audit import Audit, Deed
from bot.services.directory import Directory
from bot.services.leaks.alerts import NUDGED, Leaks
from bot.services.leaks.cards import (
    CLAIMED,
    DISMISSED,
    OPEN,
    REMOVED,
    Alert,
    Reason,
    moment,
    nudge,
    told,
)
from bot.services.leaks.scanning import Scanning
from bot.services.notices import Notices
from bot.store import Connection, Store, alert_rows

TOLD = "leak-told"
MOST_SHOWN = 3
LONGEST_SHOWN = 1_500
"""Characters of all messages that are shown together."""
FETCHED_AT_ONCE = 8

ASK_LASTS = timedelta(days=365)
"""How long it is known that somebody asked: as long as the button may be pressed."""


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """A message as one moderator sees it, with » « around what matched."""

    author: str
    text: str
    matched: bool
    cut: bool


@dataclass(frozen=True, slots=True, repr=False)
class TakenDown:
    """What came of a removal: how many messages, and how many authors will not hear of it."""

    count: int
    untold: int


class LeakActions:
    """Acts on an alert's messages. Every action looks at them as they are now."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        directory: Directory,
        leaks: Leaks,
        scanning: Scanning,
        notices: Notices,
        memory: Memory,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._leaks = leaks
        self._scanning = scanning
        self._notices = notices
        self._memory = memory
        self._audit = audit
        self._clock = clock

    async def show(self, group: Group, alert_id: str) -> tuple[list[Seen], int]:
        """The newest messages of an alert, and how many more there are. Raises `Refused`."""
        alert = await self._leaks.look(group, alert_id)
        newest = alert.messages[-MOST_SHOWN:]
        found = await self._fetched(newest)
        share = LONGEST_SHOWN // len(found)
        seen = [self._seen(group, message, share) for message in found]
        return seen, len(alert.messages) - len(newest)

    def _seen(self, group: Group, message: Message, most: int) -> Seen:
        matched: list[str] = []
        cut = False
        for text in _pieces(message.content):
            findings = self._scanning.leaks(group, text)
            if findings:
                shown, short = excerpt(text, findings, most)
                matched.append(shown)
                cut = cut or short
        if matched:
            joined, short = excerpt("\n".join(matched), [], most)
        else:
            joined, short = excerpt("\n".join(_pieces(message.content)), [], most)
        return Seen(message.author_name, joined, bool(matched), cut or short)

    async def remove(
        self, group: Group, account: Account, alert_id: str, reason: Reason
    ) -> TakenDown:
        """Take an alert's messages down; their authors get the reason and their words.

        All of it is decided in one transaction, with what the authors are told. Raises `Refused`.
        """
        alert = await self._mine(group, account, alert_id)
        if Right.REMOVE not in await self._directory.chat(group).rights(alert.room):
            raise Refused("leak-cannot-remove", {"room": alert.room})
        found = await self._fetched(alert.messages)
        while (done := await self._remove(group, account, alert, found, reason)) is None:
            seen, alert = alert.messages, await self._mine(group, account, alert_id)
            found += await self._there([ref for ref in alert.messages if ref not in seen])
        return done

    async def _remove(
        self,
        group: Group,
        account: Account,
        alert: Alert,
        found: Sequence[Message],
        reason: Reason,
    ) -> TakenDown | None:
        """Take down what was looked at. None where more joined the alert since: then nothing is
        decided, for whatever is on a card that was decided is never raised again."""
        for message in found:
            if message.pinned:
                raise Refused("leak-pinned", {"message": message.ref})
        by_author = _by_author(found)
        can_tell = Can.TELL in self._directory.chat(group).can

        async def work(conn: Connection) -> bool | None:
            keys, group_id = self._store.keys, await self._store.group_id(group, conn)
            row = await alert_rows.one(conn, keys, group_id, bytes.fromhex(alert.id))
            looked_at = {ref.handle for ref in alert.messages}
            if row is not None and not looked_at.issuperset(each.message for each in row.messages):
                return None
            now = self._clock.now()
            won = await self._leaks.move_within(
                conn, group, account, alert, REMOVED, decided_at=now
            )
            if not won:
                return False
            await self._leaks.remove_within(conn, alert.messages)
            facts = {"count": len(alert.messages), "reason": reason.name.lower()}
            await self._audit.record(conn, group, Deed.MESSAGES_REMOVED, by=account, facts=facts)
            for number, (author, messages) in enumerate(by_author.items()):
                if can_tell:
                    words = ["\n".join(_said(message.content)) for message in messages]
                    files = any(message.content.attachments for message in messages)
                    ask = self._asks(alert.room, author, alert.id)[0]
                    reply = told(alert.room, reason, words, ask, files=files)
                    job = Tell(group, author, reply)
                    name = f"{TOLD} {alert.id} {number}"
                    await self._outbox.put(conn, job, key=name, purpose=TOLD, lane=Lane.ALERTS)
            return True

        won = await self._store.write(work)
        if won is None:
            return None
        if not won:
            raise await self._leaks.refusal(group, account, alert.id)
        self._leaks.expect(self._clock.now())
        await self._leaks.take_down(alert.messages)
        return TakenDown(len(alert.messages), untold=0 if can_tell else len(by_author))

    async def nudge(self, group: Group, account: Account, alert_id: str) -> int:
        """Ask the authors, kindly and alone, to look again; once a message. Raises `Refused`.

        Gives how many people are asked.
        """
        alert = await self._mine(group, account, alert_id)
        if Can.TELL not in self._directory.chat(group).can:
            raise Refused("leak-cannot-tell")
        found = await self._fetched(alert.messages)
        by_author = _by_author(found)

        async def work(conn: Connection) -> int:
            keys, group_id = self._store.keys, await self._store.group_id(group, conn)
            row = await alert_rows.one(conn, keys, group_id, bytes.fromhex(alert.id))
            if row is None or row.state not in (OPEN, CLAIMED):
                return 0
            fresh = {each.message: each.id for each in row.messages if not each.nudged}
            asked = 0
            for author, messages in by_author.items():
                ids = [fresh[each.ref.handle] for each in messages if each.ref.handle in fresh]
                if not ids:
                    continue
                asked += 1
                await alert_rows.nudged(conn, ids)
                job = Tell(group, author, nudge(alert, len(ids)))
                # Named after the message, so that asking twice is asking once.
                name = f"{NUDGED} {ids[0].hex()}"
                await self._outbox.put(conn, job, key=name, purpose=NUDGED, lane=Lane.ALERTS)
            if asked:
                await alert_rows.draw_at(conn, row.id, self._clock.now())
                facts = {"count": asked}
                await self._audit.record(conn, group, Deed.AUTHORS_NUDGED, by=account, facts=facts)
            return asked

        asked = await self._store.write(work)
        if not asked:
            await self._mine(group, account, alert_id)
            raise Refused("leak-nudged-already")
        self._leaks.expect(self._clock.now())
        return asked

    async def dismiss(self, group: Group, account: Account, alert_id: str, until: str) -> int:
        """It is not a leak. Raises `Refused`.

        What was written after `until` (empty: nothing), the presser has not seen: it gets a card
        of its own. Gives how many messages that are.
        """
        alert = await self._mine(group, account, alert_id)

        async def work(conn: Connection) -> int | None:
            keys, group_id = self._store.keys, await self._store.group_id(group, conn)
            row = await alert_rows.one(conn, keys, group_id, bytes.fromhex(alert.id))
            shown = None if row is None else self._leaks.shown(row)
            if row is None or shown is None:
                return None
            if row.state != OPEN and not (row.state == CLAIMED and row.holder == account.handle):
                return None
            unseen = [each for each in row.messages if until and moment(each.at) > until]
            if unseen:
                await self._split(conn, row, unseen)
            seen = replace(shown, messages=shown.messages[: len(row.messages) - len(unseen)])
            now = self._clock.now()
            won = await self._leaks.move_within(
                conn, group, account, seen, DISMISSED, decided_at=now
            )
            return len(unseen) if won else None

        unseen = await self._store.write(work)
        if unseen is None:
            raise await self._leaks.refusal(group, account, alert_id)
        self._leaks.expect(self._clock.now())
        return unseen

    async def _split(
        self, conn: Connection, row: alert_rows.AlertRow, unseen: Sequence[alert_rows.AlertMessage]
    ) -> None:
        """Give messages of an alert one of their own, within a transaction."""
        keys = self._store.keys
        new = await alert_rows.add(conn, row.group_id, row.room_id, row.kind, unseen[0].at)
        await alert_rows.take_over(conn, new, [each.id for each in unseen])
        self._leaks.ends[new.hex()] = list(self._leaks.ends.get(row.id.hex(), ()))
        added = await alert_rows.one(conn, keys, row.group_id, new)
        shown = None if added is None else self._leaks.shown(added)
        if shown is not None:
            await self._leaks.post(conn, shown)

    async def take_back(self, group: Group, account: Account, alert_id: str) -> int:
        """An author takes back what an alert is about, at once. Raises `Refused`."""
        try:
            alert = await self._leaks.look(group, alert_id)
            found = await self._fetched(alert.messages)
        except Refused:
            raise Refused("message-gone") from None
        own = [message.ref for message in found if message.author == account]
        if not own:
            raise Refused("message-gone")
        await self._leaks.take_down(own)
        return len(own)

    async def not_reached(self, group: Group, job: str) -> None:
        """Somebody could not be told. The moderators hear that, and nothing about who it is."""
        key = "leak-author-not-told" if job.startswith(TOLD) else "leak-author-not-asked"
        await self._notices.tell(group, key, about=job)

    def _asks(self, room: Room, author: Account, alert_id: str) -> list[str]:
        """What only the author of something that was taken down has, the newest key's first.

        It needs no row that would say whose words went.
        """
        what = "\0".join((room.group.handle, room.handle, author.handle, alert_id))
        scope = f"look again {author.platform}"
        return [f"{alert_id}.{blind.hex()}" for blind in self._store.keys.blinds(scope, what)]

    async def look_again(self, group: Group, account: Account, room: Room, ask: str) -> None:
        """The author of what was taken down asks the moderators to look again: a line, no name.

        `ask` is what came with the words; each works once. Raises `Refused`, also when there is
        nobody who could be told; then it can be tried again.
        """
        asks = self._asks(room, account, ask.partition(".")[0])
        if room.group != group or not any(compare_digest(ask.encode(), a.encode()) for a in asks):
            raise Refused("leak-ask-not-yours")
        name = f"asked {asks[0]}"
        if await self._memory.get(name) is not None:
            raise Refused("leak-asked-before")
        moderators = self._directory.moderators_room(group)
        chat = self._directory.chat(group)
        if moderators is None or Right.POST not in await chat.rights(moderators):
            raise Refused("leak-nobody-to-ask")
        await self._notices.tell(group, "leak-look-again", {"room": room}, about=name)
        await self._memory.put(name, "", ASK_LASTS)

    async def _mine(self, group: Group, account: Account, alert_id: str) -> Alert:
        """An alert that an account may decide about now: nobody's, or their own."""
        alert = await self._leaks.look(group, alert_id)
        claimed = alert.state == CLAIMED and alert.holder == account
        if alert.state != OPEN and not claimed:
            raise await self._leaks.refusal(group, account, alert_id)
        return alert

    async def _fetched(self, refs: Sequence[MessageRef]) -> list[Message]:
        """Messages as they are now. Raises `Refused` where none is left."""
        there = await self._there(refs)
        if not there:
            raise Refused("leak-message-gone")
        return there

    async def _there(self, refs: Sequence[MessageRef]) -> list[Message]:
        """Messages as they are now; of those that are gone, the alert hears."""
        slots = asyncio.Semaphore(FETCHED_AT_ONCE)

        async def fetch(ref: MessageRef) -> Message | None:
            async with slots:
                return await self._directory.chat(ref.room.group).fetch(ref)

        found = await asyncio.gather(*[fetch(ref) for ref in refs])
        for ref, message in zip(refs, found, strict=True):
            if message is None and (forgetting := self._leaks.removed(ref)) is not None:
                await forgetting
        return [message for message in found if message is not None]


def _by_author(messages: Sequence[Message]) -> dict[Account, list[Message]]:
    by_author: dict[Account, list[Message]] = {}
    for message in messages:
        by_author.setdefault(message.author, []).append(message)
    return by_author


def _said(content: Content) -> list[str]:
    return [text for text in (content.text, *content.scannable) if text.strip()]


def _pieces(content: Content) -> list[str]:
    return [*_said(content), *(attachment.name for attachment in content.attachments)]


def excerpt(text: str, findings: Sequence[Finding], most: int) -> tuple[str, bool]:
    """At most about `most` characters of a text, from shortly before the first finding on.

    Puts » « around the findings, and says whether anything was left out.
    """
    first = findings[0].start if findings else 0
    start = 0 if len(text) <= most else max(0, min(first - most // 4, len(text) - most))
    end = min(len(text), start + most)
    shown, at = [], start
    for opened, closed in _merged(findings):
        opened, closed = max(opened, at), min(closed, end)
        if opened < closed:
            shown += [text[at:opened], "»", text[opened:closed], "«"]
            at = closed
    shown.append(text[at:end])
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return f"{before}{''.join(shown)}{after}", bool(before or after)


def _merged(findings: Sequence[Finding]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for finding in findings:
        if merged and finding.start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], finding.end))
        else:
            merged.append((finding.start, finding.end))
    return merged
