"""The limit of the disk: rows written by sqlite3 alone, as fast as it goes."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.stage import ROOMS, opened, posted
from bot.store import Store, expiry_rows
from bot.store.columns import to_microseconds
from bot.store.engines import connect_sqlite

Values: TypeAlias = "tuple[Any, ...]"

COLUMNS = ("id", "room_id", "message_blind", "message", "due")
BATCH = 500
SQL = (
    f"INSERT INTO expiries ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?) "  # noqa: S608
    "ON CONFLICT DO NOTHING"
)


async def make(folder: Path) -> Store:
    """An empty store in a new folder, with one room."""
    folder.mkdir()  # noqa: ASYNC240 (nobody waits meanwhile)
    store = await opened(folder)
    await store.room_id(ROOMS[0])
    return store


async def rows(store: Store, start: int, count: int, due: datetime) -> list[dict[str, Any]]:
    """Expiry rows of the room of `make` as the bot makes them, a millisecond apart."""
    room = await store.room_id(ROOMS[0])
    made = []
    for number in range(start, start + count):
        ref = posted("", number, due).ref
        at = due + timedelta(milliseconds=number)
        blind = store.message_blind(ref)
        made.append(expiry_rows.row(store.keys, room, blind, ref.handle, at))
    return made


def bound(made: Sequence[dict[str, Any]]) -> list[Values]:
    """The same rows as a driver takes them."""
    return [
        (
            row["id"],
            row["room_id"],
            row["message_blind"],
            row["message"].data,
            to_microseconds(row["due"]),
        )
        for row in made
    ]


class Bare:
    """A connection of its own with the settings of the house, to the store that was in a folder."""

    def __init__(self, folder: Path) -> None:
        self.db: sqlite3.Connection = connect_sqlite(folder / "circle.sqlite3")

    def write(self, values: Sequence[Values], batch: int = BATCH) -> float:
        """Write rows with a commit for each batch; gives the seconds."""
        began = time.perf_counter()
        for start in range(0, len(values), batch):
            self.db.execute("BEGIN IMMEDIATE")
            self.db.executemany(SQL, values[start : start + batch])
            self.db.execute("COMMIT")
        return time.perf_counter() - began

    def close(self) -> None:
        """Done."""
        self.db.close()


def fsync_seconds(folder: Path, count: int) -> list[float]:
    """What the disk under a folder takes to keep 4 KiB: its own part of every commit."""
    path = folder / "fsync"
    taken = []
    handle = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        for _ in range(count):
            began = time.perf_counter()
            os.pwrite(handle, bytes(4096), 0)
            os.fdatasync(handle)
            taken.append(time.perf_counter() - began)
    finally:
        os.close(handle)
        path.unlink()
    return taken
