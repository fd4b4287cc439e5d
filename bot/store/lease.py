"""One process per database: a second bot would send and remove everything twice."""

from __future__ import annotations

import asyncio
import fcntl
import os
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StartError
from bot.store.engines import Place

# Any number will do, as long as it stays: "circle" in ASCII.
_ADVISORY_KEY: Final = 0x636972636C65

PATIENCE: Final = 5.0
"""Seconds in which a server may still be noticing that the process before was killed."""


def already_running(where: Place) -> StartError:
    """What a second start is told."""
    return StartError(
        f"Circlekeeper is already running on this database ({where!r}). "
        "Stop the other one first; if there is none, wait a few seconds and try again."
    )


class FileLease:
    """A lock on a file beside the database. The system lets go of it when the process ends.

    Never on the database file itself: closing a second handle there would drop SQLite's locks.
    """

    def __init__(self, where: Place) -> None:
        try:
            where.lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = os.open(where.lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StartError(
                f"{where.lock} cannot be opened: {error.strerror}. "
                "Let the bot's user write to that folder."
            ) from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._handle)
            raise already_running(where) from None

    def release(self) -> None:
        """Let the next one start. The file stays: removing it would race with them."""
        os.close(self._handle)


async def take_advisory_lock(conn: AsyncConnection, patience: float = 0.0) -> bool:
    """Take PostgreSQL's lock for this session. False when another session still has it.

    It belongs to the connection that writes: who loses one loses the other.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while True:
        taken = await conn.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY})
        await conn.commit()
        if taken:
            return True
        if loop.time() >= until:
            return False
        await asyncio.sleep(0.1)
