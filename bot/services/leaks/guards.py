"""Guard words: what members asked to be told about, kept as keyed hashes alone.

The key is one for each group and lies in the key ring, not in the database. What was registered
is never readable again, for nobody: a member sees how many they have, and can forget one by
typing it again, or all. docs/threat-model.md says what a thief of database and ring learns.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from bot.detection import Finding, GuardWordError, GuardWords, Kind, seal
from bot.detection.guard_words import LONGEST, MOST_WORDS, SHORTEST
from bot.errors import Refused
from bot.model import Account, Group
from bot.services.consents import Consents, Purpose
from bot.store import Connection, Store, guard_rows

MOST_EACH: Final = 10
MOST: Final = 20_000
"""Guard words of one group."""


@dataclass(slots=True, repr=False)
class _Guarded:
    """A group's guard words by the blinds of their owners, and ready to search with."""

    of: dict[bytes, dict[bytes, bytes]] = field(default_factory=dict)
    """For each owner the tags by the ids of their rows."""
    words: GuardWords | None = None
    changes: asyncio.Lock = field(default_factory=asyncio.Lock)

    def all(self) -> list[bytes]:
        return [tags for own in self.of.values() for tags in own.values()]


class Guards:
    """Every group's guard words, in memory as hashes and written through."""

    def __init__(self, store: Store, consents: Consents) -> None:
        self._store = store
        self._consents = consents
        self._guarded: dict[Group, _Guarded] = {}

    async def load(self, group: Group) -> None:
        """Read a group's guard words from the store; returns when they are searched with."""
        group_id = await self._store.group_id(group)
        guarded = self._guarded.get(group) or _Guarded()
        # Nobody adds meanwhile: what came between reading and keeping would be lost from memory.
        async with guarded.changes:
            found: dict[bytes, dict[bytes, bytes]] = {}
            last = bytes(16)
            while True:
                async with self._store.read() as conn:
                    rows = await guard_rows.page(conn, group_id, last)
                if not rows:
                    break
                for last, owner, tags in rows:
                    found.setdefault(owner, {})[last] = tags
            guarded.of = found
            await self._build(group_id, guarded)
        self._guarded[group] = guarded

    def of(self, group: Group) -> GuardWords | None:
        """What every message of a group is searched with; None where there is nothing."""
        guarded = self._guarded.get(group)
        return None if guarded is None else guarded.words

    def of_others(
        self, group: Group, account: Account, text: str, found: list[Finding]
    ) -> list[Finding]:
        """Findings without what the author guards: everybody may write of themselves."""
        guarded = self._guarded.get(group)
        group_id = self._store.known_group_id(group)
        own = None if guarded is None else self._own(guarded, group_id, account)
        if not own:
            return found
        key = self._store.keys.guard_key(group_id)
        theirs = {(each.start, each.end) for each in GuardWords(own.values(), key).find(text)}
        return [
            each
            for each in found
            if each.kind is not Kind.GUARD_WORD or (each.start, each.end) not in theirs
        ]

    def count(self, group: Group, account: Account) -> int:
        """How many guard words somebody has. Raises `Refused` before the group is ready."""
        guarded = self._ready(group)
        return len(self._own(guarded, self._store.known_group_id(group), account))

    async def add(self, group: Group, account: Account, text: str) -> int:
        """Guard something of one's own; gives how many there are now. Raises `Refused`."""
        guarded = self._ready(group)
        group_id = await self._store.group_id(group)
        tags = self._sealed(group_id, text)
        async with guarded.changes:
            own = self._own(guarded, group_id, account)
            if tags in own.values():
                raise Refused("guard-there")
            if len(own) >= MOST_EACH:
                raise Refused("guard-full", {"most": MOST_EACH})
            if sum(map(len, guarded.of.values())) >= MOST:
                raise Refused("guard-group-full", {"most": MOST})

            async def work(conn: Connection) -> bytes:
                member = await self._store.member_id(conn, group, account, create=True)
                await self._consents.note(conn, member, Purpose.GUARD_WORDS)
                return await guard_rows.add(conn, group_id, member, tags)

            row_id = await self._store.write(work)
            owner = self._store.keys.account_blind(group_id, account)
            guarded.of.setdefault(owner, {})[row_id] = tags
            await self._build(group_id, guarded)
        return len(own) + 1

    async def forget(self, group: Group, account: Account, text: str) -> int:
        """Forget one of one's own, typed again, or with no text all; gives how many went.

        Raises `Refused` where there is none like it.
        """
        guarded = self._ready(group)
        group_id = await self._store.group_id(group)
        tags = self._sealed(group_id, text) if text.strip() else None
        async with guarded.changes:
            own = self._own(guarded, group_id, account)
            ids = [row_id for row_id, kept in own.items() if tags in (None, kept)]
            if not ids:
                raise Refused("guard-unknown")

            async def work(conn: Connection) -> None:
                await guard_rows.remove(conn, ids)
                member = await self._store.member_id(conn, group, account)
                if member is not None and len(ids) == len(own):
                    await self._consents.end(conn, member, Purpose.GUARD_WORDS)

            await self._store.write(work)
            for words in guarded.of.values():
                for row_id in ids:
                    words.pop(row_id, None)
            await self._build(group_id, guarded)
        return len(ids)

    def _own(self, guarded: _Guarded, group_id: bytes, account: Account) -> dict[bytes, bytes]:
        owners = self._store.keys.account_blinds(group_id, account)
        return {
            row_id: tags for owner in owners for row_id, tags in guarded.of.get(owner, {}).items()
        }

    def _sealed(self, group_id: bytes, text: str) -> bytes:
        try:
            return seal(" ".join(text.split()), self._store.keys.guard_key(group_id))
        except GuardWordError as error:
            limits = {"shortest": SHORTEST, "longest": LONGEST, "most": MOST_WORDS}
            raise Refused(f"guard-{error.why}", limits) from None

    async def _build(self, group_id: bytes, guarded: _Guarded) -> None:
        every = guarded.all()
        if not every:
            guarded.words = None
            return
        key = self._store.keys.guard_key(group_id)
        guarded.words = await asyncio.to_thread(GuardWords, every, key)

    def _ready(self, group: Group) -> _Guarded:
        try:
            return self._guarded[group]
        except KeyError:
            raise Refused("not-ready") from None
