"""The chain of the audit: what is changed, taken out, cut off or made anew is found."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.errors import NotDurable
from bot.store import Connection, Store, audit_rows, group_rows
from bot.store.audit_rows import START, Damage, Head, Private, Verdict
from bot.store.audit_tables import audit, audit_openings
from bot.store.columns import SealedBox
from bot.store.erasing import erase_member
from bot.store.migrations.versions.r0006_audit import ON_POSTGRESQL, ON_SQLITE
from tests.store.conftest import ANA, GROUP

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


async def _add(store: Store, *kinds: str) -> list[Head]:
    """Entries one after the other, each by Ana, with a private word."""
    heads = []
    for kind in kinds:

        async def work(conn: Connection, kind: str = kind) -> Head:
            group_id = await store.group_id(GROUP, conn)
            ana = await store.member_id(conn, GROUP, ANA, create=True)
            private = {"by": Private(ana.hex(), ana), "why": Private("a private word")}
            facts = {"post": "0" * 32, "count": 2}
            return await audit_rows.add(conn, store.keys, group_id, AT, kind, facts, private)

        heads.append(await store.write(work))
    return heads


async def _verdict(store: Store, anchor: Head | None = None) -> Verdict:
    group_id = await store.group_id(GROUP)
    async with store.read() as conn:
        return await audit_rows.verify(conn, store.keys, group_id, anchor)


async def _by_sql(store: Store, *statements: Any) -> None:
    """What somebody does who owns the database: first the triggers go, in the end they are back."""

    async def work(conn: Connection) -> None:
        sqlite = conn.dialect.name == "sqlite"
        for made in ON_SQLITE if sqlite else ON_POSTGRESQL[1:]:
            on = "" if sqlite else " ON audit"
            await conn.execute(text(f"DROP TRIGGER {made.split()[2]}{on}"))
        for statement in statements:
            await conn.execute(statement)
        for made in ON_SQLITE if sqlite else ON_POSTGRESQL[1:]:
            await conn.execute(text(made))

    await store.write(work)


def _number(number: int) -> Any:
    return audit.c.number == number


async def test_a_chain_is_what_the_book_says(sqlite_store: Store) -> None:
    heads = await _add(sqlite_store, "first", "second")
    async with sqlite_store.read() as conn:
        rows = (await conn.execute(select(audit).order_by(audit.c.number))).all()
    hashed = START
    for row, head in zip(rows, heads, strict=True):
        # Canonical: sorted keys, no blanks, ASCII.
        said = json.loads(row.entry)
        again = json.dumps(said, sort_keys=True, separators=(",", ":"))
        hashed = hashlib.sha256(hashed + again.encode()).digest()
        assert (row.hash, head) == (hashed, Head(row.number, hashed))
        assert said["facts"] == {"count": 2, "post": "0" * 32}
        assert set(said["private"]) == {"by", "why"}
        assert "private word" not in row.entry
    assert await _verdict(sqlite_store, heads[0]) == Verdict(heads[1], anchored=True)
    assert await _verdict(sqlite_store, heads[1]) == Verdict(heads[1], anchored=True)


async def test_the_database_refuses_to_change_an_entry(store: Store) -> None:
    await _add(store, "first", "second")
    changes = [
        update(audit).where(_number(1)).values(entry="{}"),
        delete(audit).where(_number(2)),
    ]
    for change in changes:

        async def work(conn: Connection, change: Any = change) -> None:
            await conn.execute(change)

        with pytest.raises(DBAPIError):
            await store.write(work)
    assert (await _verdict(store)).damage is None


async def test_whatever_is_done_to_the_rows_is_found(store: Store) -> None:
    heads = await _add(store, "first", "second", "third", "fourth")
    anchor = heads[2]
    async with store.read() as conn:
        rows = {row.number: row for row in await conn.execute(select(audit))}
    changed = rows[2].entry.replace("second", "secund")
    rehashed = audit_rows.chained(rows[1].hash, changed)
    back = [delete(audit), *(insert(audit).values(row._mapping) for row in rows.values())]
    tried: list[tuple[list[Any], Damage, int]] = [
        # An entry is edited, without and with its own hash.
        ([update(audit).where(_number(2)).values(entry=changed)], Damage.CHANGED, 2),
        (
            [update(audit).where(_number(2)).values(entry=changed, hash=rehashed)],
            Damage.CHANGED,
            3,
        ),
        # An entry is taken out, and the rest moved up.
        ([delete(audit).where(_number(2))], Damage.MISSING, 2),
        (
            [
                delete(audit).where(_number(2)),
                update(audit).where(_number(3)).values(number=2),
                update(audit).where(_number(4)).values(number=3),
            ],
            Damage.CHANGED,
            2,
        ),
        # The tail is cut off: only the anchor tells.
        ([delete(audit).where(audit.c.number > 2)], Damage.CUT, 3),
        ([delete(audit)], Damage.CUT, 1),
    ]
    for statements, damage, at in tried:
        await _by_sql(store, *statements)
        found = await _verdict(store, anchor)
        assert (found.damage, found.at) == (damage, at)
        await _by_sql(store, *back)
    # The whole chain is made anew without the second, and every hash fits.
    await _by_sql(store, delete(audit))
    await _add(store, "first", "third", "fourth", "fifth")
    assert await _verdict(store) == Verdict((await _verdict(store)).head)
    found = await _verdict(store, anchor)
    assert (found.damage, found.at) == (Damage.OTHER, 3)


async def test_another_groups_entry_does_not_fit(sqlite_store: Store) -> None:
    await _add(sqlite_store, "first")
    other = bytes(16)
    await _by_sql(sqlite_store, update(audit).values(group_id=other))
    async with sqlite_store.read() as conn:
        found = await audit_rows.verify(conn, None, other)
    assert (found.damage, found.at) == (Damage.MISSING, 1)


async def test_what_is_kept_beside_an_entry_cannot_be_swapped(sqlite_store: Store) -> None:
    await _add(sqlite_store, "first")
    async with sqlite_store.read() as conn:
        row = (await conn.execute(select(audit_openings).limit(1))).one()
    forged = sqlite_store.keys.seal(audit_openings.c.value, row.id, "somebody else")
    await sqlite_store.write(
        lambda conn: conn.execute(
            update(audit_openings).where(audit_openings.c.id == row.id).values(value=forged)
        )
    )
    assert (await _verdict(sqlite_store)).damage is Damage.OPENING


async def test_a_box_beside_an_entry_that_opens_no_more_is_damage_too(
    sqlite_store: Store,
) -> None:
    await _add(sqlite_store, "first", "second")
    async with sqlite_store.read() as conn:
        row = (await conn.execute(select(audit_openings).limit(1))).one()
    broken = SealedBox(row.value.data[:-1] + bytes([row.value.data[-1] ^ 1]))
    await sqlite_store.write(
        lambda conn: conn.execute(
            update(audit_openings).where(audit_openings.c.id == row.id).values(value=broken)
        )
    )
    assert (await _verdict(sqlite_store)).damage is Damage.OPENING
    group_id = await sqlite_store.group_id(GROUP)
    async with sqlite_store.read() as conn:
        entries = await audit_rows.latest(conn, sqlite_store.keys, group_id, 5)
    assert [entry.number for entry in entries] == [2, 1]


async def test_erasing_a_member_leaves_the_chain_whole(store: Store) -> None:
    heads = await _add(store, "first", "second")
    group_id = await store.group_id(GROUP)
    await erase_member(store, GROUP, ANA)
    assert await _verdict(store, heads[1]) == Verdict(heads[1], anchored=True)
    async with store.read() as conn:
        entries = await audit_rows.latest(conn, store.keys, group_id, 10)
    assert [(each.number, each.kind, dict(each.private)) for each in entries] == [
        (2, "second", {"why": "a private word"}),
        (1, "first", {"why": "a private word"}),
    ]
    await store.write(lambda conn: audit_rows.drop_openings(conn, AT.date().replace(day=2)))
    async with store.read() as conn:
        assert (await conn.execute(select(audit_openings))).first() is None
    assert await _verdict(store, heads[1]) == Verdict(heads[1], anchored=True)


async def test_a_deed_whose_entry_is_refused_is_not_done(store: Store) -> None:
    # Given an audit that takes nothing more
    (head,) = await _add(store, "first")
    refuses = {
        "sqlite": "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END",
        "postgresql": 'CREATE TRIGGER "full" BEFORE INSERT ON audit '
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()",
    }
    await store.write(lambda conn: conn.execute(text(refuses[conn.dialect.name])))
    group_id = await store.group_id(GROUP)

    # When somebody does something
    async def deed(conn: Connection) -> None:
        await group_rows.set_setting(conn, group_id, "anonymous", "no")
        await audit_rows.add(conn, store.keys, group_id, AT, "second", {}, {})

    with pytest.raises(NotDurable, match="audit"):
        await store.write(deed)

    # Then nothing of it was done.
    async with store.read() as conn:
        assert await group_rows.settings(conn, group_id) == {}
    assert await _verdict(store) == Verdict(head)
