"""Each kind of row that goes by its day goes on it, and not before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Date, update

from bot.store import Store
from bot.store.sweeping import LASTS, sweep_old
from tests.store.conftest import ANA
from tests.store.planting import count_rows, plant

DAY = date(2026, 3, 1)
MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.slow
async def test_what_is_over_goes_and_nothing_else_does(store: Store) -> None:
    # Given a row of each kind, which is over on the first of March, or a year later
    await store.write(lambda conn: plant(conn, store.keys, ANA))
    for column in LASTS:
        value: Any = DAY if isinstance(column.type, Date) else MOMENT
        table = column.table
        await store.write(lambda conn: conn.execute(update(table).values({column.name: value})))  # noqa: B023
    before = await count_rows(store)

    async def left(at: datetime) -> set[str]:
        await store.write(lambda conn: sweep_old(conn, at))
        return {
            column.table.name for column in LASTS if (await count_rows(store))[column.table.name]
        }

    a_day = timedelta(days=1)
    assert await left(MOMENT - a_day) == {column.table.name for column in LASTS}
    assert await left(MOMENT) == {"consents"}
    assert await left(MOMENT + 364 * a_day) == {"consents"}
    assert await left(MOMENT + 365 * a_day) == set()
    gone = {column.table.name for column in LASTS}
    after = await count_rows(store)
    assert all(after[name] == count for name, count in before.items() if name not in gone)


@pytest.mark.slow
async def test_what_has_no_end_stays(store: Store) -> None:
    await store.write(lambda conn: plant(conn, store.keys, ANA))
    for column in LASTS:
        if column.nullable:
            table = column.table
            await store.write(lambda conn: conn.execute(update(table).values({column.name: None})))  # noqa: B023
    await store.write(lambda conn: sweep_old(conn, MOMENT + timedelta(days=4000)))
    after = await count_rows(store)
    assert after["consents"] == after["memory"] == 1
