"""When a job was first begun to be sent, so that it is looked for before it is sent again.

Revision ID: r0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import UtcTime

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the state that nothing used goes."""
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("since", UtcTime(), nullable=True))
        outbox.drop_constraint(op.f("ck_outbox_state"), type_="check")
        outbox.drop_column("state")


def downgrade() -> None:
    """Put the state back; nobody knows any more what was begun."""
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(
            sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False)
        )
        outbox.create_check_constraint(op.f("ck_outbox_state"), "state IN ('waiting', 'unknown')")
        outbox.drop_column("since")
