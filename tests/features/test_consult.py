"""A case put to others, with nobody in it, and no way from there to who wrote something."""

from __future__ import annotations

import asyncio
import gc

import pytest

from adapters.sandbox.world import Json
from bot.services.anonymity.drafts import Draft
from tests.features.circle import TestCircle
from tests.features.opening import newest_id, two
from tests.features.test_anonymous import labels

pytestmark = pytest.mark.slow

CASE = "A member wrote three times at night. I am not sure how firm to be."


async def test_a_case_is_seen_first_and_goes_to_colleagues(circle: TestCircle) -> None:
    ana, moss = circle.moderator("ana"), circle.moderator("moss")
    await circle.member("Nell")
    preview = await ana.runs("consult", text=CASE)
    assert "I cannot see a place" in preview["text"]
    assert labels(preview) == ["Ask the moderators", "Ask the supervisor", "Change", "Cancel"]
    assert not [text for text in circle.texts(circle.moderators) if CASE in text]

    no_supervisor = await ana.presses("Ask the supervisor", within=preview)
    assert "No supervisor is named" in no_supervisor["text"]
    await ana.presses("Ask the moderators", within=preview)
    said = await moss.sees(CASE, circle.moderators)
    assert labels(said) == []
    assert "Ana" not in said["text"]
    # It leads nowhere: no request stands, however the words sound.
    await two(circle)
    preview = await ana.runs("consult", text="They may be in danger, and a life comes first.")
    sent = await ana.presses("Ask the moderators", within=preview)
    assert labels(sent) == []
    with pytest.raises(IndexError):
        await newest_id(circle)


def in_memory(words: str) -> int:
    return sum(isinstance(each, Draft) and each.text == words for each in gc.get_objects())


async def test_a_case_that_was_not_sent_is_forgotten(circle: TestCircle) -> None:
    ana = circle.moderator("ana")
    await ana.runs("consult", text="A case that nobody sends.")
    assert in_memory("A case that nobody sends.") == 1
    await circle.pass_time(minutes=36)
    async with asyncio.timeout(60):
        while in_memory("A case that nobody sends."):
            await asyncio.sleep(0.05)
    # At once where whoever wrote it asks to be forgotten.
    await ana.runs("consult", text="A case that its writer leaves.")
    await ana.runs("forget me")
    await ana.presses("Yes, forget me")
    assert in_memory("A case that its writer leaves.") == 0


async def test_what_points_to_somebody_has_to_go_first(circle: TestCircle) -> None:
    ana = circle.moderator("ana")
    nell, wren = await circle.member("Nell"), await circle.member("Wren Fields")
    held = {
        "Call them at +44 20 7946 0958": "a phone number",
        "See https://example.org/case": "a link",
        "It began on 3 May": "a date",
        "It was last Tuesday": "a date",
        "I talked to nell about it": "a member's name",
        "wren fields wrote it": "a member's name",
        f"The one called {wren.account} wrote it": "a member's name",
    }
    for text, kind in held.items():
        answer = await ana.runs("consult", text=text)
        assert kind in answer["text"], text
        assert labels(answer) == ["Change", "Cancel"]
    # What may be a name or a place is the writer's to judge.
    maybe = await ana.runs("consult", text="They met in Porto, and Agatha was there.")
    assert "Are these names or places? Porto, Agatha" in maybe["text"]

    # A name that somebody took meanwhile is found at sending; changing goes on with the words.
    preview = await ana.runs("consult", text="The lantern was lit by them")
    await circle.member("Lantern")
    late: Json = await ana.presses("Ask the moderators", within=preview)
    assert "a member's name" in late["text"]
    form = await ana.presses("Change", within=late)
    again = await ana.fills(form, text="The light was lit by them")
    assert "Not sent yet" in again["text"]
    await ana.presses("Cancel", within=again)
    assert (
        "do not have that draft" in (await ana.presses("Ask the moderators", within=again))["text"]
    )
    assert "cannot find that" in (await nell.runs("consult", text=CASE))["text"]


async def test_the_supervisor_is_asked_alone(circle: TestCircle) -> None:
    ana = circle.moderator("ana")
    ana.people.give_role("ana", "admin")
    wren = await circle.member("Wren")
    named = await ana.runs("break-glass supervisor", account=wren.account)
    assert "hears of every request" in named["text"]
    preview = await ana.runs("consult", text=CASE)
    await ana.presses("Ask the supervisor", within=preview)
    await wren.sees(CASE, wren.private)
    assert not [text for text in circle.texts(circle.moderators) if CASE in text]
