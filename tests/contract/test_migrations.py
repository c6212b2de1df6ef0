"""Migrations and models are the same tables, on every database, forwards and backwards, with data in them."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from fakes.scorers import obedient
from makers import KEY, SECRET, World, remember
from servers.postgres import Postgres
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from moderation.adapters.db import migrate
from moderation.adapters.db.models import SHARED_TABLES, TENANT_TABLES, Base
from moderation.domain.comment import Status
from moderation.domain.edition import Edition
from moderation.domain.person import Role
from moderation.domain.scope import Scope
from moderation.services import editions, erasing, feeds, flags, invitations, keys, people, review
from moderation.services.review import Moderator

LONG = "A calm and friendly remark about the harvest, long enough to be found again by what it is like."
HEAD = migrate.newest() or ""


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def tables(url: str) -> set[str]:
    with opened(url) as connection:
        found = set(inspect(connection).get_table_names()) - {"alembic_version"}
    return {name for name in found if not name.startswith("wording_fts")}


def fill(world: World) -> None:
    """Put a row into every table there is."""
    comment, waiting = world.has(LONG), world.receives("SPAM, not judged yet.")
    key, _ = keys.create(world.deps, world.site.id, name="test", scopes=[Scope.MODERATE])
    flags.flag(world.deps, comment.site_id, comment.id, reason="spam", address="203.0.113.77")
    review.reveal(world.deps, Moderator(world.site.id, key.id), comment.id, "She asked for it.")
    remember(world, comment)
    person, _ = people.create(world.deps, name="Ada", roles={world.site.id: Role.OWNER})
    people.sign_in(world.deps, person, "Firefox/150.0")
    world.holds_key(person)
    invitations.invite(world.deps, person)
    world.wishes(person)
    world.follows(comment)
    world.knows(person, comment)
    world.rolls(person)
    world.appeals()
    feeds.make(world.deps, person, world.site.id)
    erasing.ask(world.deps, world.site.id, [b"somebody"])
    editions.keep(world.deps, Edition.of(b"a script", b"{}"))
    world.pings()
    world.counts()
    world.words()
    assert world.status_of(waiting) is Status.PENDING


def test_models_and_migrations_are_the_same(database_url: str) -> None:
    assert migrate.differences(database_url) == []
    assert migrate.current(database_url) == migrate.newest()
    assert tables(database_url) == set(Base.metadata.tables)


def test_a_table_or_column_that_no_migration_made_is_told(database_url: str) -> None:
    with opened(database_url) as connection:
        connection.execute(text("ALTER TABLE site ADD COLUMN motto TEXT"))
        connection.execute(text("DROP INDEX ix_comment_echo"))
        connection.commit()

    found = "\n".join(migrate.differences(database_url))
    assert "motto" in found
    assert "ix_comment_echo" in found


def test_a_database_goes_back_and_forth_with_data_in_it(world: World, database_url: str) -> None:
    fill(world)
    with world.deps.reading(None) as uow:
        for table in (*TENANT_TABLES, *SHARED_TABLES):
            assert uow.connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() > 0, table  # noqa: S608
    world.close()

    migrate.downgrade(database_url, "base")
    assert (migrate.current(database_url), tables(database_url)) == (None, set())

    with closing(World.at(database_url, scorers=obedient())) as again:
        assert migrate.differences(database_url) == []
        assert again.status_of(again.has()) is Status.APPROVED


def test_feeds_of_who_works_there_no_more_end_with_the_upgrade(world: World, database_url: str) -> None:
    site = world.site.id
    ada, bo, cy = (people.create(world.deps, name=name, roles={site: Role.OWNER})[0] for name in ("Ada", "Bo", "Cy"))
    for person in (ada, bo, cy):
        feeds.make(world.deps, person, site)
    migrate.downgrade(database_url, "0022")
    with world.deps.uow(None) as uow:
        uow.connection.execute(text("DELETE FROM role WHERE person_id = (SELECT id FROM person WHERE name = 'Ada')"))
        uow.connection.execute(text("UPDATE person SET active = false WHERE name = 'Bo'"))
        uow.commit()

    migrate.upgrade(database_url)

    assert [bool(feeds.made(world.deps, person)) for person in (ada, bo, cy)] == [False, False, True]


def test_upgrading_twice_changes_nothing(world: World, database_url: str) -> None:
    before = world.look(world.receives())

    migrate.upgrade(database_url)

    assert world.look(before) == before


def test_of_two_that_upgrade_at_once_one_does_it(postgres: Postgres) -> None:
    url = postgres.fresh_database()
    failures: list[Exception] = []
    together = threading.Barrier(4)

    def upgrade() -> None:
        together.wait()
        try:
            migrate.upgrade(url)
        except Exception as error:  # noqa: BLE001 (whatever it is, the test must hear of it)
            failures.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failures == []
    assert migrate.differences(url) == []
    postgres.drop(url)


def lychgate(database_url: str, *words: str) -> tuple[int, str]:
    """Run a command on a database, as an operator does; give its exit code and what it printed."""
    env = {"LYCHGATE_DATABASE_URL": database_url, "LYCHGATE_SECRET_KEY": SECRET, "LYCHGATE_ENCRYPTION_KEYS": KEY}
    argv = [sys.executable, "-m", "moderation.cli", *words]
    ended = subprocess.run(argv, env=os.environ | env, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout


def test_the_command_line_agrees(database_url: str) -> None:
    assert lychgate(database_url, "db", "check") == (0, "")
    assert lychgate(database_url, "db", "current")[1].split() == ["current", HEAD, "wanted", HEAD]

    with opened(database_url) as connection:
        connection.execute(text("ALTER TABLE site ADD COLUMN motto TEXT"))
        connection.commit()

    code, said = lychgate(database_url, "db", "check")
    assert code == 1
    assert "motto" in said


def test_every_table_belongs_to_a_site_or_to_the_whole_installation() -> None:
    assert {*TENANT_TABLES, *SHARED_TABLES} == set(Base.metadata.tables)
    for name in TENANT_TABLES:
        assert name == "site" or not Base.metadata.tables[name].c.site_id.nullable
    for name in SHARED_TABLES:
        assert "site_id" not in Base.metadata.tables[name].c


LOCKED = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
       (SELECT count(*) FROM pg_policy AS p WHERE p.polrelid = c.oid)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
"""


def test_every_table_is_under_the_second_lock(postgres_url: str) -> None:
    with opened(postgres_url) as connection:
        found = {name: tuple(facts) for name, *facts in connection.execute(text(LOCKED))}

    assert found == dict.fromkeys(Base.metadata.tables, (True, True, 1))
