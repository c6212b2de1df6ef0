"""Comments are found by their words, and what readers flagged by its site."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from moderation.adapters.db.indexing import build_index

revision = "0021"
down_revision = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

EVERYBODY = "current_setting('lychgate.site', true) = '*'"
OWN = f"site_id = NULLIF(NULLIF(current_setting('lychgate.site', true), '*'), '')::uuid OR {EVERYBODY}"
SOUGHT = "words @@ coalesce(nullif(current_setting('lychgate.sought', true), ''), '!¦¦')::tsquery"
"""What is looked for is a part of the policy: an index may only be asked for what comes before all else.

Without anything that is looked for, everything is let through that lacks a word which there is not.
"""
POLICIES = f"""
ALTER TABLE wording ENABLE ROW LEVEL SECURITY;
ALTER TABLE wording FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON wording USING (({OWN}) AND {SOUGHT}) WITH CHECK ({OWN});
ALTER TABLE bookmark ENABLE ROW LEVEL SECURITY;
ALTER TABLE bookmark FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON bookmark USING ({EVERYBODY});
ALTER TABLE wording ALTER COLUMN words SET STATISTICS 500;
CREATE INDEX ix_wording_words ON wording USING gin (words);
"""
FORGET = {
    "postgresql": """
CREATE FUNCTION lychgate_unworded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM wording WHERE comment_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER unworded AFTER UPDATE OF text, name ON comment FOR EACH ROW
WHEN (OLD.text <> NEW.text OR OLD.name <> NEW.name) EXECUTE FUNCTION lychgate_unworded();
""",
    "sqlite": """
CREATE TRIGGER comment_unworded AFTER UPDATE OF text, name ON comment
WHEN OLD.text <> NEW.text OR OLD.name <> NEW.name
BEGIN DELETE FROM wording WHERE comment_id = NEW.id; END
""",
}
"""Whoever changes or erases a text takes its words out of the index with it, whichever way they do it."""
FTS5 = (
    """CREATE VIRTUAL TABLE wording_fts
    USING fts5 (words, content = 'wording', content_rowid = 'position', tokenize = 'ascii')""",
    """CREATE TRIGGER wording_kept AFTER INSERT ON wording
    BEGIN INSERT INTO wording_fts (rowid, words) VALUES (NEW.position, NEW.words); END""",
    """CREATE TRIGGER wording_gone AFTER DELETE ON wording
    BEGIN INSERT INTO wording_fts (wording_fts, rowid, words) VALUES ('delete', OLD.position, OLD.words); END""",
)


def upgrade() -> None:
    """Go forward; what is there already becomes findable as workers follow the events from the first."""
    dialect = op.get_bind().dialect.name
    build_index("ix_flag_comment", "flag", ["site_id", "comment_id"])
    _tables()
    op.execute("INSERT INTO bookmark (name, position) VALUES ('wording', 0)")
    if dialect == "postgresql":
        op.execute(POLICIES)
    elif op.get_bind().exec_driver_sql("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'").scalar():
        for statement in FTS5:
            op.execute(statement)
    op.execute(FORGET[dialect])


def _tables() -> None:
    op.create_table(
        "wording",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_wording_comment_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_wording_site_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_wording")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_wording_comment_id")),
    )
    op.create_table(
        "bookmark",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_bookmark")),
    )


def downgrade() -> None:
    """Find nothing by its words any more."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER unworded ON comment")
        op.execute("DROP FUNCTION lychgate_unworded")
    else:
        op.execute("DROP TRIGGER comment_unworded")
        op.execute("DROP TABLE IF EXISTS wording_fts")
    op.drop_index("ix_flag_comment", "flag")
    op.drop_table("bookmark")
    op.drop_table("wording")
