"""The alerts: cards about possible leaks, the messages each is about, and daily figures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, delete, func, insert, or_, select, update

from bot.store.columns import new_id
from bot.store.tables import alert_counts, alert_messages, alerts, members

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing


@dataclass(frozen=True, slots=True, repr=False)
class AlertMessage:
    """One message that a card is about: its row, its handle, whether its author was nudged, and
    when it was written."""

    id: bytes
    message: str
    nudged: bool
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class AlertRow:
    """A card as it is stored. `holder` is the account of `claimed_by`, opened."""

    id: bytes
    group_id: bytes
    room_id: bytes
    kind: str
    state: str
    holder: str | None
    claimed_at: datetime | None
    decided_at: datetime | None
    raised_at: datetime
    card: str | None
    messages: tuple[AlertMessage, ...]


async def add(conn: Connection, group_id: bytes, room_id: bytes, kind: str, at: datetime) -> bytes:
    """A new open alert; gives its id."""
    row_id = new_id()
    await conn.execute(
        insert(alerts).values(
            id=row_id,
            group_id=group_id,
            room_id=room_id,
            kind=kind,
            # What is severe has cards of its own (`crisis_rows`). The column is older than those.
            severity="low",
            state="open",
            raised_at=at,
        )
    )
    return row_id


async def add_kinds(conn: Connection, alert_id: bytes, kinds: Sequence[str]) -> None:
    """An alert is about these kinds of finding too. They stand in one column, with spaces."""
    known = await conn.scalar(select(alerts.c.kind).where(alerts.c.id == alert_id))
    if known is not None:
        together = " ".join(dict.fromkeys([*known.split(), *kinds]))
        await conn.execute(update(alerts).where(alerts.c.id == alert_id).values(kind=together))


async def newest(
    conn: Connection, room_id: bytes, states: Collection[str], since: datetime
) -> list[tuple[bytes, datetime]]:
    """Alerts of a room in these states that were raised since, and when, the oldest first."""
    found = await conn.execute(
        select(alerts.c.id, alerts.c.raised_at)
        .where(alerts.c.room_id == room_id, alerts.c.state.in_(states), alerts.c.raised_at >= since)
        .order_by(alerts.c.raised_at)
    )
    return [(row.id, row.raised_at) for row in found]


def message_row(
    keys: KeyRing, alert_id: bytes, blind: bytes, handle: str, at: datetime
) -> dict[str, Any]:
    """One more message that an alert is about, for `add_messages`."""
    row_id = new_id()
    return {
        "id": row_id,
        "alert_id": alert_id,
        "message_blind": blind,
        "message": keys.seal(alert_messages.c.message, row_id, handle),
        "at": at,
        "nudged": False,
    }


async def add_messages(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write down messages that alerts are about."""
    if rows:
        await conn.execute(insert(alert_messages), list(rows))


async def take_over(conn: Connection, alert_id: bytes, ids: Sequence[bytes]) -> None:
    """From now on these messages are another alert's."""
    await conn.execute(
        update(alert_messages).where(alert_messages.c.id.in_(ids)).values(alert_id=alert_id)
    )


async def decided(conn: Connection, blinds: Sequence[bytes]) -> dict[bytes, datetime | None]:
    """Which of these messages have an alert, and when it was decided."""
    found = await conn.execute(
        select(alert_messages.c.message_blind, alerts.c.decided_at)
        .join(alerts, alerts.c.id == alert_messages.c.alert_id)
        .where(alert_messages.c.message_blind.in_(blinds))
    )
    return {bytes(row.message_blind): row.decided_at for row in found}


async def raised(conn: Connection) -> dict[bytes, datetime | None]:
    """Every message that an alert is about, by its blind, and when that was decided."""
    found = await conn.execute(
        select(alert_messages.c.message_blind, alerts.c.decided_at).join(
            alerts, alerts.c.id == alert_messages.c.alert_id
        )
    )
    return {bytes(row.message_blind): row.decided_at for row in found}


async def alert_of(conn: Connection, blind: bytes) -> tuple[bytes, str, datetime | None] | None:
    """The alert a message belongs to: its id, state and when it was decided."""
    found = (
        await conn.execute(
            select(alerts.c.id, alerts.c.state, alerts.c.decided_at)
            .join(alert_messages, alerts.c.id == alert_messages.c.alert_id)
            .where(alert_messages.c.message_blind == blind)
        )
    ).first()
    return None if found is None else (found.id, found.state, found.decided_at)


async def take_message(conn: Connection, blind: bytes) -> bytes | None:
    """Forget a message. Gives the id of its alert if that is about no other message."""
    found = await alert_of(conn, blind)
    if found is None:
        return None
    await conn.execute(delete(alert_messages).where(alert_messages.c.message_blind == blind))
    left = select(alert_messages.c.id).where(alert_messages.c.alert_id == found[0]).limit(1)
    return found[0] if (await conn.execute(left)).first() is None else None


async def blinds(conn: Connection, alert_id: bytes) -> list[bytes]:
    """The blinds of an alert's messages."""
    found = await conn.scalars(
        select(alert_messages.c.message_blind).where(alert_messages.c.alert_id == alert_id)
    )
    return [bytes(blind) for blind in found]


async def one(conn: Connection, keys: KeyRing, group_id: bytes, alert_id: bytes) -> AlertRow | None:
    """An alert of a group."""
    found = await _opened(
        conn, keys, _alerts().where(alerts.c.group_id == group_id, alerts.c.id == alert_id)
    )
    return found[0] if found else None


async def in_states(
    conn: Connection, keys: KeyRing, group_id: bytes, states: Collection[str]
) -> list[AlertRow]:
    """A group's alerts in these states, the oldest first."""
    return await _opened(
        conn, keys, _alerts().where(alerts.c.group_id == group_id, alerts.c.state.in_(states))
    )


async def in_room(conn: Connection, keys: KeyRing, room_id: bytes) -> list[AlertRow]:
    """Every alert of a room."""
    return await _opened(conn, keys, _alerts().where(alerts.c.room_id == room_id))


async def to_draw(
    conn: Connection, keys: KeyRing, groups: Collection[bytes], now: datetime, limit: int
) -> list[AlertRow]:
    """Alerts whose card stands and is to be drawn anew."""
    due = _alerts().where(
        alerts.c.card_due <= now, alerts.c.card.is_not(None), alerts.c.group_id.in_(groups)
    )
    return await _opened(conn, keys, due.limit(limit))


async def lapsed(conn: Connection, groups: Collection[bytes], before: datetime) -> list[bytes]:
    """Claims that were made before a moment and came to no decision."""
    found = await conn.scalars(
        select(alerts.c.id).where(
            alerts.c.state == "claimed",
            alerts.c.claimed_at <= before,
            alerts.c.group_id.in_(groups),
        )
    )
    return list(found)


async def settled(
    conn: Connection, keys: KeyRing, groups: Collection[bytes], before: datetime
) -> list[AlertRow]:
    """Alerts that were dismissed before a moment."""
    over = _alerts().where(
        alerts.c.state == "dismissed",
        alerts.c.decided_at <= before,
        alerts.c.group_id.in_(groups),
    )
    return await _opened(conn, keys, over)


async def next_times(
    conn: Connection, groups: Collection[bytes]
) -> tuple[datetime | None, datetime | None, datetime | None]:
    """When the first card is to be drawn; the oldest claim; the oldest dismissal."""
    ours = alerts.c.group_id.in_(groups)
    draw = select(func.min(alerts.c.card_due)).where(alerts.c.card.is_not(None), ours)
    claim = select(func.min(alerts.c.claimed_at)).where(alerts.c.state == "claimed", ours)
    over = select(func.min(alerts.c.decided_at)).where(alerts.c.state == "dismissed", ours)
    return await conn.scalar(draw), await conn.scalar(claim), await conn.scalar(over)


async def move(
    conn: Connection,
    alert_id: bytes,
    from_states: Collection[str],
    to: str,
    *,
    holder: bytes | None = None,
    **values: Any,
) -> bool:
    """Take an alert from one of these states to another; False when it is in none of them.

    With `holder`, a claimed alert moves only when that member has it.
    """
    here = (alerts.c.id == alert_id) & alerts.c.state.in_(from_states)
    if holder is not None:
        here &= or_(alerts.c.state != "claimed", alerts.c.claimed_by == holder)
    moved = await conn.execute(update(alerts).where(here).values(state=to, **values))
    return moved.rowcount == 1


async def draw_at(conn: Connection, alert_id: bytes, at: datetime) -> None:
    """Have a card drawn anew at a moment, or sooner where that was planned."""
    later = or_(alerts.c.card_due.is_(None), alerts.c.card_due > at)
    await conn.execute(update(alerts).where(alerts.c.id == alert_id, later).values(card_due=at))


async def drawn(conn: Connection, alert_id: bytes) -> None:
    """A card says what is so."""
    await conn.execute(update(alerts).where(alerts.c.id == alert_id).values(card_due=None))


async def card_is(conn: Connection, keys: KeyRing, alert_id: bytes, card: str | None) -> bool:
    """Note where a card stands. False when its alert is gone already."""
    box = None if card is None else keys.seal(alerts.c.card, alert_id, card)
    noted = await conn.execute(update(alerts).where(alerts.c.id == alert_id).values(card=box))
    return noted.rowcount == 1


async def without_card(conn: Connection, group_id: bytes) -> list[bytes]:
    """Undecided alerts whose card does not stand."""
    found = await conn.scalars(
        select(alerts.c.id).where(
            alerts.c.group_id == group_id,
            alerts.c.card.is_(None),
            alerts.c.state.in_(("open", "claimed")),
        )
    )
    return list(found)


async def nudged(conn: Connection, ids: Sequence[bytes]) -> None:
    """The authors of these messages were asked."""
    await conn.execute(
        update(alert_messages).where(alert_messages.c.id.in_(ids)).values(nudged=True)
    )


async def remove(conn: Connection, alert_id: bytes) -> None:
    """An alert goes, and what points to its messages with it."""
    await conn.execute(delete(alerts).where(alerts.c.id == alert_id))


async def count(conn: Connection, group_id: bytes, day: date, outcome: str, number: int) -> None:
    """Add to a group's daily figures."""
    here = (
        (alert_counts.c.group_id == group_id)
        & (alert_counts.c.day == day)
        & (alert_counts.c.outcome == outcome)
    )
    changed = await conn.execute(
        update(alert_counts).where(here).values(count=alert_counts.c.count + number)
    )
    if not changed.rowcount:
        await conn.execute(
            insert(alert_counts).values(group_id=group_id, day=day, outcome=outcome, count=number)
        )


async def counts(conn: Connection, group_id: bytes, since: date) -> dict[str, int]:
    """A group's figures from a day on, summed by outcome."""
    found = await conn.execute(
        select(alert_counts.c.outcome, func.sum(alert_counts.c.count))
        .where(alert_counts.c.group_id == group_id, alert_counts.c.day >= since)
        .group_by(alert_counts.c.outcome)
    )
    return {outcome: int(number) for outcome, number in found}


async def drop_counts(conn: Connection, before: date) -> None:
    """Old figures go."""
    await conn.execute(delete(alert_counts).where(alert_counts.c.day < before))


def _alerts() -> Select[Any]:
    return (
        select(alerts, members.c.account)
        .outerjoin(members, members.c.id == alerts.c.claimed_by)
        .order_by(alerts.c.raised_at, alerts.c.id)
    )


async def _opened(conn: Connection, keys: KeyRing, query: Select[Any]) -> list[AlertRow]:
    found = (await conn.execute(query)).all()
    return [_row(keys, row, await _messages(conn, keys, row.id)) for row in found]


async def _messages(conn: Connection, keys: KeyRing, alert_id: bytes) -> tuple[AlertMessage, ...]:
    found = await conn.execute(
        select(alert_messages)
        .where(alert_messages.c.alert_id == alert_id)
        .order_by(alert_messages.c.at, alert_messages.c.id)
    )
    return tuple(
        AlertMessage(
            row.id, keys.open(alert_messages.c.message, row.id, row.message), row.nudged, row.at
        )
        for row in found
    )


def _row(keys: KeyRing, row: Row[Any], messages: tuple[AlertMessage, ...]) -> AlertRow:
    holder = card = None
    if row.account is not None:
        holder = keys.open(members.c.account, row.claimed_by, row.account)
    if row.card is not None:
        card = keys.open(alerts.c.card, row.id, row.card)
    return AlertRow(
        id=row.id,
        group_id=row.group_id,
        room_id=row.room_id,
        kind=row.kind,
        state=row.state,
        holder=holder,
        claimed_at=row.claimed_at,
        decided_at=row.decided_at,
        raised_at=row.raised_at,
        card=card,
        messages=messages,
    )
