"""How late messages go when ten thousand fall due within ten seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta

from benchmarks import talk
from benchmarks.results import Line, Options, limited, percentile, plain
from benchmarks.stage import GROUP, ROOMS, furnish, opened, posted, started
from bot.clock import Clock
from bot.store import expiry_rows
from bot.store.tables import expiries

BUSY = 8
"""Rooms whose messages they are."""


def run(options: Options) -> Iterator[Line]:
    """From a message's due time to its removal, on a platform that removes at once."""
    yield from asyncio.run(_run(options))


async def _run(options: Options) -> list[Line]:
    count, seconds = options.size(10_000, 200), options.size(10, 1)
    repeat = min(options.repeat, 3)
    lateness, middle, cpu = [], [], []
    within = f"{count} due within {seconds} s in {BUSY} rooms"
    for turn in range(repeat):
        folder = options.folder / f"lateness{turn}"
        folder.mkdir()
        store = await opened(folder)
        async with started(store) as stage:
            await furnish(stage, talk.keywords(1_000))
            rooms = [stage.circle.directory.known[room] for room in ROOMS[:BUSY]]
            first = Clock().now() + timedelta(seconds=options.size(5, 2))
            step = timedelta(seconds=seconds) / count
            due, writes = {}, []
            for number in range(count):
                ref, at = posted("", number, first).ref, first + step * number
                room = rooms[number % len(rooms)]
                ref = type(ref)(room.room, ref.handle)
                due[ref] = at
                blind = store.message_blind(ref)
                row = expiry_rows.row(store.keys, room.id, blind, ref.handle, at)
                writes.append(store.append(expiries, row))
                if len(writes) == 2_000:
                    await asyncio.gather(*writes)
                    writes.clear()
            await asyncio.gather(*writes)
            if Clock().now() >= first:
                raise RuntimeError("messages fell due before all of them were stored")
            await stage.circle.removals.open(GROUP)
            spent = time.process_time()
            await stage.chat.has_removed(count)
            cpu.append((time.process_time() - spent) / count * 1e6)
            late = [(stage.chat.removed[ref] - at).total_seconds() * 1e3 for ref, at in due.items()]
        lateness.append(percentile(late, 0.99))
        middle.append(percentile(late, 0.5))
    return [
        limited("removal lateness p99", "ms", lateness, 100),
        plain("removal lateness median", "ms", middle, within),
        plain("removal cpu", "us/message", cpu, within),
    ]
