"""Rejections cite a house rule and may carry a note to the author; moderators choose how they read."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = ("house_rule", "rule_wording", "canned_note")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
UNRETIRED = sa.text("retired_at IS NULL")
SECOND_LOCK = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON {table} USING (
    site_id = NULLIF(NULLIF(current_setting('lychgate.site', true), '*'), '')::uuid
    OR current_setting('lychgate.site', true) = '*'
);
"""
KEPT = """
CREATE OR REPLACE FUNCTION lychgate_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE erasable text[] := CASE TG_TABLE_NAME WHEN 'decision' THEN ARRAY[{erasable}]
                                              WHEN 'reveal' THEN ARRAY['reason'] ELSE ARRAY[]::text[] END;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - erasable = to_jsonb(OLD) - erasable AND NOT EXISTS (
            SELECT 1 FROM unnest(erasable) AS name WHERE coalesce(to_jsonb(NEW) ->> name, '') <> ''
        ) THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        IF TG_TABLE_NAME <> 'decision' AND OLD.created_at < statement_timestamp() - interval '1 year' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'What is written down is neither changed nor removed.' USING ERRCODE = 'insufficient_privilege';
END $$;
"""
REWRITTEN = """
CREATE TRIGGER decision_rewritten BEFORE UPDATE OF {names} ON decision WHEN {refused}
BEGIN SELECT RAISE(ABORT, 'What is written down is neither changed nor removed.'); END
"""
BEFORE = ("note", "salt")
"""What people wrote in a decision, and may be erased; nothing else may be put in its place."""


def upgrade() -> None:
    """Go forward; no site has rules before it writes or takes over some."""
    _rules()
    op.create_table(
        "canned_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_canned_note_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_note")),
    )
    op.create_index("ix_canned_note_site_id", "canned_note", ["site_id"])
    for table in ("decision", "stance"):
        op.add_column(table, sa.Column("public_note", sa.String(), server_default="", nullable=False))
    op.add_column("stance", sa.Column("cites", JSON, nullable=True))
    op.add_column("event", sa.Column("rule", sa.String(length=64), nullable=True))
    _reading()
    _keep((*BEFORE, "public_note"))
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(SECOND_LOCK.format(table=table))


def _rules() -> None:
    op.create_table(
        "house_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_house_rule_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_rule")),
    )
    op.create_index(
        "ix_house_rule_code",
        "house_rule",
        ["site_id", "code"],
        unique=True,
        postgresql_where=UNRETIRED,
        sqlite_where=UNRETIRED,
    )
    op.create_table(
        "rule_wording",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("guidance", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["house_rule.id"], name=op.f("fk_rule_wording_rule_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_rule_wording_site_id")),
        sa.PrimaryKeyConstraint("rule_id", "version", name=op.f("pk_rule_wording")),
    )


def _reading() -> None:
    """Blur, space out and let swipe for everybody until they say otherwise."""
    for name in ("veiled", "swipes"):
        op.add_column("person", sa.Column(name, sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("person", sa.Column("spacing", sa.Integer(), server_default="3", nullable=False))


def _keep(erasable: Sequence[str]) -> None:
    """Let the database refuse to put anything else in the place of what people wrote in a decision."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(KEPT.format(erasable=", ".join(f"'{name}'" for name in erasable)))
        return
    op.execute("DROP TRIGGER decision_rewritten")
    refused = " OR ".join(f"coalesce(NEW.{name}, '') <> ''" for name in erasable)
    op.execute(REWRITTEN.format(names=", ".join(erasable), refused=refused))


def downgrade() -> None:
    """Go back; what was cited stands in the records still, and nobody can read its words any more."""
    _keep(BEFORE)
    for name in ("spacing", "swipes", "veiled"):
        op.drop_column("person", name)
    op.drop_column("event", "rule")
    op.drop_column("stance", "cites")
    for table in ("stance", "decision"):
        op.drop_column(table, "public_note")
    for table in reversed(TABLES):
        op.drop_table(table)
