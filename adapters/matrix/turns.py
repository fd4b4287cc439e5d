"""Turns: events go one by one for a while after the homeserver asked to wait.

Synapse counts an invitation against the person who is invited before it counts it as an event of
the bot. Each that fails for want of the second costs one of five, and then that person can be
invited once in five minutes. So whoever makes an event waits for its turn instead of trying.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final, TypeVar

from adapters.matrix.transport import Away
from bot.errors import TryLater

_COUNTED_FOR: Final = 30.0
"""Seconds without a refusal after which everybody goes at once again."""
_LONGEST: Final = 10.0
"""Seconds; who is asked to wait longer than this holds up nobody else."""

_T = TypeVar("_T")


class Turns:
    """Lets requests through; in a row, and as far apart as was asked for, while that is needed."""

    def __init__(self) -> None:
        self._line = asyncio.Lock()
        self._counted_until = 0.0
        self._next = 0.0
        self._apart = 0.0

    async def take(self, work: Callable[[], Awaitable[_T]]) -> _T:
        """Do it when it is its turn. Raises what it raises."""
        if monotonic() >= self._counted_until:
            return await self._go(work)
        async with self._line:
            await asyncio.sleep(max(self._next - monotonic(), 0.0))
            done = await self._go(work)
            self._next = monotonic() + self._apart
            return done

    async def _go(self, work: Callable[[], Awaitable[_T]]) -> _T:
        try:
            return await work()
        except Away:
            raise
        except TryLater as error:
            # A little more: exactly on time is refused as often as not.
            after = 1.1 * error.after.total_seconds() + 0.1
            if after <= _LONGEST:
                self._apart = (
                    after if monotonic() >= self._counted_until else max(after, self._apart)
                )
                self._next = monotonic() + after
                self._counted_until = self._next + _COUNTED_FOR
            raise
