"""On a real homeserver: members read what is held about them, and are forgotten."""

from __future__ import annotations

from tests.matrix.circle import MatrixCircle
from tests.matrix.conftest import People


async def test_somebody_who_was_forgotten_is_out_and_can_come_back(
    circle: MatrixCircle, people: People
) -> None:
    # Given Cora, who reads what is held about her
    cora = await people("Cora")
    await cora.joins(circle.room("lobby"))
    chat = await circle.alone(cora)
    await cora.sees("Welcome", chat)
    await circle.let_in(cora)
    await cora.writes(chat, "my data")
    shown = await cora.sees("This is what I hold about you", chat)
    assert "Your yes to the ground rules" in shown.text
    await cora.sees("my-data.json", chat)
    # when she has herself forgotten
    await cora.writes(chat, "forget me")
    await cora.sees("Yes, forget me", chat)
    await cora.writes(chat, "1")
    receipt = await cora.sees("I have forgotten you", chat)
    assert "Gone: Your account" in receipt.text
    # then the rooms close, also after a restart, and the bot still answers her
    await cora.is_out(circle.room("circle"))
    await circle.restart()
    await cora.writes(chat, "join")
    await cora.sees("The rules to start with", chat)
    assert not await cora.may_write(circle.room("circle"))
