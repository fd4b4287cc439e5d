"""The bot on Discord beside a bare discord.py client that does nothing, at one stand-in."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any, Final

from adapters.discord.places import Places, save
from benchmarks.discord_bare import FIRST, LAST, PATIENCE, READY, SETTINGS
from benchmarks.matrix import Seen
from benchmarks.results import Goal, Line, Options, compared, limited, percentile, plain
from benchmarks.separate import in_process_of_its_own
from benchmarks.talk import messages
from bot.model import Account, Room, RoomKind
from tests.adapters.discord_stage import DiscordStage
from tests.discord_server import guilds
from tests.discord_server.human import Human
from tests.scenario.theatre import DiscordTheatre

MEMBERS: Final = 5_000
BULK: Final = (5, 1.0)
"""Bulk deletions in a channel that the stand-in allows: so many in so many seconds. Discord tells
its own number in headers only."""
SHARE: Final = 30.0
"""Requests a second that removing may use of Discord's 50; the rest is kept for the gate."""
LIFETIME: Final = timedelta(minutes=4)
FLOOD: Final = 200
"""Messages a second while buttons are pressed."""
_LOT: Final = 50


def run(options: Options) -> Iterator[Line]:
    """CPU and memory, draining, and presses under load."""
    yield from asyncio.run(_all(options))


async def _all(options: Options) -> list[Line]:
    lines = await _cpu(options)
    lines += await _memory(options)
    for channels in (1,) if options.quick else (1, 10, 100):
        lines.append(await _drain(options, channels))
    return lines + await _presses(options)


def _folder(options: Options, name: str) -> Path:
    folder = options.folder / "discord" / name
    folder.mkdir(parents=True)
    return folder


# CPU for a message, and memory: each client in a process of its own.


@asynccontextmanager
async def _platform() -> AsyncIterator[DiscordStage]:
    stage = DiscordStage()
    await stage.open()
    try:
        yield stage
    finally:
        await stage.close()


async def _started(stage: DiscordStage, who: str, folder: Path, **more: Any) -> asyncio.Task[Any]:
    """A client in a process of its own, once it is ready."""
    told = {
        "url": stage.server.url,
        "gateway": stage.server.gateway.url,
        "token": stage.server.token,
        "guild": stage.places.guild,
        "roles": [stage.places.member, stage.places.moderator],
        "rooms": {str(room): kind.value for room, kind in stage.places.rooms.items()},
    }
    (folder / SETTINGS).write_text(json.dumps(told | more))
    (folder / READY).unlink(missing_ok=True)
    work = asyncio.to_thread(in_process_of_its_own, f"benchmarks.discord_{who}", who, folder)
    task = asyncio.create_task(work)
    async with asyncio.timeout(PATIENCE):
        while not (folder / READY).exists():
            if task.done():
                task.result()
            await asyncio.sleep(0.02)
    return task


async def _cpu(options: Options) -> list[Line]:
    """What a message costs from the socket until its consequences are on disk."""
    count = options.size(5_000, 50)
    bots, bares, found = [], [], []
    for number in range(options.repeat):
        costs = {}
        for who in ("bare", "bot") if number % 2 else ("bot", "bare"):
            async with _platform() as stage:
                folder = _folder(options, f"cpu-{who}-{number}")
                task = await _started(stage, who, folder, speaks=True)
                writer = await _speaker(stage, in_group=who == "bot")
                await _flood(stage, writer, [FIRST, *messages(count), LAST])
                costs[who] = (await task).result
        bots.append(1e6 * costs["bot"]["cpu"] / count)
        bares.append(1e6 * costs["bare"]["cpu"] / count)
        found.append(1e6 * costs["bot"]["detection"] / count)
    rest = [all_ - detection for all_, detection in zip(bots, found, strict=True)]
    unit = "us/message"
    return [
        compared("discord cpu without detection", unit, rest, "bare discord.py", bares, Goal(1.7)),
        plain("discord cpu, detection", unit, found, "1,000 keywords and the default detectors"),
    ]


async def _speaker(stage: DiscordStage, *, in_group: bool) -> Human:
    """Somebody who may write in the circle; with a bot there, who has agreed to the rules."""
    who = await stage.joins("Speaker")
    if in_group:
        await DiscordTheatre(stage, Path()).gets_in(who)
    else:
        stage.host.gives(stage.member_role, stage.human(who).member)
    return stage.human(who)


async def _flood(stage: DiscordStage, writer: Human, texts: list[str]) -> None:
    room = stage.channel(stage.circle)
    for start in range(0, len(texts), _LOT):
        for text in texts[start : start + _LOT]:
            writer.writes(room, text)
        # The gateway's turn.
        await asyncio.sleep(0.001)


async def _memory(options: Options) -> list[Line]:
    lines = []
    # Until what only the start needed is given back.
    rests = 0.1 if options.quick else 2.0
    sizes = {"idle": 0} if options.quick else {"idle": 0, "with 5,000 members": MEMBERS}
    for name, members in sizes.items():
        used: dict[str, list[float]] = {"bot": [], "bare": []}
        for number in range(options.repeat):
            for who in used:
                async with _platform() as stage:
                    for each in range(members):
                        user = stage.server.world.new_user(f"member_{each}")
                        guilds.join(stage.server.gateway, stage.guild, user)
                    place = _folder(options, f"memory-{who}-{members}-{number}")
                    if who == "bot" and not options.quick:
                        # Only the first start makes the database, and loads what that takes.
                        await (await _started(stage, who, place, speaks=False, rests=0.0))
                    task = await _started(stage, who, place, speaks=False, rests=rests)
                    used[who].append((await task).result["mib"])
        peer = used["bare"]
        lines.append(
            compared(
                f"discord memory {name}", "MiB", used["bot"], "bare discord.py", peer, Goal(1.5)
            )
        )
    return lines


# A whole circle in the process of the stand-in.


@asynccontextmanager
async def _circle(folder: Path, channels: int = 2) -> AsyncIterator[DiscordTheatre]:
    stage = DiscordStage()
    await stage.open()
    rooms = dict(stage.places.rooms)
    rooms |= {stage.makes_room(RoomKind.CIRCLE).id: RoomKind.CIRCLE for _ in range(channels - 2)}
    stage.places = Places(stage.places.guild, stage.places.member, stage.places.moderator, rooms)
    await save(stage.shelf, stage.places)
    theatre = DiscordTheatre(stage, folder)
    try:
        await theatre.begins()
        yield theatre
    finally:
        await theatre.close()


async def _drain(options: Options, channels: int) -> Line:
    """Ten thousand messages that are due at once, in so many channels."""
    count = options.size(10_000, 200)
    with Seen() as seen:
        async with _circle(_folder(options, f"drain-{channels}"), max(channels, 2)) as theatre:
            stage, core = theatre.stage, theatre.core
            stage.server.limits.routes[("POST", "/channels/{channel_id}/messages/bulk-delete")] = (
                BULK
            )
            stage.server.limits.enforce_global = True
            used = stage.places.of(RoomKind.CIRCLE)[:channels]
            for number in used:
                room = Room(stage.group, str(number))
                await core.retention.set_lifetime(room, LIFETIME)
            writer = await stage.joins("Writer")
            await theatre.gets_in(writer)
            human, sent = stage.human(writer), set()
            for index, text in enumerate(messages(count)):
                channel = stage.server.world.channel(used[index % channels])
                sent.add(str(human.writes(channel, text).id))
                if not index % _LOT:
                    await asyncio.sleep(0.001)
            await seen.until(lambda: sent <= seen.at.keys())
            theatre.pass_time(seconds=LIFETIME.total_seconds() + 20)
            began = time.perf_counter()
            await _gone(theatre, used, sent)
            took = time.perf_counter() - began
    calls = ceil(count / channels / 100)
    limit, seconds = BULK
    by_channel = max(0.0, (calls - limit) / limit * seconds)
    # What is pinned stays, so each channel is asked once for its pins.
    bound = max(by_channel, (calls + 1) * channels / SHARE)
    return compared(
        f"discord drain of {count} over {channels}",
        "s",
        [took],
        f"bound of the limits, with {SHARE:g} of 50 a second",
        [bound],
        Goal(1.1),
    )


async def _gone(theatre: DiscordTheatre, channels: list[int], sent: set[str]) -> None:
    world = theatre.stage.server.world

    async def gone() -> bool:
        left = (message for each in channels for message in world.channel(each).messages)
        return not any(str(message) in sent for message in left)

    await theatre.until(gone)


async def _presses(options: Options) -> list[Line]:
    """From a press to the first answer, while many write."""
    waits: list[float] = []
    async with _circle(_folder(options, "presses")) as theatre:
        stage = theatre.stage
        writer, reader = await stage.joins("Writer"), await stage.joins("Reader")
        for who in (writer, reader):
            await theatre.gets_in(who)
        flood = asyncio.create_task(_steadily(stage, writer))
        try:
            for _ in range(options.size(300, 5)):
                waits.append(await _pressed(stage, reader))
                await asyncio.sleep(0.05)
        finally:
            flood.cancel()
            with suppress(asyncio.CancelledError):
                await flood
    name, load = "discord press to first answer", f"{FLOOD} messages a second"
    return [
        plain(f"{name}, median", "ms", waits, load),
        limited(f"{name} p99", "ms", [percentile(waits, 0.99)], 500),
    ]


async def _steadily(stage: DiscordStage, writer: Account) -> None:
    human, room = stage.human(writer), stage.channel(stage.circle)
    began = time.perf_counter()
    for number, text in enumerate(messages(100_000)):
        human.writes(room, text)
        await asyncio.sleep(max(0.0, began + number / FLOOD - time.perf_counter()))


async def _pressed(stage: DiscordStage, reader: Account) -> float:
    [card] = [
        seen for seen in await stage.all_seen(reader, stage.lobby) if "join-start" in seen.text
    ]
    message = stage.message(card.ref)
    began = time.perf_counter()
    await stage.human(reader).presses(message, "button-help-now")
    return 1_000 * (time.perf_counter() - began)
