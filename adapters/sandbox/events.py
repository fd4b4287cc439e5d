"""Follower: hands a world's log to the core and acknowledges what is done for good."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from itertools import takewhile
from typing import Final, TypeVar

from adapters.rendering import Tokens
from adapters.sandbox import translate
from adapters.sandbox.link import Link
from adapters.sandbox.world import Json
from bot.errors import NotDurable, TryLater
from bot.events import Event
from bot.inbox import Inbox

logger = logging.getLogger(__name__)

IN_FLIGHT: Final = 256
"""How many events may be with the core at once, and apart from them how many presses."""

_TRIES: Final = 5
_LONGEST_PAUSE: Final = 5.0
_MOMENT: Final = 1.5
"""Seconds; a call for help is answered within three."""

_E = TypeVar("_E")


class Follower:
    """Every event is a task, started in the log's order; the acknowledged prefix has no holes.

    Presses do not queue behind messages, and a reconnect redelivers nothing that is still under
    way here. What was cut off by a crash is in the log and comes again.
    """

    def __init__(
        self,
        link: Link,
        inbox: Inbox,
        ask: Callable[[Json], Awaitable[None]],
        follow_clock: Callable[[float], None],
    ) -> None:
        self._link = link
        self._inbox = inbox
        self._ask = ask
        self._follow_clock = follow_clock
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._open: dict[int, bool] = {}
        """Numbers that are not acknowledged, in order, and whether they are done."""
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._asking = asyncio.Semaphore(IN_FLIGHT)
        self._waiting: asyncio.Queue[Json] = asyncio.Queue()
        self._first: set[asyncio.Task[None]] = set()
        self._feeder: asyncio.Task[None] | None = None
        self._acknowledge = asyncio.Event()
        self._acker: asyncio.Task[None] | None = None
        self._acked = 0

    async def follow(self, first: Sequence[Event]) -> None:
        """Follow the log from the last acknowledged event on. Raises `TryLater` when cut off.

        `first` is offered before the log's events. Presses wait for it a moment only: Help now
        answers while the store is gone.
        """
        for earlier in self._first:
            earlier.cancel()
        self._first = {asyncio.create_task(self._guarded(self._inbox.offer, e)) for e in first}
        if self._first:
            await asyncio.wait(self._first, timeout=_MOMENT)
        self._feeder = self._feeder or asyncio.create_task(self._feed())
        self._acker = self._acker or asyncio.create_task(self._ack())
        after = (await self._link.call("hello"))["acked"]
        # Closed here and not by the garbage collector: the world counts who follows.
        async with aclosing(self._link.events(after)) as events:
            async for event in events:
                await self._take(event)

    async def _take(self, event: Json) -> None:
        seq = event["seq"]
        if seq <= self._acked or seq in self._open:
            return
        self._open[seq] = False
        if event["kind"] == "clock":
            self._follow_clock(event["shift"])
            self._done(seq)
        elif event["kind"] in ("press", "command"):
            await self._asking.acquire()
            self._start(self._ask, event, self._asking)
        else:
            self._waiting.put_nowait(event)

    async def stop(self) -> None:
        """Cancel what is under way; the world redelivers it to the next run."""
        tasks = [*self._tasks.values(), *self._first]
        tasks += [task for task in (self._feeder, self._acker) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _feed(self) -> None:
        while True:
            event = await self._waiting.get()
            if self._first:
                await asyncio.wait(self._first)
            await self._room.acquire()
            self._start(self._offer, event, self._room)

    def _start(
        self, do: Callable[[Json], Awaitable[None]], event: Json, slots: asyncio.Semaphore
    ) -> None:
        seq = event["seq"]

        async def run() -> None:
            try:
                await self._guarded(do, event)
                self._done(seq)
            finally:
                slots.release()
                del self._tasks[seq]

        self._tasks[seq] = asyncio.create_task(run())

    async def _guarded(self, do: Callable[[_E], Awaitable[None]], event: _E) -> None:
        """Try until it is durable. A bug is tried a few times: it must not stop the log."""
        pause, tries = 0.05, 0
        while True:
            try:
                return await do(event)
            except (NotDurable, TryLater):
                pass
            except Exception:
                logger.exception("an event failed")
                tries += 1
                if tries == _TRIES:
                    return
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _offer(self, event: Json) -> None:
        told = translate.event(event)
        if told is not None:
            await self._inbox.offer(told)
        if event["kind"] == "removed" and event["tokens"]:
            with suppress(Exception):  # they also end by themselves
                await Tokens(self._inbox.memory).drop(event["tokens"])

    def _done(self, seq: int) -> None:
        self._open[seq] = True
        self._acknowledge.set()

    async def _ack(self) -> None:
        while True:
            await self._acknowledge.wait()
            self._acknowledge.clear()
            prefix = list(takewhile(self._open.__getitem__, self._open))
            if not prefix:
                continue
            try:
                await self._link.call("ack", prefix[-1])
            except TryLater as later:
                self._acknowledge.set()
                await asyncio.sleep(later.after.total_seconds())
                continue
            self._acked = prefix[-1]
            for seq in prefix:
                del self._open[seq]
