"""People on a real homeserver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Protocol

import pytest

from tests.homeserver.server import Homeserver
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
