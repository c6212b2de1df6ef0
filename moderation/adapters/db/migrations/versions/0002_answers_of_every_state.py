"""Answers are found by what they answer in every state, so that a page shows whom public replies descend from."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from moderation.adapters.db.indexing import build_index

revision = "0002"
down_revision = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

ANY = "parent_id IS NOT NULL"
APPROVED = "status = 'approved' AND parent_id IS NOT NULL"


def upgrade() -> None:
    """Find answers whatever became of them; the old index serves until the new one is whole."""
    if op.get_bind().dialect.name != "postgresql":
        _index(ANY)
        return
    build_index("ix_comment_answers", "comment", ["thread_id", "parent_id"], where=ANY)
    op.drop_index("ix_comment_replies", table_name="comment")
    op.execute("ALTER INDEX ix_comment_answers RENAME TO ix_comment_replies")


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
