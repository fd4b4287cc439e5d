"""Job four, leak alerts: a card that quotes nothing, and what moderators and authors do then."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.end_to_end.player import Pane, Player

WORDS = "I met Rosalind Quill at the bakery."
CARD = "This may be a leak, and it may be nothing."


async def watched(player: Player) -> tuple[Pane, Pane, Pane]:
    """Ana and Moss, who watch for a name, and Juniper, who says it."""
    ana, moss = await player.pane("Ana"), await player.pane("Moss")
    for moderator in (ana, moss):
        await moderator.opens("Moderators")
    # In private, so that the other moderator's pane holds nothing of it.
    await ana.opens("Private")
    await ana.runs("Keyword add", Word_or_phrase="Rosalind Quill")
    await ana.sees("I now watch for: Rosalind Quill")
    await ana.opens("Moderators")
    juniper = await player.pane("Juniper")
    await juniper.opens("Evening circle")
    await juniper.writes(WORDS)
    for moderator in (ana, moss):
        await moderator.sees(CARD)
    return ana, moss, juniper


async def test_a_card_quotes_nothing_and_show_is_for_one_pair_of_eyes(player: Player) -> None:
    ana, moss, _ = await watched(player)
    await moss.lock_screen("Circlekeeper: one thing to look at. Not urgent.")
    await expect(moss.message(CARD)).to_contain_text("in Evening circle")
    await expect(moss.message(CARD)).to_contain_text("Nobody has it yet.")
    # The way to the message stands in the words.
    way = ana.message(CARD).get_by_role("button", name=re.compile(r"^message \d+ in Evening"))
    await expect(ana.message(CARD)).to_contain_text(f"See {await way.inner_text()}.")
    await way.click()
    await expect(ana.message(WORDS)).to_be_focused()
    await ana.opens("Moderators")
    await ana.presses("Show")
    await ana.sees_alone("Only you can see this, and I do not keep it.")
    await ana.sees_alone("Juniper wrote")
    await ana.sees_alone("I met »Rosalind Quill« at the bakery.")
    # The message itself stands in its room; of all the rest nothing may give it away.
    seen = (await moss.reads_everything(but="Evening circle")).casefold()
    for secret in ("rosalind", "quill", "bakery", "juniper"):
        assert secret not in seen


async def test_one_takes_it_and_the_other_is_told_who(player: Player) -> None:
    ana, moss, juniper = await watched(player)
    await ana.presses("I'll take it")
    await ana.sees_alone("It is yours.")
    await expect(moss.message(CARD)).to_contain_text("Ana has it, since")
    await moss.presses("Not a leak")
    await moss.sees_alone("Ana has this since")

    await ana.presses("Remove")
    await ana.fills(Why_it_goes="Names a person")
    await ana.sees_alone("I am taking it down.")
    await juniper.sees_no(WORDS)
    await juniper.lock_screen("Circlekeeper: something for you.")
    await juniper.opens("Private")
    await juniper.sees("The reason: It may name a person.")
    await juniper.sees(WORDS)
    for moderator in (ana, moss):
        await moderator.sees_no(CARD)
    await juniper.presses("Ask to look again")
    await juniper.sees("I have asked the moderators to look again.")
    await moss.sees("Somebody whose words were taken down in Evening circle asks you")


async def test_a_nudge_lets_the_author_take_it_back(player: Player) -> None:
    ana, moss, juniper = await watched(player)
    await moss.presses("Nudge the author")
    await moss.sees_alone("I am asking the author in private to look at it again.")
    await ana.sees("The author was asked to look at it again.")
    await juniper.opens("Private")
    await juniper.sees("may tell more about someone than you meant to")
    await juniper.presses("Take it back now")
    await juniper.sees("Thank you. It goes from the room now.")
    await juniper.opens("Evening circle")
    await juniper.sees_no(WORDS)
    await ana.sees_no(CARD)
    assert not await ana.region.get_by_text(CARD).count()


async def test_what_is_no_leak_stays_and_an_edit_raises_a_card(player: Player) -> None:
    ana, _, juniper = await watched(player)
    await ana.presses("Not a leak")
    await ana.sees_alone("It is settled, and the card goes in 24 hours.")
    await ana.sees("Ana looked, and settled it")
    await expect(ana.message(CARD).get_by_role("button", name="Show")).to_have_count(0)
    await juniper.sees(WORDS)
    await juniper.writes("I met somebody.")
    await juniper.does("Edit", at="I met somebody.")
    await juniper.region.get_by_role("textbox").fill("I met ROSALIND  quill.")
    await juniper.presses("Save")
    await ana.counts(CARD, 2)


async def test_a_flood_is_one_card_with_a_count(player: Player) -> None:
    ana, _, juniper = await watched(player)
    for number in range(2, 7):
        await juniper.writes(f"{WORDS} Number {number}.")
    await ana.counts(CARD, 3)
    await ana.sees("4 messages so far.")
    await ana.presses("Remove", at="4 messages so far.")
    await ana.fills(Why_it_goes="Another reason")
    await ana.sees_alone("I am taking 4 messages down.")
    await juniper.counts(WORDS, 2)
    await ana.counts(CARD, 2)
    await ana.runs("Alerts")
    await ana.sees_alone("2 things wait for a decision.")
    alerts = await ana.words_of("2 things wait for a decision.")
    assert "In the last 7 days: raised 6, taken down 4, not a leak 0." in alerts


async def test_moderators_keep_the_words(player: Player) -> None:
    ana = await player.pane("Ana")
    await ana.runs("Keyword import", One_word="Rosalind Quill\nx\nMill Lane 4")
    await ana.sees_alone("These lines I left out: 1.")
    await ana.sees_alone("Line 2 is too short.")
    await ana.runs("Keyword test", Text_to_try="Nothing here.\nShe lives at mill lane 4.")
    await ana.sees_alone("1 of 2 lines would raise an alert.")
    await ana.runs("Keyword remove", Word_or_phrase="rosalind quill")
    await ana.sees_alone("I no longer watch for:")
    await ana.runs("Keyword list")
    await ana.sees_alone("I watch for 2 words and phrases.")
    assert "quill" not in (await ana.words_of("I watch for 2 words")).lower()
    juniper = await player.pane("Juniper")
    await juniper.runs("Keyword list")
    await juniper.sees_alone("I cannot find that, or it is not open to you.")
