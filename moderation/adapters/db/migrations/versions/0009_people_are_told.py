"""People are told by mail, and endpoints speak to chats."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = ("notice", "mail")
WAITING = sa.text("state = 'waiting'")
SECOND_LOCK = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON {table} USING (
    site_id = NULLIF(NULLIF(current_setting('lychgate.site', true), '*'), '')::uuid
    OR current_setting('lychgate.site', true) = '*'
);
"""


def upgrade() -> None:
    """Go forward; nobody is told by mail before they ask for it, and every endpoint gets what it got."""
    op.add_column("endpoint", sa.Column("format", sa.String(length=32), nullable=False, server_default="standard"))
    _notices()
    _mails()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(SECOND_LOCK.format(table=table))


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(length=32), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_notice_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "site_id", name=op.f("uq_notice_person_id_site_id")),
    )
    op.create_index("ix_notice_site_id", "notice", ["site_id"])
    op.create_index("ix_notice_next_at", "notice", ["next_at"])


def _mails() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("failure", sa.String(length=32), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_mail_notice_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_mail_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index("ix_mail_due", "mail", ["due_at"], postgresql_where=WAITING, sqlite_where=WAITING)
    op.create_index("ix_mail_ended", "mail", ["finished_at"])
    op.create_index("ix_mail_notice_id", "mail", ["notice_id"])
    op.create_index("ix_mail_site_id", "mail", ["site_id"])


def downgrade() -> None:
    """Tell nobody by mail any more; chats get events as they are."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("endpoint", "format")
