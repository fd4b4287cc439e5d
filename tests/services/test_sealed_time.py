"""Sealed authors over time and through kills: each opens until its last day and not after.

However far time leaps between posts, whatever the group chooses meanwhile, whether or not the bot
tidied up in time, and wherever it was killed.
"""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Account, Group
from bot.store import KeyRing, MasterKey, Store, new_id
from tests.services.sealed_posts import Days, Kept, Noon, opens, posted, sealing

pytestmark = pytest.mark.slow


def ring_of(folder: Path) -> KeyRing:
    return KeyRing.load(folder / "ring.json", MasterKey.load(folder / "master"))


def days_of_keys(folder: Path) -> list[int]:
    """Until which days the keys on disk last, as `date.toordinal` counts them."""
    kept = json.loads((folder / "ring.json").read_text())["keys"]
    return [int(name.rsplit("/", 1)[1]) for name in kept if name.startswith("epoch/")]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    KeyRing.create(tmp_path / "ring.json", MasterKey.create(tmp_path / "master"))
    opened = await Store.open(f"sqlite:///{tmp_path}/circle.db", ring_of(tmp_path))
    yield opened
    await opened.close()


steps = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([7, 8, 30, 90]), st.booleans(), st.booleans()),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
async def test_a_seal_opens_until_its_last_day_and_its_key_goes_with_that_day(
    store: Store, tmp_path: Path, steps: list[tuple[int, int, bool, bool]]
) -> None:
    clock, days = Noon(), Days()
    seals = sealing(store, clock, days)
    kept: list[Kept] = []
    for number, (leap, sealed_days, apart, tidied) in enumerate(steps):
        days.days = sealed_days
        group = Group("sandbox", f"group {new_id().hex()}" if apart else "group")
        author = Account("sandbox", f"author {number}")
        last = clock.now().date() + timedelta(days=sealed_days - 1)
        kept.append(await posted(store, seals, clock, Kept(group, new_id(), author, last)))
        clock.days += leap
        if tidied:
            await seals.upkeep()
            assert all(day >= clock.now().date().toordinal() for day in days_of_keys(tmp_path))
        for each in kept:
            assert await opens(seals, each) == (clock.now().date() <= each.last)
    clock.days += 100
    await seals.upkeep()
    assert days_of_keys(tmp_path) == []


def killed(folder: Path, after: int) -> list[str]:
    """Have a process seal and store, kill it after so many posts; gives what it confirmed."""
    command = [sys.executable, "-m", "tests.services.seal_writer", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(after)]
    process.send_signal(signal.SIGKILL)
    more, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL
    return [*said, *more.splitlines()]


async def test_what_was_confirmed_opens_after_a_kill_at_any_point(
    store: Store, tmp_path: Path
) -> None:
    await store.close()
    kept: list[Kept] = []
    # Each post begins a group, so each kill falls between a new key of the ring and its row.
    for confirmed in (1, 4):
        for line in await asyncio.to_thread(killed, tmp_path, confirmed):
            group, post, author, last = line.split()
            kept.append(
                Kept(
                    Group("sandbox", group),
                    bytes.fromhex(post),
                    Account("sandbox", author),
                    date.fromisoformat(last),
                )
            )
    again = await Store.open(f"sqlite:///{tmp_path}/circle.db", ring_of(tmp_path))
    try:
        clock = Noon()
        seals = sealing(again, clock)
        await seals.upkeep()
        assert len(kept) >= 5
        assert [await opens(seals, each) for each in kept] == [True] * len(kept)
        clock.days = 100
        await seals.upkeep()
        assert days_of_keys(tmp_path) == []
    finally:
        await again.close()
