"""The stages of the adapters' contract."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.sandbox.world import Json
from tests.adapters.discord_stage import DiscordStage
from tests.adapters.fakes import Core
from tests.adapters.matrix_stage import MatrixStage
from tests.adapters.sandbox_stage import LocalStage, RemoteStage, apart
from tests.adapters.stage import Stage


@pytest.fixture(scope="session")
def world_apart() -> Iterator[Json]:
    """The sandbox's platform in a process of its own."""
    with apart() as told:
        yield told


MATRIX = pytest.param("matrix", marks=pytest.mark.slow)


@pytest.fixture(params=["sandbox", "sandbox-apart", "discord", MATRIX])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """Every platform in turn, with nothing said on it yet."""
    made: Stage
    if request.param == "sandbox":
        made = LocalStage()
    elif request.param == "discord":
        made = discord = DiscordStage()
        await discord.open()
    elif request.param == "matrix":
        made = matrix = MatrixStage(request.getfixturevalue("homeserver"), tmp_path)
        await matrix.open()
    else:
        told = request.getfixturevalue("world_apart")
        made = remote = RemoteStage(told["door"], told["key"])
        await remote.open()
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
def core() -> Core:
    """A core that records and answers by a script."""
    return Core()
