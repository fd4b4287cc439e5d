"""Anonymous posts under every interleaving of what people, platform and crashes can do.

Whatever happens in whatever order: nothing is posted twice, every receipt has a true answer, and
no words are left behind.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.chat import Can, Removal, Right
from bot.clock import Clock
from bot.errors import Forbidden, Gone, NotDurable, TryLater
from bot.events import GroupReady, Invoked, RoomChange, RoomChanged
from bot.model import Account, Group, Message, MessageRef, Role, Room, RoomInfo, RoomKind
from bot.outbox import OutboxLane
from bot.reply import Reply, Text, Value
from bot.services.anonymity.states import ENDED, TRANSITIONS, Happening, PostState, after
from bot.services.retention.removing import Removals
from bot.store import KeyRing, MasterKey, Sealed, Store
from bot.store.tables import metadata, outbox
from bot.texts.pack import GroundRules
from bot.wiring import Circle

pytestmark = pytest.mark.slow

GROUP = Group("fake", "group")
ROOM = Room(GROUP, "room")
ANA = Account("fake", "ana")
FILES = ("master.key", "ring.json", "c.sqlite3")
LATER = TryLater(timedelta(seconds=1))


async def run_removals(removals: Removals) -> None:
    """Remove what is due; rooms do it side by side, so wait for each."""
    await removals.run_due()
    await asyncio.gather(*removals._busy.values())
    await removals._confirmed()


class FakeChat:
    """A platform that honours keys, and can lose an answer after it did what was asked."""

    platform = "fake"
    can = Can.HIDE_INPUT | Can.REMOVE | Can.HOLD

    def __init__(self) -> None:
        self.standing: dict[str, str] = {}
        self.ever: Counter[str] = Counter()
        self.keys: dict[str, str] = {}
        self.faults: list[str] = []
        self.closed = False

    async def rooms(self, group: Group) -> Sequence[RoomInfo]:
        found = [RoomInfo(Room(group, "mods"), RoomKind.MODERATORS, "mods")]
        if not self.closed:
            found.append(RoomInfo(ROOM, RoomKind.CIRCLE, "room"))
        return found

    async def now(self) -> datetime | None:
        return None

    async def post(
        self, room: Room, reply: Reply, *, key: str, since: datetime | None = None
    ) -> MessageRef:
        fault = self.faults.pop(0) if self.faults else ""
        if self.closed and room == ROOM:
            raise Gone
        if fault == "busy":
            raise LATER
        if fault == "forbidden" and key not in self.keys:
            raise Forbidden
        if key not in self.keys:
            self.keys[key] = f"m{len(self.keys)}"
            words = str(reply.args.get("text", reply.key))
            self.standing[self.keys[key]] = words
            self.ever[words] += 1
        if fault == "lost":
            raise LATER
        return MessageRef(room, self.keys[key])

    async def remove(self, refs: Sequence[MessageRef]) -> Mapping[MessageRef, Removal]:
        for ref in refs:
            self.standing.pop(ref.handle, None)
        return dict.fromkeys(refs, Removal.GONE)

    async def members(self, group: Group) -> Mapping[Account, Role]:
        return {}

    async def held(self, group: Group) -> Mapping[Account, bool]:
        return {}

    async def role_of(self, group: Group, account: Account) -> Role:
        return Role.MODERATOR

    async def pins(self, room: Room) -> Sequence[MessageRef]:
        return []

    async def rights(self, room: Room) -> frozenset[Right]:
        return frozenset(Right)

    async def drop_older(self, room: Room, age: timedelta | None) -> bool:
        return False

    async def uncollected(self, key: str) -> bool:
        return False

    async def open_doors(self, group: Group) -> Sequence[Text]:
        return ()

    async def fetch(self, ref: MessageRef) -> Message | None:
        return None


class Rig:
    """The real core over the fake platform, moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.chat = FakeChat()
        self.clock = Clock()
        self.asked = 0
        self.sent: dict[str, str] = {}
        """Receipts, by the words of their post."""

    @classmethod
    async def fresh(cls, folder: Path, made: dict[str, bytes] = {}) -> Rig:  # noqa: B006
        """A circle in an empty folder. Made once and copied: migrating takes most of the time."""
        if not made:
            master = MasterKey.create(folder / "master.key")
            ring = KeyRing.create(folder / "ring.json", master)
            await (await Store.open(f"sqlite:///{folder / 'c.sqlite3'}", ring)).close()
            made |= {name: (folder / name).read_bytes() for name in FILES}
        for name, content in made.items():
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o600)
        rig = cls(folder)
        await rig.up()
        return rig

    async def up(self) -> None:
        master = MasterKey.load(self.folder / "master.key")
        ring = KeyRing.load(self.folder / "ring.json", master)
        self.store = await Store.open(f"sqlite:///{self.folder / 'c.sqlite3'}", ring)
        self.core = Circle(self.store, [self.chat], self.clock, GroundRules.default())  # type: ignore[list-item]
        await self.core.router.start()
        await self.offer(GroupReady)

    async def offer(self, kind: Any, **more: Any) -> None:
        self.asked += 1
        event = kind(id=f"e{self.asked}", group=GROUP, at=self.clock.now(), **more)
        await self.core.router.offer(event)

    async def says(self, command: str, **args: Value) -> Reply:
        self.asked += 1
        answer = await self.core.router.invoke(
            Invoked(
                id=f"e{self.asked}",
                group=GROUP,
                at=self.clock.now(),
                command=command,
                account=ANA,
                args=args,
            )
        )
        assert isinstance(answer, Reply)
        assert answer.key != "bug"
        return answer

    @property
    def lane(self) -> OutboxLane:
        return next(lane for lane in self.core.outbox.lanes if lane.key == "fake posts")

    # What can happen.

    async def write(self, when: str) -> None:
        words = f"words number {len(self.sent)}"
        preview = await self.says("anon", room=ROOM, text=words)
        if preview.key != "anon-preview":
            return
        sent = await self.says("anon send", **{**preview.buttons[0].args, "when": when})
        assert sent.key == "anon-sent"
        self.sent[words] = str(sent.lines[0].args["receipt"])

    async def take_back(self, number: int) -> None:
        if self.sent:
            receipt = list(self.sent.values())[number % len(self.sent)]
            await self.says("anon take back", receipt=receipt)

    def _some(self, number: int) -> MessageRef | None:
        handles = sorted(self.chat.standing)
        return MessageRef(ROOM, handles[number % len(handles)]) if handles else None

    async def hide(self, number: int) -> None:
        if ref := self._some(number):
            await self.says("anon hide", message=ref, reason="unkind")

    async def removed_by_others(self, number: int) -> None:
        if ref := self._some(number):
            del self.chat.standing[ref.handle]
            await self.core.router.gone(ref)

    async def silence(self, number: int) -> None:
        if ref := self._some(number):
            await self.says("anon silence", message=ref, lasts="1 h")

    async def pass_minutes(self, minutes: int) -> None:
        self.clock.shift(timedelta(minutes=minutes))

    async def deliver(self, fault: str) -> None:
        self.chat.faults = [fault]
        await self.lane.run_due()
        self.chat.faults = []

    async def remove_due(self, _: int) -> None:
        await run_removals(self.core.removals)

    async def pause(self, _: int) -> None:
        await self.says("anon pause")

    async def resume(self, _: int) -> None:
        await self.says("anon resume")

    async def restart(self, _: int) -> None:
        await self.store.close()
        await self.up()

    async def upkeep(self, _: int) -> None:
        await self.core._anonymous_upkeep()

    async def close_room(self, _: int) -> None:
        self.chat.closed = True
        self.chat.standing.clear()
        await self.offer(RoomChanged, room=ROOM, change=RoomChange.GONE)

    # What must be so in the end.

    async def settle(self) -> None:
        """No more faults, and all the time that anything could wait for."""
        for _ in range(3):
            self.clock.shift(timedelta(hours=80))
            await self.core._anonymous_upkeep()
            await self.lane.run_due()
            await run_removals(self.core.removals)

    async def check(self) -> None:
        standing = Counter(self.chat.standing.values())
        for words, receipt in self.sent.items():
            status = (await self.says("anon status", receipt=receipt)).key
            assert self.chat.ever[words] <= 1, "posted twice"
            assert status in {
                "anon-status-posted", "anon-status-taken-back", "anon-status-hidden",
                "anon-status-gone", "anon-status-not-sent",
            }  # fmt: skip
            assert standing[words] == (status == "anon-status-posted")
        assert not standing["anon-post-taken-back"]
        async with self.store.read() as conn:
            jobs = await conn.execute(select(outbox).where(outbox.c.purpose == "anonymous"))
            assert jobs.all() == []
            for table in metadata.sorted_tables:
                sealed = [column for column in table.c if isinstance(column.type, Sealed)]
                for row in await conn.execute(select(table)):
                    for column in sealed:
                        box = row._mapping[column.name]
                        if box is not None:
                            assert "words number" not in self.store.keys.open(column, row.id, box)


NUMBERS = st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(["soon", "soon", "later"])),
    st.tuples(st.just("deliver"), st.sampled_from(["", "", "lost", "busy", "forbidden"])),
    st.tuples(st.just("pass_minutes"), st.sampled_from([2, 6, 60])),
    st.tuples(
        st.sampled_from(
            ("take_back", "take_back", "hide", "removed_by_others", "silence", "remove_due")
        ),
        NUMBERS,
    ),
    st.tuples(
        st.sampled_from(("pause", "resume", "restart", "upkeep", "close_room")),
        NUMBERS,
    ),
)


async def live_through(rig: Rig, steps: Sequence[tuple[str, Any]]) -> None:
    for name, value in steps:
        await getattr(rig, name)(value)


async def live(steps: Sequence[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = await Rig.fresh(Path(folder))
        try:
            await live_through(rig, steps)
            await rig.settle()
            await rig.check()
        finally:
            await rig.store.close()


@pytest.mark.slow
@settings(max_examples=40)
@given(steps=st.lists(STEPS, max_size=25))
def test_nothing_is_posted_twice_lost_or_left_behind(steps: list[tuple[str, Any]]) -> None:
    asyncio.run(live(steps))


WRITE_AND_WAIT = [("write", "soon"), ("pass_minutes", 6)]


@pytest.mark.parametrize(
    "steps",
    [
        # The answer of the platform is lost, then the bot dies, then the author takes it back.
        [*WRITE_AND_WAIT, ("deliver", "lost"), ("restart", 0), ("take_back", 0)],
        [*WRITE_AND_WAIT, ("deliver", "lost"), ("deliver", ""), ("take_back", 0)],
        [*WRITE_AND_WAIT, ("deliver", "busy"), ("take_back", 0), ("restart", 0)],
        [*WRITE_AND_WAIT, ("deliver", "lost"), ("pause", 0), ("silence", 0), ("resume", 0)],
        [*WRITE_AND_WAIT, ("deliver", ""), ("take_back", 0), ("restart", 0)],
        [*WRITE_AND_WAIT, ("deliver", ""), ("hide", 0), ("restart", 0)],
        [("write", "soon"), ("pause", 0), ("restart", 0), ("pass_minutes", 60), ("deliver", "")],
        [("write", "later"), ("close_room", 0)],
        [*WRITE_AND_WAIT, ("deliver", "forbidden")],
    ],
)
async def test_the_hard_cases(steps: list[tuple[str, Any]]) -> None:
    await live(steps)


async def test_what_is_taken_back_in_time_is_never_shown() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = await Rig.fresh(Path(folder))
        await rig.write("soon")
        await rig.take_back(0)
        await rig.settle()
        await rig.check()
        assert not rig.chat.ever
        await rig.write("soon")
        # Tried once already, so the bot cannot know: other words go under its key.
        await rig.pass_minutes(6)
        await rig.deliver("busy")
        await rig.take_back(0)
        await rig.take_back(1)
        await rig.settle()
        await rig.check()
        assert rig.chat.ever == {"anon-post-taken-back": 1}
        await rig.store.close()


@pytest.mark.parametrize("how", ["take_back", "hide"])
async def test_a_removal_that_a_crash_interrupted_is_finished(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(_: object) -> None:
        raise NotDurable

    with tempfile.TemporaryDirectory() as folder:
        rig = await Rig.fresh(Path(folder))
        await live_through(rig, [*WRITE_AND_WAIT, ("deliver", "")])
        monkeypatch.setattr(rig.core.retention, "remove_now", dies)
        await getattr(rig, how)(0)
        assert rig.chat.standing
        await rig.restart(0)
        await run_removals(rig.core.removals)
        assert not rig.chat.standing
        await rig.check()
        await rig.store.close()


def test_the_table_has_no_way_out_of_an_end_and_no_dead_ends() -> None:
    for state, happening in product(PostState, Happening):
        follows = after(state, happening)
        assert follows is None or (state not in ENDED and follows is not state)
    ways = {
        state: {new for (old, _), new in TRANSITIONS.items() if old is state} for state in PostState
    }
    for state in set(PostState) - ENDED:
        reached, new = {state}, {state}
        while new:
            new = {follows for each in new for follows in ways[each]} - reached
            reached |= new
        assert reached & ENDED
