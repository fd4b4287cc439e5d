"""Sealed authors over a store alone: no platform, no outbox, Ana and Moss hold keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from bot.clock import Clock
from bot.errors import Refused
from bot.model import Account, Group, Room
from bot.sealing import SealedHalf
from bot.services.key_holders import KeyHolder, KeyHolders
from bot.services.sealed_authors import SealedAuthors
from bot.store import Connection, Store, new_id, post_rows
from tests.sealing.pairs import KEYS

ONE, OTHER = Account("sandbox", "ana"), Account("sandbox", "moss")
PAIRS = {ONE: KEYS["ana"], OTHER: KEYS["moss"]}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Noon(Clock):
    """Stands at noon of a day, so that no test begins beside midnight."""

    def __init__(self) -> None:
        super().__init__()
        self.days = 0

    def now(self) -> datetime:
        """Noon."""
        return NOON + timedelta(days=self.days)


class TwoHolders:
    """Ana and Moss hold keys, always."""

    async def holders(self, _group: Group) -> list[KeyHolder]:
        """The two of them."""
        return [KeyHolder("", who, pair.public, NOON, False) for who, pair in PAIRS.items()]

    keys_of = holders


@dataclass
class Days:
    """The one setting that counts here."""

    days: int = 30

    def number(self, _group: Group, _name: str) -> int:
        """It."""
        return self.days


@dataclass(frozen=True)
class Kept:
    """A post that was sealed, and its last day as its author was told."""

    group: Group
    id: bytes
    author: Account
    last: date


async def posted(store: Store, seals: SealedAuthors, clock: Clock, kept: Kept) -> Kept:
    """Store a post with its sealed author, as sending one does."""
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


async def opens(seals: SealedAuthors, kept: Kept) -> bool:
    """Whether Ana and Moss open it; what they see is its author and nobody else."""
    try:
        texts = await seals.halves(kept.group, kept.id, ONE, OTHER)
    except Refused:
        return False
    handed = [
        SealedHalf.of(text).opened(PAIRS[who])
        for who, text in zip((ONE, OTHER), texts, strict=True)
    ]
    assert await seals.open(kept.group, kept.id, handed[0], handed[1]) == kept.author
    return True


def sealing(store: Store, clock: Clock, days: Days | None = None) -> SealedAuthors:
    """The service over a store."""
    holders = cast("KeyHolders", TwoHolders())
    return SealedAuthors(store, cast("Any", days or Days()), holders, clock)
