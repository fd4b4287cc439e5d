"""The gate with a million people who acknowledged."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.bare import Bare
from benchmarks.results import Line, Options, compared, plain
from benchmarks.separate import Meter, in_process_of_its_own
from benchmarks.stage import GROUP, PLATFORM, furnish, opened, started
from bot.clock import Clock
from bot.model import Account
from bot.store import new_id
from bot.store.columns import to_microseconds
from bot.store.tables import acknowledgements, members

ASKED = 5_000


def run(options: Options) -> Iterator[Line]:
    """Asking memory against asking the database for each message; bytes and seconds to load."""
    folder = options.folder / "gate"
    folder.mkdir()
    count = options.size(1_000_000, 2_000)
    asyncio.run(_fill(folder, count))
    repeat = min(options.repeat, 3)
    costs = [in_process_of_its_own("benchmarks.gate", "ask", folder) for _ in range(repeat)]
    peers = [in_process_of_its_own("benchmarks.gate", "handles", folder) for _ in range(repeat)]
    looked = [cost.result["memory"] for cost in costs]
    asked = [cost.result["database"] for cost in costs]
    yield compared("gate", "us/look-up", looked, "a query for each", asked)
    sizes = [cost.result["bytes"] for cost in costs]
    handles = [cost.result["bytes"] for cost in peers]
    yield compared("gate memory", "bytes/person", sizes, "a set of their handles", handles)
    loaded = [cost.seconds for cost in costs]
    yield plain("gate load", "s", loaded, f"{count} acknowledgements")
    yield plain("gate load memory", "MiB", [cost.mib for cost in costs], "peak while loading")


async def _fill(folder: Path, count: int) -> None:
    async with started(await opened(folder)) as stage:
        await furnish(stage)
        circle = stage.circle
        rules = circle.acknowledgement.current(GROUP).row
        group_id = circle.store.known_group_id(GROUP)
        at, keys = to_microseconds(Clock().now()), circle.store.keys
        sealed = os.urandom(78)
        people = [
            (new_id(), group_id, keys.account_blind(group_id, _person(number)), sealed)
            for number in range(count)
        ]
    disk = Bare(folder)
    disk.db.execute("PRAGMA synchronous=OFF")
    disk.db.execute("BEGIN")
    disk.db.executemany(
        "INSERT INTO members (id, group_id, account_blind, account) VALUES (?, ?, ?, ?)", people
    )
    disk.db.executemany(
        "INSERT INTO acknowledgements (id, member_id, rules_id, rules_hash, language, at) "
        "VALUES (?, ?, ?, ?, 'en', ?)",
        ((new_id(), person[0], rules.id, rules.hash, at) for person in people),
    )
    disk.db.execute("COMMIT")
    disk.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    disk.close()


def _person(number: int) -> Account:
    return Account(PLATFORM, str(2_000_000_000_000_000_000 + number))


async def _ask(folder: Path, meter: Meter) -> dict[str, Any]:
    store = await opened(folder)
    meter.__enter__()
    async with started(store) as stage:
        meter.__exit__()
        gate = stage.circle.acknowledgement
        size = sys.getsizeof(gate._inside[GROUP])
        # A number of 64 bits is an object of its own.
        each = size / gate.count(GROUP) + sys.getsizeof(2**63)
        people = [_person(number * 7 % gate.count(GROUP)) for number in range(ASKED)]
        people = [person for person in people if gate.acknowledged(GROUP, person)]
        cpu = time.process_time()
        for person in people:
            gate.acknowledged(GROUP, person)
        memory = (time.process_time() - cpu) / len(people) * 1e6
        group_id = store.known_group_id(GROUP)
        inside = (
            select(func.count())
            .select_from(members)
            .join(acknowledgements, acknowledgements.c.member_id == members.c.id)
        )
        few = people[:200]
        cpu = time.process_time()
        for person in few:
            blind = store.keys.account_blind(group_id, person)
            async with store.read() as conn:
                await conn.scalar(
                    inside.where(members.c.group_id == group_id, members.c.account_blind == blind)
                )
        database = (time.process_time() - cpu) / len(few) * 1e6
    return {"bytes": each, "memory": memory, "database": database}


async def _handles(folder: Path, meter: Meter) -> dict[str, Any]:
    """The same people by name, which memory should not hold anyway."""
    async with started(await opened(folder)) as stage:
        count = stage.circle.acknowledgement.count(GROUP)
    with meter:
        names = {_person(number).handle for number in range(count)}
    each = (sys.getsizeof(names) + sum(map(sys.getsizeof, names))) / count
    return {"bytes": each}


if __name__ == "__main__":
    meter = Meter()
    work = {"ask": _ask, "handles": _handles}[sys.argv[1]]
    meter.report(asyncio.run(work(Path(sys.argv[2]), meter)))
