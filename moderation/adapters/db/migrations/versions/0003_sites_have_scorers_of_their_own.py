"""A site may have a scorer of its own: its address, and the sealed secret with which it is asked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Give every site room for a scorer; none has one yet."""
    op.add_column("site", sa.Column("scorer_url", sa.String(), nullable=True))
    op.add_column("site", sa.Column("scorer_secret", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Forget the scorers of sites; what waits for one is held after ten minutes."""
    op.drop_column("site", "scorer_secret")
    op.drop_column("site", "scorer_url")
