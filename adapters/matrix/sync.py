"""Sync: follows a homeserver so that nothing is lost, whatever stops in between.

The position is ours, in the adapter's memory. It moves only over sync answers of which every
event's handler came back, and only after what the answer brought for the device is on disk. An
event may therefore be handled again after a crash, with the same id, and never not at all.

Handlers of one room are started in the room's order, each when the one before first waits; rooms
do not wait for one another. What a limited timeline left out is fetched from the last position
on, oldest first. Reading on pauses while too much is unfinished.

What was said before the bot joined a room (or joined it again) is nobody's request to it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from secrets import token_hex
from time import time
from typing import Any, Final

import orjson

from adapters.matrix import backfill
from adapters.matrix.again import is_written, pause, until_done
from adapters.matrix.arrivals import Arrival, Gap, told
from adapters.matrix.backfill import before, between
from adapters.matrix.client import Client
from adapters.matrix.patience import Patience, Work, missed, unhandled
from adapters.matrix.progress import Batch, Progress
from adapters.matrix.transport import Away, Json
from adapters.matrix.waiting import Waiting
from bot.errors import NotDurable, PlatformError, StartError, TryLater
from bot.inbox import Memory

logger = logging.getLogger(__name__)

IN_FLIGHT: Final = 256
"""How many events of one room may be with their handlers at once."""
_TRIES: Final = 5
_MOMENT: Final = 1.0
"""Seconds; a call for help is answered within three."""
_POLL: Final = timedelta(seconds=30)
_ENCRYPTED: Final = "m.room.encrypted"
_OWN_WORDS: Final = frozenset({_ENCRYPTED, "m.room.message", "m.sticker", "m.reaction"})


Handle = Callable[[Arrival], Awaitable[None]]


class Sync:
    """Follows the homeserver for one client.

    `handle` returns when the consequences of an arrival are durable. When it raises `NotDurable`
    or `TryLater` it is called again; a bug is tried a few times, so that it cannot stop a room,
    and what goes on failing for an hour while all else goes well arrives as `MISSED`.
    `connected` is awaited once, when the state of all rooms is known and before any arrival.
    `own_devices_changed` is awaited when the bot's own account got a device or a key. What the
    bot itself wrote does not arrive; its state events and redactions do.
    """

    def __init__(
        self,
        client: Client,
        memory: Memory,
        handle: Handle,
        connected: Callable[[], Awaitable[None]],
        own_devices_changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._client = client
        self._handle = handle
        self._connected = connected
        self._own_devices_changed = own_devices_changed
        self._waiting = Waiting(client, memory, self._late)
        self._rooms: dict[str, _Lane] = {}
        self._progress = Progress(memory, client.crypto.flush)
        self._filter = _filter(backfill.PAGE)
        self._doubtful = True
        self._tasks: set[asyncio.Task[Any]] = set()
        self._patience = Patience()
        self._upkeep: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Follow until cancelled. Raises `StartError` where only the host can help."""
        position = await self._progress.load()
        await self._waiting.load()
        self._start(self._progress.note())
        self._start(self._patience.watch())
        try:
            await self._follow(position)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(self, since: str | None) -> None:
        first, failed = True, 0
        while True:
            await self._look_at_own_devices()
            try:
                answer = await self._ask(since, first=first)
            except PlatformError as error:
                self._patience.answering = False
                if not isinstance(error, TryLater):
                    logger.warning("the homeserver refuses to sync", extra={"why": error.why})
                await asyncio.sleep(pause(failed, error))
                failed += 1
                continue
            await self._take(answer, since, first=first)
            first = False
            self._patience.answering = await is_written(self._client.crypto.flush)
            if not self._patience.answering:
                # Asked further, the homeserver would forget keys that only this process has. So
                # the same is asked again: what is new in it is handled, the store there or not.
                await asyncio.sleep(_MOMENT)
                continue
            since, failed = answer["next_batch"], 0
            await self._progress.room_for_more()

    async def _look_at_own_devices(self) -> None:
        if not self._doubtful:
            return
        try:
            await self._own_devices_changed()
            self._doubtful = False
        except StartError:
            raise
        except Exception:
            # The homeserver or the disk is in the way; with the next answer again.
            logger.warning("the bot's own devices could not be looked at")

    async def _ask(self, since: str | None, *, first: bool) -> Json:
        query = {
            "filter": self._filter,
            "timeout": "0" if first else str(int(_POLL.total_seconds() * 1000)),
        }
        if since is not None:
            query["since"] = since
        if first:
            # nio and others come back from a token with rooms that nobody is in.
            query["full_state"] = "true"
        answer = await self._client.transport.request(
            "GET", "/v3/sync", query=query, within=2 * _POLL.total_seconds()
        )
        if type(answer.get("next_batch")) is not str:
            raise Away
        return answer

    # -- one answer --------------------------------------------------------------------------

    async def _take(self, answer: Json, since: str | None, *, first: bool) -> None:
        received = self._client.crypto.receive(answer)
        self._doubtful = self._doubtful or received.own_devices_changed
        batch = Batch(answer["next_batch"])
        arrivals = told(self._client, answer, since, first=first)
        if first:
            await until_done(self._connected)
        for room_id, items in arrivals:
            self._enter(room_id, items, batch)
        for room_id, session_id in received.keys:
            self._start(self._waiting.key_came(room_id, session_id))
        self._progress.begin(batch)
        if self._upkeep is None or self._upkeep.done():
            self._upkeep = self._start(self._keep_up())

    # -- one room after another event --------------------------------------------------------

    def _enter(self, room_id: str, items: list[Arrival | Gap], batch: Batch) -> None:
        if not items:
            return
        lane = self._rooms.get(room_id)
        if lane is None:
            lane = self._rooms[room_id] = _Lane()
        for item in items:
            lane.queue.append((item, batch))
        self._progress.enter(batch, len(items))
        if lane.worker is None:
            lane.worker = self._start(self._work(room_id, lane))

    async def _work(self, room_id: str, lane: _Lane) -> None:
        while lane.queue:
            item, batch = lane.queue.popleft()
            try:
                if isinstance(item, Gap):
                    await self._fill(item, lane, batch)
                    self._progress.done(batch)
                else:
                    await self._set_out(item, lane, batch)
            except Exception:
                # Left unfinished, so that it comes again after a restart.
                logger.exception("an event could not be handed on")
        lane.worker = None
        if not lane.busy:
            self._rooms.pop(room_id, None)

    async def _set_out(self, arrival: Arrival, lane: _Lane, batch: Batch) -> None:
        """Start an arrival's handler, once there is room for it."""
        event = arrival.event
        own = event["sender"] == self._client.user and event["type"] in _OWN_WORDS
        if own or not self._client.is_new(arrival.room_id, event):
            self._progress.done(batch)
            return
        if event["type"] == _ENCRYPTED:
            opened = self._client.opened(arrival.room_id, event)
            arrival = Arrival(arrival.room_id, opened, arrival.live)
        if lane.busy >= IN_FLIGHT:
            lane.free.clear()
            await lane.free.wait()
        lane.busy += 1
        work = Work()
        self._patience.under_way.add(work)
        work.task = self._start(self._see_through(arrival, lane, batch, work))

    async def _see_through(self, arrival: Arrival, lane: _Lane, batch: Batch, work: Work) -> None:
        try:
            event = arrival.event
            # Without any content it was redacted.
            if event["type"] == _ENCRYPTED and event["content"]:
                found = await self._waiting.for_key(arrival.room_id, event)
                arrival = Arrival(
                    arrival.room_id, found or event, arrival.live, unreadable=found is None
                )
            await self._guarded(arrival, work)
        except asyncio.CancelledError:
            if not work.given_up:
                raise
            self._start(self._pass_over(arrival, batch))
            return
        finally:
            self._patience.under_way.discard(work)
            lane.busy -= 1
            lane.free.set()
            if lane.worker is None and not lane.busy and not lane.queue:
                self._rooms.pop(arrival.room_id, None)
        self._progress.done(batch)

    async def _pass_over(self, arrival: Arrival, batch: Batch) -> None:
        logger.warning("an event was given up")
        if "event_id" in arrival.event:
            instead = unhandled(arrival.event)
            await self._guarded(Arrival(arrival.room_id, instead, arrival.live, None, True))
        self._progress.done(batch)

    async def _guarded(self, arrival: Arrival, work: Work | None = None) -> None:
        tries = 0
        while True:
            error: PlatformError | None = None
            try:
                return await self._handle(arrival)
            except NotDurable:
                if work is not None:
                    work.looks = 0
            except TryLater as later:
                error = later
            except Exception:
                logger.exception("an event failed")
                if tries == _TRIES:
                    return
            await asyncio.sleep(pause(tries, error))
            tries += 1

    async def _late(self, room_id: str, event: Json) -> None:
        """The key for an event came after it was given up."""
        await self._guarded(Arrival(room_id, event, live=False))

    # -- what a limited timeline left out ----------------------------------------------------

    async def _fill(self, gap: Gap, lane: _Lane, batch: Batch) -> None:
        work = Work()
        work.task = self._start(self._fetch(gap, lane, batch, work))
        self._patience.under_way.add(work)
        try:
            await work.task
        except (PlatformError, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and not work.given_up:
                raise
            logger.warning("what was written meanwhile cannot be fetched")
            for event in gap.news:
                await self._set_out_more(gap, event, lane, batch)
            # For the moderators: there was something that nobody looked at.
            event = missed(gap.start, int(time() * 1000))
            self._progress.enter(batch)
            await self._set_out(Arrival(gap.room_id, event, gap.live, None, True), lane, batch)
        finally:
            self._patience.under_way.discard(work)

    async def _fetch(self, gap: Gap, lane: _Lane, batch: Batch, work: Work) -> None:
        async for event in between(self._client, gap.room_id, gap.start, gap.end):
            await self._set_out_more(gap, event, lane, batch)
            # It takes as long as it takes to handle what was fetched.
            work.looks = 0

    async def _set_out_more(self, gap: Gap, event: Json, lane: _Lane, batch: Batch) -> None:
        self._progress.enter(batch)
        was = before(event) if "state_key" in event else None
        await self._set_out(Arrival(gap.room_id, event, gap.live, was), lane, batch)

    async def _keep_up(self) -> None:
        try:
            await self._client.crypto.upkeep()
        except Exception:
            # The homeserver or the disk is in the way; with the next answer again.
            logger.warning("keys could not be kept up; trying again soon")

    def _start(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class _Lane:
    """One room's arrivals."""

    __slots__ = ("busy", "free", "queue", "worker")

    def __init__(self) -> None:
        self.queue: deque[tuple[Arrival | Gap, Batch]] = deque()
        self.busy = 0
        self.free = asyncio.Event()
        self.worker: asyncio.Task[Any] | None = None


def _filter(timeline: int) -> str:
    nothing: Json = {"types": []}
    of_room = {
        "timeline": {"limit": timeline},
        "ephemeral": nothing,
        "account_data": nothing,
        # Synapse gives who asks again for the same the answer of before, for two minutes; after a
        # restart that is who was in the rooms then. So each start names another room, that is none.
        "not_rooms": [f"!{token_hex(8)}:nowhere.invalid"],
    }
    return orjson.dumps({"room": of_room, "presence": nothing, "account_data": nothing}).decode()
