"""Requests to look who wrote a post, and what moderators write to authors without knowing them.

The rest of the schema is in `tables.py`.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from bot.store.columns import RowId, Sealed, UtcTime
from bot.store.tables import NOT_ABOUT_MEMBERS, Erase, _about, _id, _states, _to, metadata

break_glass_cases: Final = Table(
    "break_glass_cases",
    metadata,
    _id(),
    _to("groups", "group_id"),
    # No foreign key: the post goes before its case does, and a drill has none.
    Column("post_id", RowId, nullable=False),
    Column("drill", Boolean, nullable=False, server_default=false()),
    _to("members", "requested_by", gone="SET NULL", null=True),
    Column("reason", Text, nullable=False),
    Column("soon", Text, nullable=False),
    # The checklist, without names: who may be in danger, and what else was tried.
    Column("who", Sealed, nullable=False),
    Column("tried", Sealed, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False, index=True),
    Column("expires_at", UtcTime, nullable=False, index=True),
    Column("ended_at", UtcTime),
    # Its author was a key-holder.
    Column("conflict", Boolean, nullable=False, server_default=false()),
    Column("notice", Text),
    Column("notice_at", UtcTime),
    Column("review_on", Date),
    _states("state", "asked", "paired", "opened", "refused", "expired"),
    Index(None, "group_id"),
    Index(None, "requested_by"),
    comment="Requests to look who wrote a post, and how they ended. Never who it was.",
    info=_about(Erase.UNLINK, "a year"),
)

break_glass_answers: Final = Table(
    "break_glass_answers",
    metadata,
    _id(),
    _to("break_glass_cases", "case_id"),
    _to("members", "member_id", gone="SET NULL", null=True),
    Column("fingerprint", Text, nullable=False),
    Column("agreed", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    # Asked to have the author told later: how long after opening, and why.
    Column("later_seconds", Integer),
    Column("later_why", Sealed),
    UniqueConstraint("case_id", "member_id"),
    Index(None, "member_id"),
    comment="What each key-holder answered to a request, and whether the author is told later.",
    info=_about(Erase.UNLINK, "a year, with its request"),
)

blind_replies: Final = Table(
    "blind_replies",
    metadata,
    _id(),
    _to("posts", "post_id"),
    Column("text", Sealed, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "post_id"),
    comment="What moderators wrote to the author of a post, who reads it with the receipt.",
    info=_about(NOT_ABOUT_MEMBERS, "as long as the post's receipt works"),
)
