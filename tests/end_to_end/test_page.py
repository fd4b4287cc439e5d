"""The page itself, with the real bot behind it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.end_to_end.conftest import OpenPage
from tests.end_to_end.player import Player

_NAMES = """
elements => elements
  .filter(element => element.checkVisibility())
  .map(element => (element.getAttribute("aria-label") || element.labels?.[0]?.textContent ||
    element.textContent).trim())
"""


async def test_help_is_one_press_away_and_for_one_pair_of_eyes(player: Player) -> None:
    wren = await player.pane("Newcomer Wren")
    await wren.has_rooms("Start here", "Private")
    await wren.presses("Help now")
    await wren.sees_alone("not real")
    assert "Only you can see this" in await wren.words_of("not real")
    ana = await player.pane("Moderator Ana")
    await ana.opens("Start here")
    await ana.sees_no("not real")


async def test_the_secret_leaves_the_address_bar(player: Player, shared_address: str) -> None:
    assert "key=" in shared_address
    assert "key=" not in player.page.url
    await player.page.reload()
    await player.pane("Wren")


async def test_every_control_has_a_name_that_is_unique_in_its_pane(player: Player) -> None:
    wren = await player.pane("Wren")
    await wren.presses("Help now")
    await wren.sees_alone("not real")
    for label in ("Join", "Help now"):
        await wren.presses(label)
    await wren.presses("Commands")
    await expect(wren.region.get_by_role("article")).to_have_count(4)
    for name in ("Wren", "Juniper", "Ana"):
        pane = await player.pane(name)
        controls = pane.region.locator("button, input, select, textarea, a[href], summary")
        names = Counter(await controls.evaluate_all(_NAMES))
        assert "" not in names
        assert [name for name, times in names.items() if times > 1] == []


async def test_time_left_is_shown_and_pushed(player: Player) -> None:
    juniper = await player.pane("Juniper")
    await juniper.opens("Evening circle")
    await juniper.writes("I slept through a night.")
    await expect(juniper.message("I slept")).to_contain_text("goes in 1 day")
    await player.pushes_time(timedelta(hours=2))
    await expect(juniper.message("I slept")).to_contain_text(
        # On a slow machine a part of a minute has gone by as well.
        re.compile("goes in 2[12] hours")
    )
    await player.pushes_time(timedelta(days=1))
    await juniper.sees_no("I slept")
    await expect(juniper.region.get_by_text("removed from the room")).to_be_visible()


async def test_members_talk_and_others_see_what_is_new(player: Player) -> None:
    juniper, basil = await player.pane("Juniper"), await player.pane("Basil")
    await juniper.opens("Small wins")
    await juniper.writes("I called my sister.")
    unread = basil.region.get_by_role("tab", name="Small wins, 1 new")
    await expect(unread).to_be_visible()
    await basil.opens("Small wins")
    await juniper.does("Edit", at="I called my sister.")
    await juniper.region.get_by_role("textbox").fill("I wrote to my sister.")
    await juniper.presses("Save")
    await basil.sees("I wrote to my sister.")
    await basil.does("Answer", at="I wrote to my sister.")
    await basil.writes("How was it?")
    await juniper.sees("In answer to Juniper: I wrote to my sister.")
    await basil.does("Remove", at="How was it?")
    await juniper.sees_no("How was it?")
    await expect(juniper.region.get_by_text("removed from the room")).to_be_visible()


async def test_what_somebody_opened_stays_open_when_the_message_changes(player: Player) -> None:
    juniper, ana = await player.pane("Juniper"), await player.pane("Ana")
    for pane in (juniper, ana):
        await pane.opens("Evening circle")
    await juniper.writes("I slept.")
    await juniper.message("I slept.").get_by_role("button", name=re.compile("^More")).click()
    await ana.does("Pin", at="I slept.")
    await expect(juniper.message("I slept.")).to_contain_text("pinned")
    edit = juniper.message("I slept.").get_by_role("button", name=re.compile("^Edit"))
    await expect(edit).to_be_visible()


async def test_a_press_counts_when_news_come_before_it_is_let_go(
    player: Player, page_for: OpenPage, shared_address: str
) -> None:
    people = player.page.get_by_role("navigation", name="People")
    moss = people.get_by_role("button", name=re.compile("Moss"))
    await expect(moss).to_have_attribute("aria-pressed", "false")
    await moss.hover()
    await player.page.mouse.down()
    juniper = await (await page_for(shared_address)).pane("Juniper")
    await juniper.opens("Evening circle")
    await juniper.writes("I slept.")
    await expect(moss).to_have_accessible_name(re.compile("new$"))
    await player.page.mouse.up()
    await expect(moss).to_have_attribute("aria-pressed", "true")


async def test_markup_in_words_stays_words(player: Player) -> None:
    juniper = await player.pane("Juniper")
    await juniper.opens("Evening circle")
    await juniper.writes('<img src=x onerror="document.title=1"><b>bold</b>')
    await expect(juniper.message("<b>bold</b>")).to_be_visible()
    assert await player.page.title() == "Circlekeeper sandbox"


async def test_somebody_new_arrives_leaves_and_comes_back(player: Player) -> None:
    await player.lets_somebody_arrive()
    fern = await player.pane("Newcomer Fern")
    await fern.presses("Leave")
    await expect(fern.region.get_by_text("is not in the group")).to_be_visible()
    await fern.presses("Come back")
    await fern.has_rooms("Start here", "Private")


async def test_a_narrow_screen_shows_one_person_at_a_time(
    page_for: OpenPage, shared_address: str
) -> None:
    player = await page_for(shared_address, narrow=True)
    await player.pane("Juniper")
    await expect(player.page.get_by_role("main").get_by_role("tablist")).to_have_count(1)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await player.page.evaluate(overflow) == 0
    await player.page.get_by_text("Clock and settings").click()
    await expect(player.page.get_by_role("button", name="+1 hour")).to_be_visible()


@pytest.mark.parametrize("typed", ["help now", "/help now", "!Help  NOW", "Help now!"])
async def test_a_typed_command_is_run_and_kept_from_the_room(player: Player, typed: str) -> None:
    juniper, basil = await player.pane("Juniper"), await player.pane("Basil")
    for pane in (juniper, basil):
        await pane.opens("Evening circle")
    await juniper.types(typed)
    await juniper.sees_alone("not real")
    told = juniper.region.get_by_role("status").filter(has_text="Not sent to the room")
    await expect(told).to_contain_text("Help now")
    await juniper.writes("Something else.")
    await expect(told).to_have_count(0)
    await basil.sees("Something else.")
    await basil.sees_no(typed)


async def test_a_typed_command_can_be_said_to_the_room_after_all(player: Player) -> None:
    juniper, basil = await player.pane("Juniper"), await player.pane("Basil")
    for pane in (juniper, basil):
        await pane.opens("Evening circle")
    await juniper.types("Rules")
    await juniper.presses("Send it to the room")
    await basil.sees("Rules")
    await juniper.types("privacy")
    await juniper.presses("Put it back into the box")
    box = juniper.region.get_by_role("textbox", name="Write in Evening circle")
    await expect(box).to_have_value("privacy")
    # What only begins like a command is something to say, and so is what only others can do.
    for words in ("Help now would be good", "status"):
        await juniper.writes(words)
        await basil.sees(words)


@pytest.mark.parametrize("mark", ["", "/", "!"])
async def test_words_behind_anon_go_into_its_form(player: Player, mark: str) -> None:
    juniper, basil = await player.pane("Juniper"), await player.pane("Basil")
    for pane in (juniper, basil):
        await pane.opens("Evening circle")
    await juniper.types(f"{mark}anon I am afraid of nights.")
    form = juniper.region.get_by_role("form", name="Form: anon", exact=True)
    await expect(form.get_by_label("What to post")).to_have_value("I am afraid of nights.")
    # For the open room, as long as they pick no other.
    await juniper.sends(form)
    await juniper.sees_alone("Not posted yet.")
    # Nothing is left with which it could slip out under a name.
    after_all = juniper.region.get_by_role("button", name="Send it to the room")
    await expect(after_all).to_have_count(0)
    await basil.sees_no("afraid")


async def test_a_guests_anon_is_kept_from_the_lobby(player: Player) -> None:
    wren, ana = await player.pane("Wren"), await player.pane("Ana")
    await ana.opens("Start here")
    await wren.types("anon my words")
    await expect(wren.region.get_by_role("form", name="Form: anon", exact=True)).to_be_visible()
    await ana.sees_no("my words")


async def test_what_others_can_do_is_folded_and_still_there(player: Player) -> None:
    juniper = await player.pane("Juniper")
    await juniper.presses("Commands")
    panel = juniper.region.get_by_role("region", name="Commands")
    above = panel.get_by_role("button", name="Status for moderators, command")
    await expect(above).to_have_count(0)
    await panel.get_by_text("What moderators and admins can do").click()
    await expect(above).to_be_visible()
    await expect(panel.get_by_role("heading", name="For admins")).to_be_visible()


async def test_starting_over_empties_the_circle(player: Player) -> None:
    juniper = await player.pane("Juniper")
    await juniper.opens("Evening circle")
    await juniper.writes("Soon forgotten")
    await player.starts_over()
    juniper = await player.pane("Juniper")
    await juniper.opens("Evening circle")
    await juniper.sees_no("Soon forgotten")
    assert not await juniper.region.get_by_text("Soon forgotten").count()
    wren = await player.pane("Wren")
    await wren.presses("Help now")
    await wren.sees_alone("not real")


async def test_the_keyboard_alone_is_enough(player: Player) -> None:
    wren = await player.pane("Wren")
    await wren.region.get_by_role("button", name="Help now", exact=True).focus()
    await player.page.keyboard.press("Enter")
    await wren.sees_alone("not real")
    commands = wren.region.get_by_role("button", name="Commands", exact=True)
    await commands.focus()
    await player.page.keyboard.press("Enter")
    await expect(wren.region.get_by_role("region", name="Commands")).to_be_visible()
    await player.page.keyboard.press("Escape")
    await expect(commands).to_be_focused()
    await wren.region.get_by_role("tab", name="Start here").focus()
    await player.page.keyboard.press("ArrowRight")
    await expect(wren.region.get_by_role("tab", name="Private")).to_be_focused()
