"""Requests to look who wrote a post, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.model import Account
from bot.store import Connection, Store, case_rows, new_id
from tests.store.conftest import ANA, BEN, GROUP

AT = datetime(2026, 3, 31, 23, 50, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def add(
    store: Store, conn: Connection, at: datetime, post_id: bytes, *, drill: bool = False
) -> bytes:
    case_id = new_id()
    await case_rows.add(
        conn,
        store.keys,
        case_id=case_id,
        group_id=await store.group_id(GROUP, conn),
        post_id=post_id,
        drill=drill,
        requested_by=await store.member_id(conn, GROUP, ANA, create=True),
        reason="danger-to-self",
        soon="today",
        who="the one who wrote it",
        tried="we wrote to them",
        asked_at=at,
        expires_at=at + HOUR,
    )
    return case_id


async def test_a_request_from_asking_to_its_end(store: Store) -> None:
    group_id, post_id = await store.group_id(GROUP), new_id()

    async def work(conn: Connection) -> bytes:
        case_id = await add(store, conn, AT, post_id)
        await add(store, conn, AT + HOUR, new_id(), drill=True)
        await case_rows.change(conn, case_id, state="paired")
        return case_id

    case_id = await store.write(work)
    async with store.read() as conn:
        found = await case_rows.of_post(conn, store.keys, post_id, ["asked", "paired"])
        assert found is not None
        assert (found.id, found.requester, found.tried) == (case_id, "ana", "we wrote to them")
        assert await case_rows.of_post(conn, store.keys, post_id, ["opened"]) is None
        assert await case_rows.next_expiry(conn, [group_id], ["asked", "paired"]) == AT + HOUR
        newest = await case_rows.newest(conn, store.keys, group_id, 5)
        assert [(row.drill, row.state) for row in newest] == [(True, "asked"), (False, "paired")]


async def test_counts_leave_out_drills_and_other_months(store: Store) -> None:
    group_id = await store.group_id(GROUP)

    async def work(conn: Connection) -> None:
        opened = await add(store, conn, AT, new_id())
        await add(store, conn, AT + HOUR, new_id())
        drill = await add(store, conn, AT, new_id(), drill=True)
        for case_id in (opened, drill):
            await case_rows.change(conn, case_id, state="opened", ended_at=AT)

    await store.write(work)
    march, april = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    async with store.read() as conn:
        assert await case_rows.counts(conn, group_id, march, april) == (1, 1)
        assert await case_rows.counts(conn, group_id, april, april + HOUR * 24) == (1, 0)
        assert await case_rows.last_drill(conn, group_id) == AT
    await store.write(lambda conn: case_rows.drop_old(conn, AT + HOUR))
    async with store.read() as conn:
        assert await case_rows.last_drill(conn, group_id) is None
        assert len(await case_rows.newest(conn, store.keys, group_id, 5)) == 1


async def test_a_key_holder_has_one_answer(store: Store) -> None:
    async def work(conn: Connection) -> bytes:
        case_id = await add(store, conn, AT, new_id())
        for account, agreed in ((ANA, False), (BEN, True), (ANA, True)):
            await answers(conn, case_id, account, agreed=agreed)
        return case_id

    async def answers(conn: Connection, case_id: bytes, who: Account, *, agreed: bool) -> None:
        member_id = await store.member_id(conn, GROUP, who, create=True)
        await case_rows.answer(
            conn,
            case_id=case_id,
            member_id=member_id,
            fingerprint="57ba",
            agreed=agreed,
            at=AT + HOUR * agreed,
        )

    case_id = await store.write(work)
    async with store.read() as conn:
        said = await case_rows.answers_to(conn, store.keys, case_id)
    assert {(each.account, each.agreed, each.later) for each in said} == {
        ("ana", True, None),
        ("ben", True, None),
    }
    first = said[0]
    await store.write(lambda conn: case_rows.later(conn, store.keys, first.id, 5 * HOUR, "why"))
    async with store.read() as conn:
        said = await case_rows.answers_to(conn, store.keys, case_id)
    assert {each.later for each in said} == {5 * HOUR, None}
