"""Authors confirm their addresses, and are told by mail."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = ("mailbox", "follow", "author_mail")
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
    """Go forward; no site asks or tells anybody before its owner chooses so."""
    for choice in ("confirm", "tell_authors"):
        op.add_column("site", sa.Column(choice, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("site", sa.Column("language", sa.String(length=16), nullable=True))
    op.add_column("comment", sa.Column("confirmed", sa.Boolean(), nullable=True))
    _mailboxes()
    _follows()
    _mails()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(SECOND_LOCK.format(table=table))


def _mailboxes() -> None:
    op.create_table(
        "mailbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("network", sa.String(length=64), nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("visit", sa.String(length=32), nullable=True),
        sa.Column("visit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_mailbox_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox")),
        sa.UniqueConstraint("site_id", "fingerprint", name=op.f("uq_mailbox_site_id_fingerprint")),
    )
    op.create_index("ix_mailbox_network", "mailbox", ["network", "asked_at"])
    op.create_index("ix_mailbox_touched_at", "mailbox", ["touched_at"])


def _follows() -> None:
    op.create_table(
        "follow",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("replies", sa.String(length=32), nullable=True),
        sa.Column("decision", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_follow_comment_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_follow_site_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_follow")),
    )
    op.create_index("ix_follow_author", "follow", ["site_id", "fingerprint"])


def _mails() -> None:
    op.create_table(
        "author_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("daily", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("failure", sa.String(length=32), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_author_mail_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_author_mail_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_mail")),
        sa.UniqueConstraint("comment_id", "about_id", "cause", name=op.f("uq_author_mail_comment_id_about_id_cause")),
    )
    op.create_index("ix_author_mail_due", "author_mail", ["due_at"], postgresql_where=WAITING, sqlite_where=WAITING)
    op.create_index("ix_author_mail_token", "author_mail", ["token"], postgresql_where=WAITING, sqlite_where=WAITING)
    op.create_index("ix_author_mail_ended", "author_mail", ["finished_at"])
    op.create_index("ix_author_mail_author", "author_mail", ["site_id", "fingerprint"])


def downgrade() -> None:
    """Ask and tell no author any more."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("comment", "confirmed")
    for choice in ("language", "tell_authors", "confirm"):
        op.drop_column("site", choice)
