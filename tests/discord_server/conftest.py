"""The stand-in for Discord, and the real discord.py that logs in to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import discord
import pytest

from tests.discord_server.judges import openapi
from tests.discord_server.permissions import EVERYONE, Permission
from tests.discord_server.server import DiscordServer
from tests.discord_server.state import Channel, Guild

RIGHTS = (
    EVERYONE
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_ROLES
    | Permission.MANAGE_CHANNELS
    | Permission.VIEW_AUDIT_LOG
    | Permission.PIN_MESSAGES
)


class Client(discord.Client):
    """A bare client that keeps every event it was told. `tree`: its commands."""

    def __init__(self, intents: discord.Intents, **options: Any) -> None:
        # READY waits so long for more guilds; on loopback there are none to wait for.
        super().__init__(intents=intents, guild_ready_timeout=0.02, **options)
        self.events: list[tuple[str, tuple[Any, ...]]] = []
        self.tree = discord.app_commands.CommandTree(self)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Keep it and pass it on."""
        self.events.append((event, args))
        super().dispatch(event, *args, **kwargs)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify anew at once; the library offers this hook for it."""

    def heard(self, event: str) -> list[Any]:
        """The first argument of each event of that name."""
        return [args[0] if args else None for name, args in self.events if name == event]


async def until(condition: Callable[[], Any]) -> Any:
    """Wait for a condition and return what it gave; the test's timeout ends it."""
    while not (found := condition()):
        await asyncio.sleep(0.005)
    return found


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    """The stand-in, with nothing in it yet."""
    async with DiscordServer() as server:
        with server.addressed():
            yield server
        judged(server)


def judged(server: DiscordServer) -> None:
    """Whatever a test is about: all that went through HTTP is in Discord's own document."""
    judge = openapi.judge()
    said = [each for each in server.exchanges if not each.planted]
    found = [complaint for each in said for complaint in judge.complaints(each)]
    assert not found, "\n".join(found)


@pytest.fixture
def guild(server: DiscordServer) -> Guild:
    """A server with the bot and its usual rights."""
    return server.guild(rights=int(RIGHTS))


@pytest.fixture
def room(guild: Guild) -> Channel:
    """The guild's one channel."""
    return next(iter(guild.channels.values()))


@pytest.fixture
async def client(server: DiscordServer, guild: Guild) -> AsyncIterator[Client]:
    """discord.py, logged in and ready, with both privileged intents."""
    async for each in logged_in(server, everything()):
        yield each


def everything() -> discord.Intents:
    """The intents that the bot uses."""
    intents = discord.Intents.default()
    intents.members = True
    intents.message_content = True
    return intents


async def logged_in(server: DiscordServer, intents: discord.Intents) -> AsyncIterator[Client]:
    """A client from its login to its end."""
    client = Client(intents)
    running = asyncio.create_task(client.start(server.token))
    await until(lambda: client.is_ready() or running.done())
    if running.done():
        await client.close()
        running.result()
    yield client
    await client.close()
    await asyncio.gather(running, return_exceptions=True)
