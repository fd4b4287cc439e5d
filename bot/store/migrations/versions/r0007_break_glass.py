"""Requests to look who wrote a post, and what moderators write to authors without knowing them.

Revision ID: r0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import RowId, Sealed, UtcTime

revision = "r0007"
down_revision = "r0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "break_glass_cases",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("post_id", RowId(), nullable=False),
        sa.Column("drill", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("requested_by", RowId(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("soon", sa.Text(), nullable=False),
        sa.Column("who", Sealed(), nullable=False),
        sa.Column("tried", Sealed(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("conflict", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("notice_at", UtcTime(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'paired', 'opened', 'refused', 'expired')",
            name=op.f("ck_break_glass_cases_state"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["groups.id"],
            name=op.f("fk_break_glass_cases_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"],
            ["members.id"],
            name=op.f("fk_break_glass_cases_requested_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass_cases")),
        comment="Requests to look who wrote a post, and how they ended. Never who it was.",
    )
    for column in ("asked_at", "expires_at", "group_id", "requested_by"):
        name = op.f(f"ix_break_glass_cases_{column}")
        op.create_index(name, "break_glass_cases", [column], unique=False)
    op.create_table(
        "break_glass_answers",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("case_id", RowId(), nullable=False),
        sa.Column("member_id", RowId(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("later_seconds", sa.Integer(), nullable=True),
        sa.Column("later_why", Sealed(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["break_glass_cases.id"],
            name=op.f("fk_break_glass_answers_case_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_break_glass_answers_member_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass_answers")),
        sa.UniqueConstraint(
            "case_id", "member_id", name=op.f("uq_break_glass_answers_case_id_member_id")
        ),
        comment="What each key-holder answered to a request, and whether the author is told later.",
    )
    name = op.f("ix_break_glass_answers_member_id")
    op.create_index(name, "break_glass_answers", ["member_id"], unique=False)
    op.create_table(
        "blind_replies",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("post_id", RowId(), nullable=False),
        sa.Column("text", Sealed(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_blind_replies_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_replies")),
        comment="What moderators wrote to the author of a post, who reads it with the receipt.",
    )
    name = op.f("ix_blind_replies_post_id")
    op.create_index(name, "blind_replies", ["post_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("blind_replies")
    op.drop_table("break_glass_answers")
    op.drop_table("break_glass_cases")
