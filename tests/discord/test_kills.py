"""`kill -9` around what the bot does on Discord: nothing comes twice, nothing is lost."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.command_line.home import open_keys, real_home, settled
from bot.settings import Settings
from bot.store import Store
from bot.store.memory import StoredMemory
from bot.texts import Texts
from tests.adapters.discord_stage import DiscordStage
from tests.command_line.process import environment
from tests.discord_server.state import Channel, Message

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MESSAGES = "/channels/{channel_id}/messages"
ONE = f"{MESSAGES}/{{message_id}}"
PATIENCE = 100.0
"""Seconds: a process starts anew each time, and the machine may be busy."""


class Killed:
    """The bot as a process that dies when a test says so. What it stored is there at its next."""

    def __init__(self, stage: DiscordStage, folder: Path) -> None:
        self.stage = stage
        self.folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def set_up(self) -> None:
        """What `circlekeeper setup discord` leaves behind."""
        folders = {"data_folder": self.folder / "data", "keys_folder": self.folder / "keys"}
        settings = Settings.model_validate(folders)
        home = real_home(settings)
        store = await Store.open(home.database, await open_keys(home))
        settled(home)
        await StoredMemory(store, "discord").put_many(dict(self.stage.shelf.values))
        await store.close()

    async def starts(self) -> None:
        """Start the bot; returns when it is on the line."""
        server, began = self.stage.server, self.stage.server.gateway.identified
        urls = server.url, server.gateway.url
        command = sys.executable, "-m", "tests.discord.apart", *urls, "run"
        with (self.folder / "said").open("ab") as said:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                cwd=self.folder,
                env=environment(discord_token=server.token),
                stdout=said,
                stderr=said,
            )
        await self.until(lambda: server.gateway.identified > began)

    async def dies(self) -> None:
        """SIGKILL: no line more is run."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            await process.wait()

    async def until(self, so: Callable[[], object]) -> None:
        """Wait for something to be so."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not so():
                    assert self._process is None or self._process.returncode is None, self.said
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"it did not come; the bot said:\n{self.said}") from None

    @property
    def said(self) -> str:
        """What the process said, for who looks for a fault."""
        return (self.folder / "said").read_text()

    async def dies_during(self, method: str, template: str, channel: Channel | None = None) -> None:
        """The next such request reaches Discord, and the bot is dead before the answer."""

        def fits(ids: dict[str, str]) -> bool:
            return channel is None or ids["channel_id"] == str(channel.id)

        faults = self.stage.server.faults
        fault = faults.plant(method, template, delay=0.5, only=fits)
        asked = len(self.stage.server.exchanges)
        await self.until(lambda: fault.times == 0)
        await self.dies()
        await self.until(
            lambda: any(
                (each.method, each.template) == (method, template)
                for each in self.stage.server.exchanges[asked:]
            )
        )


@pytest.fixture
async def killed(stage: DiscordStage, tmp_path: Path) -> AsyncIterator[Killed]:
    made = Killed(stage, tmp_path)
    stage.texts = Texts.load()
    await made.set_up()
    try:
        yield made
    finally:
        await made.dies()


def bots(stage: DiscordStage, channel: Channel) -> list[Message]:
    """What the bot posted in a channel."""
    bot = stage.server.world.application.bot
    return [each for each in channel.messages.values() if each.author is bot and not each.only_for]


async def test_whatever_it_dies_in_happens_once(killed: Killed, stage: DiscordStage) -> None:
    lobby, cards = stage.channel(stage.lobby), stage.channel(stage.moderators)
    ana = stage.human(stage.moderator)

    await killed.starts()
    await killed.until(lambda: len(bots(stage, lobby)) == 1)

    def offered() -> bool:
        return any(each["name"] == "keyword" for each in ana.commands(cards))

    # The gate: who has not agreed to the ground rules is held.
    await killed.until(lambda: stage.member_role.id not in stage.human(stage.member).member.roles)
    await killed.until(offered)
    answers: list[str] = []
    async with asyncio.timeout(PATIENCE):
        # Just after its start it asks people to try again in a moment.
        while not any("Anna Lee" in answer for answer in answers):
            shown = await ana.runs(cards, "keyword add", phrase="Anna Lee")
            answers.append(shown.text if shown.failed else await ana.waits_for(shown))

    # In the middle of an alert's card. What is written while it is dead is looked at too.
    before = len(bots(stage, cards))
    dying = asyncio.create_task(killed.dies_during("POST", MESSAGES, cards))
    await stage.writes(stage.moderator, stage.circle, "I met Anna Lee")
    await dying
    missed = await stage.writes(stage.moderator, stage.other, "Anna Lee was there")
    await killed.starts()
    await killed.until(lambda: len(bots(stage, cards)) >= before + 2)

    # In the middle of a removal.
    dying = asyncio.create_task(killed.dies_during("DELETE", ONE))
    await stage.runs(stage.moderator, stage.other, "let go", message=missed)
    await dying
    await killed.starts()
    await killed.until(lambda: int(missed.handle) not in stage.channel(stage.other).messages)

    assert len(bots(stage, lobby)) == 1
    assert len(bots(stage, cards)) == before + 2
    assert not [line for line in killed.said.splitlines() if " ERROR " in line]
