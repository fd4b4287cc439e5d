"""The register of breaches: what, when, and what was done. Codes and times, never words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from bot.store.breach_tables import breach_steps, breaches
from bot.store.columns import new_id

if TYPE_CHECKING:
    from bot.store import Connection


@dataclass(frozen=True, slots=True)
class StepRow:
    """Something that was done, or decided not to be needed."""

    step: str
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BreachRow:
    """One breach. Open until it is closed."""

    id: bytes
    number: int
    kind: str
    noticed_at: datetime
    closed_at: datetime | None
    steps: list[StepRow] = field(default_factory=list)


async def add(conn: Connection, group_id: bytes, kind: str, noticed_at: datetime) -> int:
    """Open one; its number in the group."""
    highest = await conn.scalar(
        select(func.max(breaches.c.number)).where(breaches.c.group_id == group_id)
    )
    number = int(highest or 0) + 1
    row = {"id": new_id(), "group_id": group_id, "number": number}
    await conn.execute(insert(breaches).values(**row, kind=kind, noticed_at=noticed_at))
    return number


async def of_group(conn: Connection, group_id: bytes) -> list[BreachRow]:
    """All of a group, the newest first, each with its steps in the order they were done."""
    found = await conn.execute(
        select(breaches).where(breaches.c.group_id == group_id).order_by(breaches.c.number.desc())
    )
    rows = {
        row.id: BreachRow(row.id, row.number, row.kind, row.noticed_at, row.closed_at)
        for row in found
    }
    steps = await conn.execute(
        select(breach_steps)
        .where(breach_steps.c.breach_id.in_(list(rows)))
        .order_by(breach_steps.c.at, breach_steps.c.id)
    )
    for step in steps:
        rows[step.breach_id].steps.append(StepRow(step.step, step.outcome, step.at))
    return list(rows.values())


async def note(conn: Connection, breach_id: bytes, step: str, outcome: str, at: datetime) -> None:
    """Note a step."""
    values = {"id": new_id(), "breach_id": breach_id, "step": step, "outcome": outcome, "at": at}
    await conn.execute(insert(breach_steps).values(**values))


async def close(conn: Connection, breach_id: bytes, at: datetime) -> None:
    """Close it; it stays in the register."""
    await conn.execute(update(breaches).where(breaches.c.id == breach_id).values(closed_at=at))
