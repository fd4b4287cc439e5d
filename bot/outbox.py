"""Outbox: what must be sent exactly once is a row before it is a request.

A service puts a job in the same transaction as the state it belongs to. A lane sends its jobs
one after another with the row's key, which the platform honours: after a crash the same key is
sent again and nothing is posted twice. Platforms forget keys, some within minutes. So the row
says from when on it is being sent before it is, and whoever tries again has the platform look
first; where it cannot tell, nothing is sent again, and the moderators hear so.

`Delivered` and `Undelivered` come back as events, whose listeners may be called twice and must
not mind; the row goes after they have heard.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, TypeAlias

from bot.chat import Chat
from bot.clock import Clock
from bot.errors import NotDurable, PlatformError, TryLater, TryThisLater
from bot.events import Delivered, Event, Undelivered
from bot.model import Account, Group, MessageRef, Room
from bot.reply import Reply, reply_from_json, to_json, value_from_json
from bot.store import Connection, Store
from bot.store import outbox_rows as rows

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 30
"""With pauses that double up to ten minutes: about three and a half hours of unexpected errors."""

LONGEST_PAUSE = timedelta(minutes=10)
CLOCK_PAUSE = timedelta(seconds=30)

_random = secrets.SystemRandom()


class Lane(Enum):
    """Jobs that wait for each other. A slow lane never holds up another."""

    GATE = "gate"
    """Who is held and let in, and what they read about it."""
    CRISIS = "crisis"
    """Where a life may be in danger."""
    ALERTS = "alerts"
    """Everything else, to moderators and to members."""
    POSTS = "posts"
    """Posts without a name, in no order."""


@dataclass(frozen=True, slots=True, repr=False)
class Post:
    """Post in a room."""

    room: Room
    reply: Reply

    @property
    def group(self) -> Group:
        """The group it is for."""
        return self.room.group


@dataclass(frozen=True, slots=True, repr=False)
class Edit:
    """Change an own message."""

    ref: MessageRef
    reply: Reply

    @property
    def group(self) -> Group:
        """The group it is for."""
        return self.ref.room.group


@dataclass(frozen=True, slots=True, repr=False)
class Tell:
    """Write to one person alone."""

    group: Group
    account: Account
    reply: Reply


@dataclass(frozen=True, slots=True, repr=False)
class Hold:
    """Keep an account out of the group's rooms."""

    group: Group
    account: Account


@dataclass(frozen=True, slots=True, repr=False)
class Release:
    """Let an account into the group's rooms."""

    group: Group
    account: Account


Job: TypeAlias = "Post | Edit | Tell | Hold | Release"

Offer = Callable[[Event], Awaitable[None]]
Trusted = Callable[[str], Awaitable[bool]]
"""Whether a platform's due times may be taken by the clock right now."""


class Outbox:
    """Sends what waits in the outbox table. `offer` is where its events go (the router)."""

    def __init__(
        self, store: Store, chats: Mapping[str, Chat], clock: Clock, trusted: Trusted
    ) -> None:
        self._store = store
        self._chats = chats
        self._clock = clock
        self._trusted = trusted
        self.offer: Offer = _nobody
        self.lanes = [OutboxLane(self, name, lane) for name in chats for lane in Lane]
        self._wakes = {lane.key: lane for lane in self.lanes}
        self._open: set[bytes] = set()
        self._put: set[str] = set()
        self._withdrawn: set[str] = set()
        store.on_commit(self._wake)

    def open(self, group: Group) -> None:
        """A group is ready: what waits for it may go. One that is not holds up no other."""
        self._open.add(self._store.known_group_id(group))
        for lane in self.lanes:
            lane.wake.set()

    async def put(
        self,
        conn: Connection,
        job: Job,
        *,
        key: str,
        purpose: str,
        lane: Lane,
        after: datetime | None = None,
        replace: bool = False,
    ) -> None:
        """Add a job within the caller's transaction.

        The same key again changes nothing while the first waits, or with `replace` takes its
        place. After the first was sent a platform may take it for the same again and post
        nothing, so what is said anew has a new key. `purpose` comes back in `Delivered` and
        `Undelivered`, with `key` as the job.
        """
        name = f"{job.group.platform} {lane.value}"
        group_id = self._store.known_group_id(job.group)
        account = getattr(job, "account", None)
        keys = self._store.keys
        since = await rows.make_way(conn, key) if replace else None
        await rows.add(
            conn,
            keys,
            key=key,
            group_id=group_id,
            lane=name,
            purpose=purpose,
            payload=json.dumps(_job_to_json(job)),
            after=after or self._clock.now(),
            subject_blind=keys.account_blind(group_id, account) if account else None,
            since=since,
        )
        self._put.add(name)

    async def withdraw(self, conn: Connection, key: str) -> bool:
        """Take a job back. False when it was not there any more (sent, or being sent)."""
        if any(lane.sending == key for lane in self.lanes):
            return False
        # Until this transaction is on disk, a lane that reads would still find the row.
        self._withdrawn.add(key)
        return await rows.withdraw(conn, key)

    async def move(self, conn: Connection, key: str, after: datetime) -> bool:
        """Let a waiting job go at another time. False when it was sent, or is being sent."""
        if any(lane.sending == key for lane in self.lanes):
            return False
        self._withdrawn.add(key)
        lane = await rows.move(conn, key, after)
        if lane is not None:
            self._put.add(lane)
        return lane is not None

    async def waits(self, conn: Connection, key: str) -> bool:
        """Whether a job is still to be sent."""
        return await rows.exists(conn, key)

    async def waiting_keys(self, group: Group, lane: Lane) -> set[str]:
        """The keys of a group's jobs that wait in a lane, or are being sent."""
        group_id = self._store.known_group_id(group)
        async with self._store.read() as conn:
            return await rows.waiting_keys(conn, group_id, f"{group.platform} {lane.value}")

    def _wake(self) -> None:
        self._withdrawn.clear()
        while self._put:
            self._wakes[self._put.pop()].wake.set()

    async def waiting(self) -> int:
        """How many jobs wait, over all lanes."""
        async with self._store.read() as conn:
            return await rows.waiting(conn)


class OutboxLane:
    """One lane of one platform, as a source of the schedule."""

    def __init__(self, outbox: Outbox, platform: str, lane: Lane) -> None:
        self.key = f"{platform} {lane.value}"
        self.name = f"outbox {self.key}"
        self.wake = asyncio.Event()
        self.sending: str | None = None
        self._outbox = outbox
        self._chat = outbox._chats[platform]
        # By the steady clock: one that jumped and was put right would pause for as long as it
        # had jumped.
        self._paused_until = 0.0
        # Which anonymous post was written first must not show in which comes first.
        self._shuffled = lane is Lane.POSTS

    async def next_due(self) -> datetime | None:
        """When the oldest job of this lane may be sent."""
        if not self._outbox._open:
            return None
        async with self._outbox._store.read() as conn:
            due = await rows.next_after(conn, self.key, self._outbox._open)
        left = self._paused_until - self._outbox._clock.monotonic()
        if due is None or left <= 0:
            return due
        return max(due, self._outbox._clock.now() + timedelta(seconds=left))

    def _pause(self, lasts: timedelta) -> None:
        self._paused_until = self._outbox._clock.monotonic() + lasts.total_seconds()

    async def run_due(self) -> None:
        """Send what is due: oldest first, but anonymous posts in no order."""
        outbox = self._outbox
        now = outbox._clock.now()
        if self._shuffled and not await outbox._trusted(self._chat.platform):
            # A clock that jumped would send what was to go later now.
            self._pause(CLOCK_PAUSE)
            return
        async with outbox._store.read() as conn:
            due = await rows.due(conn, outbox._store.keys, self.key, outbox._open, now, limit=50)
        if self._shuffled:
            _random.shuffle(due)
        for row in due:
            if not await self._send(row):
                return

    async def _send(self, row: rows.OutboxRow) -> bool:
        """Send one job. False when the lane should wait before the next."""
        outbox = self._outbox
        job = _job_from_json(json.loads(row.payload))
        event_id = f"job {row.id.hex()}"
        now = outbox._clock.now()
        self.sending = row.key
        try:
            if not await self._may_go(row, job):
                return True
            ref = await _do(self._chat, job, row.key, row.since)
            event: Event = Delivered(
                id=event_id, group=job.group, at=now, job=row.key, purpose=row.purpose, ref=ref
            )
        except TryThisLater as error:
            later = now + error.after
            await outbox._store.write(lambda c: rows.put_off(c, row.id, later))
            return True
        except TryLater as error:
            self._pause(error.after)
            return False
        except PlatformError as error:
            event = Undelivered(
                id=event_id,
                group=job.group,
                at=now,
                job=row.key,
                purpose=row.purpose,
                why=error.why,
            )
        except NotDurable:
            raise
        except Exception:
            logger.exception("sending failed", extra={"purpose": row.purpose})
            if row.attempts + 1 < MOST_ATTEMPTS:
                pause = min(timedelta(seconds=2**row.attempts), LONGEST_PAUSE)
                await outbox._store.write(lambda c: rows.put_off(c, row.id, now + pause))
                return True
            event = Undelivered(
                id=event_id,
                group=job.group,
                at=now,
                job=row.key,
                purpose=row.purpose,
                why="failed",
            )
        finally:
            self.sending = None
        await outbox.offer(event)
        await outbox._store.write(lambda c: rows.remove(c, row.id))
        return True

    async def _may_go(self, row: rows.OutboxRow, job: Job) -> bool:
        """False for what was taken back since the batch was read. What a kill would leave in doubt
        is noted first."""
        if row.key in self._outbox._withdrawn:
            return False
        now = self._outbox._clock.now()
        if row.since is None and isinstance(job, Post | Tell):
            return await self._outbox._store.write(lambda c: rows.set_out(c, row.id, now))
        async with self._outbox._store.read() as conn:
            return await rows.still_due(conn, row.id, now)


async def _nobody(_: Event) -> None:
    raise RuntimeError("the outbox was not given a router")


async def _do(chat: Chat, job: Job, key: str, since: datetime | None) -> MessageRef | None:
    match job:
        case Post():
            return await chat.post(job.room, job.reply, key=key, since=since)
        case Edit():
            await chat.edit(job.ref, job.reply)
        case Tell():
            return await chat.tell(job.group, job.account, job.reply, key=key, since=since)
        case Hold():
            await chat.hold(job.group, job.account)
        case Release():
            await chat.release(job.group, job.account)
    return None


def _job_to_json(job: Job) -> dict[str, Any]:
    group = [job.group.platform, job.group.handle]
    match job:
        case Post():
            return {"post": to_json(job.room), "reply": to_json(job.reply)}
        case Edit():
            return {"edit": to_json(job.ref), "reply": to_json(job.reply)}
        case Tell():
            return {"tell": to_json(job.account), "reply": to_json(job.reply), "group": group}
        case Hold():
            return {"hold": to_json(job.account), "group": group}
        case Release():
            return {"release": to_json(job.account), "group": group}


def _job_from_json(data: Mapping[str, Any]) -> Job:
    match data:
        case {"post": room, "reply": reply}:
            return Post(value_from_json(room), reply_from_json(reply))
        case {"edit": ref, "reply": reply}:
            return Edit(value_from_json(ref), reply_from_json(reply))
        case {"tell": account, "reply": reply, "group": group}:
            return Tell(Group(*group), value_from_json(account), reply_from_json(reply))
        case {"hold": account, "group": group}:
            return Hold(Group(*group), value_from_json(account))
        case {"release": account, "group": group}:
            return Release(Group(*group), value_from_json(account))
    raise ValueError("an outbox row of an unknown kind")
