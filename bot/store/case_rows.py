"""Requests to look who wrote a post, as rows. No row says who it was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, insert, select, update

from bot.store.case_tables import break_glass_answers as answers
from bot.store.case_tables import break_glass_cases as cases
from bot.store.columns import new_id
from bot.store.tables import members

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A request. `requester` is the account of whoever asked, opened; None when it was erased."""

    id: bytes
    group_id: bytes
    post_id: bytes
    drill: bool
    requester: str | None
    reason: str
    soon: str
    who: str
    tried: str
    state: str
    asked_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    conflict: bool
    notice: str | None
    notice_at: datetime | None
    review_on: date | None

    def __repr__(self) -> str:
        return f"<case {self.state}>"


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What one key-holder answered. `account` is None when it was erased."""

    id: bytes
    account: str | None
    fingerprint: str
    agreed: bool
    at: datetime
    later: timedelta | None

    def __repr__(self) -> str:
        return "<answer>"


async def add(
    conn: Connection,
    keys: KeyRing,
    *,
    case_id: bytes,
    group_id: bytes,
    post_id: bytes,
    drill: bool,
    requested_by: bytes,
    reason: str,
    soon: str,
    who: str,
    tried: str,
    asked_at: datetime,
    expires_at: datetime,
) -> None:
    """Add a request."""
    await conn.execute(
        insert(cases).values(
            id=case_id,
            group_id=group_id,
            post_id=post_id,
            drill=drill,
            requested_by=requested_by,
            reason=reason,
            soon=soon,
            who=keys.seal(cases.c.who, case_id, who),
            tried=keys.seal(cases.c.tried, case_id, tried),
            state="asked",
            asked_at=asked_at,
            expires_at=expires_at,
        )
    )


async def one(conn: Connection, keys: KeyRing, case_id: bytes) -> CaseRow | None:
    """One request."""
    found = await _some(conn, keys, cases.c.id == case_id)
    return found[0] if found else None


async def of_post(
    conn: Connection, keys: KeyRing, post_id: bytes, states: Collection[str]
) -> CaseRow | None:
    """The request about a post that is in one of these states."""
    found = await _some(conn, keys, (cases.c.post_id == post_id) & cases.c.state.in_(states))
    return found[0] if found else None


async def newest(conn: Connection, keys: KeyRing, group_id: bytes, most: int) -> list[CaseRow]:
    """A group's requests, the newest first."""
    return await _some(conn, keys, cases.c.group_id == group_id, most)


async def in_states(
    conn: Connection, keys: KeyRing, groups: Collection[bytes], states: Collection[str]
) -> list[CaseRow]:
    """The requests of some groups in some states."""
    here = cases.c.group_id.in_(groups) & cases.c.state.in_(states)
    return await _some(conn, keys, here)


async def unsettled_notices(
    conn: Connection, keys: KeyRing, groups: Collection[bytes], before: datetime
) -> list[CaseRow]:
    """Requests whose author should have been told before a moment, and was not."""
    here = (
        cases.c.group_id.in_(groups) & (cases.c.notice == "waiting") & (cases.c.notice_at < before)
    )
    return await _some(conn, keys, here)


async def next_expiry(
    conn: Connection, groups: Collection[bytes], states: Collection[str]
) -> datetime | None:
    """When the first of them expires."""
    here = cases.c.group_id.in_(groups) & cases.c.state.in_(states)
    found: datetime | None = await conn.scalar(select(func.min(cases.c.expires_at)).where(here))
    return found


async def change(conn: Connection, case_id: bytes, **values: Any) -> None:
    """Change a request."""
    await conn.execute(update(cases).where(cases.c.id == case_id).values(**values))


async def last_drill(conn: Connection, group_id: bytes) -> datetime | None:
    """When a group last opened a fake post for practice."""
    here = (cases.c.group_id == group_id) & cases.c.drill & (cases.c.state == "opened")
    found: datetime | None = await conn.scalar(select(func.max(cases.c.ended_at)).where(here))
    return found


async def counts(
    conn: Connection, group_id: bytes, start: datetime, end: datetime
) -> tuple[int, int]:
    """How often somebody asked in a span of time, and how many of these posts were opened."""
    here = (
        (cases.c.group_id == group_id)
        & ~cases.c.drill
        & (cases.c.asked_at >= start)
        & (cases.c.asked_at < end)
    )
    asked = await conn.scalar(select(func.count()).where(here))
    opened = await conn.scalar(select(func.count()).where(here, cases.c.state == "opened"))
    return asked or 0, opened or 0


async def drop_old(conn: Connection, before: datetime) -> None:
    """Requests go a year after they were made, with their answers."""
    await conn.execute(delete(cases).where(cases.c.asked_at < before))


async def answer(
    conn: Connection,
    *,
    case_id: bytes,
    member_id: bytes,
    fingerprint: str,
    agreed: bool,
    at: datetime,
) -> None:
    """Note what a key-holder answered; a later answer of theirs takes the place of the first."""
    await conn.execute(
        delete(answers).where(answers.c.case_id == case_id, answers.c.member_id == member_id)
    )
    await conn.execute(
        insert(answers).values(
            id=new_id(),
            case_id=case_id,
            member_id=member_id,
            fingerprint=fingerprint,
            agreed=agreed,
            at=at,
        )
    )


async def answers_to(conn: Connection, keys: KeyRing, case_id: bytes) -> list[AnswerRow]:
    """What the key-holders answered, the first first."""
    found = await conn.execute(
        select(answers, members.c.account)
        .outerjoin(members, members.c.id == answers.c.member_id)
        .where(answers.c.case_id == case_id)
        .order_by(answers.c.at, answers.c.id)
    )
    return [
        AnswerRow(
            row.id,
            row.account and keys.open(members.c.account, row.member_id, row.account),
            row.fingerprint,
            row.agreed,
            row.at,
            None if row.later_seconds is None else timedelta(seconds=row.later_seconds),
        )
        for row in found
    ]


async def later(
    conn: Connection, keys: KeyRing, answer_id: bytes, after: timedelta, why: str
) -> None:
    """A key-holder would have the author told later."""
    values = {
        "later_seconds": int(after.total_seconds()),
        "later_why": keys.seal(answers.c.later_why, answer_id, why),
    }
    await conn.execute(update(answers).where(answers.c.id == answer_id).values(values))


async def _some(conn: Connection, keys: KeyRing, here: Any, most: int = 500) -> list[CaseRow]:
    found: Sequence[Row[Any]] = (
        await conn.execute(
            select(cases, members.c.account)
            .outerjoin(members, members.c.id == cases.c.requested_by)
            .where(here)
            .order_by(cases.c.asked_at.desc(), cases.c.id)
            .limit(most)
        )
    ).all()
    return [_opened(keys, row) for row in found]


def _opened(keys: KeyRing, row: Row[Any]) -> CaseRow:
    requester = row.account and keys.open(members.c.account, row.requested_by, row.account)
    return CaseRow(
        id=row.id,
        group_id=row.group_id,
        post_id=row.post_id,
        drill=row.drill,
        requester=requester,
        reason=row.reason,
        soon=row.soon,
        who=keys.open(cases.c.who, row.id, row.who),
        tried=keys.open(cases.c.tried, row.id, row.tried),
        state=row.state,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        conflict=row.conflict,
        notice=row.notice,
        notice_at=row.notice_at,
        review_on=row.review_on,
    )
