"""Starting again with a million messages that wait for their time."""

from __future__ import annotations

import asyncio
import heapq
import os
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from benchmarks import bare
from benchmarks.results import Goal, Line, Options, compared
from benchmarks.separate import Cost, Meter, in_process_of_its_own
from benchmarks.stage import PLATFORM, ROOMS, Nowhere, opened
from bot.clock import Clock
from bot.outbox import Outbox
from bot.services.directory import Directory
from bot.services.notices import Notices
from bot.services.retention.removing import BATCH, Removals
from bot.services.timekeeping import TrustedTime
from bot.store import expiry_rows
from bot.store.columns import BLIND_BYTES
from bot.store.tables import expiries

OVERDUE = 1_000
"""So many fell due while the bot was away; the rest over the next month."""


def run(options: Options) -> Iterator[Line]:
    """The next due time and the first batch, against every row in a heap."""
    folder = options.folder / "restart"
    asyncio.run(_fill(folder, options.size(1_000_000, 3_000)))
    ours: list[Cost] = []
    peers: list[Cost] = []
    for _ in range(options.repeat):
        ours.append(in_process_of_its_own("benchmarks.restart", "next", folder))
        peers.append(in_process_of_its_own("benchmarks.restart", "all", folder))
    goal, peer = Goal(0.01), "loading all of them"
    seconds = [cost.seconds * 1e3 for cost in ours]
    yield compared("restart", "ms", seconds, peer, [cost.seconds * 1e3 for cost in peers], goal)
    memory = [cost.mib for cost in ours]
    yield compared("restart memory", "MiB", memory, peer, [cost.mib for cost in peers], goal)


async def _fill(folder: Path, count: int) -> None:
    store = await bare.make(folder)
    room = await store.room_id(ROOMS[0])
    await store.close()
    now = Clock().now()
    step = timedelta(days=30) / count
    disk = bare.Bare(folder)
    # Only filled here, and never read after a power cut.
    disk.db.execute("PRAGMA synchronous=OFF")
    for start in range(0, count, 10_000):
        values = []
        for number in range(start, min(start + 10_000, count)):
            due = now + step * (number - OVERDUE)
            values.append(expiry_rows.row(store.keys, room, os.urandom(BLIND_BYTES), "1" * 19, due))
        disk.write(bare.bound(values), batch=10_000)
    disk.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    disk.close()


async def _next(folder: Path, meter: Meter) -> int:
    """What the bot does: the two questions of the schedule."""
    store = await opened(folder)
    clock, chats = Clock(), {PLATFORM: Nowhere()}
    directory = Directory(store, chats)
    time = TrustedTime(clock, chats)
    notices = Notices(store, Outbox(store, chats, clock, time.trusted), directory, clock)
    removals = Removals(store, directory, notices, time, clock)
    with meter:
        assert await removals.next_due() is not None
        async with store.read() as conn:
            first = await expiry_rows.due(conn, clock.now(), [], limit=BATCH)
            for row in first:
                expiry_rows.message_of(store.keys, row)
    await store.close()
    return len(first)


async def _all(folder: Path, meter: Meter) -> int:
    """What one would write first: a heap of everything that waits."""
    store = await opened(folder)
    heap: list[tuple[datetime, bytes, bytes]] = []
    asked = select(expiries.c.due, expiries.c.room_id, expiries.c.id)
    with meter:
        async with store.read() as conn:
            async for due, room, row_id in await conn.stream(asked):
                heap.append((due, room, row_id))
        heapq.heapify(heap)
    await store.close()
    return len(heap)


if __name__ == "__main__":
    meter = Meter()
    work = {"next": _next, "all": _all}[sys.argv[1]]
    meter.report(asyncio.run(work(Path(sys.argv[2]), meter)))
