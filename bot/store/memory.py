"""The sealed key-value that an adapter may keep, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update

from bot.clock import Clock
from bot.errors import NotDurable
from bot.store.columns import new_id
from bot.store.store import Connection, Store
from bot.store.tables import memory

COARSE = timedelta(days=1)
"""What lasts this long or longer ends with a day: the end stands in the clear, and it would tell
to the microsecond when somebody was shown a button."""

# Erasing must find keys too, and only their blind is stored; so a key is sealed with its value.
_BETWEEN = "\0"


class StoredMemory:
    """`bot.inbox.Memory` of one platform. Each platform sees its own keys only."""

    def __init__(self, store: Store, platform: str, clock: Clock | None = None) -> None:
        self._store = store
        self._platform = platform
        self._clock = clock or Clock()

    async def get(self, key: str) -> str | None:
        """What was put under `key`, or None (also when its time is over)."""
        async with self._store.read() as conn:
            found = (
                await conn.execute(
                    select(memory.c.id, memory.c.value).where(
                        memory.c.key_blind.in_(self._blinds(key)),
                        or_(memory.c.until.is_(None), memory.c.until > self._clock.now()),
                    )
                )
            ).first()
        if found is None:
            return None
        return split(self._store.keys.open(memory.c.value, found.id, found.value))[1]

    async def find(self, start: str) -> Mapping[str, str]:
        """Everything whose key begins with `start`, by key. About 5 us for every row there is:
        the keys are sealed too, so nothing else can tell which begin so.
        """
        async with self._store.read() as conn:
            rows = await conn.execute(
                select(memory.c.id, memory.c.value).where(
                    memory.c.platform == self._platform,
                    or_(memory.c.until.is_(None), memory.c.until > self._clock.now()),
                )
            )
            opened = [split(self._store.keys.open(memory.c.value, *row)) for row in rows]
        return {key: value for key, value in opened if key.startswith(start)}

    async def put(self, key: str, value: str, lasts: timedelta | None = None) -> None:
        """Keep `value` durably under `key`; returns when it is on disk."""
        await self.put_many({key: value}, lasts)

    async def put_many(self, values: dict[str, str], lasts: timedelta | None = None) -> None:
        """`put` for several at once, in one commit. What is over goes in the same commit.

        What lasts a day or more lasts until the end of its last day.
        """
        now = self._clock.now()
        until = None if lasts is None else _end(now, lasts)
        keys = self._store.keys

        async def work(conn: Connection) -> None:
            await conn.execute(delete(memory).where(memory.c.until <= now))
            for key, value in values.items():
                blinds = self._blinds(key)
                row_id = await conn.scalar(
                    select(memory.c.id).where(memory.c.key_blind.in_(blinds))
                )
                known = row_id is not None
                row_id = row_id or new_id()
                box = keys.seal(memory.c.value, row_id, f"{key}{_BETWEEN}{value}")
                if known:
                    await conn.execute(
                        update(memory).where(memory.c.id == row_id).values(value=box, until=until)
                    )
                else:
                    await conn.execute(
                        insert(memory).values(
                            id=row_id,
                            platform=self._platform,
                            key_blind=blinds[0],
                            value=box,
                            until=until,
                        )
                    )

        if any(_BETWEEN in key for key in values):
            raise ValueError("a key holds no NUL")
        await self._store.write(work)

    async def drop(self, key: str) -> None:
        """Forget `key`."""
        await self._store.write(
            lambda conn: conn.execute(
                delete(memory).where(memory.c.key_blind.in_(self._blinds(key)))
            )
        )

    def _blinds(self, key: str) -> tuple[bytes, ...]:
        return self._store.keys.blinds("memory", f"{self._platform}{_BETWEEN}{key}")


class KeptMemory:
    """`bot.inbox.Memory` as it was at one moment, for looking alone: what would change raises."""

    def __init__(self, kept: Mapping[str, str]) -> None:
        self._kept = kept

    async def get(self, key: str) -> str | None:
        """What was put under `key`, or None."""
        return self._kept.get(key)

    async def find(self, start: str) -> Mapping[str, str]:
        """Everything whose key begins with `start`, by key."""
        return {key: value for key, value in self._kept.items() if key.startswith(start)}

    async def put(self, *_: object) -> None:
        """Raises `NotDurable`."""
        raise NotDurable("this is for looking alone")

    put_many = drop = put


def _end(now: datetime, lasts: timedelta) -> datetime:
    end = now + lasts
    midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
    return end if lasts < COARSE or end == midnight else midnight + COARSE


def split(opened: str) -> tuple[str, str]:
    """The key and the value in an opened box of the memory table."""
    key, _, value = opened.partition(_BETWEEN)
    return key, value
