"""The way of a message: offered, let through the gate, scanned, its due time on disk.

On one core, over everything real but the platform. CPU is that of the whole process, the
thread of the database included.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeAlias

from benchmarks import bare, talk
from benchmarks.discord_peer import Gateway, payloads
from benchmarks.results import Goal, Line, Options, compared, limited, percentile, plain
from benchmarks.stage import furnish, opened, posted, started, watch_for
from bot.clock import Clock
from bot.events import MessagePosted

Offer: TypeAlias = "Callable[[MessagePosted], Awaitable[None]]"

KEYWORDS = 1_000
WAITING = 1_000
"""Messages on their way at a time, where as many as possible go through."""
OFFERED = 5_000
"""Messages a second, where they come in their own time."""
TICK = 0.001
"""Seconds between two looks at who has come meanwhile."""


def run(options: Options) -> Iterator[Line]:
    """CPU a message, rows a second, and how long one waits."""
    yield from asyncio.run(_run(options))


async def _run(options: Options) -> list[Line]:
    count = options.size(4_000, 200)
    gateway = Gateway()
    limit = await bare.make(options.folder / "bare")
    start = Clock().now()
    due = await bare.rows(limit, 0, count * options.repeat, start)
    await limit.close()
    values, disk = bare.bound(due), bare.Bare(options.folder / "bare")
    (options.folder / "pipeline").mkdir()
    store = await opened(options.folder / "pipeline")
    ours, peers, parsed, rates, limits, bare_cpu, all_kinds = ([] for _ in range(7))
    paced, waits, alone, syncs = ([] for _ in range(4))
    async with started(store) as stage:
        await furnish(stage, talk.keywords(KEYWORDS))
        await watch_for(stage, keywords_alone=True)
        await _through(stage.inbox.offer, _events(talk.messages(count // 4, seed=0), 0))
        before = _peak_memory()
        for turn in range(1, options.repeat + 1):
            # New ones each time: said again in another room they would be quotes.
            texts = talk.messages(count * 4, seed=turn)
            texts, others, later = texts[:count], texts[count : count * 2], texts[count * 2 :]
            sent = payloads(texts)
            events = _events(texts, turn * 10_000_000)
            peers.append(await gateway.receive(gateway.frames(sent)))
            parsed.append(gateway.parse(sent))
            cpu, seconds = await _through(stage.inbox.offer, events)
            ours.append(cpu)
            rates.append(count / seconds)
            cpu_before = time.process_time()
            limits.append(count / disk.write(values[(turn - 1) * count : turn * count]))
            bare_cpu.append((time.process_time() - cpu_before) / count * 1e6)
            await watch_for(stage, keywords_alone=False)
            events = _events(others, turn * 10_000_000 + 3_000_000)
            all_kinds.append((await _through(stage.inbox.offer, events))[0])
            await watch_for(stage, keywords_alone=True)
            events = _events(later, turn * 10_000_000 + 5_000_000)
            cpu, late = await _paced(stage.inbox.offer, events)
            paced.append(cpu)
            waits.append(percentile(late, 0.99) * 1e3)
            cpu, late = await _paced(_accepted, events)
            alone.append(percentile(late, 0.99) * 1e3)
            syncs.append(percentile(bare.fsync_seconds(options.folder, 100), 0.5) * 1e3)
        peak = _peak_memory()
    disk.close()
    work = "discord.py's work on one"
    return [
        compared("pipeline cpu", "us/message", ours, work, peers, Goal(0.7)),
        compared("pipeline cpu", "us/message", ours, "its message object alone", parsed),
        compared("pipeline cpu, every default kind", "us/message", all_kinds, work, peers),
        compared(f"pipeline cpu at {OFFERED}/s", "us/message", paced, work, peers),
        compared("bare row cpu", "us/row", bare_cpu, work, peers),
        compared(
            "pipeline rate",
            "rows/s",
            rates,
            f"bare sqlite3, {bare.BATCH} rows a commit",
            limits,
            Goal(0.2, at_least=True),
        ),
        limited(f"pipeline p99 at {OFFERED}/s", "ms", waits, 15),
        plain(f"offering p99 at {OFFERED}/s", "ms", alone, "to nobody: the machine's own share"),
        plain("disk sync", "ms", syncs, "4 KiB written and fdatasync, median"),
        plain("pipeline memory", "MiB", [peak], f"peak; {before:.0f} MiB before the first message"),
    ]


def _events(texts: Sequence[str], start: int) -> list[MessagePosted]:
    now = Clock().now()
    made = [posted(text, start + number, now) for number, text in enumerate(texts)]
    # The collector should not look through what only the benchmark holds.
    gc.collect()
    gc.freeze()
    return made


async def _through(offer: Offer, events: Sequence[MessagePosted]) -> tuple[float, float]:
    """All events as fast as they go: CPU microseconds of each, and seconds for all."""
    waiting = iter(events)

    async def adapter() -> None:
        for event in waiting:
            await offer(event)

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(adapter() for _ in range(WAITING)))
    spent = (time.process_time() - cpu) / len(events) * 1e6
    return spent, time.perf_counter() - began


async def _paced(offer: Offer, events: Sequence[MessagePosted]) -> tuple[float, list[float]]:
    """Events in their own time, whatever became of those before: CPU, and seconds to durable.

    Each one's clock runs from when it should have been offered, so a stall counts for
    everything that it held up.
    """
    loop = asyncio.get_running_loop()
    late: list[float] = []

    async def one(event: MessagePosted, at: float) -> None:
        await offer(event)
        late.append(loop.time() - at)

    cpu, began = time.process_time(), loop.time()
    offered = 0
    async with asyncio.TaskGroup() as tasks:
        while offered < len(events):
            came = min(int((loop.time() - began) * OFFERED) + 1, len(events))
            for number in range(offered, came):
                tasks.create_task(one(events[number], began + number / OFFERED))
            offered = came
            await asyncio.sleep(TICK)
    return (time.process_time() - cpu) / len(events) * 1e6, late


async def _accepted(_: MessagePosted) -> None:
    pass


def _peak_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
