"""Settings and rooms of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from bot.store.tables import group_settings, rooms

if TYPE_CHECKING:
    from bot.store import Connection


async def settings(conn: Connection, group_id: bytes) -> dict[str, str]:
    """Every setting a group has changed, as it was typed."""
    found = await conn.execute(
        select(group_settings.c.name, group_settings.c.value).where(
            group_settings.c.group_id == group_id
        )
    )
    return {row.name: row.value for row in found}


async def set_setting(conn: Connection, group_id: bytes, name: str, value: str | None) -> None:
    """Change one setting; None goes back to the default."""
    here = (group_settings.c.group_id == group_id) & (group_settings.c.name == name)
    await conn.execute(delete(group_settings).where(here))
    if value is not None:
        await conn.execute(insert(group_settings).values(group_id=group_id, name=name, value=value))


async def lifetimes_in_seconds(conn: Connection, group_id: bytes) -> dict[bytes, int]:
    """How long messages stay in each room of a group where they do not stay for good."""
    found = await conn.execute(
        select(rooms.c.id, rooms.c.lifetime_seconds).where(
            rooms.c.group_id == group_id, rooms.c.lifetime_seconds.is_not(None)
        )
    )
    return {row.id: row.lifetime_seconds for row in found}


async def set_lifetime_seconds(conn: Connection, room_id: bytes, seconds: int | None) -> None:
    """Change how long messages stay in a room."""
    await conn.execute(update(rooms).where(rooms.c.id == room_id).values(lifetime_seconds=seconds))
