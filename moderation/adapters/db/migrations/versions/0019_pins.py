"""Comments are pinned to their page."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Go forward; nothing is pinned yet."""
    op.add_column("thread", sa.Column("pins", JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Let every comment stand at its place."""
    op.drop_column("thread", "pins")
