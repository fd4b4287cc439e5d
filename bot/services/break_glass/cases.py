"""Requests to look who wrote a post: asking, answering, expiring. The states are in `states.py`.

Anybody who moderates may ask; only key-holders answer. Who asked and holds a key counts once.
Every step is recorded in the audit in its own transaction, and is not done where that fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.clock import Clock
from bot.errors import Refused
from bot.model import Account, Group, MessageRef
from bot.reply import Button, Text
from bot.services.audit import Audit, Deed
from bot.services.break_glass.seals import Seals
from bot.services.break_glass.states import (
    KEPT,
    LASTS,
    LIVE,
    CaseState,
    Happening,
    Reason,
    Soon,
    after,
)
from bot.services.break_glass.telling import Telling
from bot.services.key_holders import FEWEST, KeyHolder
from bot.services.nameless import Nameless
from bot.store import Connection, Store, case_rows, new_id, post_rows
from bot.store.case_rows import AnswerRow, CaseRow

_LIVE: Final = [state.value for state in LIVE]
MOST_LISTED: Final = 10


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """A request as a key-holder sees it."""

    row: CaseRow
    answers: Sequence[AnswerRow]

    @property
    def agreed(self) -> list[AnswerRow]:
        """Who agreed, the first first."""
        return [answer for answer in self.answers if answer.agreed]

    def has_agreed(self, account: Account) -> bool:
        """Whether an account is one of the two."""
        return any(answer.account == account.handle for answer in self.agreed)

    def answer_of(self, account: Account) -> AnswerRow | None:
        """What an account answered; None when it did not."""
        return next((each for each in self.answers if each.account == account.handle), None)


class Cases:
    """Every request of every group. A source of the schedule: it ends those whose time is over."""

    name = "break-glass"

    def __init__(
        self,
        store: Store,
        seals: Seals,
        telling: Telling,
        audit: Audit,
        nameless: Nameless,
        clock: Clock,
    ) -> None:
        self._store = store
        self._seals = seals
        self._telling = telling
        self._audit = audit
        self._nameless = nameless
        self._clock = clock
        self.wake = asyncio.Event()
        self._groups: dict[bytes, Group] = {}

    async def open(self, group: Group) -> None:
        """A group is ready: its requests go on, and those whose time is over end."""
        self._groups[await self._store.group_id(group)] = group
        self.wake.set()

    # Asking.

    async def may_ask(self, group: Group, post: str) -> bytes:
        """The id of a post that two key-holders could open. Raises `Refused` with why not."""
        group_id = await self._store.group_id(group)
        try:
            post_id = bytes.fromhex(post)
            async with self._store.read() as conn:
                row = await post_rows.by_id(conn, self._store.keys, post_id)
        except (ValueError, TypeError):
            row = None
        if row is None or row.group_id != group_id:
            raise Refused("anon-not-a-post")
        if len(await self._seals.holders(group, row.id)) < FEWEST:
            raise Refused("break-glass-too-few-holders")
        return row.id

    async def ask(
        self,
        group: Group,
        account: Account,
        post: str,
        reason: Reason,
        who: str,
        soon: Soon,
        tried: str,
    ) -> Case:
        """Ask the key-holders. Raises `Refused`: the reason opens nothing, the words name
        somebody, the post cannot be opened, or somebody asked about it already."""
        if not reason.opens:
            raise Refused(f"break-glass-not-for-{reason.code}")
        post_id = await self.may_ask(group, post)
        for words in (who, tried):
            if not words.strip():
                raise Refused("break-glass-say-more")
            found = await self._nameless.found(group, words)
            if found:
                raise Refused("break-glass-names", {"kind": found[0].kind, "found": found[0].shown})
        return await self._begin(group, account, post_id, reason.code, soon.code, who, tried)

    async def drill(self, group: Group, account: Account) -> Case:
        """Ask about a fake post, for practice; gives the drill under way where there is one.

        Raises `Refused` with fewer than two key-holders.
        """
        group_id, keys = await self._store.group_id(group), self._store.keys
        async with self._store.read() as conn:
            live = await case_rows.in_states(conn, keys, [group_id], _LIVE)
        for row in live:
            if self._seals.is_drill(row.post_id) and row.expires_at > self._clock.now():
                return Case(row, ())
        post_id = new_id()
        await self._seals.begin_drill(group, post_id)
        return await self._begin(group, account, post_id, "drill", "unknown", "", "", drill=True)

    async def _begin(
        self,
        group: Group,
        account: Account,
        post_id: bytes,
        reason: str,
        soon: str,
        who: str,
        tried: str,
        *,
        drill: bool = False,
    ) -> Case:
        group_id = await self._store.group_id(group)
        everybody, message = await self.everybody(group), await self.message(post_id)
        keys, case_id = self._store.keys, new_id()

        async def work(conn: Connection) -> CaseRow:
            if await case_rows.of_post(conn, keys, post_id, _LIVE) is not None:
                raise Refused("break-glass-asked-already")
            now = self._clock.now()
            await case_rows.add(
                conn,
                keys,
                case_id=case_id,
                group_id=group_id,
                post_id=post_id,
                drill=drill,
                requested_by=await self._store.member_id(conn, group, account, create=True),
                reason=reason,
                soon=soon,
                who=who.strip(),
                tried=tried.strip(),
                asked_at=now,
                expires_at=now + LASTS,
            )
            row = await self._row(conn, case_id)
            await self._audit.record(
                conn,
                group,
                Deed.OPENING_ASKED,
                by=account,
                facts={**facts(row), "post": post_id.hex(), "reason": reason, "soon": soon},
                private={"who": row.who, "tried": row.tried},
            )
            await self._telling.step(
                conn,
                group,
                row,
                "asked",
                everybody,
                lines=described(row, account, message),
                more=asks(row),
            )
            await self._telling.room(conn, group, row, "asked")
            return row

        row = await self._store.write(work)
        self.wake.set()
        return Case(row, ())

    async def everybody(self, group: Group) -> list[Account]:
        """Everybody who hears of each step: who has a key, and the supervisor."""
        supervisor = await self._telling.supervisor(group)
        holders = [holder.account for holder in await self._seals.everybody(group)]
        return [*holders, *([] if supervisor is None else [supervisor])]

    # Looking.

    async def look(self, group: Group, account: Account, case: str) -> tuple[Case, KeyHolder]:
        """A request, and the key of who may answer it. Raises `Refused`."""
        found = await self.find(group, case)
        return found, await self._holder(group, account, found.row)

    async def of_post(self, group: Group, post_id: bytes) -> str:
        """The newest request about a post that was opened or may be. Raises `Refused`."""
        async with self._store.read() as conn:
            states = [*_LIVE, CaseState.OPENED.value]
            row = await case_rows.of_post(conn, self._store.keys, post_id, states)
        if row is None or row.group_id != await self._store.group_id(group):
            raise Refused("break-glass-over")
        return row.id.hex()

    async def find(self, group: Group, case: str) -> Case:
        """A request by its id. Raises `Refused`."""
        group_id = await self._store.group_id(group)
        try:
            async with self._store.read() as conn:
                row = await case_rows.one(conn, self._store.keys, bytes.fromhex(case))
                answers = [] if row is None else await self.answers(conn, row)
        except (ValueError, TypeError):
            row, answers = None, []
        if row is None or row.group_id != group_id:
            raise Refused("not-allowed")
        return Case(row, answers)

    async def _holder(self, group: Group, account: Account, row: CaseRow) -> KeyHolder:
        """Who is about to answer, looked at anew. Raises `Refused` where they may not."""
        everybody = await self._seals.everybody(group)
        holder = next((each for each in everybody if each.account == account), None)
        if holder is None:
            raise Refused("not-allowed")
        if holder.stands_back:
            raise Refused("break-glass-stands-back")
        if CaseState(row.state) not in LIVE:
            return holder
        able = await self._seals.holders(group, row.post_id)
        found = next((each for each in able if each.account == account), None)
        if found is None:
            raise Refused("break-glass-later-key")
        return found

    async def is_holder(self, group: Group, account: Account) -> bool:
        """Whether an account holds a key in a group now."""
        return any(each.account == account for each in await self._seals.everybody(group))

    async def message(self, post_id: bytes) -> MessageRef | None:
        """Where a post stands; None when it left its room, or is none."""
        async with self._store.read() as conn:
            row = await post_rows.by_id(conn, self._store.keys, post_id)
        if row is None or row.message is None:
            return None
        return self._telling.message(row.room_id, row.message)

    async def newest(self, group: Group) -> list[Case]:
        """A group's newest requests, the newest first, without their answers."""
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            rows = await case_rows.newest(conn, self._store.keys, group_id, MOST_LISTED)
        return [Case(row, ()) for row in rows]

    def group_of(self, row: CaseRow) -> Group:
        """The group of a request. Raises KeyError for one that is not ready."""
        return self._groups[row.group_id]

    async def still_opening(self) -> list[CaseRow]:
        """The requests of all groups for which halves may still be handed back."""
        states = [*_LIVE, CaseState.OPENED.value]
        async with self._store.read() as conn:
            found = await case_rows.in_states(conn, self._store.keys, list(self._groups), states)
        return [row for row in found if row.expires_at > self._clock.now()]

    async def unsettled_notices(self, conn: Connection, before: datetime) -> list[CaseRow]:
        """Requests of all groups whose author should have been told, and was not."""
        groups = list(self._groups)
        return await case_rows.unsettled_notices(conn, self._store.keys, groups, before)

    async def answers(self, conn: Connection, row: CaseRow) -> list[AnswerRow]:
        """What the key-holders answered to a request."""
        return await case_rows.answers_to(conn, self._store.keys, row.id)

    # Answering.

    async def answer(self, group: Group, account: Account, case: str, *, agreed: bool) -> CaseState:
        """A key-holder agrees, or does not; gives the state that follows. Raises `Refused`.

        Two who agree are enough. Whoever said no may still agree while nobody else was second;
        one of the two who takes their word back ends it.
        """
        looked, holder = await self.look(group, account, case)
        everybody = await self.everybody(group)
        could = [each.account for each in await self._seals.holders(group, looked.row.post_id)]

        async def work(conn: Connection) -> CaseState:
            row = await self._row(conn, looked.row.id)
            state = self._must_be_live(row)
            before = Case(row, await self.answers(conn, row))
            mine = before.answer_of(account)
            if mine is not None and mine.agreed == agreed:
                return state
            if state is CaseState.PAIRED and mine not in before.agreed:
                raise Refused("break-glass-two-already")
            await case_rows.answer(
                conn,
                case_id=row.id,
                member_id=await self._store.member_id(conn, group, account, create=True),
                fingerprint=holder.key.fingerprint,
                agreed=agreed,
                at=self._clock.now(),
            )
            said = Case(row, await self.answers(conn, row))
            happening = _happens(state, said, could)
            new = None if happening is None else after(state, happening)
            deed = Deed.OPENING_AGREED if agreed else Deed.OPENING_DECLINED
            key = {"key": holder.key.short.hex()}
            await self._audit.record(conn, group, deed, by=account, facts={**facts(row), **key})
            if new is CaseState.REFUSED:
                await self.end(conn, group, row, new, everybody)
                return new
            step = "declined" if not agreed else "agreed" if new is None else "paired"
            await self._telling.step(
                conn, group, row, step, everybody, more=asks(row) if new is None else (), by=account
            )
            if new is not None:
                await case_rows.change(conn, row.id, state=new.value)
            return new or state

        return await self._store.write(work)

    def _must_be_live(self, row: CaseRow) -> CaseState:
        state = CaseState(row.state)
        if state not in LIVE or row.expires_at <= self._clock.now():
            raise Refused("break-glass-over")
        return state

    async def _row(self, conn: Connection, case_id: bytes) -> CaseRow:
        row = await case_rows.one(conn, self._store.keys, case_id)
        if row is None:
            raise Refused("not-allowed")
        return row

    # Ending.

    async def end(
        self,
        conn: Connection,
        group: Group,
        row: CaseRow,
        state: CaseState,
        everybody: Sequence[Account],
    ) -> None:
        """A request ends without having opened anything. All who were asked hear so."""
        await case_rows.change(conn, row.id, state=state.value, ended_at=self._clock.now())
        deed = Deed.OPENING_REFUSED if state is CaseState.REFUSED else Deed.OPENING_EXPIRED
        await self._audit.record(conn, group, deed, facts=facts(row))
        await self._telling.step(conn, group, row, state.value, everybody)
        await self._telling.room(conn, group, row, state.value)

    async def next_due(self) -> datetime | None:
        """When the first request expires."""
        if not self._groups:
            return None
        async with self._store.read() as conn:
            return await case_rows.next_expiry(conn, list(self._groups), _LIVE)

    async def run_due(self) -> None:
        """End those whose time is over."""
        # As they are now: another may become ready meanwhile, and has its turn then.
        groups = dict(self._groups)
        everybody = {group: await self.everybody(group) for group in groups.values()}

        async def work(conn: Connection) -> None:
            live = await case_rows.in_states(conn, self._store.keys, list(groups), _LIVE)
            for row in live:
                new = after(CaseState(row.state), Happening.TIME_UP)
                if row.expires_at <= self._clock.now() and new is not None:
                    group = groups[row.group_id]
                    await self.end(conn, group, row, new, everybody[group])

        await self._store.write(work)

    async def upkeep(self) -> None:
        """Requests are forgotten after a year."""
        before = self._clock.now() - KEPT
        await self._store.write(lambda conn: case_rows.drop_old(conn, before))


def _happens(state: CaseState, said: Case, could: Sequence[Account]) -> Happening | None:
    """What the answers that stand now come to."""
    if state is CaseState.PAIRED:
        return Happening.MIND_CHANGED if len(said.agreed) < FEWEST else None
    if len(said.agreed) >= FEWEST:
        return Happening.SECOND_AGREED
    declined = {answer.account for answer in said.answers if not answer.agreed}
    left = [account for account in could if account.handle not in declined]
    return Happening.TOO_FEW_LEFT if len(left) < FEWEST else None


def facts(row: CaseRow) -> dict[str, str | bool]:
    """What every audit entry about a request begins with."""
    return {"case": row.id.hex(), "drill": row.drill}


def asks(row: CaseRow) -> tuple[Button, ...]:
    """How a key-holder answers."""
    args = {"case": row.id.hex()}
    return (
        Button("button-agree-to-open", "break-glass agree", args),
        Button("button-decline-to-open", "break-glass decline", args),
    )


def described(
    row: CaseRow, requester: Account | None, message: MessageRef | None
) -> tuple[Text, ...]:
    """What a key-holder knows before they answer: who asks, why, the checklist, and the post."""
    by = Text("shown-account") if requester is None else requester
    if row.drill:
        return (Text("break-glass-by", {"by": by}),)
    return (
        Text("break-glass-by", {"by": by}),
        Text("break-glass-why", {"reason": Text(f"break-glass-reason-{row.reason}")}),
        Text("break-glass-who", {"who": row.who}),
        Text("break-glass-soon", {"soon": Text(f"break-glass-soon-{row.soon}")}),
        Text("break-glass-tried", {"tried": row.tried}),
        Text("break-glass-post-gone")
        if message is None
        else Text("break-glass-post-at", {"message": message}),
        Text("break-glass-post", {"post": row.post_id.hex()}),
    )
