"""Key-holders, and until when an author stays sealed.

Revision ID: r0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import RowId, UtcTime

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None

_BEFORE = "Anonymous posts: who holds the receipt owns the post; no author stands in it."
_NOW = "Anonymous posts: who holds the receipt owns the post, authors are sealed or unknown."


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "key_holders",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("member_id", RowId(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_at", UtcTime(), nullable=False),
        sa.Column("effective_at", UtcTime(), nullable=True),
        sa.Column("stands_back", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_key_holders_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_key_holders_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_holders")),
        comment="The public keys of key-holders, and from when on posts are sealed to them.",
    )
    for column in ("group_id", "member_id"):
        op.create_index(op.f(f"ix_key_holders_{column}"), "key_holders", [column], unique=False)
    op.add_column("posts", sa.Column("seal_ends", sa.Date(), nullable=True))
    _say(_NOW)


def downgrade() -> None:
    """Drop both; what was sealed goes with the day on which it would have ended."""
    op.drop_column("posts", "seal_ends")
    op.execute("UPDATE posts SET author_box = NULL")
    op.drop_table("key_holders")
    _say(_BEFORE)


def _say(comment: str) -> None:
    # SQLite keeps no comments.
    if op.get_context().dialect.name == "postgresql":
        op.create_table_comment("posts", comment)
