"""The tables of the audit: a chain that only grows, and what it committed to, which may go."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, Table, Text

from bot.store.columns import RowId, Sealed
from bot.store.tables import NOT_ABOUT_MEMBERS, Erase, _about, _id, _to, metadata

HASH_BYTES: Final = 32

audit = Table(
    "audit",
    metadata,
    # No foreign key: a row that goes with its group would tear the chain.
    Column("group_id", RowId, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    # Canonical JSON, as it was hashed. Nothing in it names anybody.
    Column("entry", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    comment="What moderators and hosts did, as a chain of hashes that only grows.",
    info=_about(NOT_ABOUT_MEMBERS, "as long as the database; it names nobody"),
)

audit_openings = Table(
    "audit_openings",
    metadata,
    _id(),
    _to("groups", "group_id"),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    _to("members", "member_id", null=True),
    # Without the salt nobody can test the entry's hash against every member.
    Column("salt", Sealed, nullable=False),
    Column("value", Sealed, nullable=False),
    Column("day", Date, nullable=False, index=True),
    Index(None, "group_id", "number"),
    Index(None, "member_id"),
    comment="Who and what the audit's entries are about, apart from them so that it can go.",
    info=_about(Erase.DELETE, "a year, or until the member asks for erasure"),
)
