"""Faults from outside: the platform, the disk, the keys, a second process, a stop in between."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import Forbidden, NotDurable, StartError, TryLater
from bot.events import GroupReady, MessagePosted
from bot.model import Account, Content, Group, MessageRef, Room
from bot.store import KeyRing, MasterKey, Store
from tests.features.circle import TestCircle
from tests.features.test_anonymous import posts
from tests.features.test_ephemeral import sets_lifetime, waiting
from tests.features.test_joining import rows

pytestmark = pytest.mark.slow

WORDS = "only for tonight"


def fails(times: int, error: Exception, then: Any) -> Any:
    """A method that raises a few times, and then does what it is for."""
    left = [times]

    async def do(*given: Any, **more: Any) -> Any:
        if left[0] > 0:
            left[0] -= 1
            raise error
        return await then(*given, **more)

    return do


SOON = timedelta(milliseconds=20)


async def test_the_same_event_twice_is_heard_once(circle: TestCircle) -> None:
    await sets_lifetime(circle, "2 h")
    await circle.moderator().runs("keyword add", phrase="marmalade")
    cora = await circle.member("Cora")
    group = Group("sandbox", cora.group)
    room = Room(group, circle.room)
    event = MessagePosted(
        id="the same",
        group=group,
        at=circle.core.clock.now(),
        ref=MessageRef(room, cora.writes(circle.room, "marmalade")),
        author=Account("sandbox", cora.account),
        content=Content("marmalade"),
    )
    await asyncio.gather(*(circle.core.router.offer(event) for _ in range(5)))
    await circle.settled()
    await circle.restart()
    await circle.core.router.offer(event)
    assert (rows(circle)["expiries"], rows(circle)["alert_messages"]) == (1, 1)


async def test_a_busy_platform_at_the_gate_loses_no_due_time(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a moderator, who never acknowledged: the gate asks the platform who that is
    await sets_lifetime(circle, "2 h")
    chat = circle.chat
    monkeypatch.setattr(chat, "role_of", fails(3, TryLater(SOON), chat.role_of))
    # When the platform is busy just then
    circle.moderator().writes(circle.room, WORDS)
    # Then the message is neither let through unheard nor forgotten
    await waiting(circle, 1)
    await circle.pass_time(hours=2, minutes=1)
    await circle.moderator().sees_no(WORDS, circle.room)
    assert WORDS not in circle.texts()


async def test_a_group_whose_platform_is_busy_at_the_start_still_opens(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = circle.chat
    monkeypatch.setattr(chat, "rooms", fails(2, TryLater(SOON), chat.rooms))
    group = Group("sandbox", "circle")
    ready = GroupReady(id="ready again", group=group, at=circle.core.clock.now())
    for _ in range(2):
        with pytest.raises(NotDurable):
            await circle.core.router.offer(ready)
    await circle.core.router.offer(ready)
    nell = circle.arrives("Nell")
    assert "stays here" in (await nell.presses("Join"))["text"]


async def test_a_room_that_goes_takes_what_waits_for_it(circle: TestCircle) -> None:
    await sets_lifetime(circle, "2 h")
    cora = await circle.member("Cora")
    cora.writes(circle.room, WORDS)
    receipt = await posts(circle, cora)
    await waiting(circle, 1)
    cora.people.close_room(circle.room)
    await circle.settled()
    await waiting(circle, 0)
    how = await cora.runs("anon status", receipt=receipt)
    assert "not sent" in how["text"]
    await circle.moderator().sees("any more", circle.moderators)
    await cora.when(lambda: rows(circle)["outbox"] == 0 or None)


async def test_what_cannot_be_removed_is_told_even_if_a_crash_came_first(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a removal that was refused, and a crash before the moderators were told
    await sets_lifetime(circle, "2 h")
    cora = await circle.member("Cora")
    cora.writes(circle.room, WORDS)
    await waiting(circle, 1)
    cora.people.allow(circle.room, "remove", False)
    monkeypatch.setattr(circle.core.notices, "tell", fails(99, NotDurable(), None))
    await circle.pass_time(hours=3)
    await cora.when(lambda: _failed(circle) == 1 or None)
    await circle.restart()
    # When it is back, and the next sweep comes
    await circle.moderator().runs("lifetimes")
    await circle.core.removals.sweep()
    # Then they know
    told = await circle.moderator().sees("remove", circle.moderators)
    assert WORDS not in told["text"]


def _failed(circle: TestCircle) -> int:
    with closing(sqlite3.connect(circle.folder / "circle.sqlite3")) as db:
        found = db.execute("SELECT count(*) FROM expiries WHERE state = 'failed'").fetchone()
    return int(found[0])


async def test_a_platform_that_is_away_for_a_while_gets_everything_once(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    cora = await circle.member("Cora")
    receipt = await posts(circle, cora)
    chat = circle.chat
    for operation in ("post", "remove", "pins"):
        later = fails(3, TryLater(SOON), getattr(chat, operation))
        monkeypatch.setattr(chat, operation, later)
    await circle.pass_time(minutes=6)
    await cora.sees("I have not slept", circle.room)
    await cora.runs("anon take back", receipt=receipt)
    await cora.sees_no("I have not slept", circle.room)
    assert all(n == 1 for key, n in circle.world.effects.items() if key.startswith("post:"))


async def test_a_right_that_is_taken_between_writing_and_posting(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    cora = await circle.member("Cora")
    receipt = await posts(circle, cora)
    monkeypatch.setattr(circle.chat, "post", fails(1, Forbidden(), circle.chat.post))
    await circle.pass_time(minutes=6)
    await circle.moderator().when(lambda: rows(circle)["outbox"] == 0 or None)
    how = await cora.runs("anon status", receipt=receipt)
    assert "not sent" in how["text"]
    assert "I have not slept" not in str(circle.texts())


async def test_a_stop_in_between_loses_no_post_that_waits(circle: TestCircle) -> None:
    cora = await circle.member("Cora")
    receipt = await posts(circle, cora)
    await circle.stop()
    await circle.up()
    assert "waiting" in (await cora.runs("anon status", receipt=receipt))["text"]
    await circle.pass_time(minutes=6)
    await cora.sees("I have not slept", circle.room)


async def test_a_second_process_is_refused(circle: TestCircle) -> None:
    ring = KeyRing.load(
        circle.folder / "keys" / "ring.json", MasterKey.load(circle.folder / "keys" / "master.key")
    )
    with pytest.raises(StartError, match="already running"):
        await Store.open(f"sqlite:///{circle.folder / 'circle.sqlite3'}", ring)


async def test_another_ring_is_refused_and_nothing_is_made_anew(circle: TestCircle) -> None:
    await circle.stop()
    before = rows(circle)
    master = MasterKey.create(circle.folder / "other.key")
    other = KeyRing.create(circle.folder / "other.json", master)
    with pytest.raises(StartError, match="does not fit"):
        await Store.open(f"sqlite:///{circle.folder / 'circle.sqlite3'}", other)
    assert rows(circle) == before
    await circle.up()


async def test_a_full_disk_posts_nothing_without_a_record(circle: TestCircle) -> None:
    # Given a member with a draft, and a disk that takes no more
    cora = await circle.member("Cora")
    await circle.settled()
    before = dict(circle.world.effects)
    with full_disk():
        # When people go on
        nell = circle.arrives("Nell")
        joined = await nell.runs("join")
        draft = await cora.runs("anon", room=circle.room, text=WORDS)
        # Then nothing is done that is not written down, what is read still works, and it is said
        assert "could not save" in joined["text"]
        sent = await cora.presses("Post soon", within=draft)
        assert "could not save" in sent["text"]
        assert rows(circle)["posts"] == 0
        assert "Call" in (await nell.runs("help now"))["text"]
        assert "version 1" in (await cora.runs("my rules"))["text"]
        assert dict(circle.world.effects) == before
    # And with room again everything goes on, and what was not stored is stored
    await circle.member("Odo")
    assert not nell.may_enter(circle.room)
    receipt = await posts(circle, cora, WORDS)
    assert "waiting" in (await cora.runs("anon status", receipt=receipt))["text"]


async def test_who_could_not_take_their_yes_back_is_inside_as_before(circle: TestCircle) -> None:
    cora = await circle.member("Cora")
    await circle.settled()
    with full_disk():
        answer = await cora.runs("rules withdraw", sure="yes")
    assert "nothing has changed" in answer["text"]
    message = cora.writes(circle.room, WORDS)
    await circle.settled()
    assert "Not posted yet" in (await cora.runs("anon", room=circle.room, text="my words"))["text"]
    assert circle.world.requests[f"remove:{circle.room}:{message}"] == 0
    assert WORDS in circle.texts()


@contextmanager
def full_disk() -> Iterator[None]:
    """No file grows beyond a page: what SQLite would write to its log fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
