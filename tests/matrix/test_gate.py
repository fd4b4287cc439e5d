"""The gate on a real homeserver: nobody is inside before they acknowledged, or after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.homeserver.server import Homeserver
from tests.matrix.circle import MatrixCircle
from tests.matrix.conftest import People
from tests.matrix.human import Human


@pytest.fixture
async def host(people: People) -> Human:
    """The group's host, a moderator and admin."""
    return await people("Ana")


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
