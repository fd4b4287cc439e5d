"""Job two, ephemeral messages: what is due goes, what is not stays, and what cannot go is said."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.async_api import expect

from tests.end_to_end.player import Player


async def test_a_room_gets_a_lifetime_and_one_message_a_shorter_one(player: Player) -> None:
    ana = await player.pane("Ana")
    await ana.runs("Lifetime", Room="Small wins", How_long="3 h")
    await ana.sees_alone("New messages in Small wins are removed from the room after 3 hours.")
    juniper = await player.pane("Juniper")
    await juniper.opens("Small wins")
    for words in ("I called my sister.", "I ate breakfast.", "I am not sure about this."):
        await juniper.writes(words)
        await expect(juniper.message(words)).to_contain_text("goes in 3 hours")

    await juniper.does("Let go", at="I called my sister.")
    await juniper.fills(After_how_long="1 hour")
    await juniper.sees_alone("Your message will be removed from the room at")
    await expect(juniper.message("I called my sister.")).to_contain_text(
        re.compile("goes in (1 hour|59 minutes)")
    )
    await juniper.does("Let go", at="I am not sure about this.")
    await juniper.fills()
    await juniper.sees_alone("Done. Your message is being removed from the room.")
    await juniper.sees_no("I am not sure about this.")

    basil = await player.pane("Basil")
    await basil.opens("Small wins")
    await basil.does("Let go", at="I ate breakfast.")
    await basil.fills()
    await basil.sees_alone("Only the person who wrote a message can do that.")

    await player.pushes_time(timedelta(hours=1, minutes=1))
    await juniper.sees_no("I called my sister.")
    # However slow the machine is, what stays is due an hour later at the least.
    await expect(juniper.message("I ate breakfast.")).to_contain_text("goes in 1 hour 5")
    await player.pushes_time(timedelta(hours=2))
    await juniper.sees_no("I ate breakfast.")
    await juniper.runs("Lifetimes")
    await juniper.sees_alone("Small wins: 3 hours")
    await juniper.sees_alone("Evening circle: 1 day")


async def test_pinned_messages_stay_and_are_listed(player: Player) -> None:
    juniper, ana = await player.pane("Juniper"), await player.pane("Ana")
    await juniper.opens("Evening circle")
    await juniper.writes("We meet at eight.")
    await juniper.writes("See you there.")
    await ana.opens("Evening circle")
    await ana.does("Pin", at="We meet at eight.")
    await expect(ana.message("We meet at eight.")).to_contain_text("pinned")
    await player.pushes_time(timedelta(days=1, minutes=1))
    await juniper.sees_no("See you there.")
    await juniper.sees("We meet at eight.")
    await ana.runs("Pins", Room="Evening circle")
    await ana.sees_alone("In Evening circle one pinned message is past its time.")
    await ana.opens("Moderators")
    await ana.opens("Evening circle")
    await ana.does("Unpin", at="We meet at eight.")
    await juniper.sees_no("We meet at eight.")


async def test_what_cannot_be_removed_is_told_and_goes_when_it_can(player: Player) -> None:
    juniper, ana = await player.pane("Juniper"), await player.pane("Ana")
    await juniper.opens("Evening circle")
    await juniper.writes("One.")
    await juniper.writes("Two.")
    await player.takes_right_away("Remove messages", "Evening circle")
    await player.pushes_time(timedelta(days=1, minutes=1))
    await ana.opens("Moderators")
    await ana.sees("I could not remove 2 messages in Evening circle: I lack the right to.")
    await ana.runs("Status")
    await ana.sees_alone("In Evening circle I cannot remove messages, so they stay.")
    await ana.sees_alone("In Evening circle: 2 not removed, because I lack the right.")
    await juniper.sees("One.")
    await player.gives_right_back("Remove messages", "Evening circle")
    await juniper.sees_no("One.")
    await juniper.sees_no("Two.")
    await ana.runs("Removals")
    await ana.sees_alone("Messages whose time was over, by day:")
    assert "Evening circle: 2 removed" in await ana.words_of("Messages whose time was over")
