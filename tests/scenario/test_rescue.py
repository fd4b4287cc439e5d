"""Two key-holders look who is in danger, on every platform, with the same outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.discord_stage import DiscordStage
from tests.adapters.matrix_stage import MatrixStage
from tests.adapters.sandbox_stage import LocalStage
from tests.discord_server.conftest import judged
from tests.scenario.devices import Browser, Terminal
from tests.scenario.rescue import EXPECTED, rescue
from tests.scenario.theatre import DiscordTheatre, MatrixTheatre, SandboxTheatre, Theatre

# A homeserver, a browser and a terminal in one story: on a busy machine that takes its time.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(params=["sandbox", "discord", "matrix"])
async def theatre(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Theatre]:
    """A circle on every platform in turn, with nothing said yet."""
    made: Theatre
    folder = tmp_path / "circle"
    folder.mkdir()
    if request.param == "sandbox":
        made = SandboxTheatre(LocalStage(), folder)
    elif request.param == "discord":
        discord = DiscordStage()
        await discord.open()
        made = DiscordTheatre(discord, folder)
    else:
        stage = MatrixStage(request.getfixturevalue("homeserver"), tmp_path)
        await stage.open()
        made = MatrixTheatre(stage, folder)
    try:
        await made.begins()
        yield made
    finally:
        await made.close()
    if isinstance(made, DiscordTheatre):
        judged(made.stage.server)


async def test_a_life_in_danger(theatre: Theatre, chromium_path: Path, tmp_path: Path) -> None:
    async with Browser(chromium_path) as page:
        assert await rescue(theatre, (page, Terminal(tmp_path))) == EXPECTED
