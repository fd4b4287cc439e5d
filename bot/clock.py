"""The time, as a small object that is handed in, so that tests and the sandbox can move it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta


def steady() -> float:
    """Seconds that never go back. Where the system tells, time asleep counts: a laptop that was
    closed for a night did not have its clock changed."""
    asleep_too: int = getattr(time, "CLOCK_BOOTTIME", -1)
    return time.monotonic() if asleep_too < 0 else time.clock_gettime(asleep_too)


class Clock:
    """The computer's clocks.

    `now` is the wall clock (UTC, aware). `monotonic` is seconds that never go back and say
    nothing about the date. `shift` moves both, which is what the sandbox's clock control does;
    a real circle never calls it.
    """

    def __init__(self) -> None:
        self._shift = timedelta()
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return datetime.now(UTC) + self._shift

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back, and counts while the machine sleeps."""
        return steady() + self._shift.total_seconds()

    def shift(self, by: timedelta) -> None:
        """Move wall and monotonic time forward by `by` and wake every sleeper."""
        self._shift += by
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def sleep_until(self, when: datetime, wake: asyncio.Event | None = None) -> None:
        """Return at `when`, or as soon as `wake` is set (it is cleared), whichever is first.

        May return early after the clock was moved: callers look at the time again.
        """
        seconds = (when - self.now()).total_seconds()
        if seconds <= 0:
            return
        waits = [asyncio.ensure_future(self._moved.wait())]
        if wake is not None:
            waits.append(asyncio.ensure_future(wake.wait()))
        try:
            # An hour at a time: a suspended machine's timers stand still while wall time goes on.
            await asyncio.wait(waits, timeout=min(seconds, 3600), return_when="FIRST_COMPLETED")
        finally:
            for wait in waits:
                wait.cancel()
        if wake is not None:
            wake.clear()
