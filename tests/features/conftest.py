"""A whole circle over the sandbox's platform, for tests that read as a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.features.circle import Pattern, TestCircle


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Pattern:
    """A circle that was set up once; every test begins with a copy of it."""

    async def set_up() -> Pattern:
        circle = await TestCircle.start(tmp_path_factory.mktemp("pattern"))
        await circle.settled()
        await circle.stop()
        return circle.pattern()

    return asyncio.run(set_up())


@pytest.fixture
async def circle(tmp_path: Path, pattern: Pattern) -> AsyncIterator[TestCircle]:
    """A circle with its default rooms, moderators ana and moss, and nobody acknowledged yet."""
    running = await TestCircle.like(pattern, tmp_path)
    try:
        yield running
    finally:
        await running.stop()
