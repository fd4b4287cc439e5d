"""A host who sets up a circle on Discord: from a folder, with a server of their own."""

from __future__ import annotations

import asyncio
import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.discord import places as kept
from adapters.discord.places import Places
from bot.command_line.checks import check
from bot.command_line.console import Exit
from bot.command_line.discord_rooms import Given
from bot.command_line.discord_setup import set_up
from bot.command_line.home import real_home
from bot.errors import StartError
from bot.model import RoomKind
from bot.settings import Settings
from bot.store import KeyRing, MasterKey
from bot.store.looking import memory_of
from tests.command_line.process import assert_quiet
from tests.discord_server import guilds
from tests.discord_server.permissions import Permission
from tests.discord_server.server import DiscordServer
from tests.discord_server.state import Channel, Guild

LINK = re.compile(r"https://discord\.com/oauth2/authorize\S+")
DEADLINE = 60.0
OFTEN = timedelta(milliseconds=20)


class Screen(io.StringIO):
    """What a command prints. Written by its thread, read by the test's."""


class Run:
    """One run of a command, under way or over."""

    def __init__(self, screen: Screen, task: asyncio.Task[Exit]) -> None:
        self._screen = screen
        self._task = task
        self.wrong = ""

    @property
    def said(self) -> str:
        """Everything so far, with the sentence that it ended with."""
        return f"{self._screen.getvalue()}{self.wrong}\n"

    async def says(self, words: str) -> None:
        """Wait until it says something."""
        async with asyncio.timeout(DEADLINE):
            while words not in self.said:
                assert not self._task.done(), f"it ended without saying {words!r}:\n{self.said}"
                await asyncio.sleep(0.01)

    async def ends(self) -> int:
        """Wait for its end, and give the exit code."""
        async with asyncio.timeout(DEADLINE):
            try:
                return int(await self._task)
            except StartError as error:
                self.wrong = str(error)
                return int(Exit.FAILED)


class Host:
    """Somebody in a folder of their own, with an application and a server on Discord."""

    def __init__(
        self, folder: Path, discord: DiscordServer, patch: pytest.MonkeyPatch, name: str
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.discord = discord
        self.guild: Guild = guilds.new_guild(discord.gateway, name, discord.world.application.owner)
        self.me = discord.host(self.guild)
        self._patch = patch

    @contextmanager
    def _at_home(self, settings: dict[str, str], screen: Screen) -> Iterator[None]:
        with self._patch.context() as patch:
            for name in list(os.environ):
                if name.startswith("CIRCLEKEEPER"):
                    patch.delenv(name)
            for name, value in settings.items():
                patch.setenv(f"CIRCLEKEEPER_{name.upper()}", value)
            patch.chdir(self.folder)
            patch.setattr("sys.stdout", screen)
            patch.setattr("sys.stderr", screen)
            yield

    def begins(self, work: Callable[[], Exit], **settings: str) -> Run:
        """Start a command, and go on while it runs."""
        screen = Screen()

        async def run() -> Exit:
            with self._at_home(settings, screen):
                return await asyncio.to_thread(work)

        return Run(screen, asyncio.create_task(run()))

    def begins_set_up(self, token: str | None = None, **given: Any) -> Run:
        """`setup discord`, while it runs."""
        settings = {"setup_token": self.discord.token if token is None else token}
        return self.begins(lambda: set_up(Settings.load(), Given(**given), OFTEN), **settings)

    async def sets_up(self, **given: Any) -> tuple[int, str]:
        """`setup discord` to its end."""
        run = self.begins_set_up(**given)
        code = await run.ends()
        assert_quiet(run.said, (self.discord.token,))
        return code, run.said

    async def checks(self) -> tuple[int, str]:
        """`check` to its end."""
        run = self.begins(lambda: check(as_json=False))
        code = await run.ends()
        assert_quiet(run.said, (self.discord.token, self.guild.name))
        return code, run.said

    # What a host does on Discord.

    def opens(self, link: str) -> None:
        """Invite the bot by the link, with every tick left where it is."""
        query = parse_qs(urlsplit(link).query)
        assert query["client_id"] == [str(self.discord.world.application.id)]
        assert query["scope"] == ["bot applications.commands"]
        rights = Permission(int(query["permissions"][0]) & int(sum(Permission)))
        guilds.install(self.discord.gateway, self.guild, rights)

    async def has_the_bot(self, **given: Any) -> tuple[int, str]:
        """The whole set-up, with nothing in its way."""
        run = self.begins_set_up(**given)
        await run.says("Invite the bot to your server")
        self.opens(LINK.findall(run.said)[0])
        return await run.ends(), run.said

    # What came of it.

    def env(self) -> dict[str, str]:
        """What stands in `.env`."""
        lines = (self.folder / ".env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")

    async def places(self) -> Places:
        """What the set-up noted."""
        with self._at_home({}, Screen()):
            home = real_home(Settings.load())
            keys = KeyRing.load(home.ring, MasterKey.load(home.master))
            memory = await memory_of(
                f"sqlite+aiosqlite:///{self.folder / 'data' / 'circlekeeper.sqlite3'}",
                keys,
                "discord",
                self.discord.world.clock.now(),
            )
        return (await kept.load(memory))[self.guild.id]

    async def channel(self, kind: RoomKind | None) -> Channel:
        """The one channel of a kind; None: the one with the buttons."""
        places = await self.places()
        [number] = [places.write] if kind is None else places.of(kind)
        assert number is not None
        return self.guild.channels[number]

    def named(self, name: str) -> Channel:
        """The one channel of a name."""
        [found] = [each for each in self.guild.channels.values() if each.name == name]
        return found
