"""The peer: a discord.py client that does nothing. It imports no more than such a client would."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from benchmarks.separate import Meter, memory

FIRST: Final = "The first message of all"
LAST: Final = "The last message of all"
SETTINGS: Final = "settings.json"
READY: Final = "ready"
PATIENCE: Final = 300.0


class Heard:
    """Notes the CPU that was used when the first message came and the last was dealt with."""

    def __init__(self) -> None:
        self.first = self.last = 0.0
        self.done = asyncio.Event()

    def comes(self, text: str) -> None:
        """A message came."""
        if text == FIRST:
            self.first = time.process_time()

    def is_done(self, text: str) -> None:
        """A message was dealt with."""
        if text == LAST:
            self.last = time.process_time()
            self.done.set()

    async def all(self, folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
        """Say that all is ready; then the CPU for everything in between, and the memory in use."""
        if settings["speaks"]:
            (folder / READY).touch()
            await asyncio.wait_for(self.done.wait(), PATIENCE)
        else:
            await asyncio.sleep(settings["rests"])
            (folder / READY).touch()
        return {"cpu": self.last - self.first, "mib": memory("VmRSS") / 1024}


def addressed(folder: Path) -> dict[str, Any]:
    """What the parent tells; from here on discord.py talks to its stand-in."""
    settings: dict[str, Any] = json.loads((folder / SETTINGS).read_text())
    Route.BASE = settings["url"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings["gateway"])
    return settings


class _Bare(discord.Client):
    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.members = intents.message_content = True
        super().__init__(intents=intents, guild_ready_timeout=0.02)
        self.heard = Heard()
        self.is_up = asyncio.Event()

    async def on_ready(self) -> None:
        """It knows its servers."""
        self.is_up.set()

    async def on_message(self, message: discord.Message) -> None:
        """Do nothing, but for noticing the first and the last."""
        self.heard.comes(message.content)
        self.heard.is_done(message.content)


async def _run(folder: Path) -> dict[str, Any]:
    settings = addressed(folder)
    client = _Bare()
    running = asyncio.create_task(client.start(settings["token"]))
    await asyncio.wait_for(client.is_up.wait(), PATIENCE)
    told = await client.heard.all(folder, settings)
    await client.close()
    await asyncio.gather(running, return_exceptions=True)
    return told


if __name__ == "__main__":
    meter = Meter()
    with meter:
        result = asyncio.run(_run(Path(sys.argv[-1])))
    meter.report(result)
