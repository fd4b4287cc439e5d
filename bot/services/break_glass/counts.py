"""How often somebody asked who wrote a post: for everybody in the group, and for `status`.

In the first days of a month the room of the circle hears what there was in the last one, where
there was something. Whoever asks hears it at any time. Numbers alone: no post, no name, no day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from bot.clock import Clock
from bot.model import Group, RoomKind
from bot.outbox import Lane, Outbox, Post
from bot.reply import Reply, Text, Value
from bot.services.directory import Directory
from bot.services.key_holders import FEWEST, KeyHolders
from bot.store import Connection, Store, case_rows, group_rows

DRILLED: Final = timedelta(days=92)
"""After a quarter it is time for a drill again."""
MONTHS_SHOWN: Final = 6
COUNTED: Final = "break-glass-counted"
"""The last month that was told, among a group's settings; nobody can set it by hand."""
PURPOSE: Final = "break-glass-counts"


@dataclass(frozen=True, slots=True)
class Month:
    """What there was in one calendar month, in UTC."""

    start: datetime
    asked: int
    opened: int


class Counts:
    """Counts requests, and tells the group."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        directory: Directory,
        holders: KeyHolders,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._directory = directory
        self._holders = holders
        self._clock = clock

    async def months(self, group: Group) -> list[Month]:
        """The running month and the five before it, the newest first."""
        group_id = await self._store.group_id(group)
        end = _next(_first(self._clock.now()))
        found = []
        async with self._store.read() as conn:
            for _ in range(MONTHS_SHOWN):
                start = _first(end - timedelta(days=1))
                found.append(Month(start, *await case_rows.counts(conn, group_id, start, end)))
                end = start
        return found

    async def upkeep(self) -> None:
        """Tell each group about the month that is over, once."""
        this = _first(self._clock.now())
        for group in self._directory.groups():
            group_id = await self._store.group_id(group)
            await self._store.write(partial(self._tell, group, group_id, this))

    async def _tell(self, group: Group, group_id: bytes, this: datetime, conn: Connection) -> None:
        last = _first(this - timedelta(days=1))
        name = f"{last:%Y-%m}"
        if (await group_rows.settings(conn, group_id)).get(COUNTED) == name:
            return
        await group_rows.set_setting(conn, group_id, COUNTED, name)
        month = Month(last, *await case_rows.counts(conn, group_id, last, this))
        rooms = self._directory.rooms(group, RoomKind.CIRCLE)
        if not month.asked or not rooms:
            return
        await self._outbox.put(
            conn,
            Post(rooms[0].room, Reply("break-glass-month", shown(month))),
            key=f"{PURPOSE} {group_id.hex()} {name}",
            purpose=PURPOSE,
            lane=Lane.ALERTS,
        )

    async def status(self, group: Group) -> list[Text]:
        """What `status` says: that it is time for a drill."""
        if len(await self._holders.holders(group)) < FEWEST:
            return []
        group_id = await self._store.group_id(group)
        async with self._store.read() as conn:
            last = await case_rows.last_drill(conn, group_id)
        if last is None:
            return [Text("status-no-drill")]
        if self._clock.now() - last > DRILLED:
            return [Text("status-old-drill", {"at": last})]
        return []


def shown(month: Month) -> dict[str, Value]:
    """A month, for a text's gaps."""
    return {
        "month": month.start.month,
        "year": str(month.start.year),
        "asked": month.asked,
        "opened": month.opened,
    }


def _first(at: datetime) -> datetime:
    return datetime(at.year, at.month, 1, tzinfo=UTC)


def _next(first: datetime) -> datetime:
    return _first(first + timedelta(days=31))
