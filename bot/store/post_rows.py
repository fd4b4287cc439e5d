"""Anonymous posts and silences, as rows. No row says who wrote: a tag does, for seven days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.sql import ColumnElement

from bot.store.columns import new_id
from bot.store.tables import posts, silences

if TYPE_CHECKING:
    from bot.store import Connection
    from bot.store.keyring import KeyRing

MOST_AT_ONCE = 500
"""Rows that one look takes, so that a large group does not keep other writers waiting."""


@dataclass(frozen=True, slots=True)
class PostRow:
    """An anonymous post. `message` is its handle on the platform while it stands there."""

    id: bytes
    group_id: bytes
    room_id: bytes
    parent_id: bytes | None
    pseudonym: str
    state: str
    day: date
    release_at: datetime | None
    tag: bytes | None
    epoch: int | None
    message: str | None
    why: str | None

    def __repr__(self) -> str:
        return f"<post {self.state}>"


async def add(
    conn: Connection,
    keys: KeyRing,
    *,
    post_id: bytes,
    group_id: bytes,
    room_id: bytes,
    parent_id: bytes | None,
    receipt_hash: bytes,
    pseudonym: str,
    day: date,
    release_at: datetime,
    tag: bytes,
    epoch: int,
    author_box: bytes | None,
    seal_ends: date | None,
) -> None:
    """Add a waiting post, with its sealed author where there are key-holders."""
    await conn.execute(
        insert(posts).values(
            id=post_id,
            group_id=group_id,
            room_id=room_id,
            parent_id=parent_id,
            receipt_hash=receipt_hash,
            pseudonym=keys.seal(posts.c.pseudonym, post_id, pseudonym),
            state="waiting",
            day=day,
            release_at=release_at,
            tag=tag,
            epoch=epoch,
            author_box=author_box,
            seal_ends=seal_ends,
        )
    )


async def by_receipt(
    conn: Connection, keys: KeyRing, group_id: bytes, receipt_hash: bytes
) -> PostRow | None:
    """The post whose receipt has this hash."""
    here = (posts.c.receipt_hash == receipt_hash) & (posts.c.group_id == group_id)
    return await _one(conn, keys, here)


async def by_id(conn: Connection, keys: KeyRing, post_id: bytes) -> PostRow | None:
    """One post."""
    return await _one(conn, keys, posts.c.id == post_id)


async def by_message(conn: Connection, keys: KeyRing, blind: bytes) -> PostRow | None:
    """The post that stands in a room as this message."""
    return await _one(conn, keys, posts.c.message_blind == blind)


async def _one(conn: Connection, keys: KeyRing, here: ColumnElement[bool]) -> PostRow | None:
    row = (await conn.execute(select(posts).where(here))).first()
    return None if row is None else _opened(keys, row)


async def some(
    conn: Connection,
    keys: KeyRing,
    states: Sequence[str],
    *,
    group_id: bytes | None = None,
    room_id: bytes | None = None,
    parent_id: bytes | None = None,
    tag: bytes | None = None,
    released_before: datetime | None = None,
) -> list[PostRow]:
    """Posts in some states, at most 500, narrowed down by what is given."""
    here: list[ColumnElement[bool]] = [posts.c.state.in_(states)]
    given = {"group_id": group_id, "room_id": room_id, "parent_id": parent_id, "tag": tag}
    here += [posts.c[name] == value for name, value in given.items() if value is not None]
    if released_before is not None:
        here.append(posts.c.release_at < released_before)
    found = await conn.execute(select(posts).where(*here).limit(MOST_AT_ONCE))
    return [_opened(keys, row) for row in found]


async def change(conn: Connection, post_id: bytes, **values: Any) -> None:
    """Change a post."""
    await conn.execute(update(posts).where(posts.c.id == post_id).values(**values))


async def stands(
    conn: Connection, keys: KeyRing, post_id: bytes, blind: bytes, message: str
) -> None:
    """Note the message as which a post stands in its room."""
    box = keys.seal(posts.c.message, post_id, message)
    await change(conn, post_id, message_blind=blind, message=box)


async def forget_label(conn: Connection, keys: KeyRing, post_id: bytes) -> None:
    """A post ended: nobody needs the name any more under which it stood in its room."""
    await change(conn, post_id, pseudonym=keys.seal(posts.c.pseudonym, post_id, ""))


async def count(conn: Connection, states: Sequence[str], group_id: bytes) -> int:
    """How many posts of a group are in some states."""
    here = select(func.count()).where(posts.c.state.in_(states), posts.c.group_id == group_id)
    return await conn.scalar(here) or 0


async def count_of_day(conn: Connection, group_id: bytes, tag: bytes, day: date) -> int:
    """How many posts of a day carry a tag, whatever became of them; not those never sent."""
    here = select(func.count()).where(
        posts.c.group_id == group_id,
        posts.c.tag == tag,
        posts.c.day == day,
        posts.c.state != "not-sent",
    )
    return await conn.scalar(here) or 0


async def blinds(conn: Connection) -> list[bytes]:
    """The blinds of all messages as which posts stand in rooms."""
    found = await conn.execute(
        select(posts.c.message_blind).where(posts.c.message_blind.is_not(None))
    )
    return [blind for (blind,) in found]


async def drop_tags(conn: Connection, before: date) -> None:
    """Take the tags off older posts."""
    await conn.execute(
        update(posts)
        .where(posts.c.tag.is_not(None), posts.c.day < before)
        .values(tag=None, epoch=None)
    )


async def drop_ended(conn: Connection, before: date) -> None:
    """Posts that ended before a day go, when no sealed author is kept with them any more."""
    over = (posts.c.ended < before) & posts.c.author_box.is_(None)
    await conn.execute(delete(posts).where(over))


def _opened(keys: KeyRing, row: Row[Any]) -> PostRow:
    message = row.message and keys.open(posts.c.message, row.id, row.message)
    return PostRow(
        id=row.id,
        group_id=row.group_id,
        room_id=row.room_id,
        parent_id=row.parent_id,
        pseudonym=keys.open(posts.c.pseudonym, row.id, row.pseudonym),
        state=row.state,
        day=row.day,
        release_at=row.release_at,
        tag=row.tag,
        epoch=row.epoch,
        message=message,
        why=row.why,
    )


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """A silence: the tag that must not post, under which key, and until when."""

    id: bytes
    key_number: int
    tag: bytes
    ends: datetime

    def __repr__(self) -> str:
        return "<silence>"


async def add_silence(
    conn: Connection,
    *,
    group_id: bytes,
    key_number: int,
    tag: bytes,
    ends: datetime,
    post_id: bytes,
) -> None:
    """Add a silence."""
    await conn.execute(
        insert(silences).values(
            id=new_id(),
            group_id=group_id,
            key_number=key_number,
            tag=tag,
            ends=ends,
            post_id=post_id,
        )
    )


async def silences_of(conn: Connection, group_id: bytes, now: datetime) -> list[SilenceRow]:
    """A group's silences that have not ended, the first to end first."""
    found = await conn.execute(
        select(silences)
        .where(silences.c.group_id == group_id, silences.c.ends > now)
        .order_by(silences.c.ends, silences.c.id)
    )
    return [SilenceRow(row.id, row.key_number, row.tag, row.ends) for row in found]


async def drop_silence(conn: Connection, silence_id: bytes) -> None:
    """A moderator ended a silence."""
    await conn.execute(delete(silences).where(silences.c.id == silence_id))


async def drop_silences_of_post(conn: Connection, post_id: bytes) -> None:
    """A silence is about to be replaced."""
    await conn.execute(delete(silences).where(silences.c.post_id == post_id))


async def drop_ended_silences(conn: Connection, now: datetime) -> None:
    """Silences that are over go."""
    await conn.execute(delete(silences).where(silences.c.ends <= now))


async def silence_keys(conn: Connection) -> set[int]:
    """The key numbers that silences still need."""
    return {number for (number,) in await conn.execute(select(silences.c.key_number))}
