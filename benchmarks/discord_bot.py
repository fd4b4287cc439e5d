"""The bot in a process of its own, at the stand-in for Discord."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from adapters.discord.chat import DiscordChat
from adapters.discord.client import Waits
from adapters.discord.places import Places, save
from benchmarks.discord_bare import PATIENCE, Heard, addressed
from benchmarks.looking import Looking
from benchmarks.separate import Meter
from benchmarks.talk import keywords, none_too_broad
from bot.clock import Clock
from bot.events import Event, MessagePosted
from bot.garbage import collect_seldom
from bot.model import Group, Room, RoomKind
from bot.router import Router
from bot.store import KeyRing, MasterKey, Store
from bot.store.memory import StoredMemory
from bot.texts.pack import GroundRules
from bot.wiring import Circle
from tests.adapters.fakes import PlainTexts

WATCHED: Final = 1_000
"""Keywords; none of them stands in what is written."""


async def _run(folder: Path, looking: Looking) -> dict[str, Any]:
    settings = addressed(folder)
    collect_seldom()
    ring = _ring(folder / "keys")
    store, clock = await Store.open(f"sqlite:///{folder / 'circle.sqlite3'}", ring), Clock()
    rooms = {int(room): RoomKind(kind) for room, kind in settings["rooms"].items()}
    member, moderator = settings["roles"]
    places = Places(settings["guild"], member, moderator, rooms)
    await save(StoredMemory(store, "discord", clock), places)
    # Texts by their keys: the people of the benchmark look for those.
    waits = Waits(guilds=0.02, identify=0.0)
    chat = DiscordChat(settings["token"], PlainTexts(), clock, waits=waits)
    core = Circle(store, [chat], clock, GroundRules.default())
    heard = _heard()
    opened, listening = asyncio.Event(), core.router.on_ready

    def on_ready(group: Group) -> None:
        listening(group)
        opened.set()

    core.router.on_ready = on_ready
    serving = asyncio.create_task(core.run(print))
    await asyncio.wait_for(opened.wait(), PATIENCE)
    group = Group("discord", str(places.guild))
    if settings["speaks"]:
        await core.keywords.take_in(group, "\n".join(keywords(WATCHED)), none_too_broad)
    for room in places.of(RoomKind.CIRCLE):
        await core.retention.set_lifetime(Room(group, str(room)), timedelta(days=7))
    told = await heard.all(folder, settings)
    told["detection"] = looking.seconds
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    await store.close()
    return told


def _ring(folder: Path) -> KeyRing:
    """The keys of an earlier start, or new ones."""
    if folder.exists():
        return KeyRing.load(folder / "ring.json", MasterKey.load(folder / "master.key"))
    return KeyRing.create(folder / "ring.json", MasterKey.create(folder / "master.key"))


def _heard() -> Heard:
    """Dealt with is a message when its consequences are on disk."""
    heard, offer = Heard(), Router.offer

    async def noted(router: Router, event: Event) -> None:
        text = event.content.text if isinstance(event, MessagePosted) else ""
        heard.comes(text)
        await offer(router, event)
        heard.is_done(text)

    Router.offer = noted  # type: ignore[assignment, method-assign]
    return heard


if __name__ == "__main__":
    meter = Meter()
    with meter, Looking() as looking:
        result = asyncio.run(_run(Path(sys.argv[-1]), looking))
    meter.report(result)
