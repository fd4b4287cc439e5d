"""The page by the rules of WCAG 2.1 A and AA, wide and narrow, light and dark."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests import needs
from tests.end_to_end import axe
from tests.end_to_end.conftest import OpenPage
from tests.end_to_end.player import Player


@pytest.fixture(scope="session")
def axe_script() -> str:
    """axe-core; skips the test where it cannot be had."""
    found = axe.script()
    if found is None:
        pytest.skip(str(needs.NPM))
    return found


@pytest.fixture(params=["wide light", "wide dark", "narrow light", "narrow dark"])
def look(request: pytest.FixtureRequest) -> str:
    """The screen."""
    return str(request.param)


async def no_violations(player: Player, axe_script: str) -> None:
    """Wait for nothing: what is on the page now keeps the rules."""
    assert await axe.violations(player.page, axe_script) == []


async def test_every_look_of_the_page_keeps_the_rules(
    page_for: OpenPage, shared_address: str, axe_script: str, look: str
) -> None:
    player = await page_for(shared_address, narrow="narrow" in look, dark="dark" in look)
    if "narrow" in look:
        await player.page.get_by_text("Clock and settings").click()
    await player.starts_over()
    await no_violations(player, axe_script)

    # A room with messages that go, a card, an answer for one pair of eyes, and a lock screen.
    juniper = await player.pane("Juniper")
    await juniper.opens("Evening circle")
    await juniper.writes("My aunt on Maple Street lets me sit in her garden.")
    await juniper.writes("I slept.")
    await juniper.does("Edit", at="I slept.")
    await juniper.region.get_by_role("textbox").fill("I slept through.")
    await juniper.presses("Save")
    await juniper.does("Remove", at="I slept through.")
    await expect(juniper.region.get_by_text("removed from the room")).to_be_visible()
    await juniper.runs("Anon", Room="Evening circle", What_to_post="Words without a name.")
    await juniper.sees_alone("Not posted yet.")
    await no_violations(player, axe_script)
    ana = await player.pane("Ana")
    await ana.opens("Moderators")
    await ana.sees("This may be a leak")
    await ana.lock_screen("one thing to look at")
    await ana.presses("Show")
    await ana.sees_alone("I do not keep it.")
    await ana.presses("Remove")
    await expect(ana.region.get_by_role("form", name="Form: leak remove")).to_be_visible()
    await no_violations(player, axe_script)

    await ana.presses("Commands")
    await expect(ana.region.get_by_role("region", name="Commands")).to_be_visible()
    await no_violations(player, axe_script)
    await player.page.get_by_role("button", name="Rights and roles").click()
    await expect(player.page.get_by_role("dialog", name="Rights and roles")).to_be_visible()
    await no_violations(player, axe_script)
