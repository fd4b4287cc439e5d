"""The bot is killed when the platform has done something and the bot does not know it yet."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.sandbox import seed
from tests.crash.crowd import LIFETIMES
from tests.crash.evening import KEYWORD, RECEIPT, Evening
from tests.crash.scene import scene

pytestmark = pytest.mark.slow


@pytest.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[Evening]:
    """People in a circle that is open."""
    async with scene(tmp_path) as seen:
        people = Evening(seen, random.Random(1))
        await seen.restart()
        await people.prepares()
        yield people


async def test_a_card_that_stands_unconfirmed_goes_with_its_message(crowd: Evening) -> None:
    seen = crowd.scene
    # Given a card that stands, and a bot that was killed before it heard so
    await seen.director.fault("post", when="after")
    said = await crowd.slip("juniper", f"{KEYWORD} again")
    assert said is not None
    await seen.director.hanging("post")
    await seen.bot.kill()
    # When its message goes, and the bot hears that before it can send the card again
    given = {"account": "juniper", "room": said.room, "message": said.id}
    await seen.director.do("take_back", **given)
    await seen.director.fault("post", code="later", seconds=1.0)
    await seen.restart()
    await seen.settled()
    # Then no card is left about nothing
    await seen.until(lambda: not crowd.alert_cards() or None)
    assert seen.count("SELECT count(*) FROM alerts") == 0


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_receipt_outlives_a_kill_between_the_post_and_its_answer(
    crowd: Evening, when: str
) -> None:
    seen = crowd.scene
    # Given a post that was stored, and a bot that was killed before (or while) it said so
    draft = await crowd.runs("basil", "anon", "Post soon", room=seed.WINS, text="nobody knows")
    await seen.director.fault("answer", when=when)
    (token,) = [b["id"] for b in draft["buttons"] if b["label"] == "Post soon"]
    room = f"private:{seed.GROUP}:basil"
    given = {"account": "basil", "room": room, "message": draft["id"], "button": token}
    asked = await seen.director.do("press", **given)
    await seen.director.hanging("answer")
    await seen.bot.kill()
    # When it is back
    await seen.restart()
    answer = await seen.until(lambda: seen.answers.get(asked))
    # Then its author has a receipt, and it takes the one post back
    receipt = RECEIPT.search(answer["text"])
    assert receipt is not None
    assert seen.count("SELECT count(*) FROM posts") == 1
    await crowd.runs("basil", "anon take back", "You took it back", receipt=receipt[0])
    await seen.director.do("shift", seconds=LIFETIMES[seed.EVENING].total_seconds())
    await seen.settled()
    assert not crowd.unexpected
    assert "nobody knows" not in str(seen.state["rooms"][seed.WINS])


async def test_a_post_that_stands_unconfirmed_is_taken_back(crowd: Evening) -> None:
    seen = crowd.scene
    # Given an anonymous post that stands, and a bot that was killed before it heard so
    await crowd.whispers_something()
    (one,) = crowd.whispers
    await seen.director.fault("post", when="after")
    await seen.director.do("shift", seconds=360)
    await seen.director.hanging("post")
    await seen.bot.kill()
    assert crowd.standing(one)
    # When its author takes it back before the bot could send it again
    await seen.director.fault("post", code="later", seconds=1.0)
    await seen.bot.start()
    await crowd.unsays()
    # Then it is not there, and it never comes back
    await seen.until(lambda: crowd.standing(one) is None or None)
    await seen.settled()
    assert not crowd.unexpected
    assert crowd.standing(one) is None
    assert seen.count("SELECT count(*) FROM posts WHERE state = 'taken-back'") == 1
