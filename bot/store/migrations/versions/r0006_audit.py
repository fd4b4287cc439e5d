"""The audit: a chain that only grows, and what is kept about its entries.

Revision ID: r0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import RowId, Sealed

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None

# The database itself refuses; whoever takes these off is found by `circlekeeper audit verify`.
ON_SQLITE = [
    f"CREATE TRIGGER audit_no_{what.lower()} BEFORE {what} ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END"
    for what in ("UPDATE", "DELETE")
]
ON_POSTGRESQL = [
    "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit only grows'; END $$",
    "CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()",
]


def upgrade() -> None:
    """Make the two tables and the triggers."""
    op.create_table(
        "audit",
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "number", name=op.f("pk_audit")),
        comment="What moderators and hosts did, as a chain of hashes that only grows.",
    )
    op.create_table(
        "audit_openings",
        sa.Column("id", RowId(), nullable=False),
        sa.Column("group_id", RowId(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("member_id", RowId(), nullable=True),
        sa.Column("salt", Sealed(), nullable=False),
        sa.Column("value", Sealed(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["groups.id"],
            name=op.f("fk_audit_openings_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_audit_openings_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_openings")),
        comment="Who and what the audit's entries are about, apart from them so that it can go.",
    )
    op.create_index(
        op.f("ix_audit_openings_group_id_number"),
        "audit_openings",
        ["group_id", "number"],
        unique=False,
    )
    for column in ("member_id", "day"):
        name = op.f(f"ix_audit_openings_{column}")
        op.create_index(name, "audit_openings", [column], unique=False)
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in ON_SQLITE if on_sqlite else ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Drop the two tables, and with them the triggers."""
    op.drop_table("audit_openings")
    op.drop_table("audit")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_only_grows()")
