"""A circle on the stand-in, with the adapter alone or with all of the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.discord_stage import DiscordStage
from tests.adapters.fakes import Core
from tests.discord_server.conftest import judged


@pytest.fixture
async def stage() -> AsyncIterator[DiscordStage]:
    """A server that was set up, with people in it. The bot connects when a test says so."""
    made = DiscordStage()
    await made.open()
    try:
        yield made
    finally:
        await made.close()
    judged(made.server)


@pytest.fixture
def core() -> Core:
    """A core that records and answers by a script."""
    return Core()
