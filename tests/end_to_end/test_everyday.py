"""What all four jobs share: help, status, settings, the keyboard, two pages, a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests import needs
from tests.end_to_end.conftest import OpenPage, running_bot
from tests.end_to_end.player import Pane, Player


async def test_help_says_what_each_role_can_do(player: Player) -> None:
    await player.gives_role("Moss", "admin")
    for name, first, shown, not_shown in (
        ("Wren", "join first: it takes about a minute", "join: Join the group", "anon: "),
        ("Juniper", "Here is what you can do:", "anon: Post in a room", "keyword add: "),
        ("Ana", "what you and the members can do", "keyword add: ", "rules publish: "),
        ("Moss", "the moderators and the members can do", "rules publish: ", "leak show: "),
    ):
        pane = await player.pane(name)
        await pane.runs("Help")
        await pane.sees_alone(first)
        await pane.sees(shown)
        await expect(pane.message(first)).not_to_contain_text(not_shown)


async def test_status_says_in_words_how_things_stand(player: Player) -> None:
    ana = await player.pane("Ana")
    await ana.runs("Status")
    for line in (
        "2 people have agreed to the rules and are inside.",
        "Posting without a name is on.",
        "I have every right I need in every room.",
        "One word or phrase is watched for.",
    ):
        await ana.sees_alone(line)
    # The sandbox's own helplines have all that a line needs.
    await ana.sees_no("helpline about")
    await player.takes_right_away("Read messages", "Small wins")
    await ana.runs("Status")
    await ana.sees_alone("In Small wins I cannot read, so I find no leaks there.")
    assert "every right" not in await ana.words_of("In Small wins I cannot read")
    juniper = await player.pane("Juniper")
    await juniper.runs("Status")
    await juniper.sees_alone("I cannot find that, or it is not open to you.")


async def test_settings_with_values_that_cannot_be(player: Player) -> None:
    await player.gives_role("Ana", "admin")
    ana = await player.pane("Ana")
    for value, sentence in (
        ("-1", "Write it like 30 minutes, 2 hours or 7 days."),
        ("soon", "Write it like 30 minutes, 2 hours or 7 days."),
        ("10 s", "The shortest time is 1 minute and the longest is 365 days."),
        ("1000000000 days", "The longest is"),
    ):
        await ana.runs("Lifetime", Room="Small wins", How_long=value)
        await ana.sees_alone(sentence)
        await ana.presses("Hide", at=sentence)
        await ana.sees_no(sentence)
    for setting, value, sentence in (
        ("grace", "-1", "Write it like"),
        ("grace", "90 days", "It has to be from"),
        ("anonymous-per-day", "soon", "I need a whole number, like 5."),
        ("anonymous", "perhaps", "Please answer yes or no."),
        ("colour", "red", "I do not know that setting. There are: emergency-number"),
        ("grace", "3 days", "grace is now: 3 days"),
    ):
        await ana.runs("Set", Which_setting=setting, New_value=value)
        await ana.sees_alone(sentence)
        await ana.presses("Hide", at=sentence)
    await ana.runs("Settings")
    await ana.sees_alone("grace: 3 days.")
    await ana.sees_alone("anonymous-per-day: 5.")
    juniper = await player.pane("Juniper")
    await juniper.opens("Small wins")
    await juniper.writes("This one stays.")
    await expect(juniper.message("This one stays.")).not_to_contain_text("goes in")


async def tabs_to(player: Player, pane: Pane, label: str) -> None:
    """Press Tab until a button has the keyboard, and see that this shows."""
    button = pane.region.get_by_role("button", name=label, exact=True)
    await expect(button).to_be_visible()
    for _ in range(60):
        await player.page.keyboard.press("Tab")
        if await button.evaluate("button => button === document.activeElement"):
            break
    await expect(button).to_be_focused()
    outline = await button.evaluate("button => getComputedStyle(button).outlineStyle")
    assert outline == "solid"
    await expect(button).to_be_in_viewport()


async def test_joining_by_keyboard_alone(player: Player) -> None:
    wren = await player.pane("Wren")
    for label, then in (
        ("Join", "The rules to start with"),
        ("I agree", "What we cannot promise"),
        ("I understand", "You are in."),
    ):
        await tabs_to(player, wren, label)
        await player.page.keyboard.press("Enter")
        await wren.sees_alone(then)
    await expect(wren.region.get_by_role("tab", name="Evening circle")).to_be_visible()


async def test_two_open_pages_stay_in_step(
    player: Player, page_for: OpenPage, shared_address: str
) -> None:
    other = await page_for(shared_address, narrow=True)
    juniper, basil = await player.pane("Juniper"), await other.pane("Basil")
    await basil.opens("Evening circle")
    await juniper.opens("Evening circle")
    await juniper.writes("Good evening.")
    await basil.sees("Good evening.")
    await basil.writes("Good evening to you.")
    await juniper.sees("Good evening to you.")
    await juniper.does("Remove", at="Good evening.")
    await basil.sees_no("Good evening.")
    await player.lets_somebody_arrive()
    await expect(other.page.get_by_role("button", name="Newcomer Fern")).to_be_visible()
    await player.starts_over()
    await basil.sees_no("Good evening to you.")
    await expect(other.page.get_by_role("button", name="Newcomer Fern")).to_have_count(0)


@pytest.mark.timeout(180)
async def test_a_restart_keeps_rooms_and_buttons(page_for: OpenPage, tmp_path: Path) -> None:
    port = needs.free_port()
    with running_bot(tmp_path, port) as address:
        player = await page_for(address)
        wren, juniper = await player.pane("Wren"), await player.pane("Juniper")
        ana = await player.pane("Ana")
        await wren.presses("Join")
        await wren.presses("I agree")
        await wren.sees_alone("What we cannot promise")
        await juniper.opens("Evening circle")
        await juniper.writes("My aunt lives on Maple Street.")
        await ana.opens("Moderators")
        await ana.sees("This may be a leak")
        await ana.runs("Lifetime", Room="Small wins", How_long="2 h")
        await ana.sees_alone("after 2 hours")
    # Who has this file is in.
    assert (tmp_path / "sandbox" / "sandbox-cookie.json").stat().st_mode & 0o077 == 0
    away = player.page.get_by_role("status").filter(has_text="The sandbox is not running.")
    await expect(away).to_be_visible()
    await juniper.region.get_by_role("textbox", name="Write in Evening circle").fill("Hello?")
    await juniper.presses("Send")
    await expect(juniper.region.get_by_text("Start it again, then try once more.")).to_be_visible()
    with running_bot(tmp_path, port):
        await expect(away).to_be_hidden()
        # The words were not lost, and the page came back by itself.
        await juniper.presses("Send")
        await juniper.sees("Hello?")
        await juniper.sees("My aunt lives on Maple Street.")
        await wren.presses("I understand")
        await wren.sees_alone("You are in.")
        await ana.presses("Show")
        await ana.sees_alone("»on Maple Street«")
        await juniper.opens("Small wins")
        await juniper.writes("I called.")
        await expect(juniper.message("I called.")).to_contain_text("goes in 2 hours")
