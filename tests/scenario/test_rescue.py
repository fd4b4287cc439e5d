"""Two key-holders look who is in danger, on the sandbox and on Matrix, with the same outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.matrix_stage import MatrixStage
from tests.adapters.sandbox_stage import LocalStage
from tests.scenario.devices import Browser, Terminal
from tests.scenario.rescue import EXPECTED, rescue
from tests.scenario.theatre import MatrixTheatre, SandboxTheatre, Theatre

# A homeserver, a browser and a terminal in one story: on a busy machine that takes its time.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(params=["sandbox", "matrix"])
async def theatre(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Theatre]:
    """A circle on each of the two, with nothing said yet."""
    made: Theatre
    folder = tmp_path / "circle"
    folder.mkdir()
    if request.param == "sandbox":
        made = SandboxTheatre(LocalStage(), folder)
    else:
        stage = MatrixStage(request.getfixturevalue("homeserver"), tmp_path)
        await stage.open()
        made = MatrixTheatre(stage, folder)
    try:
        await made.begins()
        yield made
    finally:
        await made.close()


async def test_a_life_in_danger(theatre: Theatre, chromium_path: Path, tmp_path: Path) -> None:
    async with Browser(chromium_path) as page:
        assert await rescue(theatre, (page, Terminal(tmp_path))) == EXPECTED
