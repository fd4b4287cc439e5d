"""The schedule, the clock, and whether the clock can be trusted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.chat import Chat
from bot.clock import Clock
from bot.errors import TryLater
from bot.schedule import Every, Schedule
from bot.services.timekeeping import TrustedTime


class Due:
    """A source with due times that the test sets."""

    name = "due"

    def __init__(self, clock: Clock, *, fails: int = 0) -> None:
        self.clock = clock
        self.wake = asyncio.Event()
        self.times: list[datetime] = []
        self.done: list[datetime] = []
        self.fails = fails
        self.changed = asyncio.Event()

    async def next_due(self) -> datetime | None:
        return min(self.times, default=None)

    async def run_due(self) -> None:
        if self.fails:
            self.fails -= 1
            self.changed.set()
            raise RuntimeError("not this time")
        first = min(self.times)
        self.times.remove(first)
        self.done.append(first)
        self.changed.set()

    async def until(self, count: int) -> None:
        while len(self.done) < count:
            self.changed.clear()
            await self.changed.wait()


async def test_what_is_due_runs_in_order_and_what_is_not_waits() -> None:
    clock = Clock()
    source = Due(clock)
    now = clock.now()
    source.times = [now + timedelta(hours=hours) for hours in (3, 1, 2)]
    schedule = Schedule(clock)
    schedule.add(source)
    running = asyncio.create_task(schedule.run())
    clock.shift(timedelta(hours=2, minutes=30))
    await source.until(2)
    assert source.done == [now + timedelta(hours=1), now + timedelta(hours=2)]
    source.times.append(now)
    source.wake.set()
    await source.until(3)
    assert source.times == [now + timedelta(hours=3)]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_source_that_fails_is_tried_again_and_stops_nobody() -> None:
    clock = Clock()
    failing, fine = Due(clock, fails=1), Due(clock)
    failing.times, fine.times = [clock.now()], [clock.now()]
    schedule = Schedule(clock)
    schedule.add(failing)
    schedule.add(fine)
    running = asyncio.create_task(schedule.run())
    await fine.until(1)
    assert not failing.done
    clock.shift(timedelta(minutes=10))
    await failing.until(1)
    assert len(failing.done) == len(fine.done) == 1
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_upkeep_runs_after_each_interval_even_when_it_failed() -> None:
    clock = Clock()
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise RuntimeError("once")

    upkeep = Every("upkeep", minutes=10, work=work, clock=clock)
    assert await upkeep.next_due() > clock.now()
    with pytest.raises(RuntimeError):
        await upkeep.run_due()
    await upkeep.run_due()
    assert len(runs) == 2
    assert await upkeep.next_due() - clock.now() > timedelta(minutes=9)


class Told:
    """A platform that tells a time."""

    platform = "here"

    def __init__(self) -> None:
        self.told: datetime | None = None
        self.away = False
        self.asked = 0

    async def now(self) -> datetime | None:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise TryLater(timedelta(seconds=1))
        return self.told


class MovedClock(Clock):
    """A wall clock that somebody sets, beside a monotonic one that nobody can."""

    wall = datetime(2026, 5, 1, tzinfo=UTC)
    run = 100.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.run

    def both(self, by: timedelta) -> None:
        self.wall += by
        self.run += by.total_seconds()


async def test_upkeep_goes_on_after_a_clock_that_was_ahead_is_put_right() -> None:
    clock = MovedClock()
    clock.wall += timedelta(days=30)

    async def work() -> None:
        clock.wall -= timedelta(days=30)

    upkeep = Every("upkeep", minutes=10, work=work, clock=clock)
    await upkeep.run_due()
    assert await upkeep.next_due() - clock.now() == timedelta(minutes=10)
    clock.wall -= timedelta(days=30)
    assert await upkeep.next_due() - clock.now() == timedelta(minutes=10)


def judged() -> tuple[MovedClock, Told, TrustedTime]:
    clock, platform = MovedClock(), Told()
    platform.told = clock.wall
    chats = cast("Mapping[str, Chat]", {"here": platform})
    return clock, platform, TrustedTime(clock, chats)


async def test_time_that_simply_passes_is_trusted() -> None:
    clock, _, time = judged()
    assert await time.trusted("here")
    clock.both(timedelta(days=400))
    assert await time.trusted("here")


async def test_who_asks_at_the_same_time_asks_the_platform_once() -> None:
    _, platform, time = judged()
    assert all(await asyncio.gather(*(time.trusted("here") for _ in range(50))))
    assert platform.asked == 1


async def test_a_jump_is_not_trusted_until_the_platform_agrees() -> None:
    clock, platform, time = judged()
    assert await time.trusted("here")
    clock.wall += timedelta(hours=3)
    assert not await time.trusted("here")
    platform.told = clock.wall - timedelta(minutes=2)
    assert await time.trusted("here")


async def test_a_clock_put_right_again_is_trusted() -> None:
    clock, _, time = judged()
    clock.wall += timedelta(hours=3)
    assert not await time.trusted("here")
    clock.wall -= timedelta(hours=3)
    assert await time.trusted("here")


async def test_a_wrong_clock_at_the_start_is_noticed_by_the_platforms_time() -> None:
    clock, platform, time = judged()
    platform.told = clock.wall - timedelta(minutes=6)
    assert not await time.trusted("here")
    platform.told = clock.wall + timedelta(minutes=4)
    assert await time.trusted("here")


@pytest.mark.parametrize("away", [True, False])
async def test_without_a_platforms_time_a_start_is_believed_and_a_jump_is_not(away: bool) -> None:
    clock, platform, time = judged()
    platform.told, platform.away = None, away
    assert await time.trusted("here")
    clock.wall += timedelta(minutes=2)
    assert not await time.trusted("here")
