"""Guard words: keyed hashes that members registered.

Revision ID: r0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import RowId

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "guard_words",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("member_id", RowId(), nullable=False),
        sa.Column("tags", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_guard_words_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_guard_words_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guard_words")),
        comment="What members asked to be told about: keyed hashes, which nobody reads again.",
    )
    for column in ("group_id", "member_id"):
        op.create_index(op.f(f"ix_guard_words_{column}"), "guard_words", [column], unique=False)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("guard_words")
