"""The tables of consent and data rights. The rest of the schema is in `tables.py`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Date, Index, Integer, Table, Text

from bot.store.columns import Sealed
from bot.store.tables import NOT_ABOUT_MEMBERS, Erase, _about, _id, _states, _to, metadata

consents: Final = Table(
    "consents",
    metadata,
    _id(),
    _to("members", "member_id"),
    Column("purpose", Text, nullable=False),
    # Which words somebody said yes to. They stay in bot/texts under this number.
    Column("version", Integer, nullable=False),
    Column("given_on", Date, nullable=False),
    Column("withdrawn_on", Date, index=True),
    Index(None, "member_id"),
    comment="What a member said yes to, to which version of the words, and when it was taken back.",
    info=_about(
        Erase.DELETE, "until it is taken back and a year longer, or the member asks for erasure"
    ),
)

notes: Final = Table(
    "notes",
    metadata,
    _id(),
    _to("members", "member_id"),
    Column("category", Text, nullable=False),
    Column("text", Sealed, nullable=False),
    Column("ends", Date, nullable=False, index=True),
    _states("category", "talked", "agreed", "check-back", "needs"),
    Index(None, "member_id"),
    comment="Short notes of the moderators about a member, who may read them. No author stands in.",
    info=_about(Erase.DELETE, "30 days, or until the member asks for erasure"),
)

erasures: Final = Table(
    "erasures",
    metadata,
    _id(),
    _to("groups", "group_id"),
    Index(None, "group_id"),
    comment="Which erasures were done in this database: an old copy of it lacks the later ones.",
    info=_about(NOT_ABOUT_MEMBERS, "until the group is removed"),
)
