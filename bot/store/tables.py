"""The schema. It is data: erasure, export, the data map in the docs and their tests walk it.

Every table says in `info` what erasing a member does to it and how long its rows stay, and in
`comment` what it is for. Every column that leads to a member says in `info` how (`Leads`).
Handles and words are sealed; what is looked up is blind. Days instead of moments stand where a
moment would tell who was there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from bot.store.columns import Blind, RowId, Sealed, UtcTime


class Leads(Enum):
    """How a column leads to a member."""

    MEMBER = "member id"
    """It holds a member's random id."""
    ACCOUNT = "account"
    """It holds the blind of an account; with a group beside it, within that group."""
    TAG = "tag"
    """It holds a tag that whoever has the key ring can test members against."""
    MENTIONS = "mentions"
    """Its sealed text may name an account; found by opening."""


class Erase(Enum):
    """What erasing a member does to the rows that lead to them."""

    DELETE = "delete"
    UNLINK = "unlink"
    """The row stays and the column that leads to the member becomes empty."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Erasing leaves these rows. `reason` is a text key that the member is shown."""

    reason: str
    until: str
    """A plain sentence: when they go."""


class NotAboutMembers(Enum):
    """No row leads to a member."""

    NOTHING = "not about members"


Erasing: TypeAlias = "Erase | Keep | NotAboutMembers"

NOT_ABOUT_MEMBERS: Final = NotAboutMembers.NOTHING

metadata = MetaData(
    # Names that both engines and the migrations agree on.
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _about(erasing: Erasing, stays: str) -> dict[str, Any]:
    """A table's info. `stays` says in plain words how long a row stays."""
    return {"erasing": erasing, "retention": stays}


def _id() -> Column[bytes]:
    return Column("id", RowId, primary_key=True)


def _to(table: str, name: str, *, gone: str = "CASCADE", null: bool = False) -> Column[bytes]:
    """A foreign key to `table`; `gone` is what happens when that row goes."""
    leads = {"leads": Leads.MEMBER} if table == "members" else {}
    return Column(name, RowId, ForeignKey(f"{table}.id", ondelete=gone), nullable=null, info=leads)


def _states(column: str, *states: str) -> CheckConstraint:
    listed = ", ".join(f"'{state}'" for state in states)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


ring_check = Table(
    "ring_check",
    metadata,
    _id(),
    Column("box", Sealed, nullable=False),
    comment="One box that only this circle's key ring opens, to notice another ring.",
    info=_about(NOT_ABOUT_MEMBERS, "as long as the database"),
)

groups = Table(
    "groups",
    metadata,
    _id(),
    Column("platform", Text, nullable=False),
    Column("handle_blind", Blind, nullable=False, unique=True),
    Column("handle", Sealed, nullable=False),
    comment="The groups that the bot serves.",
    info=_about(NOT_ABOUT_MEMBERS, "until the group is removed"),
)

group_settings = Table(
    "group_settings",
    metadata,
    Column("group_id", RowId, ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="What the moderators of a group chose.",
    info=_about(NOT_ABOUT_MEMBERS, "until the group is removed"),
)

rooms = Table(
    "rooms",
    metadata,
    _id(),
    _to("groups", "group_id"),
    Column("handle_blind", Blind, nullable=False, unique=True),
    Column("handle", Sealed, nullable=False),
    Column("lifetime_seconds", Integer),
    CheckConstraint("lifetime_seconds > 0", name="lifetime_seconds"),
    Index(None, "group_id"),
    comment="The rooms of each group, and how long messages stay in them (empty: for good).",
    info=_about(NOT_ABOUT_MEMBERS, "until the group is removed"),
)

members = Table(
    "members",
    metadata,
    Column("id", RowId, primary_key=True, info={"leads": Leads.MEMBER}),
    _to("groups", "group_id"),
    Column("account_blind", Blind, nullable=False, info={"leads": Leads.ACCOUNT}),
    Column("account", Sealed, nullable=False),
    UniqueConstraint("group_id", "account_blind"),
    comment="Who is a member: the only table with a person's platform handle, sealed.",
    info=_about(Erase.DELETE, "until the member asks for erasure or the group is removed"),
)

rules = Table(
    "rules",
    metadata,
    _id(),
    _to("groups", "group_id"),
    Column("version", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("text", Sealed, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    # The first version that still counts; its own when nobody has grace any more.
    Column("counts_from", Integer, nullable=False),
    UniqueConstraint("group_id", "version"),
    CheckConstraint("version > 0", name="version"),
    CheckConstraint("counts_from BETWEEN 1 AND version", name="counts_from"),
    comment="Every published version of a group's ground rules, and until when it may be read.",
    info=_about(NOT_ABOUT_MEMBERS, "until the group is removed"),
)

joinings = Table(
    "joinings",
    metadata,
    _id(),
    _to("groups", "group_id"),
    Column("account_blind", Blind, nullable=False, info={"leads": Leads.ACCOUNT}),
    _to("rules", "rules_id"),
    Column("step", Text, nullable=False),
    Column("page", Integer, nullable=False, server_default=text("0")),
    Column("at", UtcTime, nullable=False, index=True),
    UniqueConstraint("group_id", "account_blind"),
    Index(None, "rules_id"),
    comment="Newcomers who are halfway through the join card.",
    info=_about(Erase.DELETE, "24 hours"),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    _id(),
    _to("members", "member_id"),
    _to("rules", "rules_id"),
    Column("rules_hash", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("member_id", "rules_id"),
    Index(None, "rules_id"),
    comment="Which member read which version of the ground rules, in which language, when.",
    info=_about(Erase.DELETE, "until the member asks for erasure or the group is removed"),
)

expiries = Table(
    "expiries",
    metadata,
    _id(),
    # No index for the rooms' sake: a row is written per message, a room goes once.
    _to("rooms", "room_id"),
    Column("message_blind", Blind, nullable=False, unique=True),
    Column("message", Sealed, nullable=False),
    Column("due", UtcTime, nullable=False, index=True),
    Column("state", Text, nullable=False, server_default=text("'waiting'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("why", Text),
    _states("state", "waiting", "failed"),
    comment="Which message is to be removed when. It points to a message and holds no words.",
    info=_about(NOT_ABOUT_MEMBERS, "until the message is removed"),
)

removal_counts = Table(
    "removal_counts",
    metadata,
    Column("room_id", RowId, ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("count", Integer, nullable=False, server_default=text("0")),
    comment="How many messages were removed each day, or could not be, and why.",
    info=_about(NOT_ABOUT_MEMBERS, "30 days, or until the group is removed"),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    _to("groups", "group_id", null=True),
    Column("lane", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("payload", Sealed, nullable=False),
    Column("after", UtcTime, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("subject_blind", Blind, index=True, info={"leads": Leads.ACCOUNT}),
    Column("since", UtcTime),
    Index(None, "group_id"),
    comment="What the bot still has to send, sealed until it is sent.",
    info=_about(Erase.DELETE, "until it is sent"),
)

posts = Table(
    "posts",
    metadata,
    _id(),
    _to("groups", "group_id"),
    _to("rooms", "room_id"),
    _to("posts", "parent_id", gone="SET NULL", null=True),
    Column("receipt_hash", LargeBinary, nullable=False, unique=True),
    Column("pseudonym", Sealed, nullable=False),
    Column("state", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("release_at", UtcTime, index=True),
    Column("tag", LargeBinary, index=True, info={"leads": Leads.TAG}),
    Column("epoch", Integer),
    # For two key-holders alone, until the end of a day.
    Column("author_box", LargeBinary),
    Column("seal_ends", Date),
    Column("message_blind", Blind, index=True),
    Column("message", Sealed),
    Column("why", Text),
    Column("ended", Date, index=True),
    Index(None, "group_id"),
    Index(None, "room_id"),
    Index(None, "parent_id"),
    comment="Anonymous posts: who holds the receipt owns the post, authors are sealed or unknown.",
    info=_about(
        Keep("kept-post-tag", "the tag goes after 7 days, a sealed author after 90 at most"),
        "until 30 days after it left its room, or the group is removed",
    ),
)

silences = Table(
    "silences",
    metadata,
    _id(),
    _to("groups", "group_id"),
    Column("key_number", Integer, nullable=False, unique=True),
    Column("tag", LargeBinary, nullable=False, info={"leads": Leads.TAG}),
    Column("ends", UtcTime, nullable=False, index=True),
    _to("posts", "post_id", gone="SET NULL", null=True),
    Index(None, "group_id"),
    Index(None, "post_id"),
    comment="Authors of anonymous posts whom a moderator silenced, knowing no name.",
    info=_about(
        Keep("kept-silence", "when the silence ends, at most 30 days"),
        "until the silence ends, at most 30 days",
    ),
)

keywords = Table(
    "keywords",
    metadata,
    _id(),
    _to("groups", "group_id"),
    Column("phrase", Sealed, nullable=False),
    Column("phrase_blind", Blind, nullable=False),
    Column("added_day", Date, nullable=False),
    UniqueConstraint("group_id", "phrase_blind"),
    comment="The words and phrases that a group's moderators watch for.",
    info=_about(NOT_ABOUT_MEMBERS, "until a moderator removes it or the group is removed"),
)

guard_words = Table(
    "guard_words",
    metadata,
    _id(),
    _to("groups", "group_id"),
    _to("members", "member_id"),
    Column("tags", LargeBinary, nullable=False),
    Index(None, "group_id"),
    Index(None, "member_id"),
    comment="What members asked to be told about: keyed hashes, which nobody reads again.",
    info=_about(Erase.DELETE, "until the member forgets it or asks for erasure"),
)

alerts = Table(
    "alerts",
    metadata,
    _id(),
    _to("groups", "group_id"),
    _to("rooms", "room_id"),
    Column("kind", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("state", Text, nullable=False),
    # Who has it, or had it when it was decided.
    _to("members", "claimed_by", gone="SET NULL", null=True),
    Column("claimed_at", UtcTime),
    Column("card", Sealed),
    # When the card is to be drawn anew; empty while it says what is so.
    Column("card_due", UtcTime, index=True),
    Column("raised_at", UtcTime, nullable=False, index=True),
    Column("decided_at", UtcTime),
    Index(None, "group_id"),
    Index(None, "room_id"),
    Index(None, "claimed_by"),
    comment="Cards about possible leaks that moderators look at.",
    info=_about(Erase.UNLINK, "until the message is gone, or 24 hours after it was settled"),
)

alert_messages = Table(
    "alert_messages",
    metadata,
    _id(),
    _to("alerts", "alert_id"),
    Column("message_blind", Blind, nullable=False, unique=True),
    Column("message", Sealed, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("nudged", Boolean, nullable=False, server_default=false()),
    Index(None, "alert_id"),
    comment="Which messages a card is about; never what they say or who wrote them.",
    info=_about(NOT_ABOUT_MEMBERS, "until the message is gone or its card is"),
)

alert_counts = Table(
    "alert_counts",
    metadata,
    Column("group_id", RowId, ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("count", Integer, nullable=False, server_default=text("0")),
    comment="How many possible leaks there were each day, and what became of them.",
    info=_about(NOT_ABOUT_MEMBERS, "30 days"),
)

helplines = Table(
    "helplines",
    metadata,
    _id(),
    _to("groups", "group_id"),
    Column("position", Integer, nullable=False),
    Column("details", Sealed, nullable=False),
    Column("checked_on", Date, nullable=False),
    Index(None, "group_id"),
    comment="The helplines that a group's moderators confirmed, and when they last did.",
    info=_about(NOT_ABOUT_MEMBERS, "until a moderator removes it or the group is removed"),
)

crisis_cards = Table(
    "crisis_cards",
    metadata,
    _id(),
    _to("groups", "group_id"),
    _to("rooms", "room_id"),
    Column("message_blind", Blind, nullable=False, unique=True),
    Column("message", Sealed, nullable=False),
    _to("members", "claimed_by", gone="SET NULL", null=True),
    # Whom it has been passed on to: how many, in the order of the rota.
    Column("rung", Integer, nullable=False, server_default=text("0")),
    # When it is passed on, or a claim lapses; empty while somebody answers.
    Column("next_at", UtcTime, index=True),
    Column("ends", UtcTime, nullable=False, index=True),
    Column("card", Sealed),
    # Blinds of the moderators who were called or cannot: nothing says which.
    Column("asked", Sealed),
    Index(None, "group_id"),
    Index(None, "room_id"),
    Index(None, "claimed_by"),
    comment="Open cards about somebody who may be in danger: room, message, and who answers.",
    info=_about(Erase.UNLINK, "until a moderator closes it, at most 72 hours"),
)

duties = Table(
    "duties",
    metadata,
    _id(),
    _to("groups", "group_id"),
    _to("members", "member_id"),
    # Days of the week as bits, Monday first; minutes after midnight in the zone.
    Column("days", Integer, nullable=False),
    Column("starts", Integer, nullable=False),
    Column("ends", Integer, nullable=False),
    Column("zone", Text, nullable=False),
    Index(None, "group_id"),
    Index(None, "member_id"),
    comment="When each moderator is usually there, as they said themselves.",
    info=_about(Erase.DELETE, "until the moderator takes it back or the group is removed"),
)

memory = Table(
    "memory",
    metadata,
    _id(),
    Column("platform", Text, nullable=False),
    Column("key_blind", Blind, nullable=False, unique=True),
    # An adapter's tokens and direct chats may name an account, so erasing opens and looks.
    Column("value", Sealed, nullable=False, info={"leads": Leads.MENTIONS}),
    Column("until", UtcTime, index=True),
    comment="What an adapter has to remember: how far it read, what a button means.",
    info=_about(Erase.DELETE, "until its time is over or the adapter forgets it"),
)
