"""Comments keep what they are like; those of the last day are found by it, across sites where their owners agree."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BANDS = ("band_1", "band_2", "band_3", "band_4")
SECOND_LOCK = """
ALTER TABLE echo ENABLE ROW LEVEL SECURITY;
ALTER TABLE echo FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON echo USING (
    site_id = NULLIF(NULLIF(current_setting('lychgate.site', true), '*'), '')::uuid
    OR current_setting('lychgate.site', true) = '*'
);
"""


def upgrade() -> None:
    """Go forward; comments that are there already have no sketch, and need none after a day."""
    op.add_column("site", sa.Column("share_campaigns", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("comment", sa.Column("sketch", sa.BigInteger(), nullable=True))
    op.create_table(
        "echo",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("pool", sa.Uuid(), nullable=False),
        sa.Column("author", sa.LargeBinary(), nullable=True),
        sa.Column("sketch", sa.BigInteger(), nullable=False),
        *(sa.Column(band, sa.Integer(), nullable=False) for band in BANDS),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_echo_comment_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_echo_site_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_echo")),
    )
    for band in BANDS:
        op.create_index(f"ix_echo_{band}", "echo", ["pool", band, "received_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(SECOND_LOCK)


def downgrade() -> None:
    """Forget what comments are like."""
    op.drop_table("echo")
    op.drop_column("comment", "sketch")
    op.drop_column("site", "share_campaigns")
