"""The tests' own servers keep what they promise to the other tests."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from psycopg import sql
from redis.exceptions import TimeoutError as RedisTimeout
from servers.order import first_found, without_servers
from servers.postgres import OwnPostgres, Postgres
from servers.valkey import Broker, OwnBroker
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from moderation.embedded.process import CannotStart


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[OwnPostgres]:
    with closing(OwnPostgres.started()) as server:
        yield server


def test_every_test_gets_a_migrated_and_empty_database(database_url: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)

    with engine.begin() as connection:
        assert "comment" in inspect(connection).get_table_names()
        assert connection.scalar(text("SELECT count(*) FROM site")) == 0


def test_tests_speak_to_postgresql_as_an_ordinary_role(postgres_url: str) -> None:
    engine = create_engine(postgres_url, poolclass=NullPool)

    with engine.begin() as connection:
        assert (
            connection.scalar(text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"))
            is False
        )
        assert connection.scalar(
            text("SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = current_database()")
        )


def test_a_dropped_database_is_gone_even_while_somebody_is_connected(postgres: Postgres) -> None:
    url = postgres.fresh_database()
    engine = create_engine(url, poolclass=NullPool)

    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        postgres.drop(url)
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT 1"))


def test_what_was_committed_before_a_crash_is_there_after_it(own_postgres: OwnPostgres) -> None:
    engine = create_engine(own_postgres.fresh_database(), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (n int)"))
        connection.execute(text("INSERT INTO kept VALUES (1)"))

    own_postgres.crash()
    with pytest.raises(OperationalError):
        engine.connect()
    own_postgres.restart()

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT n FROM kept")) == 1


def test_the_administrator_may_what_tests_may_not(own_postgres: OwnPostgres) -> None:
    own_postgres.administer(sql.SQL("ALTER SYSTEM SET log_min_messages = {}").format(sql.Literal("fatal")))


@pytest.mark.servers
def test_a_broker_that_was_killed_comes_back_empty_at_the_same_address() -> None:
    with closing(OwnBroker.started()) as broker:
        with broker.client() as client:
            client.set("bell", "rung")

        broker.kill()
        broker.restart()

        with broker.client() as client:
            assert client.dbsize() == 0


@pytest.mark.servers
def test_a_frozen_broker_answers_again_when_it_is_thawed() -> None:
    with closing(OwnBroker.started()) as broker:
        broker.freeze()
        with broker.client(patience=0.1) as client, pytest.raises(RedisTimeout):
            client.get("bell")

        broker.thaw()

        with broker.client() as client:
            assert client.get("bell") is None


def test_a_flushed_broker_holds_nothing(valkey: Broker) -> None:
    with valkey.client() as client:
        client.set("bell", "rung")
        valkey.flush()
        assert client.dbsize() == 0


@pytest.mark.servers
def test_without_a_server_a_test_fails_with_what_to_install() -> None:
    with pytest.raises(CannotStart, match="pip install"):
        first_found(lambda: None, lambda: None, otherwise="pip install something")


def test_a_test_that_does_not_say_so_starts_no_server() -> None:
    with without_servers("somebody's test"), pytest.raises(AssertionError, match="somebody's test"):
        first_found(lambda: Path("/bin/true"), lambda: None, otherwise="never")
