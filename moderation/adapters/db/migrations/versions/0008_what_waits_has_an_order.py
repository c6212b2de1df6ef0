"""What waits for a person is kept in the order of its worth."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from moderation.adapters.db.indexing import add_column, build_index

revision = "0008"
down_revision = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

HELD = "status = 'held'"
SINCE_ARRIVAL = {
    "postgresql": "UPDATE comment SET worth = -extract(epoch FROM received_at) / 3600 WHERE status = 'held'",
    "sqlite": "UPDATE comment SET worth = (2440587.5 - julianday(received_at)) * 24 WHERE status = 'held'",
}
"""What waits already stands by its age alone."""


def upgrade() -> None:
    """Go forward; what was held is in the order of its arrival, and what old workers hold meanwhile comes last."""
    add_column("comment", sa.Column("worth", sa.Double(), server_default="-1000000000", nullable=False))
    build_index("ix_comment_worth", "comment", ["site_id", "worth", "id"], where=HELD)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT set_config('lychgate.site', '*', true)")
    op.execute(SINCE_ARRIVAL[op.get_bind().dialect.name])


def downgrade() -> None:
    """Forget the order."""
    op.drop_index("ix_comment_worth", "comment")
    op.drop_column("comment", "worth")
