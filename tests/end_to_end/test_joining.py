"""Job one, ground-rule acknowledgement: a newcomer comes in, and everyone is asked again."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from playwright.async_api import expect

from bot.texts.pack import GroundRules
from tests.end_to_end.player import Pane, Player

HELD = ("Start here", "Private")
INSIDE = ("Start here", "Evening circle", "Small wins", "Private")
RULES = GroundRules.default().text
NEWER = RULES.replace("# Essentials\n\n", "# Essentials\n\nBe kind first of all.\n", 1)


async def joins(pane: Pane) -> None:
    """The three presses."""
    await pane.presses("Join")
    await pane.sees_alone("The rules to start with")
    await pane.presses("I agree")
    await pane.sees_alone("What we cannot promise")
    await pane.presses("I understand")


async def file_text(pane: Pane, name: str) -> str:
    """What a downloaded file says."""
    return _text_of(await (await pane.downloads(name)).path())


def _text_of(path: Path) -> str:
    return path.read_text("utf-8")


async def test_help_stands_before_everything(player: Player) -> None:
    wren = await player.pane("Newcomer Wren")
    await wren.has_rooms(*HELD)
    await wren.presses("Help now")
    for line in (
        "Pretend Text Line (not real): text 00 11 22",
        "Pretend Night Line (not real): call 00 33 44",
        "In danger now? Call 12 34 56 (not real)",
        "I am a bot, not a person",
    ):
        await wren.sees_alone(line)
    await wren.presses("I tried that")
    await wren.sees_alone("What got in the way?")
    await wren.presses("I can't talk out loud")
    await wren.sees_alone("You do not have to speak.")
    await expect(wren.message("You do not have to speak.")).not_to_contain_text("Night Line")
    await wren.presses("Afraid of police")
    await wren.sees_alone("says it sends no one without asking you")
    await wren.presses("No helpline please")
    await wren.sees_alone("Small things help some people get to morning.")
    await expect(wren.region.get_by_role("button", name="Write to the group").last).to_be_visible()
    # Asking for help is no way in, and nobody sees it.
    await wren.has_rooms(*HELD)
    moss = await player.pane("Moss")
    seen = await moss.reads_everything()
    assert "Pretend" not in seen
    assert "got in the way" not in seen


async def test_who_wants_to_look_first_reads_every_page(player: Player) -> None:
    wren = await player.pane("Wren")
    await wren.presses("Read first")
    await wren.sees_alone("Page 1 of")
    words = await wren.message("Page 1 of").inner_text()
    pages = int(re.findall(r"Page 1 of (\d+)", words)[0])
    assert pages > 1
    for page in range(2, pages + 1):
        await wren.presses("Next page")
        await wren.sees_alone(f"Page {page} of {pages}")
    await wren.runs("Privacy")
    await wren.sees_alone("That you pressed Help now, or what you chose there: nothing is kept.")
    await wren.runs("Limits")
    await wren.has_rooms(*HELD)


async def test_wren_joins_with_three_presses_and_no_typing(player: Player) -> None:
    wren = await player.pane("Newcomer Wren")
    await wren.presses("Join")
    await wren.sees_alone("What people say here stays here.")
    await wren.presses("I agree")
    for limit in ("life is in danger", "child is at risk", "court orders", "runs this bot"):
        await wren.sees_alone(limit)
    await wren.presses("Read more about this")
    await wren.sees_alone("There are things we cannot promise")
    await wren.has_rooms(*HELD)
    await wren.presses("I understand")
    await wren.sees_alone("You are in.")
    await wren.has_rooms(*INSIDE)
    await expect(player.page.get_by_role("button", name="Member Wren")).to_be_visible()
    assert await file_text(wren, "ground-rules") == RULES
    await wren.opens("Evening circle")
    await wren.writes("Hello. I am new.")
    await wren.runs("My rules")
    await wren.sees_alone("You agreed to version 1")
    assert await file_text(wren, "ground-rules") == RULES


async def test_a_new_version_asks_everyone_and_closes_the_rooms_after_a_while(
    player: Player,
) -> None:
    await player.gives_role("Ana", "admin")
    ana = await player.pane("Admin Ana")
    await ana.runs("Rules publish", The_rules=RULES.split("# Limits")[0])
    await ana.sees_alone('The rules lack the section "Limits".')
    await ana.runs("Rules publish", The_rules=NEWER)
    await ana.sees_alone("Version 2 of the rules is in force.")
    juniper, basil = await player.pane("Juniper"), await player.pane("Basil")
    for member in (juniper, basil):
        await member.opens("Evening circle")
        await member.sees("Our rules have changed.")
    await juniper.runs("My rules")
    await juniper.sees_alone("You agreed to version 1")
    await juniper.sees_alone("There is a newer one")
    await joins(juniper)
    await juniper.sees_alone("You are in.")
    # Nobody is cut off at once.
    await basil.writes("I read them tonight.")

    await player.pushes_time(timedelta(days=7, minutes=2))
    await basil.has_rooms(*HELD)
    await juniper.has_rooms(*INSIDE)
    await expect(player.page.get_by_role("button", name="Newcomer Basil")).to_be_visible()
    await basil.opens("Private")
    await basil.sees("the rooms are closed to you for now. This is not a punishment.")
    await joins(basil)
    await basil.sees_alone("You are in.")
    await basil.has_rooms(*INSIDE)
    assert await file_text(basil, "ground-rules") == NEWER


async def test_leaving_and_coming_back_evades_nothing(player: Player) -> None:
    juniper = await player.pane("Juniper")
    await juniper.presses("Leave")
    await expect(juniper.region.get_by_text("is not in the group")).to_be_visible()
    await juniper.presses("Come back")
    await juniper.has_rooms(*INSIDE)
    await player.lets_somebody_arrive()
    fern = await player.pane("Newcomer Fern")
    await fern.presses("Join")
    await fern.sees_alone("The rules to start with")
    await fern.presses("Leave")
    await fern.presses("Come back")
    await fern.has_rooms(*HELD)
