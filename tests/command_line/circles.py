"""Circles on disk for the commands to work on, made by the bot's own store and services."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from bot.clock import Clock
from bot.model import Account, Group
from bot.services.audit import Audit
from bot.services.group_settings import GroupSettings
from bot.services.helplines import Helplines, MaySend, Mode
from bot.store import (
    KeyRing,
    MasterKey,
    Store,
    case_rows,
    key_rows,
    new_id,
    rules_rows,
    tables,
)
from bot.texts.pack import GroundRules

GROUP = Group("discord", "group-handle-5150")
MEMBER = Account("discord", "member-handle-7070")
EVERY_HANDLE = (GROUP.handle, MEMBER.handle)


@dataclass(frozen=True)
class OnDisk:
    """A real circle's folders, as the settings name them by default."""

    folder: Path

    @property
    def database(self) -> Path:
        """The database file."""
        return self.folder / "data" / "circlekeeper.sqlite3"

    @property
    def ring(self) -> Path:
        """The key ring."""
        return self.folder / "keys" / "ring.json"

    @property
    def master(self) -> Path:
        """The master key."""
        return self.folder / "keys" / "master.key"

    async def opened(self) -> Store:
        """The store."""
        keys = KeyRing.load(self.ring, MasterKey.load(self.master))
        return await Store.open(f"sqlite:///{self.database}", keys)

    def have_key_holders(self, count: int) -> None:
        """Let so many people hold a key."""
        asyncio.run(_hold_keys(self, count))

    def have_practised(self, days: int) -> None:
        """Let the key-holders have opened a fake post so many days ago."""
        asyncio.run(_practise(self, datetime.now(UTC) - timedelta(days=days)))


def circle(folder: Path, *, emergency: bool = True, checked: tuple[int, ...] = (0,)) -> OnDisk:
    """A circle of one group with one member, whose helplines were checked so many days ago."""
    made = OnDisk(folder)
    KeyRing.create(made.ring, MasterKey.create(made.master))
    asyncio.run(_fill(made, emergency, checked))
    return made


async def _fill(made: OnDisk, emergency: bool, checked: tuple[int, ...]) -> None:
    store = await made.opened()
    try:
        group_id = await store.group_id(GROUP)
        rules = GroundRules.default()
        now = datetime.now(UTC)

        async def work(conn: Any) -> None:
            await rules_rows.publish(
                conn,
                store.keys,
                group_id,
                hash=rules.hash,
                language="en",
                text=rules.text,
                published_at=now,
                due_at=now,
            )
            current = await rules_rows.newest(conn, store.keys, group_id)
            member = await store.member_id(conn, GROUP, MEMBER, create=True)
            assert current is not None
            assert member is not None
            await rules_rows.acknowledge(conn, member, current, "en", now)

        await store.write(work)
        if emergency:
            settings = GroupSettings(store, Audit(store, Clock()))
            await settings.change(GROUP, "emergency-number", "12 34 56")
        await _add_lines(store, checked)
    finally:
        await store.close()


async def _hold_keys(made: OnDisk, count: int) -> None:
    store = await made.opened()
    try:
        now = datetime.now(UTC)

        async def work(conn: Any) -> None:
            for number in range(count):
                holder = Account("discord", f"holder-handle-{number}")
                row_id = await key_rows.propose(
                    conn,
                    group_id=await store.group_id(GROUP, conn),
                    member_id=await store.member_id(conn, GROUP, holder, create=True),
                    public_key=bytes([number]) * 32,
                    at=now,
                    stands_back=False,
                )
                await key_rows.confirm(conn, row_id, now)

        await store.write(work)
    finally:
        await store.close()


async def _practise(made: OnDisk, at: datetime) -> None:
    store, case_id = await made.opened(), new_id()
    try:

        async def work(conn: Any) -> None:
            member_id = await store.member_id(conn, GROUP, MEMBER, create=True)
            assert member_id is not None
            await case_rows.add(
                conn,
                store.keys,
                case_id=case_id,
                group_id=await store.group_id(GROUP, conn),
                post_id=new_id(),
                drill=True,
                requested_by=member_id,
                reason="drill",
                soon="unknown",
                who="",
                tried="",
                asked_at=at,
                expires_at=at,
            )
            await case_rows.change(conn, case_id, state="opened", ended_at=at)

        await store.write(work)
    finally:
        await store.close()


async def _add_lines(store: Store, checked: tuple[int, ...]) -> None:
    helplines = Helplines(store, Audit(store, Clock()), Clock())
    for number, days in enumerate(checked):
        line = await helplines.add(
            GROUP, f"Line {number}", Mode.CALL, "00 11 22", "always", MaySend.UNKNOWN
        )
        day: date = (datetime.now(UTC) - timedelta(days=days)).date()
        rows = tables.helplines
        statement = update(rows).where(rows.c.id == line.id).values(checked_on=day)
        await store.write(lambda conn, statement=statement: conn.execute(statement))  # type: ignore[misc]
