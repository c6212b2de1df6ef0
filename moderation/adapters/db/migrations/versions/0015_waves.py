"""Comments that say nearly the same are waves; the desk remembers what somebody has before them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from moderation.adapters.db.indexing import add_column, build_index

revision = "0015"
down_revision = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = ("wave", "stance")
ALONE = "status = 'held' AND wave IS NULL"
ROLLING = "wave IS NOT NULL"
LINKED = "link_print IS NOT NULL"
WAITING = sa.text("waiting")
UNFINISHED = sa.text("unfinished")
FOLLOWS = "stance IS NOT NULL"
SECOND_LOCK = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON {table} USING ({condition});
"""
OWN = "site_id = NULLIF(NULLIF(current_setting('lychgate.site', true), '*'), '')::uuid OR "
EVERYBODY = "current_setting('lychgate.site', true) = '*'"


def upgrade() -> None:
    """Go forward; what is there already stands alone, and is found by what arrives within a day."""
    _columns()
    _waves()
    _stances()
    _workplaces()
    if op.get_bind().dialect.name == "postgresql":
        conditions = dict.fromkeys(TABLES, OWN + EVERYBODY) | {"workplace": EVERYBODY}
        for table, condition in conditions.items():
            op.execute(SECOND_LOCK.format(table=table, condition=condition))


def _waves() -> None:
    op.create_table(
        "wave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("sketch", sa.BigInteger(), nullable=True),
        sa.Column("first", sa.Uuid(), nullable=False),
        sa.Column("latest", sa.Uuid(), nullable=False),
        sa.Column("worth", sa.Double(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_wave_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
    )
    for name, columns in {"latest": ["latest"], "first": ["first"], "worth": ["worth", "latest"]}.items():
        wanted = ["site_id", *columns]
        op.create_index(f"ix_wave_{name}", "wave", wanted, postgresql_where=WAITING, sqlite_where=WAITING)


def _stances() -> None:
    op.create_table(
        "stance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("unfinished", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_stance_site_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_stance_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stance")),
        sa.UniqueConstraint("wave_id", "number", name=op.f("uq_stance_wave_id_number")),
    )
    op.create_index("ix_stance_unfinished", "stance", ["id"], postgresql_where=UNFINISHED, sqlite_where=UNFINISHED)


def _workplaces() -> None:
    op.create_table(
        "workplace",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sort", sa.String(length=32), nullable=True),
        sa.Column("card", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sampled", sa.LargeBinary(), nullable=True),
        sa.Column("sampled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sample_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_workplace_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_workplace")),
    )
    op.create_index("ix_workplace_card", "workplace", ["card"])


def _columns() -> None:
    add_column("comment", sa.Column("wave", sa.Uuid(), nullable=True))
    add_column("comment", sa.Column("link_print", sa.LargeBinary(), nullable=True))
    add_column("decision", sa.Column("stance", sa.Uuid(), nullable=True))
    for name, (table, columns, where) in {
        "ix_comment_alone": ("comment", ["site_id", "status", "id"], ALONE),
        "ix_comment_alone_worth": ("comment", ["site_id", "worth", "id"], ALONE),
        "ix_comment_wave": ("comment", ["wave", "status", "id", "site_id"], ROLLING),
        "ix_comment_link": ("comment", ["site_id", "link_print", "received_at"], LINKED),
        "ix_decision_stance": ("decision", ["stance", "comment_id"], FOLLOWS),
    }.items():
        build_index(name, table, columns, where=where)


def downgrade() -> None:
    """Let every comment stand by itself, and forget what was before people."""
    op.drop_index("ix_decision_stance", "decision")
    for name in ("ix_comment_link", "ix_comment_wave", "ix_comment_alone_worth", "ix_comment_alone"):
        op.drop_index(name, "comment")
    op.drop_column("decision", "stance")
    op.drop_column("comment", "link_print")
    op.drop_column("comment", "wave")
    for table in ("workplace", "stance", "wave"):
        op.drop_table(table)
