"""That a decision followed one on a whole wave is not changed later, on SQLite neither."""

from collections.abc import Sequence

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BEFORE = (
    "id, site_id, comment_id, version, previous, status, previous_reasons, reasons, by, actor_id, undoes, created_at, "
    "evidence, link"
)
"""What nobody changed since records began."""
CHANGED = """
CREATE TRIGGER decision_changed BEFORE UPDATE OF {columns} ON decision WHEN 1
BEGIN SELECT RAISE(ABORT, 'What is written down is neither changed nor removed.'); END
"""


def upgrade() -> None:
    """Go forward; PostgreSQL guards every column but those that may be erased, this one since it is there."""
    _keep(f"{BEFORE}, stance")


def downgrade() -> None:
    """Guard what was guarded before."""
    _keep(BEFORE)


def _keep(columns: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER decision_changed")
        op.execute(CHANGED.format(columns=columns))
