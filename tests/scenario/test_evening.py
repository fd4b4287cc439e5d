"""One evening of a support group, on every platform, with the same outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.discord_stage import DiscordStage
from tests.adapters.matrix_stage import MatrixStage
from tests.adapters.sandbox_stage import LocalStage
from tests.discord_server.conftest import judged
from tests.scenario.evening import EXPECTED, evening
from tests.scenario.theatre import DiscordTheatre, MatrixTheatre, SandboxTheatre, Theatre


@pytest.fixture(
    params=[
        "sandbox",
        "discord",
        pytest.param("matrix", marks=pytest.mark.slow),
    ]
)
async def theatre(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Theatre]:
    """A circle on every platform in turn, with nothing said yet."""
    made: Theatre
    if request.param == "sandbox":
        made = SandboxTheatre(LocalStage(), tmp_path)
    elif request.param == "discord":
        discord = DiscordStage()
        await discord.open()
        made = DiscordTheatre(discord, tmp_path)
    else:
        stage = MatrixStage(request.getfixturevalue("homeserver"), tmp_path)
        await stage.open()
        made = MatrixTheatre(stage, tmp_path)
    try:
        await made.begins()
        yield made
    finally:
        await made.close()
    if isinstance(made, DiscordTheatre):
        judged(made.stage.server)


async def test_an_evening(theatre: Theatre) -> None:
    assert await evening(theatre) == EXPECTED
