"""Turns: once the homeserver asked to wait, events go no faster than it lets them.

Synapse counts an invitation against the person who is invited, then against who invites, and only
then as an event of the bot (`ratelimit_invite` in its handlers/room_member.py). One that fails for
a later count has used up one of the five that the first allows, and is given back after 333 s. So
an invitation goes when there surely is room for it, before what else waits, and one at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from adapters.matrix.transport import Away
from bot.errors import TryLater, TryThisLater

_AT_ONCE: Final = 10
"""Events that Synapse's default lets through at once after a pause."""
_APART: Final = 5.5
"""Seconds from one event to the next: Synapse's default is one in 5 s, and a little more."""
_COUNTED_FOR: Final = 300.0
"""Seconds without a refusal after which nothing is counted any more."""
_LONGEST: Final = 10.0
"""Seconds; who is asked to wait longer than this met another limit, such as their own."""

_T = TypeVar("_T")


class Turns:
    """Lets requests through; in a row, and as far apart as was asked for, while that is needed."""

    def __init__(self) -> None:
        self._line = asyncio.Lock()
        self._others = asyncio.Lock()
        """A line before the line: at most one for whom nobody waits stands in the other."""
        self._counted_until = 0.0
        self._learned = _Room(0.0)
        self._sure = _Room(_APART)

    async def take(self, work: Callable[[], Awaitable[_T]], *, first: bool = False) -> _T:
        """Do it when it is its turn. Raises what it raises.

        `first`: somebody waits for it, so it goes before what nobody waits for.
        """
        if _now() >= self._counted_until:
            return await self._try(work)
        if first:
            async with self._line:
                return await self._go(work, self._learned)
        async with self._others, self._line:
            return await self._go(work, self._learned)

    async def take_at_the_door(self, work: Callable[[], Awaitable[_T]]) -> _T:
        """Let somebody in or show them out, before what nobody waits for.

        Raises `TryThisLater` where that is refused for so long that it must be for their sake.
        """
        try:
            async with self._line:
                return await self._go(work, self._sure)
        except Away:
            raise
        except TryLater as error:
            if error.after.total_seconds() <= _LONGEST:
                raise
            raise TryThisLater(error.after) from None

    def went(self) -> None:
        """Something that makes an event went without a turn."""
        for room in self._learned, self._sure:
            room.take()

    async def _go(self, work: Callable[[], Awaitable[_T]], room: _Room) -> _T:
        if _now() < self._counted_until:
            await asyncio.sleep(room.wait())
        return await self._try(work)

    async def _try(self, work: Callable[[], Awaitable[_T]]) -> _T:
        try:
            done = await work()
        except Away:
            raise
        except TryLater as error:
            # A little more: exactly on time is refused as often as not.
            after = 1.1 * error.after.total_seconds() + 0.1
            if after <= _LONGEST:
                self._counted_until = _now() + after + _COUNTED_FOR
                self._learned.apart = max(self._learned.apart, after)
                self._sure.apart = max(self._sure.apart, after)
                self._learned.none_for(after)
                # The next limit behind the one that refused may be as full.
                self._sure.none_for(max(after, self._sure.apart))
            raise
        self.went()
        return done


class _Room:
    """How much room is left in what the homeserver allows, as a leaky bucket: as it counts too."""

    def __init__(self, apart: float) -> None:
        self.apart = apart
        """Seconds in which there is room for one more."""
        self._none_at = 0.0

    def none_for(self, seconds: float) -> None:
        """There is room for one after so long."""
        self._none_at = _now() + seconds - self.apart

    def take(self) -> None:
        """One went."""
        self._none_at = max(self._none_at, _now() - _AT_ONCE * self.apart) + self.apart

    def wait(self) -> float:
        """Seconds until there is room for one."""
        return max(self._none_at + self.apart - _now(), 0.0)


def _now() -> float:
    return asyncio.get_running_loop().time()
