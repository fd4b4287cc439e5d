"""Sealed authors over time: each opens until its last day and not after.

However far time leaps between posts, whatever the group chooses meanwhile, and whether or not the
bot tidied up in time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import Clock
from bot.errors import Refused
from bot.model import Account, Group, Room
from bot.sealing import SealedHalf
from bot.services.key_holders import KeyHolder, KeyHolders
from bot.services.sealed_authors import SealedAuthors
from bot.store import Connection, KeyRing, MasterKey, Store, new_id, post_rows
from tests.features.key_holding import KEYS

ONE, OTHER = Account("sandbox", "ana"), Account("sandbox", "moss")
PAIRS = {ONE: KEYS["ana"], OTHER: KEYS["moss"]}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Noon(Clock):
    """Stands at noon of a day, so that no test begins beside midnight."""

    def __init__(self) -> None:
        super().__init__()
        self.days = 0

    def now(self) -> datetime:
        return NOON + timedelta(days=self.days)


class TwoHolders:
    """Ana and Moss hold keys, always."""

    async def holders(self, _group: Group) -> list[KeyHolder]:
        return [KeyHolder("", who, pair.public, NOON, False) for who, pair in PAIRS.items()]

    keys_of = holders


@dataclass
class Days:
    """The one setting that counts here."""

    days: int = 30

    def number(self, _group: Group, _name: str) -> int:
        return self.days


@dataclass(frozen=True)
class Kept:
    """A post that was sealed, and its last day as its author was told."""

    group: Group
    id: bytes
    author: Account
    last: date


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    keys = KeyRing.create(tmp_path / "ring.json", MasterKey.create(tmp_path / "master"))
    opened = await Store.open(f"sqlite:///{tmp_path}/circle.db", keys)
    yield opened
    await opened.close()


async def _post(store: Store, seals: SealedAuthors, clock: Clock, kept: Kept) -> Kept:
    group_id = await store.group_id(kept.group)
    room_id = await store.room_id(Room(kept.group, f"room of {kept.group.handle}"))
    sealed = await seals.seal(kept.group, kept.id, kept.author)
    assert sealed is not None
    box, ends = sealed

    async def work(conn: Connection) -> None:
        await post_rows.add(
            conn,
            store.keys,
            post_id=kept.id,
            group_id=group_id,
            room_id=room_id,
            parent_id=None,
            receipt_hash=new_id(),
            pseudonym="Quiet Heron",
            day=clock.now().date(),
            release_at=clock.now(),
            tag=b"t" * 16,
            epoch=1,
            author_box=box,
            seal_ends=ends,
        )

    await store.write(work)
    assert ends == kept.last
    return kept


async def _opens(seals: SealedAuthors, kept: Kept) -> bool:
    try:
        texts = await seals.halves(kept.group, kept.id, ONE, OTHER)
    except Refused:
        return False
    handed = [
        seals.half(kept.id, SealedHalf.of(text).opened(PAIRS[who]).text)
        for who, text in zip((ONE, OTHER), texts, strict=True)
    ]
    assert await seals.open(kept.group, kept.id, handed[0], handed[1]) == kept.author
    return True


steps = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([7, 8, 30, 90]), st.booleans(), st.booleans()),
    min_size=1,
    max_size=4,
)


@pytest.mark.slow
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
async def test_a_seal_opens_until_its_last_day_and_keys_go_with_the_last_seal(
    store: Store, tmp_path: Path, steps: list[tuple[int, int, bool, bool]]
) -> None:
    clock, days = Noon(), Days()
    holders = cast("KeyHolders", TwoHolders())
    seals = SealedAuthors(store, cast("Any", days), holders, clock)
    kept: list[Kept] = []
    for number, (leap, sealed_days, apart, tidied) in enumerate(steps):
        days.days = sealed_days
        group = Group("sandbox", f"group {new_id().hex()}" if apart else "group")
        author = Account("sandbox", f"author {number}")
        last = clock.now().date() + timedelta(days=sealed_days - 1)
        kept.append(await _post(store, seals, clock, Kept(group, new_id(), author, last)))
        clock.days += leap
        if tidied:
            await seals.upkeep()
        for each in kept:
            assert await _opens(seals, each) == (clock.now().date() <= each.last)
    clock.days += 100
    await seals.upkeep()
    assert "epoch/" not in (tmp_path / "ring.json").read_text()
