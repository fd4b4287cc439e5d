"""Errors: what discord.py raises, as the core's errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import aiohttp
import discord

from bot.errors import CannotReach, Forbidden, Gone, PlatformError, TryLater

AWAY: Final = timedelta(seconds=5)
"""Until the next try when Discord does not answer, or says that it is unwell."""
_BLOCKED: Final = timedelta(minutes=1)
"""Where something before Discord turns all requests of this address away, and says no time."""
_CANNOT_REACH: Final = 50007


@contextmanager
def as_ours() -> Iterator[None]:
    """Raise a `PlatformError` in the place of what discord.py raises for a request."""
    try:
        yield
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
        # Without the cause: discord.py's repeat what was sent.
        raise ours(error) from None


def ours(error: Exception) -> PlatformError:
    """What a failed request means to the core.

    404 is `Gone`, 403 is `Forbidden`; 401, 429 and 5xx pass; other answers of 400 and above are
    the request's own fault, which trying again does not mend.
    """
    match error:
        case discord.RateLimited():
            return TryLater(timedelta(seconds=error.retry_after))
        case discord.NotFound():
            return Gone()
        case discord.HTTPException(code=code) if code == _CANNOT_REACH:
            return CannotReach()
        case discord.Forbidden():
            return Forbidden()
        case discord.HTTPException(status=401 | 429):
            return TryLater(_BLOCKED)
        case discord.HTTPException(status=status) if status < 500:
            return PlatformError()
    return TryLater(AWAY)
