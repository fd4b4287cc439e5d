"""The order that a power loss needs: on disk first, then said.

`tests/store/test_crash.py` reads off the system calls that the store confirms nothing before it
is synced. Here the commit itself is held up, and the bot must neither ask the platform for
anything, nor answer anybody, nor be done with an event, until it is let go. Both together: a row
is synced before the platform is asked and before the sender is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.people import People
from tests.features.circle import TestCircle


class HeldCommits:
    """Commits that wait in front of the disk until they are let through."""

    def __init__(self, circle: TestCircle) -> None:
        self.reached = asyncio.Event()
        self.free = asyncio.Event()
        self._writer = circle.core.store._writer
        self._commit = self._writer._commit
        setattr(self._writer, "_commit", self._held)  # noqa: B010

    async def _held(self, *given: Any) -> None:
        self.reached.set()
        await self.free.wait()
        await self._commit(*given)

    async def arrives(self) -> None:
        """Until a commit waits, and everything that does not wait for it had its turns."""
        await self.reached.wait()
        for _ in range(200):
            await asyncio.sleep(0)


@pytest.fixture
async def circle(tmp_path: Path) -> AsyncIterator[TestCircle]:
    """A circle with a watched word, in which messages go after two hours."""
    running = await TestCircle.start(tmp_path)
    moderator = running.moderator()
    await moderator.runs("keyword add", phrase="marmalade")
    await moderator.runs("lifetime", room=running.room, lifetime="2 h")
    yield running
    await running.stop()


def done(circle: TestCircle) -> dict[str, int]:
    """What happened on the platform by the bot's hand, and how far it is done with the log."""
    return {**circle.world.effects, "acked": circle.world.state["acked"]}


async def test_nobody_is_let_in_before_the_acknowledgement_is_on_disk(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    await nell.presses("Join")
    await nell.presses("I agree")
    await circle.settled()
    before, held = done(circle), HeldCommits(circle)
    finishing = asyncio.create_task(nell.presses("I understand"))
    await held.arrives()
    assert done(circle) == before
    assert not nell.may_enter(circle.room)
    assert not finishing.done()
    held.free.set()
    assert "You are in" in (await finishing)["text"]
    await nell.when(lambda: nell.may_enter(circle.room) or None)


async def test_no_receipt_and_no_post_before_the_post_is_on_disk(circle: TestCircle) -> None:
    cora = await circle.member("Cora")
    await cora.runs("anon", room=circle.room, text="nobody knows this yet")
    await circle.settled()
    before, held = done(circle), HeldCommits(circle)
    sending = asyncio.create_task(cora.presses("Post soon"))
    await held.arrives()
    circle.world.shift(600)
    await held.arrives()
    assert not sending.done()
    assert done(circle) == before
    held.free.set()
    assert "Your receipt" in (await sending)["text"]
    await circle.pass_time(minutes=10)
    await cora.sees("nobody knows this yet", circle.room)


async def test_no_card_and_no_done_event_before_both_rows_are_on_disk(circle: TestCircle) -> None:
    cora = await circle.member("Cora")
    await circle.settled()
    before, held = done(circle), HeldCommits(circle)
    cora.writes(circle.room, "marmalade again")
    await held.arrives()
    assert done(circle) == before
    held.free.set()
    await circle.moderator().sees("may be a leak", circle.moderators)
    await circle.settled()
    assert circle.world.state["acked"] > before["acked"]


async def test_nothing_is_removed_before_it_is_on_disk_that_it_must_go(circle: TestCircle) -> None:
    cora = await circle.member("Cora")
    message = cora.writes(circle.other_room, "taken back at once")
    await circle.settled()
    before, held = done(circle), HeldCommits(circle)
    asked = People(circle.world).run(cora.account, circle.other_room, "let go", {}, message)
    await held.arrives()
    assert done(circle) == before
    held.free.set()
    assert "Done" in (await cora.answer_to(asked))["text"]
    await cora.sees_no("taken back at once", circle.other_room)
