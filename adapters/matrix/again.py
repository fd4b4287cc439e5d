"""Again: how long to wait before something is tried once more."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from adapters.matrix.transport import Away
from bot.errors import NotDurable, TryLater

_LONGEST: Final = 60.0
_T = TypeVar("_T")


def pause(failed: int, error: Exception | None = None) -> float:
    """Seconds until the next try, after `failed` that went wrong before.

    Longer each time up to a minute, and never the same for two bots; what a homeserver asked for
    is kept to.
    """
    longest = min(0.5 * 2.0 ** min(failed, 10), _LONGEST)
    waits = random.uniform(longest / 2, longest)  # noqa: S311  nobody gains by guessing it
    if isinstance(error, TryLater) and not isinstance(error, Away):
        return max(error.after.total_seconds(), waits)
    return waits


async def until_done(work: Callable[[], Awaitable[_T]]) -> _T:
    """Do what may be done twice, until neither the disk nor the homeserver is in the way."""
    failed = 0
    while True:
        try:
            return await work()
        except (NotDurable, TryLater) as error:
            await asyncio.sleep(pause(failed, error))
            failed += 1
