"""A whole circle over the sandbox's platform, for tests that read as a conversation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.features.circle import TestCircle


@pytest.fixture
async def circle(tmp_path: Path) -> AsyncIterator[TestCircle]:
    """A circle with its default rooms, moderators ana and moss, and nobody acknowledged yet."""
    running = await TestCircle.start(tmp_path)
    try:
        yield running
    finally:
        await running.stop()
