"""People are invited, and ask for a new password by mail."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

WAITING = sa.text("state = 'waiting'")
SECOND_LOCK = """
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitation USING (current_setting('lychgate.site', true) = '*');
"""


def upgrade() -> None:
    """Go forward; nobody has an address yet, and nobody is invited."""
    op.add_column("person", sa.Column("email", sa.LargeBinary(), nullable=True))
    op.add_column("person", sa.Column("email_print", sa.LargeBinary(), nullable=True))
    op.create_index("ix_person_email_print", "person", ["email_print"])
    _invitations()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(SECOND_LOCK)


def _invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("asked", sa.LargeBinary(), nullable=True),
        sa.Column("occasion", sa.String(length=32), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("failure", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    op.create_index("ix_invitation_due", "invitation", ["due_at"], postgresql_where=WAITING, sqlite_where=WAITING)
    op.create_index("ix_invitation_expires_at", "invitation", ["expires_at"])
    op.create_index("ix_invitation_person_id", "invitation", ["person_id"])


def downgrade() -> None:
    """Invite nobody any more; people's addresses are forgotten."""
    op.drop_table("invitation")
    op.drop_index("ix_person_email_print", "person")
    op.drop_column("person", "email_print")
    op.drop_column("person", "email")
