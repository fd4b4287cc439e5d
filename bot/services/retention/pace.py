"""Pace: how fast removals go, and so how long those in line still take."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import Final

from bot.clock import Clock

_WINDOW: Final = 600.0
"""Seconds that are looked back over."""
_SHORTEST: Final = 5.0
"""Seconds below which nothing can be said of a pace."""


class Pace:
    """Counts what was removed lately, over all rooms: a platform's limits are for the bot."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._done: deque[tuple[float, int]] = deque()

    def note(self, count: int) -> None:
        """So many were removed now."""
        now = self._clock.monotonic()
        self._done.append((now, count))
        while self._done[0][0] < now - _WINDOW:
            self._done.popleft()

    def left(self, waiting: int) -> timedelta | None:
        """How long so many take at the pace of the last ten minutes; None where none is known."""
        start = self._clock.monotonic() - _WINDOW
        recent = [(at, count) for at, count in self._done if at >= start]
        if not recent or not waiting:
            return None
        lasted = self._clock.monotonic() - recent[0][0]
        # What the first look took away was there before the time that is measured.
        removed = sum(count for _, count in recent[1:])
        if lasted < _SHORTEST or not removed:
            return None
        return timedelta(seconds=waiting * lasted / removed)
