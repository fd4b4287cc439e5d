"""Private words: in the direct chat of who allowed it, else behind "Messages for me"."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.chat import Chat, Removal
from bot.errors import CannotReach
from bot.model import Account
from bot.reply import Button, Reply, Text
from tests.discord.asked import POST, Place

MESSAGES, DIRECT = "Messages for me", "/users/@me/channels"


def words(text: str, *buttons: Button) -> Reply:
    return Reply("value", {"value": text}, buttons=buttons, lock_line="lock-for-you")


def chat(place: Place) -> Chat:
    assert place._chat is not None
    return place._chat


async def test_who_allowed_nothing_is_never_written_to() -> None:
    async with Place.opened() as place:
        await place.starts()
        await chat(place).tell(place.group, place.second, words("Only for Basil"), key="one")
        assert await chat(place).uncollected("one")
        assert not await chat(place).uncollected("another")
        assert place.sent("POST", DIRECT) == []
        assert "Only for Basil" not in str([each.request for each in place.server.exchanges])
        waits = Text("discord-words-wait", {"count": 1})
        assert waits in await chat(place).open_doors(place.group)
        shown = await place.basil.presses(place.standing(), MESSAGES)
        assert shown.alone
        assert shown.text.startswith("I have one message for you.")
        await place.when(lambda: len(place.own(place.basil, place.write)) == 2)
        assert place.own(place.basil, place.write)[1].content == "Only for Basil"
        for other in (place.juniper, place.ana):
            assert "Only for Basil" not in str(other.reads(place.write))
        await place.when(lambda: not any(key.startswith("waiting") for key in place.shelf.values))
        assert not await chat(place).uncollected("one")


async def test_what_was_collected_is_gone_and_the_rest_waits() -> None:
    async with Place.opened() as place:
        core = await place.starts()
        for number in range(3):
            button = Button("button-join", "answer", {"n": number})
            await chat(place).tell(
                place.group, place.second, words(f"Words {number}", button), key=f"{number}"
            )
        await place.disconnect()
        core = await place.starts()
        await place.basil.presses(place.standing(), MESSAGES)
        await place.when(lambda: len(place.own(place.basil, place.write)) == 4)
        shown = place.own(place.basil, place.write)
        assert [each.content for each in shown[1:]] == ["Words 0", "Words 1", "Words 2"]
        await place.basil.presses(shown[2], "Join")
        assert dict(core.asked[0].args) == {"n": 1}
        await place.when(lambda: not any(key.startswith("waiting") for key in place.shelf.values))
        again = await place.basil.presses(place.standing(), MESSAGES)
        assert again.text.startswith("I have nothing for you right now.")
        told = await chat(place).open_doors(place.group)
        assert "discord-words-wait" not in [each.key for each in told]


async def test_telling_twice_by_one_key_is_telling_once() -> None:
    async with Place.opened() as place:
        await place.starts()
        for who in (place.member, place.second):
            first = await chat(place).tell(place.group, who, words("Once"), key="one")
            assert await chat(place).tell(place.group, who, words("Once"), key="one") == first
        assert len(place.juniper.direct().messages) == 1
        (row,) = [each for key, each in place.shelf.values.items() if key.startswith("waiting")]
        assert len(json.loads(row)) == 1


async def test_what_nobody_collects_goes_after_three_days() -> None:
    async with Place.opened() as place:
        await place.starts()
        await chat(place).tell(place.group, place.second, words("Old"), key="one")
        place.clock.shift(timedelta(hours=71))
        await chat(place).tell(place.group, place.second, words("New"), key="two")
        place.clock.shift(timedelta(hours=2))
        await place.basil.presses(place.standing(), MESSAGES)
        await place.when(lambda: len(place.own(place.basil, place.write)) == 2)
        assert place.own(place.basil, place.write)[1].content == "New"
        await place.when(lambda: not any(key.startswith("waiting") for key in place.shelf.values))


async def test_a_person_allows_it_and_takes_that_back() -> None:
    async with Place.opened() as place:
        await place.starts()
        nothing = await place.basil.presses(place.standing(), MESSAGES)
        assert nothing.message is not None
        allowed = await place.basil.presses(nothing.message, "Let the bot write to me")
        assert allowed.text.startswith("From now on I write to you")
        assert allowed.message is not None
        await chat(place).tell(place.group, place.second, words("Hello Basil"), key="one")
        (message,) = place.basil.direct().messages.values()
        # A phone may show the content, and no more than that.
        assert message.content == "Circlekeeper: something for you."
        assert message.embeds[0]["description"] == "Hello Basil"
        await place.basil.presses(allowed.message, "Stop writing to me")
        await chat(place).tell(place.group, place.second, words("Still there"), key="two")
        assert len(place.basil.direct().messages) == 1
        await place.basil.presses(place.standing(), MESSAGES)
        await place.when(lambda: "Still there" in place.basil.reads(place.write))


async def test_who_shut_their_direct_messages_finds_the_words_behind_the_button() -> None:
    async with Place.opened() as place:
        await place.starts()
        place.juniper.user.direct_open = False
        told = await chat(place).tell(place.group, place.member, words("For Juniper"), key="one")
        assert place.juniper.direct().messages == {}
        await place.juniper.presses(place.standing(), MESSAGES)
        await place.when(lambda: "For Juniper" in place.juniper.reads(place.write))
        assert place.on.private_words.are(told)


async def test_words_that_are_taken_back_are_collected_by_nobody() -> None:
    async with Place.opened() as place:
        await place.starts()
        direct = await chat(place).tell(place.group, place.member, words("Sent"), key="one")
        waits = await chat(place).tell(place.group, place.second, words("Waits"), key="one")
        for _ in range(2):
            assert await chat(place).remove([direct, waits]) == {
                direct: Removal.GONE,
                waits: Removal.GONE,
            }
        assert place.juniper.direct().messages == {}
        shown = await place.basil.presses(place.standing(), MESSAGES)
        assert shown.text.startswith("I have nothing for you right now.")


async def test_whoever_is_not_there_cannot_be_reached_and_who_leaves_leaves_nothing() -> None:
    async with Place.opened() as place:
        await place.starts()
        await chat(place).tell(place.group, place.second, words("Waits"), key="one")
        await place.leaves(place.second)
        await place.leaves(place.member)
        await place.when(
            lambda: not any(key.startswith(("waiting", "may-write")) for key in place.shelf.values)
        )
        for who in (place.member, place.second, Account("discord", "1")):
            with pytest.raises(CannotReach):
                await chat(place).tell(place.group, who, words("Are you there"), key="two")


async def test_who_leaves_while_the_bot_is_away_leaves_nothing_either() -> None:
    async with Place.opened() as place:
        await place.starts()
        for who in (place.second, place.moderator):
            await chat(place).tell(place.group, who, words("Waits"), key="one")
        await place.disconnect()
        await place.leaves(place.second)
        await place.leaves(place.member)
        await place.starts()
        gone = (place.second.handle, place.member.handle)
        await place.when(lambda: not any(key.endswith(gone) for key in place.shelf.values))
        (waits,) = [key for key in place.shelf.values if key.startswith("waiting")]
        assert waits.endswith(f" {place.moderator.handle}")


async def test_words_that_could_not_be_shown_wait_on() -> None:
    async with Place.opened() as place:
        await place.starts()
        for number in range(2):
            await chat(place).tell(place.group, place.second, words(f"{number}"), key=f"{number}")
        follow = "/webhooks/{webhook_id}/{webhook_token}"
        place.server.faults.plant("POST", follow, status=403)
        await place.basil.presses(place.standing(), MESSAGES)
        await place.when(lambda: place.sent("POST", follow))
        await place.basil.presses(place.standing(), MESSAGES)
        await place.when(lambda: "1" in place.basil.reads(place.write))
        assert "0" in place.basil.reads(place.write)


async def test_the_button_names_nobody() -> None:
    async with Place.opened() as place:
        await place.starts()
        before = place.standing().content
        await chat(place).tell(place.group, place.second, words("Waits"), key="one")
        assert place.standing().content == before
        assert len(place.sent("POST", POST)) == 1
