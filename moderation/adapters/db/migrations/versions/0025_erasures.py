"""It is kept whose comments are to be gone; what members wrote is found apart."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from moderation.adapters.db.indexing import build_index

revision = "0025"
down_revision = "0024"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MEMBER = "member"
UNFINISHED = sa.text("finished_at IS NULL")
ENDED = """
DELETE FROM feed WHERE
    NOT EXISTS (SELECT 1 FROM role WHERE role.person_id = feed.person_id AND role.site_id = feed.site_id)
    OR EXISTS (SELECT 1 FROM person WHERE person.id = feed.person_id AND NOT person.active)
"""
"""Feeds of people who work there no more end for good, also where they lost the role before."""
SECOND_LOCK = """
ALTER TABLE erasure ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasure FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON erasure USING (
    site_id = NULLIF(NULLIF(current_setting('lychgate.site', true), '*'), '')::uuid
    OR current_setting('lychgate.site', true) = '*'
);
"""


def upgrade() -> None:
    """Go forward; nobody asked for anything yet."""
    build_index("ix_comment_member", "comment", ["site_id", "id"], where=MEMBER)
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_bans", sa.Boolean(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_erasure_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("site_id", "fingerprint", name=op.f("uq_erasure_site_id_fingerprint")),
    )
    op.create_index(
        "ix_erasure_unfinished", "erasure", ["asked_at"], postgresql_where=UNFINISHED, sqlite_where=UNFINISHED
    )
    op.create_index("ix_erasure_finished_at", "erasure", ["finished_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(SECOND_LOCK)
        op.execute("SELECT set_config('lychgate.site', '*', true)")
    op.execute(ENDED)


def downgrade() -> None:
    """Forget who was erased; what is gone stays so."""
    op.drop_index("ix_comment_member", "comment")
    op.drop_table("erasure")
