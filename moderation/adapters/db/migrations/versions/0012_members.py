"""Sites sign in members of their own, and may ask for a proof of work."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go forward; no site signs anybody in yet, and none asks for a proof."""
    op.add_column("site", sa.Column("member_secret", sa.LargeBinary(), nullable=True))
    op.add_column("site", sa.Column("old_member_secret", sa.LargeBinary(), nullable=True))
    op.add_column("site", sa.Column("old_member_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("site", sa.Column("members_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("site", sa.Column("proof", sa.String(length=32), nullable=False, server_default="off"))
    op.add_column("comment", sa.Column("member", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("comment", sa.Column("unproven", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Let everybody comment everywhere; what members wrote stays, by authors nobody knows."""
    for name in ("unproven", "member"):
        op.drop_column("comment", name)
    for name in ("proof", "members_only", "old_member_until", "old_member_secret", "member_secret"):
        op.drop_column("site", name)
