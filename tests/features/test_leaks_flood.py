"""Many matches, things that fail, and things that come twice."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.sandbox.chat import SandboxChat
from adapters.sandbox.world import World
from bot.chat import Can
from bot.clock import Clock
from bot.errors import NotDurable
from bot.events import MessageEdited, MessagePosted
from bot.model import Account, Content, Message, MessageRef, Room
from bot.reply import Reply
from tests.features.circle import TestCircle
from tests.features.test_joining import rows
from tests.features.test_leaks import WORDS, card, card_says, cards, no_card, watching

pytestmark = pytest.mark.slow

__all__ = ["watching"]


async def test_a_flood_is_three_cards_and_one_decision_counts_for_all(
    watching: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Hundreds of messages, on a machine that may be busy with other tests.
    monkeypatch.setattr(World.until, "__defaults__", (60,))
    rose = await watching.member("Rose")
    edits, edit = [], watching.chat.edit

    async def counted(ref: MessageRef, reply: Reply) -> None:
        edits.append(ref)
        await edit(ref, reply)

    watching.chat.edit = counted  # type: ignore[method-assign]
    for number in range(300):
        rose.writes(watching.room, f"{WORDS} {number}")
    ana = watching.moderator()
    shown = await card_says(watching, "298 messages so far")
    assert len(cards(watching)) == 3
    # A few edits, not hundreds.
    assert 1 <= len(edits) <= 15
    seen = await ana.presses("Show", within=shown)
    assert "more messages on this card" in seen["text"]
    form = await ana.presses("Remove", within=shown)
    answer = await ana.fills(form, reason="another reason")
    assert "taking 298 messages down" in answer["text"]
    told = await rose.sees("Your own words are here", rose.private)
    assert told["files"][0]["content"].count("Anna Lee") == 298
    await ana.when(lambda: len(watching.texts()) == 2 or None)
    await card(watching, 2)


async def test_after_a_decision_a_match_raises_a_card_again(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    for number in range(5):
        rose.writes(watching.room, f"{WORDS} {number}")
    shown = await card_says(watching, "3 messages so far")
    await watching.moderator().presses("Not a leak", within=shown)
    await card_says(watching, "it is not a leak")
    rose.writes(watching.room, WORDS)
    shown = await card(watching, 4)
    assert "Nobody has it yet" in shown["text"]


async def test_what_joined_after_the_card_was_drawn_is_not_dismissed_with_it(
    watching: TestCircle,
) -> None:
    rose, drew = await watching.member("Rose"), await watching.member("Drew")
    # Given as many cards as a room has at a time
    for number in range(3):
        rose.writes(watching.room, f"{WORDS} {number}")
    shown = await card(watching, 3)
    # When somebody else's message joins the newest, and it is pressed as it was drawn before
    late = drew.writes(watching.room, f"{WORDS} too")
    ana = watching.moderator()
    await ana.when(lambda: rows(watching)["alert_messages"] == 4 or None)
    answer = await ana.presses("Not a leak", within=shown)
    # Then that one has a card of its own, which nobody has decided
    assert "One more message joined after the card was drawn" in answer["text"]
    fourth = await card(watching, 4)
    assert fourth["links"] == [{"room": watching.room, "message": late}]
    assert "Nobody has it yet" in fourth["text"]
    week = await ana.runs("alerts")
    assert "raised 4, taken down 0, not a leak 1" in week["text"]
    # and a press on what it shows settles it.
    assert "joined" not in (await ana.presses("Not a leak", within=fourth))["text"]
    assert "not a leak 2" in (await ana.runs("alerts"))["text"]


async def test_other_rooms_and_later_times_have_cards_of_their_own(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    for _ in range(3):
        rose.writes(watching.room, WORDS)
    await card(watching, 3)
    rose.writes(watching.other_room, WORDS)
    await card(watching, 4)
    await watching.pass_time(minutes=6)
    later = rose.writes(watching.room, WORDS)
    shown = await card(watching, 5)
    assert shown["links"] == [{"room": watching.room, "message": later}]


async def test_a_flood_does_not_hold_up_the_loop(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    group = (await watching.chat.groups())[0]
    account, at = Account(group.platform, rose.account), watching.core.clock.now()
    worst = 0.0

    async def watch_the_loop() -> None:
        nonlocal worst
        while True:
            # The loop's own work: what other programs take from the machine is not its fault.
            began = time.thread_time()
            await asyncio.sleep(0.005)
            worst = max(worst, time.thread_time() - began)

    watcher = asyncio.create_task(watch_the_loop())
    room = Room(group, watching.room)
    events = [
        MessagePosted(
            id=f"flood {number}",
            group=group,
            at=at,
            ref=MessageRef(room, f"flood{number}"),
            author=account,
            content=Content(WORDS),
        )
        for number in range(600)
    ]
    await asyncio.gather(*[watching.core.router.offer(event) for event in events])
    watcher.cancel()
    # All of them are offered in one turn of the loop, which is more than a platform does.
    assert worst < 0.5


async def offered_again(circle: TestCircle, event: MessagePosted, count: int) -> None:
    for number in range(count):
        await circle.core.router.offer(replace(event, id=f"again {number}"))


async def test_what_is_offered_again_raises_nothing_new(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    message = rose.writes(watching.room, WORDS)
    await card(watching)
    group = (await watching.chat.groups())[0]
    event = MessagePosted(
        id="again",
        group=group,
        at=watching.core.clock.now(),
        ref=MessageRef(Room(group, watching.room), message),
        author=Account(group.platform, rose.account),
        content=Content(WORDS),
        live=False,
    )
    await offered_again(watching, event, 3)
    await watching.restart()
    await offered_again(watching, event, 3)
    assert len(await watching.core.leaks.undecided(group)) == 1
    assert len(cards(watching)) == 1


def disk_full_at(circle: TestCircle, name: str, times: int) -> list[str]:
    """The next writes of a method fail, each of which is noted."""
    write, failed = circle.core.store.write, list[str]()

    async def failing(work: object) -> object:
        if len(failed) < times and name in getattr(work, "__qualname__", ""):
            failed.append(name)
            raise NotDurable("disk full")
        return await write(work)  # type: ignore[arg-type]

    circle.core.store.write = failing  # type: ignore[method-assign,assignment]
    return failed


async def test_what_could_not_be_stored_is_raised_when_it_comes_again(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    failed = disk_full_at(watching, "Leaks._write", 2)
    rose.writes(watching.room, WORDS)
    await card(watching)
    assert len(failed) == 2


@pytest.mark.parametrize("by_its_lifetime", [False, True])
async def test_a_card_goes_with_its_message_also_where_that_could_not_be_stored_at_first(
    watching: TestCircle, by_its_lifetime: bool
) -> None:
    if by_its_lifetime:
        await watching.moderator().runs("lifetime", room=watching.room, lifetime="2 h")
    rose = await watching.member("Rose")
    message = rose.writes(watching.room, WORDS)
    await card(watching)
    failed = disk_full_at(watching, "Leaks._forget", 1)
    if by_its_lifetime:
        await watching.pass_time(minutes=121)
        await rose.when(lambda: failed or None)
        await watching.pass_time(minutes=1)
    else:
        rose.removes(watching.room, message)
    await no_card(watching)
    assert failed
    assert cards(watching) == []


async def test_a_change_that_is_told_when_the_message_is_gone_raises_no_card(
    watching: TestCircle,
) -> None:
    await watching.moderator().runs("lifetime", room=watching.room, lifetime="2 h")
    rose = await watching.member("Rose")
    message = rose.writes(watching.room, "I met someone")
    await watching.pass_time(minutes=121)
    await rose.sees_no("I met someone", watching.room)
    group = (await watching.chat.groups())[0]
    event = MessageEdited(
        id="late",
        group=group,
        at=watching.core.clock.now(),
        ref=MessageRef(Room(group, watching.room), message),
        author=Account(group.platform, rose.account),
        content=Content(WORDS),
    )
    await watching.core.router.offer(event)
    assert await watching.core.leaks.undecided(group) == []


async def test_what_joins_a_card_while_that_is_taken_down_is_taken_down_too(
    watching: TestCircle,
) -> None:
    # Given as many cards as a room has at a time, and a platform that takes its time
    rose, drew, ana = (
        await watching.member("Rose"),
        await watching.member("Drew"),
        watching.moderator(),
    )
    for number in range(3):
        rose.writes(watching.room, f"{WORDS} {number}")
        await card(watching, number + 1)
    fetch, fetched = watching.chat.fetch, list[MessageRef]()

    async def slow(ref: MessageRef) -> Message | None:
        fetched.append(ref)
        if len(fetched) == 1:
            # When somebody else writes it too, just while the message is looked at
            drew.writes(watching.room, f"{WORDS} too")
            await ana.when(lambda: rows(watching)["alert_messages"] == 4 or None)
        return await fetch(ref)

    form = await ana.presses("Remove", within=cards(watching)[-1])
    watching.chat.fetch = slow  # type: ignore[method-assign]
    # Then the answer counts both, both go, and each has their own words
    assert "taking 2 messages down" in (await ana.fills(form, reason="another reason"))["text"]
    for author, words in ((rose, f"{WORDS} 2"), (drew, f"{WORDS} too")):
        await author.sees_no(words, watching.room)
        await author.sees(words, author.private)
    assert len(fetched) == 2


async def test_a_decision_by_a_clock_that_was_ahead_hides_no_edit(
    watching: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    rose = await watching.member("Rose")
    message = rose.writes(watching.room, WORDS)
    shown, right = await card(watching), Clock.now
    with monkeypatch.context() as ahead:
        ahead.setattr(Clock, "now", lambda clock: right(clock) + timedelta(hours=3))
        await watching.moderator().presses("Not a leak", within=shown)
    await watching.restart()
    rose.edits(watching.room, message, WORDS + " and her sister")
    await card(watching, 2)


async def test_a_card_on_its_way_goes_when_its_message_went(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    posting = asyncio.Event()
    post = watching.chat.post

    async def slow(*args: object, **more: object) -> MessageRef:
        if "leak-card" in str(more["key"]):
            posting.set()
            await watching.core.outbox.waiting()
            while watching.core.leaks._raised:
                await asyncio.sleep(0)
        return await post(*args, **more)  # type: ignore[arg-type]

    watching.chat.post = slow  # type: ignore[method-assign]
    message = rose.writes(watching.room, WORDS)
    await posting.wait()
    rose.removes(watching.room, message)
    ana = watching.moderator()
    await ana.when(lambda: any("leak-card" in name for name in watching.world.effects) or None)
    await no_card(watching)
    assert cards(watching) == []


async def test_where_nobody_can_be_told_alone_the_moderator_is_told_so(
    watching: TestCircle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SandboxChat, "can", SandboxChat.can & ~Can.TELL)
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    ana = watching.moderator()
    shown = await card(watching)
    assert "cannot write to people in private" in (await ana.presses("Nudge the author"))["text"]
    form = await ana.presses("Remove", within=shown)
    answer = await ana.fills(form, reason="another reason")
    assert "Please tell them why" in answer["text"]
    await rose.sees_no(WORDS, watching.room)
    assert not any("taking down" in message["text"] for message in rose.reads())


async def test_who_left_cannot_be_told_and_moderators_hear_that(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.room, WORDS)
    ana = watching.moderator()
    shown = await card(watching)
    rose.leaves()
    form = await ana.presses("Remove", within=shown)
    await ana.fills(form, reason="another reason")
    said = await ana.sees("could not write to its author", watching.moderators)
    assert "Rose" not in said["text"]


async def test_a_room_that_is_gone_takes_its_cards_along(watching: TestCircle) -> None:
    rose = await watching.member("Rose")
    rose.writes(watching.other_room, WORDS)
    await card(watching)
    rose.people.close_room(watching.other_room)
    await no_card(watching)
    assert cards(watching) == []
