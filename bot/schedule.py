"""Schedule: one loop for everything that falls due. Due times are rows, so restarts lose nothing.

A source says when it is next due and what to do then. The loops sleep until that moment or
until the source is woken because something earlier came in. A source that fails is logged,
waits, and goes on; it never stops the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=5)


class Source(Protocol):
    """Something that falls due."""

    name: str
    wake: asyncio.Event
    """Set it when something may be due earlier than was said."""

    async def next_due(self) -> datetime | None:
        """When to call `run_due` next; None when nothing waits."""

    async def run_due(self) -> None:
        """Do what is due now. Called again while `next_due` is in the past."""


class Schedule:
    """Runs its sources until cancelled."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sources: list[Source] = []

    def add(self, source: Source) -> None:
        """Take in a source. Call before `run`."""
        self._sources.append(source)

    async def run(self) -> None:
        """Run every source until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for source in self._sources:
                tasks.create_task(self._follow(source), name=f"schedule {source.name}")

    async def _follow(self, source: Source) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                due = await source.next_due()
                if due is None or due > self._clock.now():
                    far = self._clock.now() + timedelta(days=1)
                    await self._clock.sleep_until(due or far, source.wake)
                    continue
                await source.run_due()
                pause = FIRST_PAUSE
            except Exception:
                logger.exception("due work failed", extra={"source": source.name})
                await self._clock.sleep_until(self._clock.now() + pause)
                pause = min(pause * 2, LONGEST_PAUSE)


class Every:
    """A source for upkeep: does a piece of work every so many minutes, first after one interval."""

    def __init__(
        self, name: str, *, minutes: int, work: Callable[[], Awaitable[None]], clock: Clock
    ) -> None:
        self.name = name
        self.wake = asyncio.Event()
        self._interval = minutes * 60.0
        self._work = work
        self._clock = clock
        # By the steady clock: after one that was ahead and was put right, there would be no
        # upkeep for as long as it had been ahead.
        self._ends = clock.monotonic() + self._interval

    async def next_due(self) -> datetime:
        """The end of the running interval."""
        return self._clock.now() + timedelta(seconds=self._ends - self._clock.monotonic())

    async def run_due(self) -> None:
        """Do the work; the next interval starts when it is done, failed or not."""
        try:
            await self._work()
        finally:
            self._ends = self._clock.monotonic() + self._interval
