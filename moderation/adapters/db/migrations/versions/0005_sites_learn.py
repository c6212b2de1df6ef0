"""What moderators decide teaches models of their site: versions, what they remember, and which one is in use."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from moderation.adapters.db.indexing import build_index

revision = "0005"
down_revision = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

PEOPLE = "by IN ('person', 'key')"
SECOND_LOCK = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON {table} USING (
    site_id = NULLIF(NULLIF(current_setting('lychgate.site', true), '*'), '')::uuid
    OR current_setting('lychgate.site', true) = '*'
);
"""


def upgrade() -> None:
    """Let every site learn from now on, the decisions that are there included."""
    build_index("ix_decision_people", "decision", ["site_id", "id"], where=PEOPLE)
    op.add_column("site", sa.Column("learn", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("site", sa.Column("model", sa.Uuid(), nullable=True))
    op.add_column("site", sa.Column("learning_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "site_model",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("newest", sa.Uuid(), nullable=False),
        sa.Column("model", sa.LargeBinary(), nullable=True),
        sa.Column("taught", sa.LargeBinary(), nullable=False),
        sa.Column("figures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_model_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_model")),
        sa.UniqueConstraint("site_id", "number", name=op.f("uq_site_model_site_id_number")),
    )
    op.create_table(
        "memory",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(32), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_memory_comment_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_memory_site_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_memory")),
    )
    op.create_index("ix_memory_site_id", "memory", ["site_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("site_model", "memory"):
            op.execute(SECOND_LOCK.format(table=table))


def downgrade() -> None:
    """Forget what was learnt."""
    op.drop_table("memory")
    op.drop_table("site_model")
    op.drop_index("ix_decision_people", "decision")
    for column in ("learning_until", "model", "learn"):
        op.drop_column("site", column)
