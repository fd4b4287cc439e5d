"""Consents, moderators' notes, and which erasures were done.

Revision ID: r0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import RowId, Sealed

revision = "r0008"
down_revision = "r0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "consents",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("member_id", RowId(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        _to("consents", "member_id", "members"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        comment=(
            "What a member said yes to, to which version of the words, and when it was taken back."
        ),
    )
    op.create_table(
        "notes",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("member_id", RowId(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("text", Sealed(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "category IN ('talked', 'agreed', 'check-back', 'needs')",
            name=op.f("ck_notes_category"),
        ),
        _to("notes", "member_id", "members"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        comment=(
            "Short notes of the moderators about a member, who may read them. No author stands in."
        ),
    )
    op.create_table(
        "erasures",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        _to("erasures", "group_id", "groups"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        comment=(
            "Which erasures were done in this database: an old copy of it lacks the later ones."
        ),
    )
    for table, column in INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def downgrade() -> None:
    """Drop the tables. The ledger beside the key ring stays and is gone through again."""
    for table in ("erasures", "notes", "consents"):
        op.drop_table(table)


INDEXES = (
    ("consents", "member_id"),
    ("consents", "withdrawn_on"),
    ("notes", "member_id"),
    ("notes", "ends"),
    ("erasures", "group_id"),
)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
    )
