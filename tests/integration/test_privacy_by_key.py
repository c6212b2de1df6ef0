"""By key a site shows people what it keeps about them and erases them, and no other site's."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from api import Api, new_key
from fakes.scorers import obedient
from makers import World

from moderation.domain.audit import Act, Doer
from moderation.domain.comment import Status
from moderation.domain.scope import Scope
from moderation.services import audit, erasing

ANN = {"email": "ann@example.com"}


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


def path(api: Api, what: str) -> str:
    return f"/v1/sites/{api.site.id}/privacy/{what}"


def test_a_server_shows_and_erases_somebody_of_its_site(world: World, api: Api) -> None:
    comment, other = world.has(**ANN), world.has()

    shown = api.post(path(api, "export"), ANN)
    assert [one["id"] for one in shown.json["sites"][0]["comments"]] == [str(comment.id)]
    assert shown.headers["Cache-Control"] == "no-store"

    asked = api.post(path(api, "erasures"), ANN)
    (wish,) = asked.json["items"]
    assert (asked.status_code, wish["finished_at"], wish["keep_bans"]) == (202, None, False)
    assert world.status_of(comment) is Status.APPROVED, "workers do it"
    while erasing.carry_on(world.deps):
        pass

    assert world.look(comment).text == ""
    assert world.look(other) == other
    (done,) = api.get(path(api, "erasures")).json["items"]
    assert (done["id"], done["finished_at"] is None) == (wish["id"], False)
    assert ANN["email"] not in str(done)
    rows = audit.trail(world.deps, [api.site.id], {"acts": (Act.AUTHOR_EXPORTED, Act.AUTHOR_ERASED)}).rows
    assert [(row["act"], row["by"]) for row in rows] == [(Act.AUTHOR_ERASED, Doer.KEY), (Act.AUTHOR_EXPORTED, Doer.KEY)]


def test_the_answer_is_alike_for_whom_nobody_knows(world: World, api: Api) -> None:
    world.has(**ANN)
    known, unknown = (
        api.post(path(api, "erasures"), {"email": f"{who}@example.com"}).json for who in ("ann", "nobody")
    )

    assert [wish.keys() for wish in known["items"]] == [wish.keys() for wish in unknown["items"]]


def test_a_key_without_the_scope_and_another_sites_find_nothing(world: World, api: Api) -> None:
    comment = world.has(**ANN)
    without = new_key(world, api.site, [scope for scope in Scope if scope is not Scope.PRIVACY])
    other = api.elsewhere()

    for secret in (without, other.secret):
        assert api.post(path(api, "export"), ANN, secret=secret).status_code == 404
        assert api.post(path(api, "erasures"), ANN, secret=secret).status_code == 404
        assert api.get(path(api, "erasures"), secret=secret).status_code == 404
    assert api.post(path(api, "export"), ANN, secret=None).status_code == 401
    assert other.post(path(other, "export"), ANN).json["sites"][0]["comments"] == []
    assert other.post(path(other, "erasures"), ANN).status_code == 202
    while erasing.carry_on(world.deps):
        pass
    assert world.look(comment) == comment


@pytest.mark.parametrize("sent", [{}, {"email": "ann@example.com", "member": "42"}, {"email": "ann at example"}])
def test_whom_is_said_in_one_way(api: Api, sent: dict[str, str]) -> None:
    for what in ("export", "erasures"):
        refused = api.post(path(api, what), sent)
        assert refused.status_code == 422
        assert "ann at" not in refused.text


def test_only_a_key_that_may_do_it_gives_it_to_another(world: World, api: Api) -> None:
    admin = new_key(world, api.site, [Scope.ADMIN])

    refused = api.post("/v1/keys", {"name": "more", "scopes": ["privacy"]}, secret=admin)

    assert [fault["code"] for fault in refused.json["errors"]] == ["scope-not-held"]
