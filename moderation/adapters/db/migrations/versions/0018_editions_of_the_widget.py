"""Editions of the widget are kept, for pages that pin one."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

SECOND_LOCK = """
ALTER TABLE edition ENABLE ROW LEVEL SECURITY;
ALTER TABLE edition FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON edition USING (current_setting('lychgate.site', true) = '*');
"""


def upgrade() -> None:
    """Go forward; the web processes keep their edition as they start."""
    op.create_table(
        "edition",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("script", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_edition")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(SECOND_LOCK)


def downgrade() -> None:
    """Keep no edition but the present one."""
    op.drop_table("edition")
