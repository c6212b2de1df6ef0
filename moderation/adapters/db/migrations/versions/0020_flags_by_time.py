"""A site's flags are found by when they came."""

from collections.abc import Sequence

from alembic import op

from moderation.adapters.db.indexing import build_index

revision = "0020"
down_revision = "0019"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    build_index("ix_flag_site", "flag", ["site_id", "created_at"])


def downgrade() -> None:
    """Find them by their comments alone."""
    op.drop_index("ix_flag_site", "flag")
