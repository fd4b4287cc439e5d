"""Who holds a key to sealed authors. The rest of the schema is in `tables.py`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Index, LargeBinary, Table, false

from bot.store.columns import UtcTime
from bot.store.tables import Erase, _about, _id, _to, metadata

key_holders: Final = Table(
    "key_holders",
    metadata,
    _id(),
    _to("groups", "group_id"),
    _to("members", "member_id"),
    Column("public_key", LargeBinary, nullable=False),
    Column("proposed_at", UtcTime, nullable=False),
    # From when on posts are sealed to it; empty until a second moderator confirmed it.
    Column("effective_at", UtcTime),
    # Declared a conflict of interest: opens nothing meanwhile.
    Column("stands_back", Boolean, nullable=False, server_default=false()),
    Index(None, "group_id"),
    Index(None, "member_id"),
    comment="The public keys of key-holders, and from when on posts are sealed to them.",
    info=_about(
        Erase.DELETE,
        "until the key-holder stops; 7 days if nobody confirms it; 90 days after it was changed",
    ),
)
