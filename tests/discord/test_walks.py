"""Walks: the whole bot on Discord, as members and moderators meet it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.discord.rights import IN_A_CHANNEL
from bot.chat import Right
from bot.model import Account
from bot.sealing import SealedHalf
from bot.store import tables
from tests.discord.asked import POST, Living, Place
from tests.discord_server.human import Human, Shown
from tests.discord_server.state import Channel, Message
from tests.sealing.pairs import KEYS

SUPPRESS_EMBEDS = 1 << 2
"""https://docs.discord.com/developers/resources/message#message-object-message-flags"""


@pytest.fixture
async def living(tmp_path: Path) -> AsyncIterator[Living]:
    """The real core on a server, with the join card and the standing buttons in place."""
    async with Place.opened() as place:
        living = Living(place, tmp_path)
        await living.begins()
        try:
            yield living
        finally:
            await living.down()


def message(shown: Shown) -> Message:
    assert shown.message is not None
    return shown.message


def labels(of: Message) -> list[str]:
    return [each["label"] for row in of.components for each in row["components"]]


async def test_a_newcomer_is_inside_after_three_presses_that_nobody_else_sees(
    living: Living,
) -> None:
    place = living.place
    wren = await living.joined("wren", inside=False)
    lobby = place.channel(place.lobby)
    (card,) = lobby.messages.values()
    assert not wren.sees_channel(place.room)
    essentials = await wren.presses(card, "Join")
    await living.down()
    await living.up()
    limits = await wren.presses(message(essentials), labels(message(essentials))[0])
    inside = await wren.presses(message(limits), labels(message(limits))[0])
    await place.when(lambda: wren.sees_channel(place.room))
    assert all(each.alone for each in (essentials, limits, inside))
    (name,) = message(inside).files
    assert b"#" in message(inside).files[name]
    allowed = await wren.presses(message(inside), "Let the bot write to me")
    assert allowed.text.startswith("From now on I write to you")
    assert [each for each in place.juniper.sees(lobby) if each is not card] == []


async def test_help_now_is_one_press_away_before_joining_and_leaves_no_row(living: Living) -> None:
    place = living.place
    wren = await living.joined("wren", inside=False)
    (card,) = place.channel(place.lobby).messages.values()
    await living.core.store.close()
    shown = await wren.presses(card, "Help now")
    assert shown.alone
    assert shown.text
    assert "went wrong" not in shown.text


def _holds(room: Channel, count: int) -> bool:
    return len(room.messages) == count


async def draft(place: Place, who: Human, words: str) -> Shown:
    """Write words for a room without a name, by the button, and see them first."""
    form = await who.presses(place.standing(), "Post without my name")
    return await who.fills(form, room=place.room, text=words)


async def test_a_post_without_a_name_carries_nothing_of_its_writer_on_the_wire(
    living: Living,
) -> None:
    place = living.place
    wren = await living.joined("wren")
    words = f"I relapsed today @everyone <@{place.basil.user.id}> https://example.org/a"
    seen = await draft(place, wren, words)
    assert seen.alone
    assert "I relapsed today" in seen.text
    sent = await wren.presses(message(seen), "Post soon")
    assert sent.alone
    receipt = sent.text
    assert place.room.messages == {}
    living.pass_time(hours=2)
    posted = await place.when(lambda: [*place.room.messages.values()])
    (post,) = posted
    assert "I relapsed today" in post.content
    assert post.interaction is None
    assert post.reference is None
    assert (post.mentions, post.mention_everyone) == ([], False)
    (exchange,) = [
        each for each in place.sent("POST", POST) if each.path.split("/")[2] == place.circle.handle
    ]
    assert "interaction_metadata" not in exchange.answer
    assert exchange.request["allowed_mentions"]["parse"] == []
    # No picture is fetched of what a link leads to.
    assert exchange.request["flags"] & SUPPRESS_EMBEDS
    assert str(wren.user.id) not in str(exchange)
    # Nobody but the writer saw anything of it before.
    for other in (place.juniper, place.ana):
        for channel in (place.room, place.write, place.channel(place.moderators)):
            assert receipt not in other.reads(channel)


async def test_a_moderator_hides_a_post_from_its_menu_and_no_other(
    living: Living,
) -> None:
    place = living.place
    wren = await living.joined("wren")
    for count, words in enumerate(("First words", "Second words"), start=1):
        seen = await draft(place, wren, words)
        await wren.presses(message(seen), "Post soon")
        living.pass_time(hours=3)
        await place.when(partial(_holds, place.room, count))
    (first,) = [each for each in place.room.messages.values() if "First words" in each.content]
    form = await place.ana.picks("Hide this anonymous post", first)
    shown = await place.ana.fills(form, reason="unkind")
    assert shown.alone
    await place.when(lambda: "First words" not in str(wren.reads(place.room)))
    assert "Second words" in str(wren.reads(place.room))
    for exchange in place.sent("PATCH", f"{POST}/{{message_id}}"):
        assert exchange.request["allowed_mentions"]["parse"] == []
        assert "interaction_metadata" not in exchange.answer


async def test_an_alert_is_taken_once_and_shown_to_who_presses_alone(living: Living) -> None:
    place = living.place
    bo = await living.joined("bo")
    place.host.gives(place.moderator_role, bo.member)
    moderators = place.channel(place.moderators)
    await place.ana.runs(moderators, "keyword add", phrase="Hollow Lane")
    wren = await living.joined("wren")
    wren.writes(place.room, "She lives in Hollow Lane")
    card = await place.when(
        lambda: [each for each in moderators.messages.values() if "Show" in str(each.components)]
    )
    alert = card[0]
    assert "Hollow" not in str(place.server.gateway.told[-1])
    shown = await place.ana.presses(alert, "Show")
    assert shown.alone
    assert "Hollow Lane" in shown.text
    assert "Hollow Lane" not in str(bo.reads(moderators))
    await place.ana.presses(alert, "I'll take it")
    second = await bo.presses(alert, "Show")
    assert second.alone
    assert "Hollow Lane" not in alert.content + str(alert.embeds)


async def test_take_mine_back_now_takes_ones_own_and_nobody_elses(living: Living) -> None:
    place = living.place
    wren, rose = await living.joined("wren"), await living.joined("rose")
    own = wren.writes(place.room, "too much")
    theirs = rose.writes(place.room, "mine")
    await place.when(lambda: place.on.is_caught_up(place.circle))
    await wren.picks("Take mine back now", own)
    await place.when(lambda: own.id not in place.room.messages)
    refused = await wren.picks("Take mine back now", theirs)
    assert refused.alone
    form = await rose.picks("Let this go in...", theirs)
    await rose.fills(form, after="2 hours")
    assert theirs.id in place.room.messages
    living.pass_time(hours=2, minutes=5)
    await place.when(lambda: theirs.id not in place.room.messages)


async def test_what_may_not_be_removed_is_told_to_moderators_and_goes_when_it_may(
    living: Living,
) -> None:
    place = living.place
    moderators = place.channel(place.moderators)
    answer = await place.ana.runs(moderators, "lifetime", room=place.room, lifetime="2 hours")
    await place.when(lambda: "are removed" in answer.text)
    wren = await living.joined("wren")
    said = wren.writes(place.room, "for tonight")
    await place.deny(place.circle, Right.REMOVE)
    living.pass_time(hours=2, minutes=5)
    await place.when(lambda: "I lack the right to" in _all(moderators))
    assert said.id in place.room.messages
    bot = place.guild.member(place.server.world.application.bot.id)
    place.host.sets_overwrite(place.room, bot, allow=IN_A_CHANNEL.value)
    await place.when(lambda: said.id not in place.room.messages)


def _all(room: Channel) -> str:
    return " ".join(f"{each.content}{each.embeds}" for each in room.messages.values())


async def test_whom_the_host_lets_see_a_command_may_still_not_use_it(living: Living) -> None:
    place = living.place
    wren = await living.joined("wren")
    for each in place.guild.commands.values():
        each["default_member_permissions"] = None
    for words in ("status", "alerts", "helplines"):
        shown = await wren.runs(place.room, words)
        assert shown.text.startswith("I cannot find that, or it is not open to you.")
    assert (await place.ana.runs(place.room, "status")).alone


async def test_where_the_group_asks_for_it_every_page_is_read_on_the_way_in(
    living: Living,
) -> None:
    place = living.place
    await place.host.runs(place.room, "set", name="read-all-rules", value="yes")
    wren = await living.joined("wren", inside=False)
    (card,) = place.channel(place.lobby).messages.values()
    shown = await wren.presses(card, "Join")
    pages = 1
    while "Next page" in labels(message(shown)):
        shown = await wren.presses(message(shown), "Next page")
        pages += 1
    assert pages > 2
    for label in ("I agree", "I understand"):
        assert shown.alone
        shown = await wren.presses(message(shown), label)
    await place.when(lambda: wren.sees_channel(place.room))


async def test_two_moderators_hold_keys_and_open_a_post_that_shows_nobody(living: Living) -> None:
    place = living.place
    moderators = place.channel(place.moderators)
    bo = await living.joined("bo")
    place.host.gives(place.moderator_role, bo.member)
    people = {place.ana: KEYS["ana"], bo: KEYS["moss"]}
    for owner, other in ((place.ana, bo), (bo, place.ana)):
        offered = await owner.runs(moderators, "key-offer", key=people[owner].public.text)
        assert offered.alone
        fingerprint = people[owner].public.fingerprint
        (card,) = await place.when(partial(_offers, moderators, fingerprint))
        thanks = await other.presses(card, "Confirm")
        assert thanks.text.startswith("Thank you")

    wren = await living.joined("wren")
    seen = await draft(place, wren, "Some words of mine")
    assert "no single moderator can look it up" in seen.text
    assert "two key-holders together can" in seen.text
    await wren.presses(message(seen), "Post soon")
    living.pass_time(hours=2)
    await place.when(partial(_holds, place.room, 1))

    store, seals = living.core.store, living.core.sealed_authors
    (circle,) = living.core.directory.groups()
    async with store.read() as conn:
        (post,) = await conn.scalars(select(tables.posts.c.id))
    one, two = (Account("discord", str(each.user.id)) for each in people)
    texts = await seals.halves(circle, post, one, two)
    first, second = (
        SealedHalf.of(text).opened(pair) for text, pair in zip(texts, people.values(), strict=True)
    )
    author = await seals.open(circle, post, first, second)
    assert author == Account("discord", str(wren.user.id))


def _offers(room: Channel, fingerprint: str) -> list[Message]:
    return [
        each
        for each in room.messages.values()
        if fingerprint in f"{each.content}{each.embeds}" and "Confirm" in str(each.components)
    ]


async def test_put_out_between_the_form_and_the_post_nothing_is_sent_and_the_receipt_says_so(
    living: Living,
) -> None:
    place = living.place
    wren = await living.joined("wren")
    seen = await draft(place, wren, "I relapsed today")
    sent = await wren.presses(message(seen), "Post soon")
    (receipt,) = re.findall(r"Your receipt:\s+(\S+)", sent.text)
    place.host.kicks(place.guild.member(place.server.world.application.bot.id))
    await place.when(lambda: not place.on.rooms.guilds())
    living.pass_time(hours=2)
    await place.when(lambda: living.waits_to_be_sent() == 0)
    place.comes_back_as_bot()
    await place.when(
        lambda: "anon-status" in [each["name"] for each in place.guild.commands.values()]
    )
    shown = await wren.runs(place.write, "anon-status", receipt=receipt)
    assert shown.text.startswith("Your post was not sent.")
    assert place.room.messages == {}
