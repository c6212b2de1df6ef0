"""Waves are merged into others."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MERGED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    """Go forward; every wave is a card of its own."""
    op.add_column("wave", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column("wave", sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_wave_merged", "wave", ["merged_into"], postgresql_where=MERGED, sqlite_where=MERGED)


def downgrade() -> None:
    """Let every wave be a card of its own again."""
    op.drop_index("ix_wave_merged", "wave")
    op.drop_column("wave", "merged_at")
    op.drop_column("wave", "merged_into")
