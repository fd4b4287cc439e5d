"""The contract of every adapter, played by people on the real platform."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat import Removal, Right
from bot.errors import CannotReach, Forbidden, Gone, NotDurable
from bot.events import (
    Event,
    Joined,
    Left,
    MemberChanged,
    MessageEdited,
    MessagePosted,
    MessageRemoved,
    RoomChange,
    RoomChanged,
)
from bot.model import Account, Role, Room, RoomKind
from bot.reply import Button, File, Reply, Text
from tests.adapters.fakes import Core
from tests.adapters.stage import Stage


def posted(core: Core) -> list[str]:
    return [event.content.text for event in core.events if isinstance(event, MessagePosted)]


# -- what the bot does -----------------------------------------------------------------------


async def test_the_same_key_posts_once_and_answers_the_same(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    first = await chat.post(stage.circle, Reply("Good evening."), key="one")
    assert await chat.post(stage.circle, Reply("Good evening."), key="one") == first
    await stage.disconnect()
    chat = await stage.connect(Core())
    assert await chat.post(stage.circle, Reply("Good evening."), key="one") == first
    other = await chat.post(stage.circle, Reply("Good evening."), key="two")
    assert other != first
    assert len(await stage.all_seen(stage.member, stage.circle)) == 2


async def test_all_texts_and_a_file_are_shown(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    reply = Reply(
        "First", lines=(Text("second", {"who": stage.member}),), files=(File("a.txt", "kept"),)
    )
    await chat.post(stage.circle, reply, key="one")
    seen = await stage.sees(stage.member, "First")
    assert seen.text == f"First\nsecond {await chat.name_of(stage.group, stage.member)}"


async def test_an_own_message_is_edited_and_nobody_elses(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    ref = await chat.post(stage.circle, Reply("Before"), key="one")
    await chat.edit(ref, Reply("After", buttons=(Button("Take it", "take", {"n": 1}),)))
    assert (await stage.sees(stage.member, "After")).ref == ref
    now = await chat.fetch(ref)
    assert now is not None
    assert any("After" in said for said in (now.content.text, *now.content.scannable))
    theirs = await stage.writes(stage.member, stage.circle, "Mine")
    with pytest.raises(Forbidden):
        await chat.edit(theirs, Reply("Not yours"))
    await chat.remove([ref])
    with pytest.raises(Gone):
        await chat.edit(ref, Reply("Too late"))


async def test_removing_answers_for_every_message(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    there = await stage.writes(stage.member, stage.circle, "There")
    gone = await stage.writes(stage.member, stage.circle, "Gone")
    kept = await stage.writes(stage.member, stage.other, "Kept")
    own = await chat.post(stage.other, Reply("Own"), key="own")
    await stage.removes(stage.member, gone)
    await stage.deny(stage.other, Right.REMOVE)
    done = await chat.remove([there, gone, kept, own])
    assert done == {
        there: Removal.GONE,
        gone: Removal.GONE,
        kept: Removal.FORBIDDEN,
        own: Removal.GONE,
    }
    assert await chat.remove([there]) == {there: Removal.GONE}
    assert [seen.ref for seen in await stage.all_seen(stage.member)] == [kept]


async def test_pins_are_listed(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    await stage.writes(stage.member, stage.circle, "Not this")
    pinned = await stage.writes(stage.member, stage.circle, "This")
    await stage.pins(stage.moderator, pinned)
    assert await chat.pins(stage.circle) == [pinned]
    told = RoomChange.PINS
    await core.until(
        lambda: any(isinstance(e, RoomChanged) and e.change is told for e in core.events)
    )
    await chat.remove([pinned])
    assert await chat.pins(stage.circle) == []
    own = await chat.post(stage.circle, Reply("yes"), key="to be pinned")
    for _ in range(2):
        await chat.pin(own)
        assert await chat.pins(stage.circle) == [own]


async def test_holding_and_releasing_count_and_twice_is_once(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    wren = await stage.joins("Nettle")
    await stage.writes(stage.member, stage.circle, "Among us")
    assert not await stage.may_write(wren, stage.circle)
    assert not await stage.all_seen(wren, stage.circle)
    assert await stage.may_write(wren, stage.lobby)
    for _ in range(2):
        await chat.release(stage.group, wren)
    assert await stage.may_write(wren, stage.circle)
    assert (await chat.held(stage.group)).get(wren) in (None, False)
    # Whether a newcomer reads what was said before is for the platform.
    await stage.writes(stage.member, stage.circle, "Hello, Nettle")
    await stage.sees(wren, "Hello, Nettle")
    for _ in range(2):
        await chat.hold(stage.group, wren)
    assert (await chat.held(stage.group)).get(wren) in (None, True)
    assert not await stage.may_write(wren, stage.circle)
    assert not await stage.all_seen(wren, stage.circle)


async def test_nobody_enters_by_coming_back(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    wren = await stage.joins("Nettle")
    await chat.release(stage.group, wren)
    await stage.leaves(wren)
    assert not await stage.all_seen(wren)
    await stage.comes_back(wren)
    assert not await stage.may_write(wren, stage.circle)
    await core.until(lambda: [type(e) for e in core.events[-2:]] == [Left, Joined])


async def test_without_the_right_to_hold_the_bot_is_told(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    wren = await stage.joins("Nettle")
    await stage.deny(stage.lobby, Right.HOLD)
    assert Right.HOLD not in await chat.rights(stage.lobby)
    with pytest.raises(Forbidden):
        await chat.release(stage.group, wren)


async def test_telling_reaches_one_person_once(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    first = await chat.tell(stage.group, stage.member, Reply("For you"), key="t")
    assert await chat.tell(stage.group, stage.member, Reply("For you"), key="t") == first
    await stage.sees(stage.member, "For you")
    assert [seen.text for seen in await stage.all_seen(stage.member)] == ["For you"]
    assert not await stage.all_seen(stage.second)
    assert not await stage.all_seen(stage.moderator)
    assert await chat.remove([first]) == {first: Removal.GONE}
    await stage.leaves(stage.member)
    with pytest.raises(CannotReach):
        await chat.tell(stage.group, stage.member, Reply("Are you there"), key="u")


async def test_posting_without_the_right_or_the_room(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    await stage.deny(stage.circle, Right.POST)
    with pytest.raises(Forbidden):
        await chat.post(stage.circle, Reply("No"), key="one")
    with pytest.raises(Gone):
        await chat.post(Room(stage.group, "no-such-room"), Reply("No"), key="two")


# -- what the bot looks up -------------------------------------------------------------------


async def test_rooms_with_what_each_is_for(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    assert stage.group in await chat.groups()
    kinds = {info.room: info.kind for info in await chat.rooms(stage.group)}
    assert kinds[stage.lobby] is RoomKind.LOBBY
    assert kinds[stage.circle] is RoomKind.CIRCLE
    assert kinds[stage.moderators] is RoomKind.MODERATORS


async def test_a_message_as_it_is_now(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    ref = await stage.writes(stage.member, stage.circle, "First words")
    await stage.edits(stage.member, ref, "Other words")
    await stage.pins(stage.moderator, ref)
    found = await chat.fetch(ref)
    assert found is not None
    assert (found.content.text, found.author, found.pinned, found.own) == (
        "Other words",
        stage.member,
        True,
        False,
    )
    await stage.removes(stage.member, ref)
    assert await chat.fetch(ref) is None
    own = await chat.fetch(await chat.post(stage.circle, Reply("Mine"), key="one"))
    assert own is not None
    assert own.own


async def test_history_after_a_message_oldest_first(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    refs = [await stage.writes(stage.member, stage.circle, f"number {n}") for n in range(5)]
    await chat.post(stage.circle, Reply("The bot's own"), key="one")
    await stage.removes(stage.member, refs[1])
    await stage.removes(stage.member, refs[3])
    after = [event async for event in chat.history(stage.circle, refs[1])]
    assert [event.content.text for event in after] == ["number 2", "number 4"]
    assert not any(event.live for event in after)
    everything = [event.ref async for event in chat.history(stage.circle, None)]
    assert everything == [refs[0], refs[2], refs[4]]


async def test_history_and_the_live_event_have_one_id(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    await stage.writes(stage.member, stage.circle, "Once")
    await core.until(lambda: posted(core) == ["Once"])
    (again,) = [event async for event in chat.history(stage.circle, None)]
    assert again.id == next(e.id for e in core.events if isinstance(e, MessagePosted))


async def test_roles_are_the_platforms_and_of_this_moment(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    assert await chat.role_of(stage.group, stage.moderator) is Role.MODERATOR
    assert await chat.role_of(stage.group, stage.member) is Role.MEMBER
    assert await chat.role_of(stage.group, Account(chat.platform, "nobody")) is Role.GUEST
    assert await chat.role_of(stage.group, Account("elsewhere", "ana")) is Role.GUEST
    await stage.give_role(stage.moderator, Role.MEMBER)
    assert await chat.role_of(stage.group, stage.moderator) is Role.MEMBER
    members = await chat.members(stage.group)
    assert members[stage.member] is Role.MEMBER
    assert members[stage.moderator] is Role.MEMBER
    await stage.leaves(stage.member)
    assert await chat.role_of(stage.group, stage.member) is Role.GUEST
    assert stage.member not in await chat.members(stage.group)
    await core.until(lambda: any(isinstance(e, MemberChanged) for e in core.events))


async def test_rights_and_the_loss_of_one(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    assert await chat.rights(stage.circle) == frozenset(Right)
    await stage.deny(stage.circle, Right.REMOVE)
    assert await chat.rights(stage.circle) == frozenset(Right) - {Right.REMOVE}
    told = RoomChange.RIGHTS
    await core.until(
        lambda: any(isinstance(e, RoomChanged) and e.change is told for e in core.events)
    )


async def test_the_platforms_time_is_the_clocks(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    theirs = await chat.now()
    assert theirs is not None
    assert abs(theirs - stage.clock.now()) < timedelta(seconds=30)


# -- what the bot hears ----------------------------------------------------------------------


async def test_events_in_their_order_without_the_bots_own(stage: Stage, core: Core) -> None:
    chat = await stage.connect(core)
    ref = await stage.writes(stage.member, stage.circle, "One")
    await chat.post(stage.circle, Reply("The bot"), key="one")
    await stage.edits(stage.member, ref, "Two")
    await stage.removes(stage.member, ref)
    kinds = (MessagePosted, MessageEdited, MessageRemoved)

    def heard() -> list[Event]:
        return [event for event in core.events if isinstance(event, kinds)]

    await core.until(lambda: len(heard()) == 3)
    assert [type(event) for event in heard()] == list(kinds)
    assert posted(core) == ["One"]
    assert all(event.live for event in heard())


async def test_nothing_is_lost_while_the_bot_is_away(stage: Stage, core: Core) -> None:
    await stage.connect(core)
    await stage.writes(stage.member, stage.circle, "Before")
    await core.until(lambda: posted(core) == ["Before"])
    await stage.disconnect()
    for n in range(20):
        await stage.writes(stage.member, stage.circle, f"Away {n}")
    again = Core()
    await stage.connect(again)
    await again.until(lambda: "Away 19" in posted(again))
    assert [text for text in posted(again) if text != "Before"] == [f"Away {n}" for n in range(20)]


async def test_what_was_not_finished_comes_again_with_the_same_id(stage: Stage, core: Core) -> None:
    seen: list[str] = []

    def stuck(event: Event) -> None:
        if isinstance(event, MessagePosted):
            seen.append(event.id)
            raise NotDurable

    core.refuse = stuck
    await stage.connect(core)
    await stage.writes(stage.member, stage.circle, "Keep this")
    await stage.writes(stage.member, stage.circle, "And this")
    await core.until(lambda: len(set(seen)) >= 2)
    await stage.disconnect()
    again = Core()
    await stage.connect(again)
    await again.until(lambda: posted(again) == ["Keep this", "And this"])
    ids = [event.id for event in again.events if isinstance(event, MessagePosted)]
    assert set(ids) <= set(seen)


async def test_what_could_not_be_stored_is_offered_again(stage: Stage, core: Core) -> None:
    tries: list[str] = []

    def once(event: Event) -> None:
        if isinstance(event, MessagePosted):
            tries.append(event.id)
            if len(tries) == 1:
                raise NotDurable

    core.refuse = once
    await stage.connect(core)
    await stage.writes(stage.member, stage.circle, "Twice")
    await core.until(lambda: posted(core) == ["Twice"])
    assert tries[0] == tries[1]
