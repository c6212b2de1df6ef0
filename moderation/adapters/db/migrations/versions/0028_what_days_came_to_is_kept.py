"""What days came to is kept."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0026"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

UNCOUNTED = sa.text("due_at IS NOT NULL")
SECOND_LOCK = """
ALTER TABLE tally ENABLE ROW LEVEL SECURITY;
ALTER TABLE tally FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tally USING (
    site_id = NULLIF(NULLIF(current_setting('lychgate.site', true), '*'), '')::uuid
    OR current_setting('lychgate.site', true) = '*'
);
"""


def upgrade() -> None:
    """Go forward; the sweep lets the days that are over be counted."""
    op.create_table(
        "tally",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_tally_site_id")),
        sa.PrimaryKeyConstraint("site_id", "day", name=op.f("pk_tally")),
    )
    op.create_index("ix_tally_due", "tally", ["due_at"], postgresql_where=UNCOUNTED, sqlite_where=UNCOUNTED)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(SECOND_LOCK)


def downgrade() -> None:
    """Forget it; all of it can be counted again."""
    op.drop_table("tally")
