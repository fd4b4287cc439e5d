"""Opening: two halves become the author, who is shown to both key-holders, and told.

Halves and the author are in memory alone: the halves until both are there or the request is
over, the author for 10 minutes. What stays is in `case_rows.py`. The author's notice waits in the
outbox, sealed like everything there, until it is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.chat import Can
from bot.clock import Clock
from bot.errors import Refused
from bot.events import Delivered, Undelivered
from bot.model import Account, Group
from bot.outbox import Lane, Outbox, Tell
from bot.reply import HELP_NOW, Reply, Text
from bot.sealing import NotSuchText, OpenedHalf
from bot.services.audit import Audit, Deed
from bot.services.break_glass.cases import Case, Cases, facts
from bot.services.break_glass.seals import Seals
from bot.services.break_glass.states import (
    LATEST_NOTICE,
    LIVE,
    REVIEWED_AFTER,
    SHOWN,
    TOLD_AFTER,
    CaseState,
    Happening,
    Notice,
    after,
    notice_due,
)
from bot.services.break_glass.telling import Telling
from bot.services.directory import Directory
from bot.services.nameless import Nameless
from bot.store import Connection, Store, case_rows
from bot.store.case_rows import CaseRow

NOTICE: Final = "break-glass-notice"
"""What the author's notice is for, as `Delivered` and `Undelivered` say it."""


LOST_AFTER: Final = timedelta(hours=1)
"""After this, a notice that should have gone out and is not in the outbox will not go."""


@dataclass(frozen=True, slots=True, repr=False)
class Author:
    """Who wrote a post, for the two who opened it. `account` is None where it was a drill."""

    case: str
    account: Account | None
    until: datetime


class Opening:
    """From two who agreed to what they see, and to what the author hears."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        directory: Directory,
        cases: Cases,
        seals: Seals,
        telling: Telling,
        audit: Audit,
        nameless: Nameless,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._cases = cases
        self._seals = seals
        self._telling = telling
        self._audit = audit
        self._nameless = nameless
        self._clock = clock
        self._halves: dict[bytes, dict[Account, OpenedHalf]] = {}
        self._authors: dict[bytes, Author] = {}

    # Halves.

    async def half(self, group: Group, account: Account, case: Case) -> str | None:
        """The half that is sealed to one of the two, as a text; None when there are no two yet.

        Raises `Refused` for others, and where the seal opens no more.
        """
        pair = self._pair(group, case)
        if pair is None or account not in pair:
            return None
        other = pair[1] if pair[0] == account else pair[0]
        return await self._seals.half(group, case.row.post_id, account, other)

    def _pair(self, group: Group, case: Case) -> tuple[Account, Account] | None:
        found = [
            Account(group.platform, answer.account)
            for answer in case.agreed
            if answer.account is not None
        ]
        return (found[0], found[1]) if len(found) == 2 else None

    def handed_in(self, account: Account, case: Case) -> bool:
        """Whether somebody's half is here and waits for the other."""
        return account in self._halves.get(case.row.id, {})

    async def hand_in(self, group: Group, account: Account, text: str) -> Author | None:
        """Take an opened half back. With the second one gives the author; None waits for it.

        Raises `Refused`: it is no half, or not of this post, the two do not fit, or it is over.
        """
        try:
            half = OpenedHalf.of(text)
        except NotSuchText:
            raise Refused("seal-not-a-half") from None
        found, _ = await self._cases.look(
            group, account, await self._cases.of_post(group, half.post)
        )
        row, pair = found.row, self._pair(group, found)
        state = CaseState(row.state)
        # Whoever opened it may look again, after a restart say, while its time lasts.
        if row.expires_at <= self._clock.now() or state not in LIVE | {CaseState.OPENED}:
            raise Refused("break-glass-over")
        if pair is None or account not in pair:
            raise Refused("break-glass-not-two-yet")
        able = [each.account for each in await self._seals.holders(group, row.post_id)]
        if not set(pair) <= set(able):
            raise Refused("break-glass-not-two-yet")
        halves = self._halves.setdefault(row.id, {})
        halves[account] = half
        if len(halves) < 2:
            await self._waits_for_other(group, row, account, pair)
            return None
        try:
            author = await self._seals.opened(group, row.post_id, *halves.values())
        except Refused:
            # Which of the two does not fit, nobody can tell.
            self._halves.pop(row.id, None)
            raise
        await self._note(group, found, account, pair, author)
        # Not before: what could not be noted is opened by the next try.
        self._halves.pop(row.id, None)
        shown = Author(row.id.hex(), author, self._clock.now() + SHOWN)
        self._authors[row.id] = shown
        return shown

    async def _waits_for_other(
        self, group: Group, row: CaseRow, account: Account, pair: Sequence[Account]
    ) -> None:
        others = [each for each in pair if each != account]
        await self._store.write(
            lambda conn: self._telling.step(conn, group, row, "one-half", others)
        )

    async def _note(
        self,
        group: Group,
        case: Case,
        account: Account,
        pair: Sequence[Account],
        author: Account | None,
    ) -> None:
        """Record that it was opened, before anybody sees it; the author's notice is on its way."""
        everybody = await self._cases.everybody(group)
        supervisor = await self._telling.supervisor(group)
        conflict = author is not None and await self._cases.is_holder(group, author)

        async def work(conn: Connection) -> None:
            row = await case_rows.one(conn, self._store.keys, case.row.id)
            if row is None:
                raise Refused("break-glass-over")
            state, now = CaseState(row.state), self._clock.now()
            if state is CaseState.OPENED:
                return
            new = after(state, Happening.OPENED)
            if new is None:
                raise Refused("break-glass-over")
            values: dict[str, object] = {"state": new.value, "ended_at": now, "conflict": conflict}
            if author is not None:
                due = now + TOLD_AFTER
                values |= {"notice": Notice.WAITING.value, "notice_at": due}
                values |= {"review_on": (now + REVIEWED_AFTER).date()}
                await self._outbox.put(
                    conn,
                    Tell(group, author, _notice(row)),
                    key=notice_key(row),
                    purpose=NOTICE,
                    lane=Lane.CRISIS,
                    after=due,
                )
            await case_rows.change(conn, row.id, **values)
            keys = {f"key-{n}": _code(each.fingerprint) for n, each in enumerate(case.agreed, 1)}
            await self._audit.record(
                conn,
                group,
                Deed.OPENED,
                by=account,
                facts={**facts(row), **keys, "conflict": conflict},
                private={f"holder-{n}": each for n, each in enumerate(pair, 1)},
            )
            await self._telling.step(conn, group, row, "opened", everybody)
            await self._telling.room(conn, group, row, "opened")
            if conflict and supervisor is not None:
                await self._telling.step(conn, group, row, "conflict", [supervisor])

        await self._store.write(work)

    async def author(self, group: Group, account: Account, case: str) -> Author:
        """Who it was, for one of the two who opened it, while it is in memory. Raises `Refused`."""
        found, _ = await self._cases.look(group, account, case)
        self.forget()
        shown = self._authors.get(found.row.id)
        if shown is None or not found.has_agreed(account):
            raise Refused("break-glass-not-shown-now")
        return shown

    def forget(self) -> None:
        """Let go of authors whose minutes are over."""
        now = self._clock.now()
        for case_id in [each for each, shown in self._authors.items() if shown.until <= now]:
            del self._authors[case_id]

    async def upkeep(self) -> None:
        """Let go of authors, and of halves and drills of requests that are over."""
        self.forget()
        left = await self._cases.still_opening()
        ids = {row.id for row in left}
        for case_id in [each for each in self._halves if each not in ids]:
            del self._halves[case_id]
        self._seals.keep_drills({row.post_id for row in left})
        await self._notice_what_was_lost()

    async def _notice_what_was_lost(self) -> None:
        """A notice that waits for nothing: its reader asked to be forgotten, and was."""
        async with self._store.read() as conn:
            late = await self._cases.unsettled_notices(conn, self._clock.now() - LOST_AFTER)
            lost = [row for row in late if not await self._outbox.waits(conn, notice_key(row))]
        for row in lost:
            await self._settle(self._cases.group_of(row), row.id, Notice.UNREACHED)

    # What the author hears.

    async def later(
        self, group: Group, account: Account, case: str, lasts: timedelta, why: str
    ) -> datetime:
        """One of the two would have the author told later; both must. Gives when it is now.

        Raises `Refused`: a time out of range, a reason that names somebody, or already told.
        """
        if not TOLD_AFTER < lasts <= LATEST_NOTICE:
            raise Refused("break-glass-later-range", {"longest": LATEST_NOTICE})
        if not why.strip():
            raise Refused("break-glass-say-more")
        named = await self._nameless.found(group, why)
        if named:
            raise Refused("break-glass-names", {"kind": named[0].kind, "found": named[0].shown})
        found, mine = await self._notice_waits(group, account, case)

        async def work(conn: Connection) -> datetime:
            await case_rows.later(conn, self._store.keys, mine, lasts, why.strip())
            answers = [each for each in await self._cases.answers(conn, found.row) if each.agreed]
            due = found.row.notice_at
            opened = found.row.ended_at
            if due is None or opened is None:
                raise Refused("break-glass-told-already")
            due = opened + notice_due([each.later for each in answers])
            await self._move(conn, found.row, due)
            await self._audit.record(
                conn,
                group,
                Deed.NOTICE_DELAY_ASKED,
                by=account,
                facts={**facts(found.row), "hours": round(lasts.total_seconds() / 3600)},
                private={"why": why.strip()},
            )
            return due

        return await self._store.write(work)

    async def now(self, group: Group, account: Account, case: str) -> None:
        """One of the two has the author told at once. Raises `Refused`."""
        found, _ = await self._notice_waits(group, account, case)

        async def work(conn: Connection) -> None:
            await self._move(conn, found.row, self._clock.now())
            await self._audit.record(
                conn, group, Deed.NOTICE_HURRIED, by=account, facts=facts(found.row)
            )

        await self._store.write(work)

    async def _move(self, conn: Connection, row: CaseRow, due: datetime) -> None:
        if not await self._outbox.move(conn, notice_key(row), due):
            raise Refused("break-glass-told-already")
        await case_rows.change(conn, row.id, notice_at=due)

    async def _notice_waits(self, group: Group, account: Account, case: str) -> tuple[Case, bytes]:
        found, _ = await self._cases.look(group, account, case)
        mine = found.answer_of(account)
        if mine is None or not mine.agreed or found.row.notice is None:
            raise Refused("not-allowed")
        if found.row.notice != Notice.WAITING.value:
            raise Refused("break-glass-told-already")
        return found, mine.id

    async def told(self, event: Delivered | Undelivered) -> None:
        """The author's notice went out, or could not be sent."""
        case_id = bytes.fromhex(event.job.removeprefix(f"{NOTICE} "))
        notice = Notice.TOLD if isinstance(event, Delivered) else Notice.UNREACHED
        await self._settle(event.group, case_id, notice)

    async def _settle(self, group: Group, case_id: bytes, notice: Notice) -> None:
        everybody = await self._cases.everybody(group)
        deed = Deed.AUTHOR_TOLD if notice is Notice.TOLD else Deed.AUTHOR_NOT_REACHED

        async def work(conn: Connection) -> None:
            row = await case_rows.one(conn, self._store.keys, case_id)
            if row is None or row.notice != Notice.WAITING.value:
                return
            now = self._clock.now()
            await case_rows.change(conn, row.id, notice=notice.value, notice_at=now)
            await self._audit.record(conn, group, deed, facts=facts(row))
            await self._telling.step(conn, group, row, f"notice-{notice.value}", everybody)

        await self._store.write(work)

    async def in_their_hands(self, group: Group, row: CaseRow) -> bool | None:
        """Whether a notice that went out reached its author; False while it waits for them.

        None where what is told may wait and this one does not any more: they looked, they had
        allowed the bot to write to them, or its time to wait is over. Nobody keeps which.
        """
        chat = self._directory.chat(group)
        if Can.TELL_AT_ONCE in chat.can:
            return True
        return False if await chat.uncollected(notice_key(row)) else None


def notice_key(row: CaseRow) -> str:
    """The outbox's key of an author's notice."""
    return f"{NOTICE} {row.id.hex()}"


def _notice(row: CaseRow) -> Reply:
    return Reply(
        "break-glass-notice",
        {"reason": Text(f"break-glass-reason-{row.reason}"), "at": row.asked_at},
        lines=(Text("break-glass-notice-who"), Text("break-glass-notice-after")),
        buttons=(HELP_NOW,),
        lock_line="lock-for-you",
    )


def _code(fingerprint: str) -> str:
    return fingerprint.replace(" ", "")
