"""A database that is worked with is brought forward a revision at a time: others go on, and so does what was killed."""

import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from fakes.scorers import obedient
from faults.waiting import until
from makers import KEY, SECRET, World
from servers.command import LYCHGATE, environment, lychgate
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from moderation.adapters.db import migrate
from moderation.domain.errors import Busy, TemporaryFailure

AGAIN = "trying again"
MEMBER = "ix_comment_member"
EVERYTHING = "SELECT set_config('lychgate.site', '*', false)"


@contextmanager
def at(url: str, level: str = "READ COMMITTED") -> Iterator[Connection]:
    """Be connected as the service is: whoever stands in line for more than five seconds is turned away."""
    options = {"options": "-c lock_timeout=5000"} if url.startswith("postgresql") else {}
    engine = create_engine(url, poolclass=NullPool, connect_args=options)
    with engine.connect() as connection:
        if url.startswith("postgresql"):
            connection.execution_options(isolation_level=level)
            connection.execute(text(EVERYTHING))
            connection.commit()
        yield connection


def rows(url: str) -> list[tuple[object, ...]]:
    with at(url) as connection:
        asked = "SELECT comment.id, text, decision.id FROM comment JOIN decision ON comment_id = comment.id"
        return sorted(map(tuple, connection.execute(text(asked))), key=str)


def settled_at(url: str, revision: str) -> list[tuple[object, ...]]:
    """Put comments and decisions there, go back to what a revision knew of them, and give what is left."""
    with closing(World.at(url, scorers=obedient())) as world:
        for number in range(3):
            world.has(f"Lovely photo number {number} of the harvest, which was calm and friendly this year.")
        world.receives("SPAM, not judged yet.")
    migrate.downgrade(url, revision)
    return rows(url)


def secrets(url: str) -> dict[str, str]:
    return {"LYCHGATE_DATABASE_URL": url, "LYCHGATE_SECRET_KEY": SECRET, "LYCHGATE_ENCRYPTION_KEYS": KEY}


def finish(url: str) -> str:
    """Give the same command again, and what it said."""
    done = lychgate("db", "upgrade", **secrets(url))
    assert done.returncode == 0, done.stderr
    return done.stderr


@contextmanager
def upgrading(url: str, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Start the command; whatever is left of it at the end is killed."""
    said = folder / "said"
    with said.open("wb") as messages:
        argv = [*LYCHGATE, "db", "upgrade"]
        process = subprocess.Popen(argv, env=environment(secrets(url)), stderr=messages, stdout=messages)
    try:
        yield process, said
    finally:
        process.kill()
        process.wait()


def ruins(url: str) -> list[str]:
    with at(url) as connection:
        asked = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
        return list(connection.execute(text(asked)).scalars())


def backends(url: str) -> int:
    """Count who else is connected."""
    with at(url) as connection:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return int(connection.execute(text(asked)).scalar_one())


def test_from_the_first_revision_to_the_last_with_rows_in_it(database_url: str) -> None:
    before = settled_at(database_url, "0001")
    assert len(before) == 3

    migrate.upgrade(database_url)

    assert rows(database_url) == before
    assert migrate.differences(database_url) == []
    assert migrate.current(database_url) == migrate.newest()


def test_a_table_that_others_hold_is_waited_for_and_nobody_stands_behind_for_long(postgres_url: str) -> None:
    before, heard = settled_at(postgres_url, "0003"), queue.SimpleQueue[str]()
    failures: list[Exception] = []

    def upgrade() -> None:
        try:
            migrate.upgrade(postgres_url, tell=heard.put)
        except Exception as error:  # noqa: BLE001 (whatever it is, the test must hear of it)
            failures.append(error)

    with at(postgres_url) as reader, at(postgres_url) as writer:
        reader.execute(text("SELECT count(*) FROM comment"))
        writer.execute(text("UPDATE comment SET name = 'Bo' WHERE status = 'approved'"))
        thread = threading.Thread(target=upgrade)
        thread.start()
        for _ in range(2):
            while AGAIN not in heard.get(timeout=60):
                pass
            with at(postgres_url) as other:
                assert other.execute(text("SELECT count(*) FROM comment")).scalar_one() == 4
                other.execute(text("UPDATE comment SET website = NULL WHERE status = 'pending'"))
                other.commit()
        assert migrate.current(postgres_url) == "0003"
        writer.commit()
    thread.join(60)

    assert failures == []
    assert migrate.current(postgres_url) == migrate.newest()
    assert rows(postgres_url) == before


def test_whoever_has_no_patience_is_told_to_come_back_and_what_was_done_stays(postgres_url: str) -> None:
    settled_at(postgres_url, "0002")

    with at(postgres_url) as reader:
        reader.execute(text("SELECT count(*) FROM comment"))
        with pytest.raises(Busy, match="quieter hour"):
            migrate.upgrade(postgres_url, patience=0)
        refused = lychgate("db", "upgrade", "--patience", "0", **secrets(postgres_url))

    assert (refused.returncode, "quieter hour" in refused.stderr) == (1, True)
    assert migrate.current(postgres_url) == "0003"


@pytest.mark.parametrize(("start", "reached"), [("0001", "0001"), ("0002", "0003")])
def test_what_was_killed_within_or_between_revisions_is_gone_on_with(
    postgres_url: str, tmp_path: Path, start: str, reached: str
) -> None:
    before = settled_at(postgres_url, start)

    with at(postgres_url) as reader:
        reader.execute(text("SELECT count(*) FROM comment"))
        with upgrading(postgres_url, tmp_path) as (process, said):
            until(lambda: AGAIN in said.read_text(), "it waits for the table")
            process.kill()
            process.wait()
        assert migrate.current(postgres_url) == reached

    told = finish(postgres_url)
    assert f"{int(reached) + 1:04d} (1 of " in told
    assert migrate.differences(postgres_url) == []
    assert rows(postgres_url) == before


def test_an_index_that_was_broken_off_is_built_anew(postgres_url: str, tmp_path: Path) -> None:
    settled_at(postgres_url, "0024")

    with at(postgres_url, "REPEATABLE READ") as reader:
        reader.execute(text("SELECT count(*) FROM site"))  # Whoever builds an index waits for all who read longer.
        with upgrading(postgres_url, tmp_path) as (process, _):
            until(lambda: ruins(postgres_url) == [MEMBER], "the index is being built")
            with at(postgres_url) as other:
                other.execute(text("UPDATE comment SET name = 'Bo' WHERE status = 'approved'"))
                other.commit()
            process.kill()
            process.wait()
        until(lambda: backends(postgres_url) == 1, "the server notices that the upgrade is gone")
        assert ruins(postgres_url) == [MEMBER]

    finish(postgres_url)
    assert ruins(postgres_url) == []
    assert migrate.differences(postgres_url) == []


def test_two_commands_at_once_both_end_well_while_an_index_waits(postgres_url: str, tmp_path: Path) -> None:
    settled_at(postgres_url, "0024")
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()

    with upgrading(postgres_url, folders[0]) as (one, first), upgrading(postgres_url, folders[1]) as (other, second):
        with at(postgres_url, "REPEATABLE READ") as reader:
            reader.execute(text("SELECT count(*) FROM site"))
            until(lambda: "waiting for them" in first.read_text() + second.read_text(), "one of them waits")
        assert [one.wait(60), other.wait(60)] == [0, 0]

    assert migrate.differences(postgres_url) == []


def test_on_sqlite_what_broke_off_never_began(sqlite_url: str) -> None:
    before = settled_at(sqlite_url, "0025")
    with at(sqlite_url) as connection:
        connection.execute(text("ALTER TABLE person ADD COLUMN keys"))  # In the way of a later revision.
        connection.commit()

    with pytest.raises(TemporaryFailure):
        migrate.upgrade(sqlite_url)

    assert migrate.current(sqlite_url) == "0025"
    with at(sqlite_url) as connection:
        assert "merged_into" not in {row.name for row in connection.execute(text("PRAGMA table_info(wave)"))}
        connection.execute(text("ALTER TABLE person DROP COLUMN keys"))
        connection.commit()
    finish(sqlite_url)
    assert (rows(sqlite_url), migrate.differences(sqlite_url)) == (before, [])
