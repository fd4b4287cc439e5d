"""A process for `test_crash.py` to kill: stores rows and says which ones were confirmed."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot.store import KeyRing, MasterKey, Store, new_id
from bot.store.tables import expiries
from tests.store.conftest import ROOM, message

DUE = datetime(2026, 1, 1, tzinfo=UTC)


async def main(url: str, master: str, ring: str, start: str, most: str, lanes: str) -> None:
    """Store `most` rows from number `start` on (0: until killed), `lanes` at a time."""
    keys = KeyRing.load(Path(ring), MasterKey.load(Path(master)))
    store = await Store.open(url, keys)
    room_id = await store.room_id(ROOM)
    numbers = iter(range(int(start), int(start) + int(most))) if int(most) else count(int(start))

    def row(handle: str) -> dict[str, Any]:
        row_id = new_id()
        return {
            "id": row_id,
            "room_id": room_id,
            "message_blind": store.message_blind(message(handle)),
            "message": keys.seal(expiries.c.message, row_id, handle),
            "due": DUE,
        }

    async def by_work(values: dict[str, Any]) -> None:
        await store.write(lambda conn: conn.execute(insert(expiries).values(values)))

    async def lane() -> None:
        for number in numbers:
            # Both ways of writing, mixed.
            if number % 8:
                await store.append(expiries, row(str(number)))
            else:
                await by_work(row(str(number)))
            # One write call, so that a kill never cuts a line.
            os.write(1, f"confirmed {number}\n".encode())

    os.write(1, b"ready\n")
    await asyncio.gather(*(lane() for _ in range(int(lanes))))
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
