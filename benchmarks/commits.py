"""Group commit: what callers get who each wait for a row of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from benchmarks import bare, postgres
from benchmarks.results import Goal, Line, Options, compared
from bot.clock import Clock
from bot.store import Store
from bot.store.tables import expiries

WAITING = 1_000


def run(options: Options) -> Iterator[Line]:
    """Against batches of 500, and against a commit for each row."""
    yield from asyncio.run(_on_sqlite(options))
    yield from postgres.commits(options, grouped)


async def _on_sqlite(options: Options) -> list[Line]:
    many, few = options.size(8_000, 500), options.size(200, 20)
    start = Clock().now() + timedelta(days=1)
    folders = {name: options.folder / name for name in ("grouped", "batches", "each")}
    stores = {name: await bare.make(folder) for name, folder in folders.items()}
    rows = {
        name: await bare.rows(store, 0, (few if name == "each" else many) * options.repeat, start)
        for name, store in stores.items()
    }
    for name in ("batches", "each"):
        await stores[name].close()
    batches, each = bare.Bare(folders["batches"]), bare.Bare(folders["each"])
    values = {name: bare.bound(rows[name]) for name in ("batches", "each")}
    ours, in_batches, one_by_one = [], [], []
    for turn in range(options.repeat):
        part = slice(turn * many, (turn + 1) * many)
        ours.append(many / await grouped(stores["grouped"], rows["grouped"][part]))
        in_batches.append(many / batches.write(values["batches"][part]))
        part = slice(turn * few, (turn + 1) * few)
        one_by_one.append(few / each.write(values["each"][part], batch=1))
    await stores["grouped"].close()
    batches.close()
    each.close()
    return [
        compared(
            "group commit",
            "rows/s",
            ours,
            f"batches of {bare.BATCH}",
            in_batches,
            Goal(0.5, at_least=True),
        ),
        compared("group commit", "rows/s", ours, "a commit each", one_by_one),
    ]


async def grouped(store: Store, rows: Sequence[dict[str, Any]]) -> float:
    """Many callers, each waiting for its own row before it goes on; gives the seconds."""
    left = iter(rows)

    async def caller() -> None:
        for row in left:
            await store.append(expiries, row)

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(WAITING)))
    return time.perf_counter() - began
