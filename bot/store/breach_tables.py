"""The register of breaches. The rest of the schema is in `tables.py`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from bot.store.columns import UtcTime
from bot.store.tables import NOT_ABOUT_MEMBERS, _about, _id, _states, _to, metadata

breaches: Final = Table(
    "breaches",
    metadata,
    _id(),
    _to("groups", "group_id"),
    # What moderators call it by, counted from 1 in each group.
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("noticed_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    _states("kind", "words-outside", "account-taken", "machine", "host-or-keys", "bot-fault"),
    UniqueConstraint("group_id", "number"),
    comment="What got out of a group, from a closed list, and when it was noticed. Never whose.",
    info=_about(NOT_ABOUT_MEMBERS, "until the group is removed: a register is asked for by law"),
)

breach_steps: Final = Table(
    "breach_steps",
    metadata,
    _id(),
    _to("breaches", "breach_id"),
    Column("step", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    _states("step", "contained", "people", "authority", "platform", "group"),
    _states("outcome", "done", "not-needed"),
    Index(None, "breach_id"),
    comment="What was done about a breach, from a closed list, and when.",
    info=_about(NOT_ABOUT_MEMBERS, "as long as the breach stands in the register"),
)
