"""Running who works at a site by key: listed, added, changed and invited, each site for itself."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from api import PUBLIC_URL, Api, app_over, new_key
from desk import PASSWORD, Moderator
from fakes.scorers import obedient
from makers import KEY, SECRET, World
from servers.command import lychgate

from moderation.domain.person import Role
from moderation.domain.scope import Scope
from moderation.services import people

USERS = "/v1/users"


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """An installation on SQLite, or on both databases where a test says so."""
    both = "database_url" in request.fixturenames
    url = request.getfixturevalue("database_url" if both else "sqlite_url")
    with closing(World.at(url, scorers=obedient(), public_url=PUBLIC_URL)) as world:
        yield world


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


def added(api: Api, name: str = "Ada", role: str = "moderator") -> dict[str, str]:
    """Add somebody, and give them as they are shown with their link."""
    made = api.post(USERS, {"name": name, "role": role})
    assert made.status_code == 201, made.text
    return dict(made.json)


def way_in(link: str) -> str:
    assert link.startswith(f"{PUBLIC_URL}/console/password/")
    return link.removeprefix(PUBLIC_URL)


def test_whoever_is_added_chooses_a_password_by_a_link_that_is_shown_once_and_good_once(world: World, api: Api) -> None:
    made = added(api)
    assert made["invited_until"]
    shown = api.get(f"{USERS}/{made['id']}").json
    assert shown == {name: value for name, value in made.items() if name != "invitation"}
    ada, link = Moderator(app_over(world)), way_in(made["invitation"])

    assert ada.signs_in("Ada").status_code == 200, "nobody has a password yet"
    assert "Ada" in ada.sees(link).text
    assert ada.sends(link, {"password": "short"}, on=link).status_code == 422
    assert ada.sends(link, {"password": PASSWORD}, on=link).status_code == 303
    assert ada.sees(link).status_code == 404
    assert ada.signs_in("Ada").status_code == 302
    assert api.get(f"{USERS}/{made['id']}").json["invited_until"] is None


def test_the_language_of_whoever_is_added_may_be_said(world: World, api: Api) -> None:
    api.post(USERS, {"name": "Ada", "role": "moderator", "language": "fr"})
    added(api, "Bert")
    refused = api.post(USERS, {"name": "Cleo", "role": "moderator", "language": "xx"})

    assert [people.by_name(world.deps, name).language for name in ("Ada", "Bert")] == ["fr", None]
    assert [(fault["pointer"], fault["code"]) for fault in refused.json["errors"]] == [("/language", "not-a-choice")]


def test_the_language_of_somebody_may_be_said_at_the_command_line(world: World) -> None:
    values = {"DATABASE_URL": world.settings.database_url, "SECRET_KEY": SECRET, "ENCRYPTION_KEYS": KEY}
    env = {f"LYCHGATE_{name}": value for name, value in values.items()} | {"LYCHGATE_PUBLIC_URL": PUBLIC_URL}
    calls = [
        ("add", "Ada", "--site", "News", "--language", "de"),
        ("invite", "Bert", "--site", "News", "--language", "fr"),
        ("invite", "Ada", "--language", "es"),
    ]

    spoken = []
    for verb, name, *words in calls:
        done = lychgate("user", verb, name, *words, **env)
        assert done.returncode == 0, done.stderr
        spoken.append(people.by_name(world.deps, name).language)
    assert spoken == ["de", "fr", "es"]


@pytest.mark.usefixtures("database_url")
def test_the_list_is_of_the_keys_own_site_and_says_what_somebody_is_there(world: World, api: Api) -> None:
    other = api.elsewhere()
    added(api), added(other, "Bert", "owner")
    both = people.by_name(world.deps, "Bert")
    people.set_role(world.deps, both, world.site.id, Role.SENIOR)

    ours, theirs = (each.get(USERS).json["items"] for each in (api, other))

    assert [(item["name"], item["role"]) for item in ours] == [("Ada", "moderator"), ("Bert", "senior")]
    assert [(item["name"], item["role"]) for item in theirs] == [("Bert", "owner")]


@pytest.mark.usefixtures("database_url")
def test_a_role_is_changed_and_taken_at_the_keys_own_site_alone(world: World, api: Api) -> None:
    other, ada = api.elsewhere(), added(api)["id"]
    people.set_role(world.deps, people.by_name(world.deps, "Ada"), other.site.id, Role.SENIOR)

    assert api.call("PATCH", f"{USERS}/{ada}", json={"role": "senior"}).json["role"] == "senior"
    assert api.call("PATCH", f"{USERS}/{ada}", json={"role": None}).json["role"] is None
    assert api.get(f"{USERS}/{ada}").status_code == 404
    assert other.get(f"{USERS}/{ada}").json["role"] == "senior"


def test_whoever_works_elsewhere_too_is_neither_disabled_nor_invited_by_one_site(world: World, api: Api) -> None:
    other, ada = api.elsewhere(), added(api)["id"]
    people.set_role(world.deps, people.by_name(world.deps, "Ada"), other.site.id, Role.OWNER)

    refused = [
        api.call("PATCH", f"{USERS}/{ada}", json={"disabled": True, "role": "senior"}),
        api.post(f"{USERS}/{ada}/invitation"),
    ]

    assert [answer.json["type"] for answer in refused] == ["/docs/problems#works-elsewhere"] * 2
    assert api.get(f"{USERS}/{ada}").json["role"] == "moderator"
    assert people.by_name(world.deps, "Ada").active


@pytest.mark.usefixtures("database_url")
def test_who_is_disabled_is_let_in_no_more_and_then_again(world: World, api: Api) -> None:
    made = added(api)
    assert api.call("PATCH", f"{USERS}/{made['id']}", json={"disabled": True}).json["disabled"] is True
    assert Moderator(app_over(world)).sees(way_in(made["invitation"])).status_code == 404
    assert api.post(f"{USERS}/{made['id']}/invitation").json["type"] == "/docs/problems#disabled"

    assert api.call("PATCH", f"{USERS}/{made['id']}", json={"disabled": False}).json["disabled"] is False
    again = api.post(f"{USERS}/{made['id']}/invitation")
    assert again.status_code == 201
    assert Moderator(app_over(world)).sees(way_in(again.json["invitation"])).status_code == 200


@pytest.mark.usefixtures("database_url")
def test_a_site_keeps_an_owner(api: Api) -> None:
    only = added(api, "Olga", "owner")["id"]
    for choice in ({"role": "senior"}, {"role": None}, {"disabled": True}):
        refused = api.call("PATCH", f"{USERS}/{only}", json=choice)
        assert refused.json["type"] == "/docs/problems#last-owner"

    added(api, "Otto", "owner")
    assert api.call("PATCH", f"{USERS}/{only}", json={"role": "senior"}).status_code == 200


def test_a_key_that_may_not_read_addresses_lets_nobody_be_who_may(world: World, api: Api) -> None:
    olga = added(api, "Olga", "owner")["id"]
    weaker = new_key(world, world.site, [Scope.ADMIN])
    ada = added(api)["id"]

    refused = [
        api.post(USERS, {"name": "Eve", "role": "senior"}, secret=weaker),
        api.call("PATCH", f"{USERS}/{ada}", json={"role": "owner"}, secret=weaker),
        api.post(f"{USERS}/{olga}/invitation", secret=weaker),
    ]

    assert [answer.json["errors"][0]["code"] for answer in refused] == ["role-not-held"] * 3
    assert api.post(f"{USERS}/{ada}/invitation", secret=weaker).status_code == 201


def test_what_none_can_have_is_named_at_once(api: Api) -> None:
    added(api)

    wrong = api.post(USERS, {"name": " ", "role": "king", "email": "nobody"})
    taken = api.post(USERS, {"name": "ADA", "role": "moderator"})

    assert {fault["pointer"] for fault in wrong.json["errors"]} == {"/name", "/role", "/email"}
    assert "nobody" not in wrong.text
    assert taken.json["type"] == "/docs/problems#name-taken"


def test_an_address_is_in_no_answer_and_nowhere_in_the_database(world: World, api: Api) -> None:
    made = api.post(USERS, {"name": "Ada", "role": "moderator", "email": "ada.particular@example.com"})
    listed = api.get(USERS)

    with world.deps.reading(None) as uow:
        stored = str(uow.connection.exec_driver_sql("SELECT * FROM person").all())  # type: ignore[attr-defined]
    assert not [text for text in (made.text, listed.text, stored) if "particular" in text or "***" in text]
