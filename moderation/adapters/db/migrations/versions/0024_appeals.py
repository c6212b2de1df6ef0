"""Authors appeal, once for a comment."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

UNDECIDED = sa.text("outcome IS NULL")
SECOND_LOCK = """
ALTER TABLE appeal ENABLE ROW LEVEL SECURITY;
ALTER TABLE appeal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON appeal USING (
    site_id = NULLIF(NULLIF(current_setting('lychgate.site', true), '*'), '')::uuid
    OR current_setting('lychgate.site', true) = '*'
);
"""


def upgrade() -> None:
    """Go forward; nobody has appealed yet."""
    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("against", sa.Uuid(), nullable=False),
        sa.Column("against_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_appeal_comment_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_appeal_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_appeal_comment_id")),
    )
    op.create_index(
        "ix_appeal_open",
        "appeal",
        ["site_id", "comment_id"],
        postgresql_where=UNDECIDED,
        sqlite_where=UNDECIDED,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(SECOND_LOCK)


def downgrade() -> None:
    """Forget what was appealed; the log still says that it was, and nothing more can be read there."""
    op.drop_table("appeal")
