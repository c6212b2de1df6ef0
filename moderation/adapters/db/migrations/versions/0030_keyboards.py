"""Moderators choose their keys."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Go forward; everybody's keys are as usual until they say otherwise."""
    op.add_column("person", sa.Column("keys", JSON, server_default="{}", nullable=False))


def downgrade() -> None:
    """Go back; everybody's keys are as usual again."""
    op.drop_column("person", "keys")
