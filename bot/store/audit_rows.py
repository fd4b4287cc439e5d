"""The audit as rows: a chain for each group, in which every entry holds the hash of all before.

    h(0) = 32 zero bytes
    h(n) = SHA-256(h(n-1) || entry n)

An entry is canonical JSON (RFC 8259; keys sorted, no blanks, ASCII). What is personal stands in
it as a commitment, SHA-256(salt || canonical JSON of [name, value]), whose salt and value are
rows of their own that can be erased: the chain stays whole, and says nothing any more.

The database refuses to change or delete an entry (triggers). Whoever owns the database can take
the triggers off; then the chain does not add up, or it does not hold the anchor that moderators
see in their room.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.exc import DBAPIError

from bot.errors import NotDurable
from bot.store.audit_tables import HASH_BYTES, audit, audit_openings
from bot.store.columns import new_id
from bot.store.keyring import CannotOpen
from bot.store.tables import members

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing

START: Final = bytes(HASH_BYTES)
"""The hash before the first entry."""
AT_ONCE: Final = 200
"""Entries that one look takes: a long chain is followed without holding it in memory."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the newest entry's number (0: there is none) and hash."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


@dataclass(frozen=True, slots=True)
class Private:
    """Something personal for an entry: its value as text, and the member whom it leads to."""

    value: str
    member_id: bytes | None = None

    def __repr__(self) -> str:
        return "<private>"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is read. `private` holds what was not erased, by name.

    `by` is the handle of whoever did it; None for the bot, the host, and who is not known any more.
    """

    number: int
    at: datetime
    kind: str
    facts: Mapping[str, Any]
    private: Mapping[str, str]
    by: str | None = None

    def __repr__(self) -> str:
        return f"<entry {self.number} {self.kind}>"


class Damage(Enum):
    """What is wrong with a chain."""

    CHANGED = "changed"
    """An entry is not the one that was hashed, or the chain before it was made anew."""
    MISSING = "missing"
    """An entry is not there, or stands where another should."""
    CUT = "cut"
    """The chain ends before the anchor."""
    OTHER = "other"
    """The anchor's entry has another hash: the chain was made anew."""
    OPENING = "opening"
    """What is kept about an entry is not what the entry committed to."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What following a chain found. `damage` is None where it is whole; `at` says where."""

    head: Head
    damage: Damage | None = None
    at: int = 0
    anchored: bool = False
    """The chain holds an anchor. A whole chain without one may have lost its end unseen."""


def canonical(value: Any) -> str:
    """JSON in the one form that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def commitment(salt: str, name: str, value: str) -> str:
    """What an entry holds in place of something personal. `salt` is 64 random hex digits."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical([name, value]).encode()).hexdigest()


def chained(before: bytes, entry: str) -> bytes:
    """The hash of an entry that follows another."""
    return hashlib.sha256(before + entry.encode()).digest()


async def head(conn: Connection, group_id: bytes) -> Head:
    """The end of a group's chain."""
    newest = (
        select(audit.c.number, audit.c.hash)
        .where(audit.c.group_id == group_id)
        .order_by(audit.c.number.desc())
        .limit(1)
    )
    row = (await conn.execute(newest)).first()
    return Head(0, START) if row is None else Head(row.number, bytes(row.hash))


async def heads(conn: Connection) -> dict[bytes, Head]:
    """The ends of all chains, by group."""
    groups = (await conn.execute(select(audit.c.group_id).distinct())).scalars().all()
    return {bytes(group_id): await head(conn, bytes(group_id)) for group_id in groups}


async def add(
    conn: Connection,
    keys: KeyRing | None,
    group_id: bytes,
    at: datetime,
    kind: str,
    facts: Mapping[str, Any],
    private: Mapping[str, Private],
) -> Head:
    """Add an entry within somebody's `write`, which fails with it: `NotDurable`.

    `keys` may be None where nothing is private.
    """
    before = await head(conn, group_id)
    number = before.number + 1
    salts = {name: os.urandom(32).hex() for name in private}
    entry = canonical(
        {
            "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "facts": dict(facts),
            "group": group_id.hex(),
            "kind": kind,
            "number": number,
            "private": {
                name: commitment(salts[name], name, each.value) for name, each in private.items()
            },
        }
    )
    now = Head(number, chained(before.hash, entry))
    try:
        await conn.execute(
            insert(audit).values(group_id=group_id, number=number, entry=entry, hash=now.hash)
        )
        for name, each in private.items():
            assert keys is not None  # noqa: S101
            row_id = new_id()
            await conn.execute(
                insert(audit_openings).values(
                    id=row_id,
                    group_id=group_id,
                    number=number,
                    name=name,
                    member_id=each.member_id,
                    salt=keys.seal(audit_openings.c.salt, row_id, salts[name]),
                    value=keys.seal(audit_openings.c.value, row_id, each.value),
                    day=at.date(),
                )
            )
    except DBAPIError:
        raise NotDurable("the audit could not be written") from None
    return now


async def latest(conn: Connection, keys: KeyRing, group_id: bytes, count: int) -> list[Entry]:
    """The newest entries of a group, newest first, with what is still known about them."""
    newest = (
        select(audit.c.number, audit.c.entry)
        .where(audit.c.group_id == group_id)
        .order_by(audit.c.number.desc())
        .limit(count)
    )
    rows = (await conn.execute(newest)).all()
    known: dict[int, dict[str, str]] = {row.number: {} for row in rows}
    by: dict[int, str] = {}
    if rows:
        openings = (
            select(audit_openings, members.c.account)
            .outerjoin(members, members.c.id == audit_openings.c.member_id)
            .where(
                audit_openings.c.group_id == group_id, audit_openings.c.number >= rows[-1].number
            )
        )
        for row in await conn.execute(openings):
            opened = _opened(keys, row) if row.number in known else None
            if opened is not None:
                known[row.number][row.name] = opened[1]
                if row.name == "by" and row.account is not None:
                    by[row.number] = keys.open(members.c.account, row.member_id, row.account)
    entries = []
    for row in rows:
        said = json.loads(row.entry)
        at = datetime.fromisoformat(said["at"])
        entries.append(
            Entry(
                row.number,
                at,
                said["kind"],
                said["facts"],
                known[row.number],
                by.get(row.number),
            )
        )
    return entries


async def verify(
    conn: Connection, keys: KeyRing | None, group_id: bytes, anchor: Head | None = None
) -> Verdict:
    """Follow a group's chain from its start, and look whether it holds an anchor.

    With `keys`, what is still known about entries is held against them too. Streams: 200
    entries are in memory at a time.
    """
    before = Head(0, START)
    while True:
        some = (
            select(audit.c.number, audit.c.entry, audit.c.hash)
            .where(audit.c.group_id == group_id, audit.c.number > before.number)
            .order_by(audit.c.number)
            .limit(AT_ONCE)
        )
        rows = (await conn.execute(some)).all()
        known = await _openings(conn, keys, group_id, before.number, len(rows))
        for row in rows:
            number = before.number + 1
            if row.number != number:
                return Verdict(before, Damage.MISSING, number)
            if chained(before.hash, row.entry) != bytes(row.hash):
                return Verdict(before, Damage.CHANGED, number)
            said = json.loads(row.entry)
            if (said["group"], said["number"]) != (group_id.hex(), number):
                return Verdict(before, Damage.MISSING, number)
            if any(
                said["private"].get(name) != committed
                for name, committed in known.get(number, {}).items()
            ):
                return Verdict(before, Damage.OPENING, number)
            before = Head(number, bytes(row.hash))
            if anchor is not None and anchor.number == number and anchor.hash != before.hash:
                return Verdict(before, Damage.OTHER, number)
        if len(rows) < AT_ONCE:
            break
    if anchor is not None and anchor.number > before.number:
        return Verdict(before, Damage.CUT, before.number + 1)
    return Verdict(before, anchored=anchor is not None)


async def _openings(
    conn: Connection, keys: KeyRing | None, group_id: bytes, after: int, count: int
) -> dict[int, dict[str, str]]:
    """The commitments that the kept openings make, by entry and name."""
    found: dict[int, dict[str, str]] = {}
    if keys is None or not count:
        return found
    here = select(audit_openings).where(
        audit_openings.c.group_id == group_id,
        audit_openings.c.number.between(after + 1, after + count),
    )
    for row in await conn.execute(here):
        opened = _opened(keys, row)
        # What nobody can open fits nothing that an entry committed to.
        made = "" if opened is None else commitment(opened[0], row.name, opened[1])
        found.setdefault(row.number, {})[row.name] = made
    return found


def _opened(keys: KeyRing, row: Row[Any]) -> tuple[str, str] | None:
    """The salt and the value of an opening; None where somebody changed the boxes."""
    try:
        return (
            keys.open(audit_openings.c.salt, row.id, row.salt),
            keys.open(audit_openings.c.value, row.id, row.value),
        )
    except CannotOpen:
        return None


async def drop_openings(conn: Connection, before: date) -> None:
    """Forget who and what entries from before a day were about. The entries stay."""
    await conn.execute(delete(audit_openings).where(audit_openings.c.day < before))
