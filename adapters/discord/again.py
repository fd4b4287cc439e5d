"""Again: what is tried until it is done."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bot.errors import NotDurable, TryLater

_LONGEST: Final = 60.0
_T = TypeVar("_T")


def pause(failed: int, error: Exception | None = None) -> float:
    """Seconds until the next try after `failed` that went wrong before: longer each time, up to a
    minute, and no less than what Discord asked for.
    """
    longest = min(0.1 * 2.0 ** min(failed, 10), _LONGEST)
    waits = random.uniform(longest / 2, longest)  # noqa: S311  nobody gains by guessing it
    return max(error.after.total_seconds(), waits) if isinstance(error, TryLater) else waits


async def until_done(work: Callable[[], Awaitable[_T]]) -> _T:
    """Do what may be done twice, until neither the disk nor Discord is in the way."""
    failed = 0
    while True:
        try:
            return await work()
        except (NotDurable, TryLater) as error:
            await asyncio.sleep(pause(failed, error))
            failed += 1
