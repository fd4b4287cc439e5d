"""Ground rules, who is halfway through them, and who acknowledged which version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from bot.model import Account
from bot.store.columns import new_id
from bot.store.keyring import short_of
from bot.store.tables import acknowledgements, joinings, members, rules

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing


_AT_ONCE = 20_000
"""People read per round trip, some megabytes."""


@dataclass(frozen=True, slots=True)
class RulesRow:
    """A published version of a group's ground rules."""

    id: bytes
    version: int
    hash: str
    language: str
    text: str
    published_at: datetime
    due_at: datetime
    counts_from: int
    """The first version that still counts: below its own while its grace period runs."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a member acknowledged last."""

    version: int
    hash: str
    language: str
    at: datetime


async def newest(conn: Connection, keys: KeyRing, group_id: bytes) -> RulesRow | None:
    """The version that is asked for now."""
    row = (
        await conn.execute(
            select(rules)
            .where(rules.c.group_id == group_id)
            .order_by(rules.c.version.desc())
            .limit(1)
        )
    ).first()
    if row is None:
        return None
    text = keys.open(rules.c.text, row.id, row.text)
    return RulesRow(
        row.id,
        row.version,
        row.hash,
        row.language,
        text,
        row.published_at,
        row.due_at,
        row.counts_from,
    )


async def publish(
    conn: Connection,
    keys: KeyRing,
    group_id: bytes,
    *,
    hash: str,
    language: str,
    text: str,
    published_at: datetime,
    due_at: datetime,
) -> None:
    """Add the next version. What counts now goes on to count until `close`."""
    last = (
        await conn.execute(
            select(rules.c.version, rules.c.counts_from)
            .where(rules.c.group_id == group_id)
            .order_by(rules.c.version.desc())
            .limit(1)
        )
    ).first()
    row_id = new_id()
    await conn.execute(
        insert(rules).values(
            id=row_id,
            group_id=group_id,
            version=last.version + 1 if last else 1,
            counts_from=last.counts_from if last else 1,
            hash=hash,
            language=language,
            text=keys.seal(rules.c.text, row_id, text),
            published_at=published_at,
            due_at=due_at,
        )
    )


async def close(conn: Connection, rules_id: bytes) -> None:
    """End the grace period of a version: from now on it alone counts."""
    await conn.execute(
        update(rules).where(rules.c.id == rules_id).values(counts_from=rules.c.version)
    )


async def shorts(conn: Connection, group_id: bytes, versions_from: int) -> set[int]:
    """Everybody who acknowledged that version or a later one, as 64-bit numbers.

    A number is the front of the account's keyed hash: enough to ask "is this one inside?" for
    every message, and nothing that names anybody.
    """
    counted = select(rules.c.id).where(
        rules.c.group_id == group_id, rules.c.version >= versions_from
    )
    # From the acknowledgements: they lie in the order in which they came, and so do the members
    # they lead to, mostly. By way of the members' blinds every step would be a jump.
    found = await conn.stream_scalars(
        select(members.c.account_blind)
        .join(acknowledgements, acknowledgements.c.member_id == members.c.id)
        .where(acknowledgements.c.rules_id.in_(counted))
    )
    inside: set[int] = set()
    async for blinds in found.partitions(_AT_ONCE):
        inside.update(map(short_of, blinds))
    return inside


async def acknowledge(
    conn: Connection, member_id: bytes, rules_row: RulesRow, language: str, at: datetime
) -> None:
    """Write an acknowledgement. The same one again changes nothing."""
    known = await conn.scalar(
        select(acknowledgements.c.id).where(
            acknowledgements.c.member_id == member_id,
            acknowledgements.c.rules_id == rules_row.id,
        )
    )
    if known is None:
        await conn.execute(
            insert(acknowledgements).values(
                id=new_id(),
                member_id=member_id,
                rules_id=rules_row.id,
                rules_hash=rules_row.hash,
                language=language,
                at=at,
            )
        )


async def withdraw(conn: Connection, keys: KeyRing, group_id: bytes, account: Account) -> bool:
    """Take every acknowledgement of an account back. False when there was none."""
    blinds = keys.account_blinds(group_id, account)
    whose = select(members.c.id).where(
        members.c.group_id == group_id, members.c.account_blind.in_(blinds)
    )
    gone = await conn.execute(
        delete(acknowledgements).where(acknowledgements.c.member_id.in_(whose))
    )
    return gone.rowcount > 0


async def last_acknowledged(
    conn: Connection, keys: KeyRing, group_id: bytes, account: Account
) -> Acknowledged | None:
    """The newest version that an account acknowledged."""
    row = (
        await conn.execute(
            select(rules.c.version, acknowledgements)
            .join(rules, rules.c.id == acknowledgements.c.rules_id)
            .join(members, members.c.id == acknowledgements.c.member_id)
            .where(
                members.c.group_id == group_id,
                members.c.account_blind.in_(keys.account_blinds(group_id, account)),
            )
            .order_by(rules.c.version.desc())
            .limit(1)
        )
    ).first()
    return None if row is None else Acknowledged(row.version, row.rules_hash, row.language, row.at)


async def step(
    conn: Connection, keys: KeyRing, group_id: bytes, account: Account, rules_id: bytes
) -> tuple[str, int] | None:
    """How far somebody came with that version: the step and, while paging, the page."""
    row = (
        await conn.execute(
            select(joinings.c.step, joinings.c.page).where(
                joinings.c.group_id == group_id,
                joinings.c.account_blind.in_(keys.account_blinds(group_id, account)),
                joinings.c.rules_id == rules_id,
            )
        )
    ).first()
    return None if row is None else (row.step, row.page)


async def set_step(
    conn: Connection,
    keys: KeyRing,
    group_id: bytes,
    account: Account,
    rules_id: bytes,
    *,
    step: str,
    page: int,
    at: datetime,
) -> None:
    """Remember how far somebody came."""
    here = (joinings.c.group_id == group_id) & (
        joinings.c.account_blind.in_(keys.account_blinds(group_id, account))
    )
    values = {"rules_id": rules_id, "step": step, "page": page, "at": at}
    changed = await conn.execute(update(joinings).where(here).values(**values))
    if not changed.rowcount:
        blind = keys.account_blind(group_id, account)
        await conn.execute(
            insert(joinings).values(id=new_id(), group_id=group_id, account_blind=blind, **values)
        )


async def drop_step(conn: Connection, keys: KeyRing, group_id: bytes, account: Account) -> None:
    """Forget how far somebody came."""
    await conn.execute(
        delete(joinings).where(
            joinings.c.group_id == group_id,
            joinings.c.account_blind.in_(keys.account_blinds(group_id, account)),
        )
    )


async def drop_steps_before(conn: Connection, at: datetime) -> None:
    """Forget who began before that and did not go on."""
    await conn.execute(delete(joinings).where(joinings.c.at < at))
