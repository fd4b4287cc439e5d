"""The states of an alert, what an excerpt shows, and posts without a name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.detection import Keywords
from bot.events import MessagePosted
from bot.model import Account, Content, Group, MessageRef, Room
from bot.services.leaks.actions import excerpt
from bot.services.leaks.alerts import TRANSITIONS
from bot.services.leaks.cards import CLAIMED, DISMISSED, OPEN, REMOVED
from bot.store import Connection, alert_rows
from bot.store.erasing import erase_member
from bot.store.tables import alerts
from tests.features.circle import TestCircle

STATES = (OPEN, CLAIMED, REMOVED, DISMISSED)


@pytest.fixture
async def circle(tmp_path: Path) -> AsyncIterator[TestCircle]:
    running = await TestCircle.start(tmp_path)
    try:
        yield running
    finally:
        await running.stop()


async def raised(circle: TestCircle) -> tuple[Group, str]:
    """A group with one open alert."""
    group = (await circle.chat.groups())[0]
    await circle.core.keywords.add(group, "Anna Lee")
    author = await circle.member("Rose")
    room = Room(group, circle.room)
    event = MessagePosted(
        id="one",
        group=group,
        at=circle.core.clock.now(),
        ref=MessageRef(room, "m-one"),
        author=Account(group.platform, author.account),
        content=Content("Anna Lee"),
    )
    await circle.core.router.offer(event)
    (alert,) = await circle.core.leaks.undecided(group)
    return group, alert.id


async def test_an_alert_goes_only_the_ways_of_the_table(circle: TestCircle) -> None:
    group, alert_id = await raised(circle)
    leaks, store = circle.core.leaks, circle.core.store
    ana = Account(group.platform, "ana")
    row_id = bytes.fromhex(alert_id)
    for came_from, to in product(STATES, STATES):

        async def work(conn: Connection, came_from: str = came_from, to: str = to) -> bool:
            holder = await store.member_id(conn, group, ana, create=True)
            values = {"state": came_from, "claimed_by": holder}
            await conn.execute(update(alerts).where(alerts.c.id == row_id).values(**values))
            keys, group_id = store.keys, await store.group_id(group, conn)
            row = await alert_rows.one(conn, keys, group_id, row_id)
            assert row is not None
            alert = leaks.shown(row)
            assert alert is not None
            moved = await leaks.move_within(conn, group, ana, alert, to)
            after = await alert_rows.one(conn, keys, group_id, row_id)
            assert after is not None
            assert after.state == (to if moved else came_from)
            return moved

        assert await store.write(work) is (to in TRANSITIONS[came_from]), (came_from, to)


async def test_erasing_a_moderator_leaves_the_alert_and_nobody_has_it(circle: TestCircle) -> None:
    group, alert_id = await raised(circle)
    leaks, store = circle.core.leaks, circle.core.store
    ana = Account(group.platform, "ana")
    await leaks.take(group, ana, alert_id)
    assert (await leaks.look(group, alert_id)).holder == ana
    # A moderator's row lets nobody in.
    assert not circle.core.acknowledgement.acknowledged(group, ana)
    await erase_member(store, group, ana)
    alert = await leaks.look(group, alert_id)
    assert (alert.state, alert.holder) == (CLAIMED, None)


def test_an_excerpt_marks_what_matched_and_says_what_it_left_out() -> None:
    text = "so " * 40 + "Anna Lee and her sister Anna Lee" + " so" * 40
    shown, cut = excerpt(text, Keywords(["anna lee", "lee"]).find(text), 60)
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert cut
    assert shown.count("»Anna Lee«") == 2
    assert excerpt("short", [], 60) == ("short", False)


@given(st.text(alphabet="ab L\n", max_size=80), st.integers(1, 60))
def test_an_excerpt_is_a_piece_of_the_text(text: str, most: int) -> None:
    shown, cut = excerpt(text, Keywords(["abb", "b L"]).find(text), most)
    plain = shown.strip("…").replace("»", "").replace("«", "")
    assert plain in text
    assert len(plain) <= most
    assert cut is (plain != text)
