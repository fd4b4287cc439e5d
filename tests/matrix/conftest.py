"""People on a real homeserver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Protocol

import pytest

from tests.homeserver.server import Homeserver
from tests.matrix.circle import MatrixCircle
from tests.matrix.human import Human


class People(Protocol):
    """Makes somebody new: `await people("Cora")`. `url`: how the client reaches the homeserver."""

    def __call__(self, name: str, *, url: str | None = None) -> Awaitable[Human]: ...


@pytest.fixture
async def people(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[People]:
    """Real clients of people who are new to the homeserver."""
    arrived: list[Human] = []

    async def arrive(name: str, *, url: str | None = None) -> Human:
        human = await Human.arrives(homeserver, name, tmp_path / "people", url)
        arrived.append(human)
        return human

    yield arrive
    await asyncio.gather(*(human.closes_client() for human in arrived))


@pytest.fixture
async def host(people: People) -> Human:
    """The group's host, a moderator and admin."""
    return await people("Ana")


@pytest.fixture
async def circle(
    homeserver: Homeserver, tmp_path: Path, host: Human
) -> AsyncIterator[MatrixCircle]:
    """A circle with a lobby, all encrypted."""
    running = await MatrixCircle.start(tmp_path, homeserver, host)
    yield running
    await running.stop()
