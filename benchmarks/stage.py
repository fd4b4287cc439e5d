# ruff: noqa: ARG002  (a platform that does nothing needs none of what it is given)
"""The bot with everything real but the platform: its router, cogs, services, schedule, store."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from benchmarks.talk import none_too_broad
from bot.chat import Can, Removal, Retry, Right
from bot.clock import Clock
from bot.detection import Kind
from bot.events import GroupReady, MessagePosted
from bot.garbage import collect_seldom
from bot.inbox import Inbox
from bot.model import Account, Content, Group, Message, MessageRef, Role, Room, RoomInfo, RoomKind
from bot.reply import Reply, Text
from bot.services.leaks.kinds import Choice, Wanted, Watch
from bot.store import Connection, KeyRing, MasterKey, Store, rules_rows
from bot.texts.pack import GroundRules
from bot.wiring import Circle

PLATFORM = "nowhere"
GROUP = Group(PLATFORM, "1000000000000000000")
ROOMS = tuple(Room(GROUP, str(1_000_000_000_000_000_100 + number)) for number in range(20))
MODERATORS = Room(GROUP, "1000000000000000099")
MEMBERS = tuple(Account(PLATFORM, str(1_000_000_000_000_010_000 + n)) for n in range(200))
LIFETIME = timedelta(days=7)


class Nowhere:
    """A platform that answers everything at once, so that what is measured is the bot."""

    platform = PLATFORM
    can = Can.HOLD | Can.REMOVE

    def __init__(self) -> None:
        self.connected: asyncio.Future[Inbox] = asyncio.get_running_loop().create_future()
        self.removed: dict[MessageRef, datetime] = {}
        self._removals = asyncio.Event()
        self._clock = Clock()

    async def run(self, inbox: Inbox) -> NoReturn:
        """Say that the group is there, and nothing more."""
        await inbox.offer(ready())
        self.connected.set_result(inbox)
        await asyncio.Event().wait()
        raise AssertionError

    async def groups(self) -> Sequence[Group]:
        """One group."""
        return [GROUP]

    async def rooms(self, group: Group) -> Sequence[RoomInfo]:
        """Where people talk, and where moderators do."""
        circles = [RoomInfo(room, RoomKind.CIRCLE, "a room") for room in ROOMS]
        return [*circles, RoomInfo(MODERATORS, RoomKind.MODERATORS, "moderators")]

    async def now(self) -> datetime | None:
        """The machine's time."""
        return self._clock.now()

    async def post(
        self, room: Room, reply: Reply, *, key: str, since: datetime | None = None
    ) -> MessageRef:
        """Posted."""
        return MessageRef(room, key)

    async def edit(self, ref: MessageRef, reply: Reply) -> None:
        """Done."""

    async def remove(self, refs: Sequence[MessageRef]) -> Mapping[MessageRef, Removal | Retry]:
        """Gone, and when."""
        now = self._clock.now()
        self.removed.update(dict.fromkeys(refs, now))
        self._removals.set()
        return dict.fromkeys(refs, Removal.GONE)

    async def has_removed(self, count: int) -> None:
        """Wait until so many messages were removed."""
        while len(self.removed) < count:
            self._removals.clear()
            await self._removals.wait()

    async def tell(
        self,
        group: Group,
        account: Account,
        reply: Reply,
        *,
        key: str,
        since: datetime | None = None,
    ) -> MessageRef:
        """Told."""
        return MessageRef(MODERATORS, key)

    async def uncollected(self, key: str) -> bool:
        """Never."""
        return False

    async def hold(self, group: Group, account: Account) -> None:
        """Done."""

    async def release(self, group: Group, account: Account) -> None:
        """Done."""

    async def held(self, group: Group) -> Mapping[Account, bool]:
        """Nobody is anywhere."""
        return {}

    async def fetch(self, ref: MessageRef) -> Message | None:
        """Nothing is kept."""
        return None

    async def history(self, room: Room, after: MessageRef | None) -> AsyncIterator[MessagePosted]:
        """Nothing was missed."""
        for _ in ():
            yield _

    async def members(self, group: Group) -> Mapping[Account, Role]:
        """Nobody is to be held or released: that would be a job for each."""
        return {}

    async def role_of(self, group: Group, account: Account) -> Role:
        """Everybody is in the group."""
        return Role.MEMBER

    async def name_of(self, group: Group, account: Account) -> str:
        """One name for all."""
        return "somebody"

    async def show_time_left(self, ref: MessageRef, due: datetime) -> None:
        """Never asked."""

    async def pin(self, ref: MessageRef) -> None:
        """Done."""

    async def pins(self, room: Room) -> Sequence[MessageRef]:
        """None."""
        return ()

    async def rights(self, room: Room) -> frozenset[Right]:
        """All."""
        return frozenset(Right)

    async def drop_older(self, room: Room, age: timedelta | None) -> bool:
        """It does not."""
        return False

    async def open_doors(self, group: Group) -> Sequence[Text]:
        """None."""
        return ()


class Stage:
    """A running circle, with what a benchmark needs to get at."""

    def __init__(self, circle: Circle, chat: Nowhere, inbox: Inbox) -> None:
        self.circle = circle
        self.chat = chat
        self.inbox = inbox


def ring(folder: Path) -> KeyRing:
    """The keys of a circle in that folder, made when there are none."""
    key, kept = folder / "master.key", folder / "ring.json"
    if key.exists():
        return KeyRing.load(kept, MasterKey.load(key))
    return KeyRing.create(kept, MasterKey.create(key))


async def opened(folder: Path) -> Store:
    """The store in that folder, on SQLite with the settings of the house."""
    return await Store.open(f"sqlite:///{folder / 'circle.sqlite3'}", ring(folder))


@asynccontextmanager
async def started(store: Store) -> AsyncIterator[Stage]:
    """A bot that runs over a store; its group is ready. Closes the store at the end."""
    collect_seldom()
    chat = Nowhere()
    circle = Circle(store, [chat], Clock(), GroundRules.default())
    running = asyncio.create_task(circle.run(_quiet))
    try:
        waits: set[asyncio.Future[Any]] = {running, chat.connected}
        done, _ = await asyncio.wait(waits, return_when="FIRST_COMPLETED")
        if running in done:
            running.result()
        yield Stage(circle, chat, chat.connected.result())
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await store.close()


async def furnish(stage: Stage, keywords: Sequence[str] = ()) -> None:
    """Members who acknowledged, rooms with a lifetime, keywords that are watched for."""
    circle = stage.circle
    current = circle.acknowledgement.current(GROUP)

    async def acknowledge(conn: Connection) -> None:
        for account in MEMBERS:
            member = await circle.store.member_id(conn, GROUP, account, create=True)
            await rules_rows.acknowledge(conn, member, current.row, "en", circle.clock.now())

    await circle.store.write(acknowledge)
    await stage.inbox.offer(ready())
    for room in ROOMS:
        await circle.retention.set_lifetime(room, LIFETIME)
    if keywords:
        await circle.keywords.take_in(GROUP, "\n".join(keywords), none_too_broad)


async def watch_for(stage: Stage, *, keywords_alone: bool) -> None:
    """As little as can be, which is keywords and danger to a life; or what a group looks for until
    its moderators choose."""
    at_first = Wanted()
    for choice in Choice:
        if choice not in (Choice.KEYWORD, Choice.CRISIS):
            watch = Watch.OFF if keywords_alone else at_first.of(Kind(choice.value))
            await stage.circle.kinds.choose(GROUP, MEMBERS[0], choice, watch)


def ready() -> GroupReady:
    """The platform connected (again)."""
    return GroupReady(id=f"ready {secrets.token_hex(8)}", group=GROUP, at=Clock().now())


def posted(text: str, number: int, at: datetime) -> MessagePosted:
    """A message. An adapter keeps its rooms; who wrote and what was written are new each time."""
    room = ROOMS[number % len(ROOMS)]
    handle = str(1_000_000_000_001_000_000 + number)
    author = Account(PLATFORM, str(1_000_000_000_000_010_000 + number * 7 % len(MEMBERS)))
    return MessagePosted(
        id=f"message {handle}",
        group=GROUP,
        at=at,
        ref=MessageRef(room, handle),
        author=author,
        content=Content(text),
    )


def _quiet(_: str) -> None:
    pass
