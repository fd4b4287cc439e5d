"""What rooms hold beside plain messages: threads, forums, forwards; what goes, and who comes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import discord
import pytest

from adapters.discord import places
from adapters.discord.budget import Budget, patiently
from adapters.discord.places import Places
from bot.chat import Removal, Right
from bot.errors import Forbidden, NotDurable
from bot.events import (
    Event,
    GroupReady,
    Joined,
    MemberChanged,
    MessageEdited,
    MessagePosted,
    RoomChanged,
)
from bot.model import MessageRef, Room, RoomKind
from bot.reply import Reply
from tests.adapters.discord_stage import DiscordStage
from tests.adapters.fakes import Core
from tests.discord_server import guilds, messages
from tests.discord_server.state import FORUM, PRIVATE_THREAD, PUBLIC_THREAD, Channel

BULK = "/channels/{channel_id}/messages/bulk-delete"
ONE = "/channels/{channel_id}/messages/{message_id}"
ROLE = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
HISTORY = "/channels/{channel_id}/messages"


def posts(core: Core) -> list[MessagePosted]:
    return [event for event in core.events if isinstance(event, MessagePosted)]


def texts(core: Core) -> list[str]:
    return [event.content.text for event in posts(core)]


def asked(stage: DiscordStage, method: str, template: str) -> int:
    said = stage.server.exchanges
    return sum((each.method, each.template) == (method, template) for each in said)


async def forum(stage: DiscordStage) -> Channel:
    """A room whose messages stand in posts."""
    made = stage.makes_room(RoomKind.CIRCLE, type=FORUM)
    rooms = {**stage.places.rooms, made.id: RoomKind.CIRCLE}
    kept = Places(
        stage.guild.id, stage.member_role.id, stage.moderator_role.id, rooms, stage.places.write
    )
    await places.save(stage.shelf, kept)
    return made


def said_long_ago(stage: DiscordStage, text: str) -> MessageRef:
    """A message that somebody wrote 20 days ago."""
    then = datetime.now(UTC) - timedelta(days=20)
    number = discord.utils.time_snowflake(then) + len(text) + ord(text[-1])
    channel, author = stage.channel(stage.circle), stage.human(stage.member).user
    messages.post(stage.server.gateway, channel, author, {"content": text}, number=number)
    return MessageRef(stage.circle, str(number))


# -- removing --------------------------------------------------------------------------------


async def test_many_messages_go_in_one_request(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    refs = [await stage.writes(stage.member, stage.circle, f"number {n}") for n in range(150)]
    done = await chat.remove(refs)
    assert set(done.values()) == {Removal.GONE}
    assert not await stage.all_seen(stage.member, stage.circle)
    assert (asked(stage, "POST", BULK), asked(stage, "DELETE", ONE)) == (2, 0)


async def test_what_is_older_than_14_days_goes_singly_and_fails_no_other(
    stage: DiscordStage, core: Core
) -> None:
    chat = await stage.connect(core)
    old = [said_long_ago(stage, f"old {n}") for n in range(3)]
    young = [await stage.writes(stage.member, stage.circle, f"young {n}") for n in range(3)]
    done = await chat.remove([*old, *young])
    assert done == dict.fromkeys([*old, *young], Removal.GONE)
    assert not await stage.all_seen(stage.member, stage.circle)
    assert (asked(stage, "POST", BULK), asked(stage, "DELETE", ONE)) == (1, 3)


async def test_where_discord_finds_one_too_old_all_go_singly(
    stage: DiscordStage, core: Core
) -> None:
    chat = await stage.connect(core)
    refs = [await stage.writes(stage.member, stage.circle, f"number {n}") for n in range(3)]
    stage.server.world.clock.passes(days=15)
    assert await chat.remove(refs) == dict.fromkeys(refs, Removal.GONE)
    assert not await stage.all_seen(stage.member, stage.circle)


async def test_what_somebody_else_removed_counts_as_gone(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    ref = await stage.writes(stage.member, stage.circle, "Mine")
    await stage.removes(stage.member, ref)
    assert await chat.remove([ref]) == {ref: Removal.GONE}


async def test_a_room_without_the_right_says_so_for_each(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    refs = [await stage.writes(stage.member, stage.circle, f"number {n}") for n in range(3)]
    await stage.deny(stage.circle, Right.REMOVE)
    assert await chat.remove(refs) == dict.fromkeys(refs, Removal.FORBIDDEN)


async def test_the_gate_does_not_wait_behind_removals() -> None:
    budget = Budget(lambda: None)
    order: list[str] = []

    async def removes() -> None:
        with patiently():
            await budget.take()
        order.append("removed")

    removing = [asyncio.create_task(removes()) for _ in range(60)]
    await asyncio.sleep(0)
    for _ in range(5):
        await budget.take()
        order.append("let in")
    await asyncio.gather(*removing)
    assert order[-1] == "removed"
    assert order.index("let in") < 30


# -- threads, forums, forwards ---------------------------------------------------------------


async def test_what_is_written_in_a_thread_is_written_in_its_room(
    stage: DiscordStage, core: Core
) -> None:
    chat = await stage.connect(core)
    juniper = stage.human(stage.member)
    first = await stage.writes(stage.member, stage.circle, "How was it?")
    thread = juniper.starts_thread(stage.channel(stage.circle), "Wednesday")
    said = juniper.writes(thread, "It went well")
    await core.until(lambda: "It went well" in texts(core))
    event = next(event for event in posts(core) if event.content.text == "It went well")
    assert event.ref == MessageRef(stage.circle, f"{thread.id}/{said.id}")
    assert event.thread == MessageRef(stage.circle, str(thread.id))
    found = await chat.fetch(event.ref)
    assert found is not None
    assert found.content.text == "It went well"
    everything = [each.content.text async for each in chat.history(stage.circle, None)]
    assert everything == ["How was it?", "It went well"]
    assert await chat.remove([event.ref, first]) == dict.fromkeys([event.ref, first], Removal.GONE)
    assert not juniper.reads(thread)


async def test_what_stands_in_an_archived_thread_goes_too(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    juniper = stage.human(stage.member)
    thread = juniper.starts_thread(stage.channel(stage.circle), "Wednesday")
    for count in (1, 3):
        said = [juniper.writes(thread, f"number {n}") for n in range(count)]
        refs = [MessageRef(stage.circle, f"{thread.id}/{each.id}") for each in said]
        stage.host.archives(thread)
        assert await chat.remove(refs) == dict.fromkeys(refs, Removal.GONE)
        assert not juniper.reads(thread)


async def test_the_title_of_a_post_in_a_forum_is_looked_at(stage: DiscordStage, core: Core) -> None:
    made = await forum(stage)
    chat = await stage.connect(core)
    juniper = stage.human(stage.member)
    post = juniper.starts_thread(made, "About Anna Lee", message={"content": "You know her"})
    await core.until(lambda: len(posts(core)) == 1)
    (event,) = posts(core)
    assert event.ref == MessageRef(Room(stage.group, str(made.id)), f"{post.id}/{post.id}")
    assert (event.content.text, event.content.scannable) == ("You know her", ("About Anna Lee",))
    assert await chat.remove([event.ref]) == {event.ref: Removal.GONE}
    second = juniper.starts_thread(made, "Anna again", message={"content": "First"})
    answer = juniper.writes(second, "Second")
    await core.until(lambda: len(posts(core)) == 3)
    ref = posts(core)[1].ref
    assert await chat.remove([ref]) == {ref: Removal.GONE}
    assert second.name == "\u2026", "what stands below it keeps the post, not its title"
    assert juniper.sees(second) == [answer]
    assert post.id not in stage.guild.channels, "without a message it would still say its title"


async def test_the_title_of_a_thread_is_looked_at_and_goes_with_its_first_message(
    stage: DiscordStage, core: Core
) -> None:
    def titles() -> list[tuple[MessageRef, tuple[str, ...]]]:
        return [(e.ref, e.content.scannable) for e in core.events if isinstance(e, MessageEdited)]

    chat = await stage.connect(core)
    juniper = stage.human(stage.member)
    ref = await stage.writes(stage.member, stage.circle, "You know her")
    room, first = stage.channel(stage.circle), stage.message(ref)
    thread = juniper.starts_thread(room, "Anna Lee", origin=first)
    await core.until(lambda: titles() == [(ref, ("Anna Lee",))])
    juniper.renames_thread(thread, "Anna of Maple Street")
    await core.until(lambda: titles()[1:] == [(ref, ("Anna of Maple Street",))])
    below = juniper.writes(thread, "Yes")
    assert await chat.remove([ref]) == {ref: Removal.GONE}
    assert thread.name == "\u2026"
    assert juniper.sees(thread) == [below]


async def test_what_is_forwarded_is_looked_at(stage: DiscordStage, core: Core) -> None:
    await stage.connect(core)
    ref = await stage.writes(stage.member, stage.other, "Anna Lee lives there")
    stage.human(stage.member).forwards(stage.message(ref), stage.channel(stage.circle))
    await core.until(lambda: len(posts(core)) == 2)
    forwarded = posts(core)[-1]
    assert forwarded.ref.room == stage.circle
    assert "Anna Lee lives there" in forwarded.content.scannable


async def test_what_people_see_in_place_of_a_files_name_is_looked_at(
    stage: DiscordStage, core: Core
) -> None:
    await stage.connect(core)
    juniper, room = stage.human(stage.member), stage.channel(stage.circle)
    file = {"id": 0, "filename": "Anna_Mller.txt", "title": "Anna Müller", "description": "Her"}
    body = {"attachments": [file], "files": {0: b"x"}}
    sent = messages.post(stage.server.gateway, room, juniper.user, body)
    juniper.forwards(sent, room)
    await core.until(lambda: len(posts(core)) == 2)
    for event in posts(core):
        assert event.content.scannable == ("Anna Müller", "Her")
        assert [each.name for each in event.content.attachments] == ["Anna_Mller.txt"]


# -- coming and going ------------------------------------------------------------------------


async def test_a_whole_crowd_is_let_in_within_the_limits(stage: DiscordStage, core: Core) -> None:
    stage.server.limits.routes["PUT", ROLE] = (10, 0.2)
    chat = await stage.connect(core)
    crowd = [await stage.joins(f"person {n}") for n in range(30)]
    await asyncio.gather(*(chat.release(stage.group, who) for who in crowd))
    for who in crowd:
        assert stage.member_role.id in stage.human(who).member.roles
    limited = [each for each in stage.server.exchanges if each.status == 429]
    assert not limited
    asks = asked(stage, "PUT", ROLE)
    await stage.told()
    await asyncio.gather(*(chat.release(stage.group, who) for who in crowd))
    assert asked(stage, "PUT", ROLE) == asks, "who is in already costs no request"


async def test_who_came_while_the_bot_was_away_is_known_as_held(
    stage: DiscordStage, core: Core
) -> None:
    await stage.connect(core)
    await stage.disconnect()
    nettle = await stage.joins("nettle")
    again = Core()
    chat = await stage.connect(again)
    assert isinstance(again.events[0], GroupReady)
    held = await chat.held(stage.group)
    assert held[nettle] is True
    assert held[stage.member] is False
    assert nettle in await chat.members(stage.group)


async def test_with_the_role_deleted_nobody_counts_as_let_in(
    stage: DiscordStage, core: Core
) -> None:
    chat = await stage.connect(core)
    guilds.take_role_away(stage.server.gateway, stage.guild, stage.member_role)
    await core.until(lambda: any(isinstance(event, RoomChanged) for event in core.events))
    with pytest.raises(Forbidden):
        await chat.release(stage.group, stage.member)
    await chat.hold(stage.group, stage.member)
    assert asked(stage, "PUT", ROLE) == asked(stage, "DELETE", ROLE) == 0


async def test_other_bots_are_nobody(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    bridge = stage.server.human("bridge", stage.guild)
    bridge.user.bot = True
    bridge.joins()
    nettle = await stage.joins("nettle")
    await core.until(lambda: any(isinstance(event, Joined) for event in core.events))
    assert [e.account for e in core.events if isinstance(e, Joined)] == [nettle]
    assert str(bridge.user.id) not in {who.handle for who in await chat.members(stage.group)}


async def test_who_is_called_something_else_is_told(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    stage.human(stage.member).renames("June")
    await core.until(lambda: any(isinstance(e, MemberChanged) for e in core.events))
    assert [e.account for e in core.events if isinstance(e, MemberChanged)] == [stage.member]
    assert await chat.name_of(stage.group, stage.member) == "June"


# -- catching up -----------------------------------------------------------------------------


async def test_a_long_absence_is_read_page_by_page_and_once(
    stage: DiscordStage, core: Core
) -> None:
    await stage.connect(core)
    await stage.writes(stage.member, stage.circle, "Before")
    await core.until(lambda: texts(core) == ["Before"])
    await stage.disconnect()
    thread = stage.human(stage.member).starts_thread(stage.channel(stage.circle), "Wednesday")
    for n in range(250):
        await stage.writes(stage.member, stage.circle, f"Away {n}")
    stage.human(stage.member).writes(thread, "In the thread")
    again = Core()
    await stage.connect(again)
    said = [text for text in texts(again) if text.startswith("Away")]
    assert said == [f"Away {n}" for n in range(250)]
    assert "In the thread" in texts(again)
    assert stage.noted(stage.circle) is not None
    await stage.disconnect()
    third = Core()
    await stage.connect(third)
    assert len(posts(third)) < 250, "what was done for good is not read again"


async def test_a_thread_that_was_archived_meanwhile_is_read_too(
    stage: DiscordStage, core: Core
) -> None:
    await stage.connect(core)
    kinds = {"Open": PUBLIC_THREAD, "Between us": PRIVATE_THREAD}
    threads = [
        stage.host.starts_thread(stage.channel(stage.circle), name, type=kind)
        for name, kind in kinds.items()
    ]
    await stage.disconnect()
    for thread in threads:
        stage.host.writes(thread, f"In {thread.name}")
        stage.host.archives(thread)
    again = Core()
    await stage.connect(again)
    assert set(texts(again)) >= {"In Open", "In Between us"}


async def test_the_position_moves_only_over_what_is_durable(
    stage: DiscordStage, core: Core
) -> None:
    stuck = await stage.writes(stage.member, stage.circle, "Before the bot was there")

    def refuse(event: Event) -> None:
        if isinstance(event, MessagePosted) and event.content.text == "Stuck":
            raise NotDurable

    core.refuse = refuse
    await stage.connect(core)
    stuck = await stage.writes(stage.member, stage.circle, "Stuck")
    await stage.writes(stage.member, stage.circle, "Fine")
    await core.until(lambda: texts(core) == ["Fine"])
    await stage.until(lambda: stage.noted(stage.circle) is not None)
    assert int(stage.noted(stage.circle) or 0) < int(stuck.handle)
    await stage.disconnect()
    again = Core()
    await stage.connect(again)
    assert texts(again)[-2:] == ["Stuck", "Fine"]


async def test_what_was_changed_while_the_bot_was_away_is_looked_at(
    stage: DiscordStage, core: Core
) -> None:
    await stage.connect(core)
    ref = await stage.writes(stage.member, stage.circle, "Nothing special")
    await core.until(lambda: len(posts(core)) == 1)
    await stage.until(lambda: stage.noted(stage.circle) == ref.handle)
    await stage.disconnect()
    await stage.edits(stage.member, ref, "Anna Lee")
    again = Core()
    await stage.connect(again)
    await again.until(lambda: any(isinstance(e, MessageEdited) for e in again.events))
    (changed,) = [event for event in again.events if isinstance(event, MessageEdited)]
    assert (changed.ref, changed.content.text, changed.live) == (ref, "Anna Lee", False)


async def test_a_change_far_back_in_the_history_is_looked_at(
    stage: DiscordStage, core: Core
) -> None:
    await stage.connect(core)
    room, juniper = stage.channel(stage.circle), stage.human(stage.member)
    ref = await stage.writes(stage.member, stage.circle, "Nothing special")
    for number in range(150):
        last = juniper.writes(room, f"Message {number}")
    await stage.until(lambda: stage.noted(stage.circle) == str(last.id))
    await stage.disconnect()
    await stage.edits(stage.member, ref, "Anna Lee")
    again = Core()
    await stage.connect(again)
    await again.until(lambda: any(isinstance(e, MessageEdited) for e in again.events))
    changed = [event for event in again.events if isinstance(event, MessageEdited)]
    assert [(each.ref, each.content.text) for each in changed] == [(ref, "Anna Lee")]


async def test_nothing_is_posted_in_a_forum(stage: DiscordStage, core: Core) -> None:
    made = await forum(stage)
    chat = await stage.connect(core)
    with pytest.raises(Forbidden):
        await chat.post(Room(stage.group, str(made.id)), Reply("words"), key="one")
    assert not asked(stage, "POST", HISTORY)
    assert Right.POST not in await chat.rights(Room(stage.group, str(made.id)))


async def test_a_post_notifies_nobody(stage: DiscordStage, core: Core) -> None:
    chat = await stage.connect(core)
    text = f"@everyone <@{stage.second.handle}> <@&{stage.moderator_role.id}>"
    ref = await chat.post(stage.circle, Reply(text), key="one")
    await chat.edit(ref, Reply(text + " again"))
    message = stage.message(ref)
    assert not message.mentions
    assert not message.mention_roles
    assert not message.mention_everyone
    for each in stage.server.exchanges:
        if each.method in ("POST", "PATCH") and each.template.startswith(HISTORY):
            assert each.request["allowed_mentions"]["parse"] == []
