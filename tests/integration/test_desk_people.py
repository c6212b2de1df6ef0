"""People at the desk, for owners: invited, given other roles, signed out, let in no more."""

import re
from collections.abc import Iterator
from contextlib import closing
from uuid import UUID

import pytest
from api import PUBLIC_URL, app_over
from desk import PASSWORD, Moderator, hires
from fakes.scorers import obedient
from makers import World
from servers.mail import Mailbox, mailbox

from moderation.domain.person import Role
from moderation.domain.site import Site
from moderation.services import invitations, people, sites

ROOM = "/console/people"
SECRET = re.compile(r'<code class="secret">([^<]+)</code>')


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as known:
        yield known


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    with closing(World.at(sqlite_url, scorers=obedient(), public_url=PUBLIC_URL)) as world:
        yield world


@pytest.fixture
def elsewhere(world: World) -> Site:
    return sites.create(world.deps, name="Elsewhere", origins=[], policy=world.deps.starting_policy("default"))


@pytest.fixture
def olga(world: World) -> Moderator:
    return Moderator.of(world, "Olga", {world.site.id: Role.OWNER})


def page_of(world: World, name: str) -> str:
    return f"{ROOM}/{people.by_name(world.deps, name).id}"


def role_of(world: World, name: str, site_id: UUID | None = None) -> Role | None:
    return people.by_name(world.deps, name).role_at(site_id or world.site.id)


def test_an_owner_invites_somebody_who_chooses_a_password_and_signs_in(world: World, olga: Moderator) -> None:
    typed = {"name": "Ada", "email": "ada@example.com", "role": "senior", "sites": str(world.site.id)}

    shown = olga.sends(ROOM, typed, on=ROOM).text
    link = SECRET.search(shown)
    assert link
    assert link[1] not in olga.sees(ROOM).text + olga.sees(page_of(world, "Ada")).text
    assert "a***@e***.com" in olga.sees(page_of(world, "Ada")).text
    ada, path = Moderator(app_over(world)), link[1].removeprefix(PUBLIC_URL)
    led = ada.sends(path, {"password": PASSWORD}, on=path)

    assert "Sign in as Ada." in ada.sees(led.headers["Location"]).text
    assert ada.signs_in("Ada").status_code == 302
    assert role_of(world, "Ada") is Role.SENIOR


def test_whoever_is_invited_in_a_language_finds_it_behind_the_link_and_at_the_desk(
    world: World, olga: Moderator
) -> None:
    typed = {"name": "Ada", "role": "moderator", "sites": str(world.site.id), "language": "de"}

    link = SECRET.search(olga.sends(ROOM, typed, on=ROOM).text)
    assert link
    ada, path = Moderator(app_over(world)), link[1].removeprefix(PUBLIC_URL)

    assert '<html lang="de"' in ada.sees(path).text
    assert '<html lang="de"' in ada.sends(path, {"password": "x"}, on=path).text
    ada.sends(path, {"password": PASSWORD}, on=path)
    ada.signs_in("Ada")
    assert '<html lang="de"' in ada.sees().text


def test_a_language_stays_chosen_where_something_else_is_wrong(world: World, olga: Moderator) -> None:
    refused = olga.sends(ROOM, {"name": "", "sites": str(world.site.id), "language": "fr"}, on=ROOM)

    assert refused.status_code == 422
    assert re.search(r'<option value="fr"\s+lang="fr"\s+selected', refused.text)


def test_where_mail_is_sent_the_link_goes_there_and_the_forgetful_ask_for_another(
    sqlite_url: str, box: Mailbox
) -> None:
    box.came.clear()
    mail = {"mail_server": box.server, "mail_from": "lychgate@news.example"}
    with closing(World.at(sqlite_url, scorers=obedient(), public_url=PUBLIC_URL, **mail)) as world:
        olga, stranger = Moderator.of(world, "Olga", {world.site.id: Role.OWNER}), Moderator(app_over(world))
        typed = {"name": "Ada", "email": "ada@example.com", "role": "moderator", "sites": str(world.site.id)}
        assert olga.sends(ROOM, typed, on=ROOM).status_code == 303
        assert "is on its way by mail" in olga.sees(page_of(world, "Ada")).text

        asked = [
            stranger.sends("/console/forgotten", {"email": email}, on="/console/forgotten")
            for email in ("ada@example.com", "nobody@example.com")
        ]
        while invitations.send(world.deps):
            pass

        assert asked[0].text == asked[1].text
        assert [mail["To"] for mail in box.came] == ["ada@example.com"] * 2
        refused = stranger.sends("/console/forgotten", {"email": "nobody"}, on="/console/forgotten")
        assert (refused.status_code, "nobody" in refused.text) == (422, False)
        assert olga.sends("/console/account/address", {"email": "olga@example.com"}).status_code == 303
        assert "o***@e***.com" in olga.sees("/console/account").text


def test_without_mail_the_forgetful_are_told_whom_to_ask(world: World) -> None:
    assert "Ask an owner" in Moderator(app_over(world)).sees("/console/forgotten").text


def test_what_none_can_be_is_said_beside_the_field(world: World, olga: Moderator) -> None:
    here = str(world.site.id)
    wrong = {"name": " ", "email": "nobody", "role": "king", "sites": here}

    answers = [
        olga.sends(ROOM, typed, on=ROOM)
        for typed in (wrong, {"name": "OLGA", "sites": here}, {"name": "Ada"}, {"name": "Ada", "sites": "elsewhere"})
    ]

    assert [answer.status_code for answer in answers] == [422, 409, 422, 422]
    assert [answer.text.count('aria-invalid="true"') for answer in answers] == [2, 1, 0, 0]
    assert [person.name for person in people.listed(world.deps)] == ["Olga"]


def test_roles_are_changed_at_ones_own_sites_and_one_owner_stays(
    world: World, elsewhere: Site, olga: Moderator
) -> None:
    ada = Moderator.of(world, "Ada", {world.site.id: Role.MODERATOR, elsewhere.id: Role.OWNER})
    page = page_of(world, "Ada")
    assert elsewhere.name not in olga.sees(page).text

    typed = {str(world.site.id): "senior", str(elsewhere.id): "moderator"}
    assert olga.sends(f"{page}/roles", typed, on=page).status_code == 303
    assert (role_of(world, "Ada"), role_of(world, "Ada", elsewhere.id)) == (Role.SENIOR, Role.OWNER)
    gone = olga.sends(f"{page}/roles", {str(world.site.id): ""}, on=page)
    assert gone.headers["Location"] == ROOM
    assert role_of(world, "Ada") is None
    assert ada.sees().status_code == 200, "elsewhere nothing has changed"

    own = page_of(world, "Olga")
    kept = olga.sends(f"{own}/roles", {str(world.site.id): "senior"}, on=own)
    assert (kept.status_code, role_of(world, "Olga")) == (409, Role.OWNER)
    assert "would have no owner" in kept.text


def test_somebody_is_signed_out_disabled_and_let_in_again(world: World, olga: Moderator) -> None:
    ada, page = Moderator.of(world, "Ada"), page_of(world, "Ada")
    session = re.search(r"/sessions/([0-9a-f-]+)/end", olga.sees(page).text)
    assert session

    assert olga.sends(f"{page}/sessions/{session[1]}/end", on=page).status_code == 303
    assert ada.sees().status_code == 303
    assert olga.sends(f"{page}/disabled", {"disabled": "yes"}, on=page).status_code == 303
    assert ada.signs_in("Ada").status_code == 200, "disabled"
    assert olga.sends(f"{page}/disabled", {"disabled": "no"}, on=page).status_code == 303
    assert ada.signs_in("Ada").status_code == 302
    own = page_of(world, "Olga")
    assert olga.sends(f"{own}/disabled", {"disabled": "yes"}, on=own).status_code == 409


def test_whoever_works_elsewhere_too_is_not_ones_own_to_let_in(world: World, elsewhere: Site, olga: Moderator) -> None:
    hires(world, "Ada", {world.site.id: Role.MODERATOR, elsewhere.id: Role.OWNER})
    before, page = people.by_name(world.deps, "Ada"), page_of(world, "Ada")
    shown = olga.sees(page).text
    assert "work at sites of others" in shown
    assert f"{page}/invitation" not in shown

    tried = [
        olga.sends(f"{page}/{what}", {"disabled": "yes", "email": "eve@example.com"}, on=page).status_code
        for what in ("invitation", "disabled", "address", f"sessions/{world.site.id}/end")
    ]

    assert tried == [409] * 4
    assert people.by_name(world.deps, "Ada") == before
