"""Two sites in one installation: on PostgreSQL the rows themselves are locked, whoever asks and however."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
import pytest
from api import Api
from fakes.scorers import obedient
from makers import World, remember
from psycopg import sql
from sqlalchemy import event, make_url
from sqlalchemy.engine import Engine

from moderation.adapters.db.models import SHARED_TABLES, TENANT_TABLES
from moderation.domain.comment import Comment
from moderation.domain.edition import Edition
from moderation.domain.person import Role
from moderation.services import editions, erasing, feeds, flags, invitations, keys, people, review, wording
from moderation.services.review import Moderator

EVERYWHERE: Final = "*"


@pytest.fixture
def world(postgres_url: str) -> Iterator[World]:
    with closing(World.at(postgres_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def sites(world: World) -> tuple[Api, Api]:
    """Two sites, each with a row in every table."""
    ours = Api.over(world)
    theirs = ours.elsewhere()
    for api in (ours, theirs):
        fill(api)
    for api in (ours, theirs):
        replace(world, site=api.site).receives("Not judged yet.", idempotency_key="the same on both")
    return ours, theirs


def fill(api: Api) -> None:
    world = replace(api.world, site=api.site)
    comment = world.has(
        "Lovely photos! The harvest of this year looks as good as that of any other that I can think of."
    )
    flags.flag(world.deps, comment.site_id, comment.id, reason="spam", address="203.0.113.77")
    review.reveal(world.deps, Moderator(api.site.id, uuid4()), comment.id, "She asked for it.")
    remember(world, comment)
    person, _ = people.create(world.deps, name=f"Ada of {api.site.name}", roles={api.site.id: Role.OWNER})
    people.sign_in(world.deps, person, "Firefox/150.0")
    world.holds_key(person)
    invitations.invite(world.deps, person)
    world.wishes(person)
    world.follows(comment)
    world.knows(person, comment)
    world.rolls(person)
    world.appeals()
    feeds.make(world.deps, person, api.site.id)
    erasing.ask(world.deps, api.site.id, [b"somebody"])
    editions.keep(world.deps, Edition.of(api.site.key.encode(), b"{}"))
    world.pings()
    world.counts()
    world.events()
    wording.fill(world.deps)


@contextmanager
def raw(world: World, site: object = None) -> Iterator[psycopg.Connection[Any]]:
    """Connect past all our code, as the application's own role; say which site, or nothing."""
    address = make_url(world.settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        if site is not None:
            connection.execute("SELECT set_config('lychgate.site', %s, false)", [str(site)])
        yield connection


def rows(connection: psycopg.Connection[Any], table: str) -> set[UUID]:
    """Name the sites whose rows can be seen."""
    column = "id" if table == "site" else "site_id"
    found = connection.execute(sql.SQL("SELECT {} FROM {}").format(sql.Identifier(column), sql.Identifier(table)))
    return {row[0] for row in found}


def test_the_role_is_an_ordinary_one_that_owns_the_tables(world: World) -> None:
    with raw(world) as connection:
        role = connection.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        owners = connection.execute("SELECT DISTINCT tableowner = current_user FROM pg_tables WHERE tablename = 'site'")

        assert role.fetchall() == [(False, False)]
        assert owners.fetchall() == [(True,)], "FORCE matters: the owner is locked out too"


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_raw_sql_sees_no_row_unless_it_says_whose(world: World, sites: tuple[Api, Api], table: str) -> None:
    ours, theirs = (api.site.id for api in sites)

    with raw(world) as nobody:
        assert rows(nobody, table) == set()
    for own in (ours, theirs):
        with raw(world, own) as connection:
            assert rows(connection, table) == {own}
    with raw(world, uuid4()) as stranger:
        assert rows(stranger, table) == set()
    with raw(world, "") as empty:
        assert rows(empty, table) == set()
    with raw(world, EVERYWHERE) as worker:
        assert rows(worker, table) == {ours, theirs}


@pytest.mark.parametrize("table", [table for table in TENANT_TABLES if table != "site"])
def test_raw_sql_can_neither_put_nor_move_a_row_into_another_site(
    world: World, sites: tuple[Api, Api], table: str
) -> None:
    ours, theirs = (api.site.id for api in sites)
    name = sql.Identifier(table)

    with raw(world, ours) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(sql.SQL("UPDATE {} SET site_id = %s").format(name), [theirs])
    with raw(world, ours) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(COPIED_INTO.format(table=name, names=_names(connection, table)), [theirs])
    with raw(world, ours) as connection:
        touched = connection.execute(sql.SQL("DELETE FROM {} WHERE site_id = %s").format(name), [theirs])
        assert touched.rowcount == 0


@pytest.mark.parametrize("table", SHARED_TABLES)
def test_raw_sql_for_a_site_sees_nobody_who_signs_in(world: World, sites: tuple[Api, Api], table: str) -> None:
    counted = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))

    for site in (None, "", *(api.site.id for api in sites)):
        with raw(world, site) as connection:
            assert connection.execute(counted).fetchone() == (0,)
    with raw(world, EVERYWHERE) as connection:
        assert connection.execute(counted).fetchone() == (1 if table == "bookmark" else 2,)  # It is nobody's.


COPIED_INTO: Final = sql.SQL("INSERT INTO {table} SELECT {names} FROM {table}")


def _names(connection: psycopg.Connection[Any], table: str) -> sql.Composed:
    """Give a table's columns with another site in place of its own."""
    wanted = sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(table))
    columns = [column.name for column in connection.execute(wanted).description or ()]
    return sql.SQL(", ").join(sql.SQL("%s") if name == "site_id" else sql.Identifier(name) for name in columns)


def test_a_site_can_be_neither_seen_nor_made_by_another(world: World, sites: tuple[Api, Api]) -> None:
    ours, theirs = sites
    with raw(world, ours.site.id) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(
            "INSERT INTO site (id, key, name, origins, required, policy, created_at) "
            "VALUES (%s, 'pk_x', 'x', '[]', '[]', '', now())",
            [uuid4()],
        )
    with raw(world, ours.site.id) as connection:
        assert connection.execute("UPDATE site SET name = 'x' WHERE id = %s", [theirs.site.id]).rowcount == 0


@pytest.mark.parametrize("statement", ["ALTER ROLE CURRENT_USER BYPASSRLS", "SET ROLE postgres"])
def test_the_role_cannot_let_itself_past(world: World, statement: str) -> None:
    with raw(world) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


class Statements:
    """Everything that the application says to the database, transaction by transaction."""

    def __init__(self) -> None:
        self.transactions: list[list[tuple[str, Any]]] = []

    @contextmanager
    def heard(self) -> Iterator[None]:
        event.listen(Engine, "begin", self._begin)
        event.listen(Engine, "before_cursor_execute", self._execute)
        try:
            yield
        finally:
            event.remove(Engine, "begin", self._begin)
            event.remove(Engine, "before_cursor_execute", self._execute)

    def _begin(self, _connection: object) -> None:
        self.transactions.append([])

    def _execute(self, _connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        self.transactions[-1].append((statement, parameters))

    def settings(self) -> list[str]:
        """Give what each transaction said first about its site."""
        found = []
        for transaction in self.transactions:
            statement, parameters = transaction[0]
            assert statement.startswith("SELECT set_config('lychgate.site'"), statement
            assert "true)" in statement, "for this transaction alone"
            assert sum("set_config" in said for said, _ in transaction) == 1
            found.append(parameters["site"])
        return found


def calls(api: Api, comment: Comment) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give a call of every kind of caller."""
    pk, own = api.site.key, {"Authorization": f"Receipt {api.world.deps.seals.receipt(comment.id)}"}
    reply = {"thread": "article-2", "name": "Ann", "email": "ann@example.com", "text": "Hello."}
    yield "GET", f"/v1/sites/{pk}/comments?thread=article-1", {"secret": None}
    yield "GET", f"/v1/sites/{pk}/comments", {"secret": None}
    yield "GET", f"/v1/sites/{pk}/counts?thread=article-1", {"secret": None}
    yield "POST", f"/v1/sites/{pk}/comments", {"secret": None, "json": reply}
    yield "GET", f"/v1/comments/{comment.id}", {"secret": None, "headers": own}
    yield "PATCH", f"/v1/comments/{comment.id}", {"secret": None, "headers": own, "json": {"text": "Hello, again."}}
    yield "GET", "/v1/moderation/comments", {}
    yield "GET", f"/v1/moderation/comments/{comment.id}", {}
    yield "GET", f"/v1/moderation/comments/{comment.id}/author", {}
    yield "POST", f"/v1/moderation/comments/{comment.id}/email", {"json": {"reason": "She asked."}}
    yield "GET", "/v1/events", {}
    yield "GET", f"/v1/sites/{api.site.id}", {}
    yield "GET", f"/v1/sites/{api.site.id}/threads", {}
    yield "GET", "/v1/keys", {}
    yield "DELETE", f"/v1/comments/{comment.id}", {"secret": None, "headers": own}


def test_every_transaction_says_first_whose_it_is(world: World, sites: tuple[Api, Api]) -> None:
    ours, theirs = sites
    comment = world.has("Something of our own.")
    said = Statements()

    with said.heard():
        for method, path, options in calls(ours, comment):
            answer = ours.call(method, path, **options)
            assert answer.status_code < 300, f"{method} {path}: {answer.text}"

    heard = said.settings()
    assert str(ours.site.id) in heard
    assert str(theirs.site.id) not in heard


def test_behind_a_key_only_the_keys_own_look_up_sees_every_site(world: World, sites: tuple[Api, Api]) -> None:
    ours, _ = sites
    comment = world.has("Something of our own.")
    for method, path, options in calls(ours, comment):
        if "secret" in options:
            continue
        said = Statements()
        with said.heard():
            ours.call(method, path, **options)

        assert said.settings()[0] == EVERYWHERE, "a key is found before its site is known"
        wide = [part for part in said.transactions if part[0][1]["site"] == EVERYWHERE]
        assert [statement for part in wide for statement, _ in part[1:] if "FROM api_key" not in statement] == []


def test_a_key_of_one_site_is_no_key_of_another(sites: tuple[Api, Api]) -> None:
    ours, theirs = sites
    found = keys.recognise(ours.world.deps, theirs.secret)

    assert found is not None
    assert found.site_id == theirs.site.id
    assert ours.get(f"/v1/sites/{ours.site.id}", secret=theirs.secret).status_code == 404


def test_the_same_page_and_key_on_two_sites_are_two(sites: tuple[Api, Api]) -> None:
    listed = [api.get(f"/v1/sites/{api.site.key}/comments?thread=article-1", secret=None).json for api in sites]

    assert [len(page["items"]) for page in listed] == [1, 1]
    assert listed[0]["items"][0]["id"] != listed[1]["items"][0]["id"]
