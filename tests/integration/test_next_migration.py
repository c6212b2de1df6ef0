"""A migration starts from the difference between models and tables, under the next number."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from moderation.adapters.db import migrate


def test_the_next_migration_holds_what_the_tables_lack(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = int(migrate.newest() or 0)
    copied = shutil.copytree(migrate.MIGRATIONS, tmp_path / "migrations")
    monkeypatch.setattr(migrate, "MIGRATIONS", copied)
    with create_engine(postgres_url, poolclass=NullPool).begin() as connection:
        connection.execute(text("DROP TABLE flag"))

    written = migrate.revise(postgres_url, "readers flag comments")

    assert written == copied / "versions" / f"{last + 1:04d}_readers_flag_comments.py"
    body = written.read_text()
    assert f"revision = '{last + 1:04d}'" in body
    assert f"down_revision = '{last:04d}'" in body
    assert "op.create_table('flag'" in body
    compile(body, str(written), "exec")
