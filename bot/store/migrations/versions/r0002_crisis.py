"""Cards about somebody in danger, and when moderators are there.

Revision ID: r0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Blind, RowId, Sealed, UtcTime

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "crisis_cards",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("room_id", RowId(), nullable=False),
        sa.Column("message_blind", Blind(), nullable=False),
        sa.Column("message", Sealed(), nullable=False),
        sa.Column("claimed_by", RowId(), nullable=True),
        sa.Column("rung", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_at", UtcTime(), nullable=True),
        sa.Column("ends", UtcTime(), nullable=False),
        sa.Column("card", Sealed(), nullable=True),
        sa.ForeignKeyConstraint(
            ["claimed_by"],
            ["members.id"],
            name=op.f("fk_crisis_cards_claimed_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_crisis_cards_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_crisis_cards_room_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_cards")),
        sa.UniqueConstraint("message_blind", name=op.f("uq_crisis_cards_message_blind")),
        comment="Open cards about somebody who may be in danger: room, message, and who answers.",
    )
    for column in ("claimed_by", "ends", "group_id", "next_at", "room_id"):
        op.create_index(op.f(f"ix_crisis_cards_{column}"), "crisis_cards", [column], unique=False)
    op.create_table(
        "duties",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("member_id", RowId(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_duties_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_duties_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
        comment="When each moderator is usually there, as they said themselves.",
    )
    for column in ("group_id", "member_id"):
        op.create_index(op.f(f"ix_duties_{column}"), "duties", [column], unique=False)


def downgrade() -> None:
    """Drop the two tables."""
    op.drop_table("duties")
    op.drop_table("crisis_cards")
