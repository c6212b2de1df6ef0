"""People choose the language of the desk."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward; nobody has chosen yet, so that their browsers say it."""
    op.add_column("person", sa.Column("language", sa.String(length=16), nullable=True))


def downgrade() -> None:
    """Leave it to the browsers again."""
    op.drop_column("person", "language")
