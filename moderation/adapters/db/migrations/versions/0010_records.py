"""Decisions are links of a record, and policies are kept under their hash."""

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
    policy = _policies()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(SECOND_LOCK.format(table="policy"))
        op.execute("SELECT set_config('lychgate.site', '*', true)")
    _keep_todays(policy)


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
    """Forget the records; the decisions stay."""
    op.drop_table("policy")
    op.drop_column("decision", "evidence")
    for table, columns in LINKED.items():
        for column in columns:
            op.drop_column(table, column)
