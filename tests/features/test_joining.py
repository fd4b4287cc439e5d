"""The gate, as newcomers and members meet it."""

from __future__ import annotations

from tests.features.circle import TestCircle


async def test_a_newcomer_joins_with_three_presses(circle: TestCircle) -> None:
    nell = circle.arrives("Nell")
    assert not nell.may_enter(circle.room)
    await nell.presses("Join")
    await nell.presses("I agree")
    assert not nell.may_enter(circle.room)
    inside = await nell.presses("I understand")
    assert inside["files"][0]["name"].startswith("ground-rules")
    await nell.when(lambda: nell.may_enter(circle.room) or None)
