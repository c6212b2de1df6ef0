"""`lychgate doctor` and `verify` where something is not sound: it is named, alone, and the exit code says so too."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from fakes.scorers import obedient
from makers import KEY, SECRET, World
from psycopg import sql
from servers.command import lychgate
from servers.postgres import OwnPostgres
from servers.valkey import Broker, free_port
from sqlalchemy import make_url, text

from moderation.adapters.db import chains, heads, migrate
from moderation.adapters.db.verification import PROMISES
from moderation.cli.soundness import verify


@pytest.fixture(scope="module")
def careful() -> Iterator[OwnPostgres]:
    """A PostgreSQL that is set up as it should be."""
    with closing(OwnPostgres.started(fsync=True)) as server:
        yield server


@pytest.fixture
def careful_url(careful: OwnPostgres) -> Iterator[str]:
    url = careful.fresh_database()
    yield url
    careful.drop(url)


@pytest.fixture
def facts(tmp_path: Path, valkey: Broker) -> Callable[..., Any]:
    """Give what a command tells programs about an installation on this database."""

    def tell(verb: str, database_url: str, *words: str, code: int, broker_url: str = valkey.url) -> Any:
        where = {"LYCHGATE_DATABASE_URL": database_url, "LYCHGATE_BROKER_URL": broker_url}
        secrets = {"LYCHGATE_SECRET_KEY": SECRET, "LYCHGATE_ENCRYPTION_KEYS": KEY}
        done = lychgate(verb, "--json", *words, folder=tmp_path, **where, **secrets)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)

    return tell


def unsound(found: list[dict[str, Any]]) -> set[str]:
    return {item["check"] for item in found if not item["sound"]}


def test_a_careful_installation_is_sound(facts: Callable[..., Any], careful_url: str) -> None:
    migrate.upgrade(careful_url)

    found = facts("doctor", careful_url, code=0)

    looked_at = {item["check"] for item in found}
    assert {"migrations", "database", "fsync", "synchronous_commit", "row-level security", "clock"} <= looked_at
    assert {"broker", "backlog", "queue spam"} <= looked_at


def test_a_role_to_whom_row_level_security_says_nothing_is_named(
    facts: Callable[..., Any], careful: OwnPostgres, careful_url: str
) -> None:
    migrate.upgrade(careful_url)
    superuser = make_url(careful.admin_url).set(database=make_url(careful_url).database)

    found = facts("doctor", superuser.render_as_string(hide_password=False), code=1)

    assert unsound(found) == {"row-level security"}


@pytest.mark.parametrize("name", ["synchronous_commit", "full_page_writes"])
def test_what_makes_answers_before_they_are_on_the_disk_is_named(
    facts: Callable[..., Any], careful: OwnPostgres, careful_url: str, name: str
) -> None:
    migrate.upgrade(careful_url)
    _set(careful, sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
    try:
        found = facts("doctor", careful_url, code=1)
    finally:
        _set(careful, sql.SQL("ALTER SYSTEM RESET {}").format(sql.Identifier(name)))

    assert unsound(found) == {name}


def test_a_server_that_does_not_wait_for_the_disk_is_named(facts: Callable[..., Any]) -> None:
    with closing(OwnPostgres.started(fsync=False)) as hasty:
        migrate.upgrade(url := hasty.fresh_database())

        assert unsound(facts("doctor", url, code=1)) == {"fsync"}


def _set(server: OwnPostgres, statement: sql.Composed) -> None:
    server.administer(statement)
    server.restart()


def test_a_database_without_its_tables_is_named(facts: Callable[..., Any], careful_url: str, tmp_path: Path) -> None:
    for url in (careful_url, f"sqlite:///{tmp_path}/empty.db"):
        found = facts("doctor", url, code=1)

        assert unsound(found) == {"migrations"}
        assert "lychgate db upgrade" in next(item["what"] for item in found if not item["sound"])


def test_a_broker_that_is_away_is_named(facts: Callable[..., Any], sqlite_url: str) -> None:
    found = facts("doctor", sqlite_url, code=1, broker_url=f"redis://127.0.0.1:{free_port()}/0")

    assert unsound(found) == {"broker"}


def test_a_database_that_is_away_is_named(facts: Callable[..., Any]) -> None:
    found = facts("doctor", f"postgresql+psycopg://a:b@127.0.0.1:{free_port()}/c", code=1)

    assert unsound(found) == {"database"}


BROKEN: Final = "threads count their public comments"


def test_a_broken_promise_is_told_with_who_breaks_it(
    facts: Callable[..., Any], database_url: str, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.jsonl"
    with closing(World.at(database_url, scorers=obedient())) as world:
        comment = world.has("Lovely photos!")
        world.events()
        assert {item["kept"] for item in facts("verify", database_url, "--keep", str(kept), code=0)} == {True}
        with world.deps.uow(None) as uow:
            uow.connection.execute(text("UPDATE thread SET approved = 7"))  # type: ignore[attr-defined]
            uow.commit()

    told = facts("verify", database_url, "--against", str(kept), code=1)

    assert {item["promise"]: item["broken_by"] for item in told} == {
        promise: [str(comment.thread_id)] if promise == BROKEN else []
        for promise in (*PROMISES, chains.PROMISE, heads.PROMISE)
    }
    assert json.loads(kept.read_text())["site"] == str(comment.site_id)


def test_a_file_that_was_not_kept_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("Something else.\n")

    done = CliRunner().invoke(verify, ["--against", str(tmp_path / "other.txt")])

    assert (done.exit_code, "`lychgate verify --keep`" in done.output) == (2, True)
