"""The gate on a real homeserver: nobody is inside before they acknowledged, or after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.homeserver.server import Homeserver
from tests.matrix.circle import MatrixCircle
from tests.matrix.conftest import People
from tests.matrix.human import Human


@pytest.fixture(params=["11", "12"])
async def circle(
    request: pytest.FixtureRequest, homeserver: Homeserver, tmp_path: Path, host: Human
) -> AsyncIterator[MatrixCircle]:
    """A circle with a lobby, in rooms whose creator is listed among the powers and in others."""
    running = await MatrixCircle.start(tmp_path, homeserver, host, version=request.param)
    yield running
    await running.stop()


async def test_the_way_in_and_out(circle: MatrixCircle, people: People) -> None:
    cora = await people("Cora")
    await cora.joins(circle.room("lobby"))
    card = await cora.sees("Welcome", circle.room("lobby"))
    assert 'write "join"' in card.text
    assert cora.user_id not in await cora.members(circle.room("lobby"), "invite")

    chat = await circle.alone(cora)
    await cora.sees("Welcome", chat)
    await circle.let_in(cora)
    assert await cora.may_write(circle.room("circle"))

    await cora.writes(chat, "rules withdraw")
    await cora.sees("Yes", chat)
    await cora.writes(chat, "1")
    for name in ("circle", "other"):
        await cora.is_out(circle.room(name))
    assert not await cora.may_write(circle.room("circle"))
    assert await cora.may_write(circle.room("lobby"))


async def test_where_there_is_no_lobby_people_knock(
    homeserver: Homeserver, tmp_path: Path, host: Human, people: People
) -> None:
    circle = await MatrixCircle.start(tmp_path, homeserver, host, knock=True)
    try:
        cora, room = await people("Cora"), circle.room("circle")
        await cora.knocks(room)
        chat = await circle.alone(cora)
        await cora.sees("Welcome", chat)
        assert not await cora.may_write(room)
        await cora.writes(chat, "help now")
        await cora.sees("I tried that", chat)
        for words, answer in (("join", "The rules to start with"), ("1", "What we cannot promise")):
            await cora.writes(chat, words)
            await cora.sees(answer, chat)
        # Not yet inside: reading the rules is not agreeing to the limits.
        assert cora.user_id not in await host.members(room)
        assert cora.user_id not in await host.members(room, "invite")
        await cora.writes(chat, "I understand")
        await cora.accepts(room)
        assert await cora.may_write(room)
    finally:
        await circle.stop()
