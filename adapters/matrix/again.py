"""Again: what is tried once more, when, and what came already."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from adapters.matrix.transport import Away
from bot.errors import NotDurable, TryLater

logger = logging.getLogger(__name__)

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


async def is_written(work: Callable[[], Awaitable[object]]) -> bool:
    """Write something to the store; False, and a line in the log, where that cannot be now."""
    try:
        await work()
    except Exception:
        # Whatever is wrong with the disk: the bot still answers calls for help.
        logger.warning("the store cannot be written")
        return False
    return True


async def until_written(work: Callable[[], Awaitable[object]]) -> None:
    """Write something to the store, however long the store takes to come back."""
    failed = 0
    while not await is_written(work):
        await asyncio.sleep(pause(failed))
        failed += 1


class Recent:
    """The last things, `size` of them or more, by their ids, and who or what each was of."""

    def __init__(self, size: int = 20_000) -> None:
        self._size = size
        self._now: dict[str, str] = {}
        self._before: dict[str, str] = {}

    def is_new(self, id: str, of: str = "") -> bool:
        """Note an id; False where it was noted before."""
        if id in self._now or id in self._before:
            return False
        self._now[id] = of
        if len(self._now) >= self._size:
            self._now, self._before = {}, self._now
        return True

    def of(self, id: str) -> str | None:
        """What an id was noted with; None where it is not known any more."""
        return self._now.get(id) or self._before.get(id)
