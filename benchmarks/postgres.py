"""Group commit on PostgreSQL, where the machine has a server."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

from benchmarks import bare
from benchmarks.results import Goal, Line, Options, compared
from benchmarks.stage import ROOMS, ring
from bot.clock import Clock
from bot.store import Store
from tests import needs

Grouped: TypeAlias = "Callable[[Store, Sequence[dict[str, Any]]], Awaitable[float]]"

_SQL = (
    f"INSERT INTO expiries ({', '.join(bare.COLUMNS)}) "  # noqa: S608
    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
)


def commits(options: Options, grouped: Grouped) -> Iterator[Line]:
    """The lines, or none and a word about why."""
    binaries = needs.postgres_bin()
    try:
        import asyncpg  # noqa: F401
    except ImportError:
        binaries = None
    if binaries is None:
        print("  PostgreSQL was left out: the server or asyncpg is missing", file=sys.stderr)
        return
    with needs.postgres(binaries, durable=True) as server:
        name = server.create_database()
        yield from asyncio.run(_measured(options, grouped, server.url(name)))


async def _measured(options: Options, grouped: Grouped, url: str) -> list[Line]:
    import asyncpg

    many, few = options.size(8_000, 500), options.size(200, 20)
    folder = options.folder / "postgres"
    folder.mkdir()
    store = await Store.open(url, ring(folder))
    await store.room_id(ROOMS[0])
    driver = await asyncpg.connect(url.replace("+asyncpg", ""))
    ours, in_batches, one_by_one = [], [], []
    start = Clock().now() + timedelta(days=1)
    for turn in range(options.repeat):
        first = turn * (2 * many + few)
        rows = await bare.rows(store, first, 2 * many + few, start)
        ours.append(many / await grouped(store, rows[:many]))
        values = bare.bound(rows[many:])
        began = time.perf_counter()
        for at in range(0, many, bare.BATCH):
            # asyncpg's executemany is one transaction.
            await driver.executemany(_SQL, values[at : min(at + bare.BATCH, many)])
        in_batches.append(many / (time.perf_counter() - began))
        began = time.perf_counter()
        for row in values[many:]:
            await driver.execute(_SQL, *row)
        one_by_one.append(few / (time.perf_counter() - began))
    await driver.close()
    await store.close()
    batches = f"asyncpg, batches of {bare.BATCH}"
    return [
        compared(
            "group commit on PostgreSQL",
            "rows/s",
            ours,
            batches,
            in_batches,
            Goal(0.5, at_least=True),
        ),
        compared("group commit on PostgreSQL", "rows/s", ours, "a commit each", one_by_one),
    ]
