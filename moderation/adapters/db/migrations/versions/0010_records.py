"""Decisions are links of a record, policies are kept under their hash, and what is written down stays so."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
FIXED = {
    "decision": "id site_id comment_id version previous status previous_reasons reasons by actor_id undoes created_at "
    "evidence link",
    "reveal": "id site_id comment_id actor_id created_at by",
    "audit": "site_id id act by actor_id subject told created_at",
}
"""What nobody changes. What people wrote beside it may be erased, and nothing else be put in its place."""
WRITTEN = {"decision": ("note", "salt"), "reveal": ("reason",)}
FUNCTION = """
CREATE FUNCTION lychgate_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE erasable text[] := CASE TG_TABLE_NAME WHEN 'decision' THEN ARRAY['note', 'salt']
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
KEPT = """
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION lychgate_kept();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION lychgate_kept();
"""
LINKED = {"comment": ("salt",), "decision": ("salt", "link"), "event": ("link",)}
SECOND_LOCK = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON {table} USING (
    site_id = NULLIF(NULLIF(current_setting('lychgate.site', true), '*'), '')::uuid
    OR current_setting('lychgate.site', true) = '*'
);
"""


def upgrade() -> None:
    """Go forward; records begin with the next decision of each comment."""
    for table, columns in LINKED.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.LargeBinary(), nullable=True))
    op.add_column("decision", sa.Column("evidence", JSON, nullable=True))
    op.add_column("reveal", sa.Column("by", sa.String(length=32), server_default="key", nullable=False))
    policy = _policies()
    _audit()
    if op.get_bind().dialect.name == "postgresql":
        for table in ("policy", "audit"):
            op.execute(SECOND_LOCK.format(table=table))
        op.execute("SELECT set_config('lychgate.site', '*', true)")
    _keep_todays(policy)
    _keep_what_is_written()


def _policies() -> sa.Table:
    return op.create_table(
        "policy",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_policy_site_id")),
        sa.PrimaryKeyConstraint("site_id", "digest", name=op.f("pk_policy")),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("told", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_audit_site_id")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_created_at", "audit", ["created_at"])


def _keep_what_is_written() -> None:
    """Let the database refuse to change or remove it; what is older than a year may go, but for decisions."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FUNCTION)
        for table in FIXED:
            op.execute(KEPT.format(table=table))
        return
    for table, columns in FIXED.items():
        _refuse(table, "changed", f"UPDATE OF {', '.join(columns.split())}", "1")
        old = "OLD.created_at >= strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 year')"
        _refuse(table, "removed", "DELETE", "1" if table == "decision" else old)
    for table, erasable in WRITTEN.items():
        other = " OR ".join(f"coalesce(NEW.{name}, '') <> ''" for name in erasable)
        _refuse(table, "rewritten", f"UPDATE OF {', '.join(erasable)}", other)


def _refuse(table: str, how: str, doing: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{how} BEFORE {doing} ON {table} WHEN {when} "
        "BEGIN SELECT RAISE(ABORT, 'What is written down is neither changed nor removed.'); END"
    )


def _keep_todays(policy: sa.Table) -> None:
    """Keep the policy that each site has now."""
    site = sa.table("site", sa.column("id", sa.Uuid()), sa.column("policy", sa.String()))
    since = datetime.now(UTC)
    rows = [
        {"site_id": one.id, "digest": hashlib.sha256(one.policy.encode()).hexdigest(), "source": one.policy}
        for one in op.get_bind().execute(sa.select(site))
    ]
    if rows:
        op.bulk_insert(policy, [{**row, "since": since} for row in rows])


def downgrade() -> None:
    """Forget the records and the audit; the decisions stay."""
    _let_go()
    op.drop_table("audit")
    op.drop_table("policy")
    op.drop_column("reveal", "by")
    op.drop_column("decision", "evidence")
    for table, columns in LINKED.items():
        for column in columns:
            op.drop_column(table, column)


def _let_go() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in FIXED:
            op.execute(f"DROP TRIGGER kept ON {table}")
            op.execute(f"DROP TRIGGER kept_whole ON {table}")
        op.execute("DROP FUNCTION lychgate_kept")
        return
    for table in FIXED:
        op.execute(f"DROP TRIGGER {table}_changed")
        op.execute(f"DROP TRIGGER {table}_removed")
    for table in WRITTEN:
        op.execute(f"DROP TRIGGER {table}_rewritten")
