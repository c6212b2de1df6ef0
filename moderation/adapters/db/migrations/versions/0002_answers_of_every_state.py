"""Answers are found by what they answer in every state, so that a page shows whom public replies descend from."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

ANY = "parent_id IS NOT NULL"
APPROVED = "status = 'approved' AND parent_id IS NOT NULL"


def upgrade() -> None:
    """Find answers whatever became of them."""
    _index(ANY)


def downgrade() -> None:
    """Find public answers alone."""
    _index(APPROVED)


def _index(where: str) -> None:
    op.drop_index("ix_comment_replies", table_name="comment")
    op.create_index(
        "ix_comment_replies",
        "comment",
        ["thread_id", "parent_id"],
        postgresql_where=sa.text(where),
        sqlite_where=sa.text(where),
    )
