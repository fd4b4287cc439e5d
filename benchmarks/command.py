"""A press of Help now, from the adapter's hand to the answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from benchmarks import talk
from benchmarks.discord_peer import Gateway, payloads
from benchmarks.results import Line, Options, compared
from benchmarks.stage import GROUP, MEMBERS, furnish, opened, started
from bot.clock import Clock
from bot.events import Invoked
from bot.reply import Reply


def run(options: Options) -> Iterator[Line]:
    """Beside what discord.py spends on a message, for a sense of scale."""
    yield from asyncio.run(_run(options))


async def _run(options: Options) -> list[Line]:
    count = options.size(2_000, 50)
    gateway, sent = Gateway(), payloads(talk.messages(count))
    ours, peers = [], []
    async with started(await opened(options.folder)) as stage:
        await furnish(stage)
        for turn in range(options.repeat):
            now = Clock().now()
            presses = [
                Invoked(
                    id=f"press {turn} {number}",
                    group=GROUP,
                    at=now,
                    command="help now",
                    account=MEMBERS[number % len(MEMBERS)],
                    args={},
                )
                for number in range(count)
            ]
            began = time.process_time()
            for press in presses:
                answer = await stage.inbox.invoke(press)
                assert isinstance(answer, Reply)
            ours.append((time.process_time() - began) / count * 1e6)
            peers.append(await gateway.receive(gateway.frames(sent)))
    return [compared("help now", "us/press", ours, "discord.py's work on one message", peers)]
