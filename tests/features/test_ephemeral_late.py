"""Ephemeral messages that the bot hears of late, or twice: it was down, asleep, or cut off."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from adapters.sandbox.human import Human
from bot.events import MessagePosted
from bot.model import Account, Content, Group, MessageRef, Room
from tests.features.circle import TestCircle
from tests.features.test_ephemeral import sets_lifetime, waiting


async def tells_again(circle: TestCircle, writer: Human, message: str, at: datetime) -> None:
    """What the bot was told last, and had not acknowledged, comes once more."""
    room = Room(Group("sandbox", writer.group), circle.room)
    await circle.core.router.offer(
        MessagePosted(
            id="again",
            group=room.group,
            at=at,
            ref=MessageRef(room, message),
            author=Account("sandbox", writer.account),
            content=Content("what it says does not matter here"),
        )
    )


async def test_whoever_sleeps_is_woken_for_what_falls_due_sooner(circle: TestCircle) -> None:
    cora = await circle.member("Cora")
    message = cora.writes(circle.room, "only for now")
    await circle.settled()
    await sets_lifetime(circle, "1 min")
    # Written all but a minute ago: no clock is moved here, and nothing else is waited for.
    written = circle.core.clock.now() - timedelta(seconds=59.8)
    await tells_again(circle, cora, message, at=written)
    await cora.sees_no("only for now", circle.room)
    assert "only for now" not in circle.texts()


@pytest.mark.slow
async def test_what_fell_due_while_the_bot_was_down_goes_first_thing(circle: TestCircle) -> None:
    await sets_lifetime(circle, "10 min")
    cora = await circle.member("Cora")
    for number in range(30):
        cora.writes(circle.room, f"message {number}")
    await waiting(circle, 30)
    await circle.stop()
    await circle.pass_time(hours=3)
    await circle.up()
    await waiting(circle, 0)
    assert not [text for text in circle.texts() if text.startswith("message")]
    assert "30 removed" in (await circle.moderator().runs("removals"))["text"]


async def test_a_message_that_is_told_again_after_it_went_gets_no_second_time(
    circle: TestCircle,
) -> None:
    await sets_lifetime(circle, "10 min")
    cora = await circle.member("Cora")
    message = cora.writes(circle.room, "said once")
    await waiting(circle, 1)
    await circle.pass_time(hours=3)
    await cora.sees_no("said once", circle.room)
    await waiting(circle, 0)
    await tells_again(circle, cora, message, at=circle.core.clock.now())
    await waiting(circle, 0)
    assert "1 removed" in (await circle.moderator().runs("removals"))["text"]


@pytest.mark.slow
async def test_a_message_written_while_the_bot_was_down_gets_its_time_too(
    circle: TestCircle,
) -> None:
    await sets_lifetime(circle, "10 min")
    cora = await circle.member("Cora")
    await circle.stop()
    cora.writes(circle.room, "nobody was looking")
    await circle.up()
    await waiting(circle, 1)
    assert "nobody was looking" in circle.texts()
    await circle.pass_time(minutes=11)
    await waiting(circle, 0)
    assert "nobody was looking" not in circle.texts()
