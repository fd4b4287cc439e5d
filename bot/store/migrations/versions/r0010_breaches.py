"""The register of breaches.

Revision ID: r0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import RowId, UtcTime

revision = "r0010"
down_revision = "r0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "breaches",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("noticed_at", UtcTime(), nullable=False),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('words-outside', 'account-taken', 'machine', 'host-or-keys', 'bot-fault')",
            name=op.f("ck_breaches_kind"),
        ),
        _to("breaches", "group_id", "groups"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaches")),
        sa.UniqueConstraint("group_id", "number", name=op.f("uq_breaches_group_id_number")),
        comment=(
            "What got out of a group, from a closed list, and when it was noticed. Never whose."
        ),
    )
    op.create_table(
        "breach_steps",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("breach_id", RowId(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "step IN ('contained', 'people', 'authority', 'platform', 'group')",
            name=op.f("ck_breach_steps_step"),
        ),
        sa.CheckConstraint(
            "outcome IN ('done', 'not-needed')", name=op.f("ck_breach_steps_outcome")
        ),
        _to("breach_steps", "breach_id", "breaches"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_steps")),
        comment="What was done about a breach, from a closed list, and when.",
    )
    op.create_index(op.f("ix_breach_steps_breach_id"), "breach_steps", ["breach_id"], unique=False)


def downgrade() -> None:
    """Drop the tables, and with them the register."""
    for table in ("breach_steps", "breaches"):
        op.drop_table(table)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
    )
