"""Being told by mail, at the desk: chosen by whoever signed in, confirmed and ended by links that act when pressed."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from api import app_over
from desk import Moderator
from fakes.scorers import obedient
from makers import World
from servers.mail import Mailbox, mailbox

from moderation.services import notices, people, sites
from moderation.wiring import starting_policy

ROOM = "/console/notices"


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as known:
        yield known


@pytest.fixture
def world(sqlite_url: str, box: Mailbox) -> Iterator[World]:
    box.came.clear()
    mail = {"mail_server": box.server, "mail_from": "lychgate@news.example"}
    with closing(World.at(sqlite_url, scorers=obedient(), **mail)) as world:
        yield world


def posts(world: World) -> None:
    notices.plan(world.deps)
    while notices.send(world.deps):
        pass


def link(box: Mailbox) -> str:
    """Give the path that the last mail leads to."""
    line = next(line for line in box.came[-1].get_content().splitlines() if "/console/mail/" in line)
    return str(line[line.index("/console/mail/") :])


def test_a_moderator_chooses_confirms_is_told_and_ends_it_without_signing_in(world: World, box: Mailbox) -> None:
    ada, stranger = Moderator.of(world, "Ada"), Moderator(app_over(world))
    typed = {"how": "at-once", "email": "ada@example.com"}

    assert ada.sends(f"{ROOM}/{world.site.id}", typed, on=ROOM).headers["Location"] == ROOM
    shown = ada.sees(ROOM).text
    assert "A link is on its way to <bdi>a***@e***.com</bdi>" in shown
    assert "ada@example.com" not in shown
    posts(world)

    confirm = link(box)
    assert "Yes, tell me here" in stranger.sees(confirm).text
    assert "Yes, tell me here" in stranger.sees(confirm).text, "looking changes nothing"
    assert "you are told here" in stranger.client.post(confirm).text
    assert stranger.client.post(confirm).status_code == 404

    world.has("A maybe-toxicity remark.")
    world.events()
    posts(world)
    stop = link(box)
    assert stop in str(box.came[-1]["List-Unsubscribe"])
    assert "Send me nothing more" in stranger.sees(stop).text
    one_click = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}
    assert stranger.client.post(stop, **one_click).status_code == 200  # type: ignore[arg-type]
    assert stranger.sees(stop).status_code == 404
    assert notices.wishes(world.deps, people.by_name(world.deps, "Ada")) == {}


def test_the_pages_behind_a_mail_speak_the_language_of_whom_it_was_for(world: World, box: Mailbox) -> None:
    ada, stranger = Moderator.of(world, "Ada"), Moderator(app_over(world))
    ada.sends("/console/account/language", {"language": "fr"})
    ada.sends(f"{ROOM}/{world.site.id}", {"how": "at-once", "email": "ada@example.com"}, on=ROOM)
    posts(world)
    confirm = link(box)

    for asked in ({}, {"Accept-Language": "de"}):
        page = stranger.sees(confirm, headers=asked).text
        assert '<html lang="fr"' in page
        assert "Est-ce votre adresse ?" in page
    done = stranger.client.post(confirm).text
    assert '<html lang="fr"' in done
    assert "From now on" not in done


def test_what_is_no_address_is_said_and_another_site_is_not_there(world: World) -> None:
    ada = Moderator.of(world, "Ada")
    other = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))

    assert "Enter an e-mail address" in ada.sends(f"{ROOM}/{world.site.id}", {"how": "digest", "email": "x"}).text
    for typed in ({"how": "digest", "email": "ada@example.com"}, {"how": ""}):
        assert ada.sends(f"{ROOM}/{other.id}", typed).status_code == 404
    assert ada.sends(f"{ROOM}/{world.site.id}", {"how": ""}).status_code == 303


def test_without_a_mail_server_the_page_says_so(sqlite_url: str) -> None:
    with closing(World.at(sqlite_url)) as mute:
        ada = Moderator.of(mute, "Ada")

        assert "sends no mail" in ada.sees(ROOM).text
        assert ada.sends(f"{ROOM}/{mute.site.id}", {"how": "digest", "email": "ada@example.com"}).status_code == 409
