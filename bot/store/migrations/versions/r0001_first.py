"""The first schema.

Revision ID: r0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Blind, RowId, Sealed, UtcTime

revision = "r0001"
down_revision: str | None = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "groups",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("handle_blind", Blind(), nullable=False),
        sa.Column("handle", Sealed(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("handle_blind", name=op.f("uq_groups_handle_blind")),
        comment="The groups that the bot serves.",
    )
    op.create_table(
        "memory",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("key_blind", Blind(), nullable=False),
        sa.Column("value", Sealed(), nullable=False),
        sa.Column("until", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory")),
        sa.UniqueConstraint("key_blind", name=op.f("uq_memory_key_blind")),
        comment="What an adapter has to remember: how far it read, what a button means.",
    )
    op.create_index(op.f("ix_memory_until"), "memory", ["until"], unique=False)
    op.create_table(
        "ring_check",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("box", Sealed(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ring_check")),
        comment="One box that only this circle's key ring opens, to notice another ring.",
    )
    op.create_table(
        "group_settings",
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_group_settings_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "name", name=op.f("pk_group_settings")),
        comment="What the moderators of a group chose.",
    )
    op.create_table(
        "helplines",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("details", Sealed(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_helplines_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helplines")),
        comment="The helplines that a group's moderators confirmed, and when they last did.",
    )
    op.create_index(op.f("ix_helplines_group_id"), "helplines", ["group_id"], unique=False)
    op.create_table(
        "keywords",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("phrase", Sealed(), nullable=False),
        sa.Column("phrase_blind", Blind(), nullable=False),
        sa.Column("added_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_keywords_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keywords")),
        sa.UniqueConstraint(
            "group_id", "phrase_blind", name=op.f("uq_keywords_group_id_phrase_blind")
        ),
        comment="The words and phrases that a group's moderators watch for.",
    )
    op.create_table(
        "members",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("account_blind", Blind(), nullable=False),
        sa.Column("account", Sealed(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_members_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint(
            "group_id", "account_blind", name=op.f("uq_members_group_id_account_blind")
        ),
        comment="Who is a member: the only table with a person's platform handle, sealed.",
    )
    op.create_table(
        "outbox",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("group_id", RowId(), nullable=True),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("payload", Sealed(), nullable=False),
        sa.Column("after", UtcTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("subject_blind", Blind(), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'unknown')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_outbox_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        comment="What the bot still has to send, sealed until it is sent.",
    )
    op.create_index(op.f("ix_outbox_after"), "outbox", ["after"], unique=False)
    op.create_index(op.f("ix_outbox_group_id"), "outbox", ["group_id"], unique=False)
    op.create_index(op.f("ix_outbox_subject_blind"), "outbox", ["subject_blind"], unique=False)
    op.create_table(
        "rooms",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("handle_blind", Blind(), nullable=False),
        sa.Column("handle", Sealed(), nullable=False),
        sa.Column("lifetime_seconds", sa.Integer(), nullable=True),
        sa.CheckConstraint("lifetime_seconds > 0", name=op.f("ck_rooms_lifetime_seconds")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_rooms_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("handle_blind", name=op.f("uq_rooms_handle_blind")),
        comment="The rooms of each group, and how long messages stay in them (empty: for good).",
    )
    op.create_index(op.f("ix_rooms_group_id"), "rooms", ["group_id"], unique=False)
    op.create_table(
        "rules",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", Sealed(), nullable=False),
        sa.Column("published_at", UtcTime(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("counts_from", sa.Integer(), nullable=False),
        sa.CheckConstraint("counts_from BETWEEN 1 AND version", name=op.f("ck_rules_counts_from")),
        sa.CheckConstraint("version > 0", name=op.f("ck_rules_version")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_rules_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        sa.UniqueConstraint("group_id", "version", name=op.f("uq_rules_group_id_version")),
        comment="Every published version of a group's ground rules, and until when it may be read.",
    )
    op.create_table(
        "acknowledgements",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("member_id", RowId(), nullable=False),
        sa.Column("rules_id", RowId(), nullable=False),
        sa.Column("rules_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_acknowledgements_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rules_id"],
            ["rules.id"],
            name=op.f("fk_acknowledgements_rules_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgements")),
        sa.UniqueConstraint(
            "member_id", "rules_id", name=op.f("uq_acknowledgements_member_id_rules_id")
        ),
        comment="Which member read which version of the ground rules, in which language, when.",
    )
    op.create_index(
        op.f("ix_acknowledgements_rules_id"), "acknowledgements", ["rules_id"], unique=False
    )
    op.create_table(
        "alerts",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("room_id", RowId(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("claimed_by", RowId(), nullable=True),
        sa.Column("claimed_at", UtcTime(), nullable=True),
        sa.Column("card", Sealed(), nullable=True),
        sa.Column("card_due", UtcTime(), nullable=True),
        sa.Column("raised_at", UtcTime(), nullable=False),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["members.id"], name=op.f("fk_alerts_claimed_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_alerts_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_alerts_room_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        comment="Cards about possible leaks that moderators look at.",
    )
    op.create_index(op.f("ix_alerts_card_due"), "alerts", ["card_due"], unique=False)
    op.create_index(op.f("ix_alerts_claimed_by"), "alerts", ["claimed_by"], unique=False)
    op.create_index(op.f("ix_alerts_group_id"), "alerts", ["group_id"], unique=False)
    op.create_index(op.f("ix_alerts_raised_at"), "alerts", ["raised_at"], unique=False)
    op.create_index(op.f("ix_alerts_room_id"), "alerts", ["room_id"], unique=False)
    op.create_table(
        "alert_messages",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("alert_id", RowId(), nullable=False),
        sa.Column("message_blind", Blind(), nullable=False),
        sa.Column("message", Sealed(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("nudged", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alert_messages_alert_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_messages")),
        sa.UniqueConstraint("message_blind", name=op.f("uq_alert_messages_message_blind")),
        comment="Which messages a card is about; never what they say or who wrote them.",
    )
    op.create_index(
        op.f("ix_alert_messages_alert_id"), "alert_messages", ["alert_id"], unique=False
    )
    op.create_table(
        "alert_counts",
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_alert_counts_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "day", "outcome", name=op.f("pk_alert_counts")),
        comment="How many possible leaks there were each day, and what became of them.",
    )
    op.create_table(
        "expiries",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("room_id", RowId(), nullable=False),
        sa.Column("message_blind", Blind(), nullable=False),
        sa.Column("message", Sealed(), nullable=False),
        sa.Column("due", UtcTime(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'failed')", name=op.f("ck_expiries_state")),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_expiries_room_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expiries")),
        sa.UniqueConstraint("message_blind", name=op.f("uq_expiries_message_blind")),
        comment="Which message is to be removed when. It points to a message and holds no words.",
    )
    op.create_index(op.f("ix_expiries_due"), "expiries", ["due"], unique=False)
    op.create_table(
        "joinings",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("account_blind", Blind(), nullable=False),
        sa.Column("rules_id", RowId(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_joinings_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["rules.id"], name=op.f("fk_joinings_rules_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joinings")),
        sa.UniqueConstraint(
            "group_id", "account_blind", name=op.f("uq_joinings_group_id_account_blind")
        ),
        comment="Newcomers who are halfway through the join card.",
    )
    op.create_index(op.f("ix_joinings_at"), "joinings", ["at"], unique=False)
    op.create_index(op.f("ix_joinings_rules_id"), "joinings", ["rules_id"], unique=False)
    op.create_table(
        "posts",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("room_id", RowId(), nullable=False),
        sa.Column("parent_id", RowId(), nullable=True),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=False),
        sa.Column("pseudonym", Sealed(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("release_at", UtcTime(), nullable=True),
        sa.Column("tag", sa.LargeBinary(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("author_box", sa.LargeBinary(), nullable=True),
        sa.Column("message_blind", Blind(), nullable=True),
        sa.Column("message", Sealed(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_posts_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["posts.id"], name=op.f("fk_posts_parent_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_posts_room_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_posts_receipt_hash")),
        comment="Anonymous posts: who holds the receipt owns the post; no author stands in it.",
    )
    op.create_index(op.f("ix_posts_ended"), "posts", ["ended"], unique=False)
    op.create_index(op.f("ix_posts_group_id"), "posts", ["group_id"], unique=False)
    op.create_index(op.f("ix_posts_message_blind"), "posts", ["message_blind"], unique=False)
    op.create_index(op.f("ix_posts_parent_id"), "posts", ["parent_id"], unique=False)
    op.create_index(op.f("ix_posts_release_at"), "posts", ["release_at"], unique=False)
    op.create_index(op.f("ix_posts_room_id"), "posts", ["room_id"], unique=False)
    op.create_index(op.f("ix_posts_tag"), "posts", ["tag"], unique=False)
    op.create_table(
        "removal_counts",
        sa.Column("room_id", RowId(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_removal_counts_room_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("room_id", "day", "outcome", name=op.f("pk_removal_counts")),
        comment="How many messages were removed each day, or could not be, and why.",
    )
    op.create_table(
        "silences",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("ends", UtcTime(), nullable=False),
        sa.Column("post_id", RowId(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_silences_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_silences_post_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
        sa.UniqueConstraint("key_number", name=op.f("uq_silences_key_number")),
        comment="Authors of anonymous posts whom a moderator silenced, knowing no name.",
    )
    op.create_index(op.f("ix_silences_ends"), "silences", ["ends"], unique=False)
    op.create_index(op.f("ix_silences_group_id"), "silences", ["group_id"], unique=False)
    op.create_index(op.f("ix_silences_post_id"), "silences", ["post_id"], unique=False)


def downgrade() -> None:
    """Drop every table."""
    op.drop_index(op.f("ix_silences_post_id"), table_name="silences")
    op.drop_index(op.f("ix_silences_group_id"), table_name="silences")
    op.drop_index(op.f("ix_silences_ends"), table_name="silences")
    op.drop_table("silences")
    op.drop_table("removal_counts")
    op.drop_index(op.f("ix_posts_tag"), table_name="posts")
    op.drop_index(op.f("ix_posts_room_id"), table_name="posts")
    op.drop_index(op.f("ix_posts_release_at"), table_name="posts")
    op.drop_index(op.f("ix_posts_parent_id"), table_name="posts")
    op.drop_index(op.f("ix_posts_message_blind"), table_name="posts")
    op.drop_index(op.f("ix_posts_group_id"), table_name="posts")
    op.drop_index(op.f("ix_posts_ended"), table_name="posts")
    op.drop_table("posts")
    op.drop_index(op.f("ix_joinings_rules_id"), table_name="joinings")
    op.drop_index(op.f("ix_joinings_at"), table_name="joinings")
    op.drop_table("joinings")
    op.drop_index(op.f("ix_expiries_due"), table_name="expiries")
    op.drop_table("expiries")
    op.drop_table("alert_counts")
    op.drop_index(op.f("ix_alert_messages_alert_id"), table_name="alert_messages")
    op.drop_table("alert_messages")
    op.drop_index(op.f("ix_alerts_room_id"), table_name="alerts")
    op.drop_index(op.f("ix_alerts_raised_at"), table_name="alerts")
    op.drop_index(op.f("ix_alerts_group_id"), table_name="alerts")
    op.drop_index(op.f("ix_alerts_claimed_by"), table_name="alerts")
    op.drop_index(op.f("ix_alerts_card_due"), table_name="alerts")
    op.drop_table("alerts")
    op.drop_index(op.f("ix_acknowledgements_rules_id"), table_name="acknowledgements")
    op.drop_table("acknowledgements")
    op.drop_table("rules")
    op.drop_index(op.f("ix_rooms_group_id"), table_name="rooms")
    op.drop_table("rooms")
    op.drop_index(op.f("ix_outbox_subject_blind"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_group_id"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_after"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("members")
    op.drop_table("keywords")
    op.drop_index(op.f("ix_helplines_group_id"), table_name="helplines")
    op.drop_table("helplines")
    op.drop_table("group_settings")
    op.drop_table("ring_check")
    op.drop_index(op.f("ix_memory_until"), table_name="memory")
    op.drop_table("memory")
    op.drop_table("groups")
