"""Ephemeral messages: what goes, when, and what is said when it cannot."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot.chat import Removal, Retry
from bot.events import MessageUnreadable
from bot.model import Account, Group, MessageRef, Room
from tests.features.circle import TestCircle
from tests.features.test_joining import newer_rules, publishes, rows


async def sets_lifetime(circle: TestCircle, lifetime: str, room: str | None = None) -> str:
    answer = await circle.moderator().runs("lifetime", room=room or circle.room, lifetime=lifetime)
    return str(answer["text"])


async def waiting(circle: TestCircle, count: int) -> None:
    """Until that many due times are stored."""
    cora = circle.moderator()
    await cora.when(lambda: rows(circle)["expiries"] == count or None)


def left_alone(circle: TestCircle) -> int:
    with closing(sqlite3.connect(circle.folder / "circle.sqlite3")) as db:
        return int(db.execute("SELECT count(*) FROM expiries WHERE why = 'pinned'").fetchone()[0])


@pytest.mark.slow
async def test_a_message_goes_when_its_time_is_over_and_not_before(circle: TestCircle) -> None:
    assert "2 hours" in await sets_lifetime(circle, "2 h")
    cora = await circle.member("Cora")
    cora.writes(circle.room, "only for tonight")
    cora.writes(circle.other_room, "this one stays")
    await waiting(circle, 1)
    await circle.pass_time(minutes=119)
    await circle.core.removals.run_due()
    await cora.sees("only for tonight", circle.room)
    await circle.pass_time(minutes=2)
    await cora.sees_no("only for tonight", circle.room)
    await cora.sees("this one stays", circle.other_room)
    await waiting(circle, 0)


@pytest.mark.slow
async def test_what_the_bot_cannot_read_goes_as_well(circle: TestCircle) -> None:
    cora = await circle.member("Cora")
    message = cora.writes(circle.room, "only for those who have the key")
    await circle.settled()
    await sets_lifetime(circle, "2 h")
    room = Room(Group("sandbox", cora.group), circle.room)
    common: Any = {"group": room.group, "at": circle.core.clock.now()}
    author = Account("sandbox", cora.account)
    for handle, by in ((message, author), ("missed 1", None)):
        ref = MessageRef(room, handle)
        event = MessageUnreadable(id=f"unread {handle}", ref=ref, author=by, **common)
        await circle.core.router.offer(event)
    await waiting(circle, 1)
    await circle.pass_time(minutes=121)
    await cora.sees_no("only for those who have the key", circle.room)
    await waiting(circle, 0)
    assert "only for those who have the key" not in circle.texts()


async def test_time_left_is_shown(circle: TestCircle) -> None:
    await sets_lifetime(circle, "2 h")
    cora = await circle.member("Cora")
    message = cora.writes(circle.room, "only for tonight")

    def due() -> str | None:
        return next((m["due"] for m in cora.reads(circle.room) if m["id"] == message), None)

    shown = datetime.fromisoformat(await cora.when(due))
    assert timedelta(hours=1, minutes=59) < shown - datetime.now(UTC) <= timedelta(hours=2)


@pytest.mark.slow
async def test_a_member_takes_their_own_message_back_and_nobody_elses(circle: TestCircle) -> None:
    cora, drew = await circle.member("Cora"), await circle.member("Drew")
    message = cora.writes(circle.room, "I said too much")
    refused = await drew.runs("let go", in_room=circle.room, on=message)
    assert "Only the person who wrote" in refused["text"]
    await cora.runs("let go", in_room=circle.room, on=message)
    await drew.sees_no("too much", circle.room)


@pytest.mark.slow
async def test_a_member_gives_one_message_a_shorter_time_but_never_a_longer_one(
    circle: TestCircle,
) -> None:
    await sets_lifetime(circle, "1 day")
    cora = await circle.member("Cora")
    message = cora.writes(circle.room, "an hour is enough")
    await waiting(circle, 1)
    await cora.runs("let go", in_room=circle.room, on=message, after="1 h")
    later = await cora.runs("let go", in_room=circle.room, on=message, after="2 days")
    assert "UTC" in later["text"]
    await circle.pass_time(minutes=61)
    await cora.sees_no("an hour is enough", circle.room)


@pytest.mark.slow
async def test_pinned_messages_are_left_alone_and_listed_until_unpinned(
    circle: TestCircle,
) -> None:
    await sets_lifetime(circle, "10 min")
    cora, ana = await circle.member("Cora"), circle.moderator()
    message = cora.writes(circle.room, "the meeting is on Monday")
    await waiting(circle, 1)
    ana.people.pin(ana.account, circle.room, message, True)
    await circle.pass_time(minutes=11)
    await ana.when(lambda: left_alone(circle) or None)
    assert "one pinned message" in (await ana.runs("pins", room=circle.room))["text"]
    await cora.sees("on Monday", circle.room)
    ana.people.pin(ana.account, circle.room, message, False)
    await cora.sees_no("on Monday", circle.room)


@pytest.mark.slow
async def test_a_lost_right_is_told_once_and_mended_when_it_is_back(circle: TestCircle) -> None:
    await sets_lifetime(circle, "10 min")
    cora, ana = await circle.member("Cora"), circle.moderator()
    cora.writes(circle.room, "one")
    cora.writes(circle.room, "two")
    await waiting(circle, 2)
    ana.people.allow(circle.room, "remove", False)
    await circle.pass_time(minutes=11)
    await ana.sees("I lack the right", circle.moderators)
    status = await ana.runs("status")
    assert "I cannot remove messages" in status["text"]
    told = [text for text in circle.texts(circle.moderators) if "lack the right" in text]
    assert len(told) == 1
    ana.people.allow(circle.room, "remove", True)
    await cora.sees_no("one", circle.room)
    await cora.sees_no("two", circle.room)


async def test_removing_it_by_hand_leaves_nothing_to_do(circle: TestCircle) -> None:
    await sets_lifetime(circle, "1 day")
    cora = await circle.member("Cora")
    message = cora.writes(circle.room, "never mind")
    await waiting(circle, 1)
    cora.removes(circle.room, message)
    await waiting(circle, 0)
    assert rows(circle)["expiries"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["-1", "1000000000 days", "soon", "0", "5 s", "2 fortnights"])
async def test_an_impossible_lifetime_gets_a_sentence_and_changes_nothing(
    circle: TestCircle, typed: str
) -> None:
    await sets_lifetime(circle, "1 day")
    answer = await sets_lifetime(circle, typed)
    assert "I could not read that time" in answer or "longest" in answer
    assert "1 day" in await sets_lifetime(circle, "")


async def test_a_clock_that_jumps_removes_nothing_and_the_moderators_are_told(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sets_lifetime(circle, "1 day")
    cora, ana = await circle.member("Cora"), circle.moderator()
    cora.writes(circle.room, "stay a while")
    await waiting(circle, 1)
    clock = circle.core.clock
    really = clock.now
    # Only the wall clock runs ahead, as after a wrong correction; the platform's does not.
    monkeypatch.setattr(clock, "now", lambda: really() + timedelta(days=400))
    circle.core.removals.wake.set()
    await ana.sees("do not agree", circle.moderators)
    await cora.sees("stay a while", circle.room)
    monkeypatch.setattr(clock, "now", really)
    circle.core.removals.wake.set()
    assert rows(circle)["expiries"] == 1


@pytest.mark.slow
async def test_a_disk_that_is_slow_holds_up_no_removal_and_none_is_done_twice(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two messages that go one after the other
    await sets_lifetime(circle, "10 min")
    cora = await circle.member("Cora")
    first = cora.writes(circle.room, "the first of them")
    await waiting(circle, 1)
    await circle.pass_time(minutes=5)
    second = cora.writes(circle.room, "the second of them")
    await waiting(circle, 2)
    # When the disk does not answer
    removals, disk = circle.core.removals, asyncio.Event()
    really = removals._write_down

    async def slowly(answers: Any) -> None:
        await disk.wait()
        await really(answers)

    monkeypatch.setattr(removals, "_write_down", slowly)
    asked: list[str] = []
    remove = circle.world.remove

    def noted(refs: list[list[str]]) -> list[str]:
        asked.extend(message for _, message in refs)
        return remove(refs)

    monkeypatch.setattr(circle.world, "remove", noted)
    await circle.pass_time(minutes=6)
    await cora.sees_no("the first of them", circle.room)
    await circle.pass_time(minutes=6)
    # Then the second goes too, and the rows stay until the disk has it
    await cora.sees_no("the second of them", circle.room)
    assert rows(circle)["expiries"] == 2
    disk.set()
    await waiting(circle, 0)
    assert asked == [first, second]


@pytest.mark.slow
async def test_oldest_first(circle: TestCircle) -> None:
    await sets_lifetime(circle, "10 min")
    cora = await circle.member("Cora")
    for number in range(250):
        cora.writes(circle.room, f"message {number:03}")
    await waiting(circle, 250)
    seen: list[list[str]] = []
    circle.world.watch(lambda: seen.append(circle.texts()))
    await circle.pass_time(minutes=11)
    await cora.sees_no("message", circle.room)
    left = [[text for text in texts if text.startswith("message")] for texts in seen]
    assert all(texts == sorted(texts)[-len(texts) :] for texts in left if texts)
    assert all(texts[-1] == "message 249" for texts in left if texts)


@pytest.mark.slow
async def test_where_the_platform_is_slow_status_says_how_long_the_rest_takes(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a platform that removes one message and asks to wait with the others
    await sets_lifetime(circle, "10 min")
    cora = await circle.member("Cora")
    for number in range(60):
        cora.writes(circle.room, f"message {number:02}")
    await waiting(circle, 60)
    remove = circle.chat.remove

    async def slowly(refs: Sequence[MessageRef]) -> Mapping[MessageRef, Removal | Retry]:
        first, *others = refs
        return {**await remove([first]), **dict.fromkeys(others, Retry(timedelta(seconds=3)))}

    monkeypatch.setattr(circle.chat, "remove", slowly)
    await circle.pass_time(minutes=11)
    for left in range(59, 53, -1):
        await cora.when(partial(stand_no_more_than, circle, left))
        await circle.pass_time(seconds=4)
    # Then moderators see how many there are still, and how long that takes
    told = (await circle.moderator().runs("status"))["text"]
    assert "past their time and in line to go" in told
    assert "At the pace of the last minutes that takes about" in told


def stand_no_more_than(circle: TestCircle, count: int) -> bool | None:
    return sum(str(text).startswith("message") for text in circle.texts()) <= count or None


async def test_members_see_how_long_things_stay_in_honest_words(circle: TestCircle) -> None:
    await sets_lifetime(circle, "2 h")
    cora = await circle.member("Cora")
    answer = (await cora.runs("lifetimes"))["text"]
    assert "2 hours" in answer
    assert "removed from the room" in answer
    assert "erased" not in answer


async def test_nothing_is_called_done_that_is_not(circle: TestCircle) -> None:
    cora, ana = await circle.member("Cora"), circle.moderator()
    message = cora.writes(circle.room, "I said too much")
    ana.people.pin(ana.account, circle.room, message, True)
    pinned = await cora.runs("let go", in_room=circle.room, on=message)
    assert "pinned" in pinned["text"]
    ana.people.pin(ana.account, circle.room, message, False)
    ana.people.allow(circle.room, "remove", False)
    forbidden = await cora.runs("let go", in_room=circle.room, on=message)
    assert "not allowed" in forbidden["text"]
    assert rows(circle)["expiries"] == 0
    ana.people.allow(circle.room, "remove", True)
    await cora.runs("let go", in_room=circle.room, on=message)
    await ana.sees_no("too much", circle.room)


@pytest.mark.slow
async def test_asking_again_counts_after_a_removal_that_failed(circle: TestCircle) -> None:
    await sets_lifetime(circle, "10 min")
    cora, ana = await circle.member("Cora"), circle.moderator()
    message = cora.writes(circle.room, "one more hour")
    ana.people.pin(ana.account, circle.room, message, True)
    await waiting(circle, 1)
    await circle.pass_time(minutes=11)
    await ana.when(lambda: left_alone(circle) or None)
    # The unpinning itself is missed, as on a platform whose gateway was away for a moment.
    circle.world.message(circle.room, message)["pinned"] = False
    answer = await cora.runs("let go", in_room=circle.room, on=message)
    assert "is being removed from the room" in answer["text"]
    await ana.sees_no("one more hour", circle.room)


@pytest.mark.slow
async def test_a_missed_unpinning_is_seen_at_the_next_connection(circle: TestCircle) -> None:
    await sets_lifetime(circle, "10 min")
    cora, ana = await circle.member("Cora"), circle.moderator()
    message = cora.writes(circle.room, "one more hour")
    ana.people.pin(ana.account, circle.room, message, True)
    await waiting(circle, 1)
    await circle.pass_time(minutes=11)
    await ana.when(lambda: left_alone(circle) or None)
    circle.world.message(circle.room, message)["pinned"] = False
    await circle.restart()
    await ana.sees_no("one more hour", circle.room)
    assert "one more hour" not in circle.texts()


@pytest.mark.slow
async def test_a_missed_unpinning_is_seen_by_the_next_sweep(circle: TestCircle) -> None:
    await sets_lifetime(circle, "10 min")
    cora, ana = await circle.member("Cora"), circle.moderator()
    message = cora.writes(circle.room, "one more hour")
    ana.people.pin(ana.account, circle.room, message, True)
    await waiting(circle, 1)
    await circle.pass_time(minutes=11)
    await ana.when(lambda: left_alone(circle) or None)
    await circle.core.removals.sweep()
    assert left_alone(circle) == 1
    circle.world.message(circle.room, message)["pinned"] = False
    await circle.core.removals.sweep()
    await ana.sees_no("one more hour", circle.room)


@pytest.mark.slow
async def test_a_pinning_that_was_missed_counts_ten_minutes_later(circle: TestCircle) -> None:
    # Given a room whose pins were asked for just now
    await sets_lifetime(circle, "10 min")
    cora = await circle.member("Cora")
    first = cora.writes(circle.room, "this one goes")
    await waiting(circle, 1)
    await circle.pass_time(minutes=11)
    await cora.sees_no("this one goes", circle.room)
    # When another message is pinned and the platform says nothing of it
    second = cora.writes(circle.room, "this one is pinned")
    await waiting(circle, 1)
    circle.world.message(circle.room, second)["pinned"] = True
    await circle.pass_time(minutes=11)
    # Then it is left alone
    await cora.when(lambda: left_alone(circle) or None)
    assert [m["id"] for m in cora.reads(circle.room) if m["id"] in (first, second)] == [second]


@pytest.mark.slow
async def test_the_platform_is_not_asked_for_pins_at_every_removal(
    circle: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    really = circle.world.pins

    def pins(room: str) -> list[str]:
        asked.append(room)
        return really(room)

    monkeypatch.setattr(circle.world, "pins", pins)
    await sets_lifetime(circle, "1 min")
    cora, ana = await circle.member("Cora"), circle.moderator()
    for number in range(4):
        cora.writes(circle.room, f"message {number}")
        await waiting(circle, 1)
        await circle.pass_time(minutes=2)
        await waiting(circle, 0)
    assert asked == [circle.room]
    message = cora.writes(circle.room, "the meeting is on Monday")
    await waiting(circle, 1)
    ana.people.pin(ana.account, circle.room, message, True)
    await circle.pass_time(minutes=2)
    await ana.when(lambda: left_alone(circle) or None)
    assert asked == [circle.room, circle.room]


async def test_what_the_bot_says_in_a_room_goes_like_everything_else(circle: TestCircle) -> None:
    await sets_lifetime(circle, "1 h")
    ana = circle.moderator()
    await publishes(circle, newer_rules())
    await ana.sees("Our rules have changed", circle.room)
    await ana.sees("Our rules have changed", circle.other_room)
    await waiting(circle, 1)
    await circle.pass_time(hours=2)
    await ana.sees_no("Our rules have changed", circle.room)
    assert any("Our rules have changed" in text for text in circle.texts(circle.other_room))


@pytest.mark.slow
async def test_the_lobby_can_have_a_lifetime_and_keeps_its_card(circle: TestCircle) -> None:
    await sets_lifetime(circle, "1 h", circle.lobby)
    nell = circle.arrives("Nell")
    nell.writes(circle.lobby, "hello, my number is on my door")
    await waiting(circle, 1)
    await circle.pass_time(hours=2)
    await nell.sees_no("my number", circle.lobby)
    assert "Join" in nell.buttons(circle.lobby)
    await circle.restart()
    await circle.pass_time(hours=2)
    assert "Join" in nell.buttons(circle.lobby)
