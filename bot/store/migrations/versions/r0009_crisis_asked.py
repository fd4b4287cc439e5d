"""Which moderators a crisis card has asked already, so that a restart asks nobody twice.

Revision ID: r0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Sealed

revision = "r0009"
down_revision = "r0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("crisis_cards") as cards:
        cards.add_column(sa.Column("asked", Sealed(), nullable=True))


def downgrade() -> None:
    """Drop it: who was asked is not known any more."""
    with op.batch_alter_table("crisis_cards") as cards:
        cards.drop_column("asked")
