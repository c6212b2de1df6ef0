"""The queue in a feed reader: by an address that is shown once, renewed and revoked, and tells nothing of anybody."""

import re
from collections.abc import Iterator
from contextlib import closing
from xml.etree.ElementTree import Element, fromstring

import pytest
from api import PUBLIC_URL, app_over
from desk import Moderator
from fakes.scorers import obedient
from makers import World

from moderation.domain.audit import Act, Doer
from moderation.domain.person import Role
from moderation.services import audit, feeds, people, sites
from moderation.wiring import starting_policy

ROOM = "/console/feeds"
ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESS = re.compile(rf"{PUBLIC_URL}(/console/feed/[\w-]{{40,}})")


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with closing(World.at(database_url, scorers=obedient())) as world:
        yield world


def makes(somebody: Moderator, world: World) -> str:
    """Make an address; give its path."""
    found = ADDRESS.search(somebody.sends(f"{ROOM}/{world.site.id}", on=ROOM).text)
    assert found
    return found[1]


def entries(somebody: Moderator, path: str) -> list[Element]:
    return list(fromstring(somebody.sees(path).data).iter(f"{ATOM}entry"))  # noqa: S314 (our own)


def test_what_waits_is_told_to_whoever_has_the_address_and_nothing_of_whoever_wrote_it(world: World) -> None:
    ada, reader = Moderator.of(world, "Ada"), Moderator(app_over(world))
    text = f"A maybe-toxicity <b>remark</b>. {'x' * 300}"
    held = world.has(text, name="Canaria", email="canary@song.example", address="203.0.113.77", thread_title="Harvest")
    world.has("Nothing is wrong with this.")
    path = makes(ada, world)

    answer = reader.sees(path)
    (entry,) = entries(reader, path)

    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers
    assert (entry.findtext(f"{ATOM}summary") or "").startswith("A maybe-toxicity <b>remark</b>.")
    assert len(entry.findtext(f"{ATOM}summary") or "") == 201
    assert (entry.findtext(f"{ATOM}title") or "").startswith("Harvest: ")
    assert {item.get("term") for item in entry.iter(f"{ATOM}category")} == set(held.reasons)
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == f"{PUBLIC_URL}/console/comments/{held.id}"
    assert reader.sees(f"/console/comments/{held.id}").status_code == 303, "only whoever signs in sees the card"
    for secret in ("Canaria", "song", "***", "203.0.113", held.network or "", (held.fingerprint or b"").hex()):
        assert secret not in answer.text

    again = reader.sees(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    world.has("Another maybe-toxicity remark.")
    assert len(entries(reader, path)) == 2


def test_an_address_is_shown_once_and_ends_when_another_is_made_or_it_is_revoked(world: World) -> None:
    ada, reader = Moderator.of(world, "Ada"), Moderator(app_over(world))
    first = makes(ada, world)
    assert first not in ada.sees(ROOM).text
    assert "You have a feed since" in ada.sees(ROOM).text

    second = makes(ada, world)
    assert [reader.sees(path).status_code for path in (first, second)] == [404, 200]

    assert ada.sends(f"{ROOM}/{world.site.id}/revoke", on=ROOM).headers["Location"] == ROOM
    assert reader.sees(second).status_code == 404
    assert "You have a feed since" not in ada.sees(ROOM).text


def test_whoever_works_there_no_more_follows_nothing(world: World) -> None:
    readers = {name: makes(Moderator.of(world, name), world) for name in ("Ada", "Bo", "Cy")}
    reader = Moderator(app_over(world))

    people.disable(world.deps, people.by_name(world.deps, "Ada"))
    people.set_role(world.deps, people.by_name(world.deps, "Bo"), world.site.id, None)

    assert [reader.sees(path).status_code for path in readers.values()] == [404, 404, 200]
    bo = people.set_role(world.deps, people.by_name(world.deps, "Bo"), world.site.id, Role.OWNER)
    with world.deps.uow(None) as uow:
        uow.people.enable(people.by_name(world.deps, "Ada").id)
        uow.commit()
    assert [reader.sees(path).status_code for path in readers.values()] == [404, 404, 200], "it ended for good"
    people.set_role(world.deps, people.by_name(world.deps, "Cy"), world.site.id, Role.SENIOR)
    assert reader.sees(readers["Cy"]).status_code == 200, "another role is a role"
    assert feeds.made(world.deps, bo) == {}
    assert reader.sees("/console/feed/unknown").status_code == 404


def test_that_a_feed_was_made_and_ended_is_in_the_audit_and_its_address_is_not(world: World) -> None:
    ada = Moderator.of(world, "Ada")
    path = makes(ada, world)
    for _ in range(2):
        ada.sends(f"{ROOM}/{world.site.id}/revoke", on=ROOM)

    rows = audit.trail(world.deps, [world.site.id], {"acts": (Act.FEED_MADE, Act.FEED_ENDED)}).rows
    assert [(row["act"], row["by"]) for row in rows] == [(Act.FEED_ENDED, Doer.PERSON), (Act.FEED_MADE, Doer.PERSON)]
    assert path.rpartition("/")[2] not in str(rows)


def test_another_site_is_not_there_and_nothing_is_made_without_the_page(world: World) -> None:
    ada = Moderator.of(world, "Ada")
    other = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))

    for path in (f"{ROOM}/{other.id}", f"{ROOM}/{other.id}/revoke"):
        assert ada.sends(path, on=ROOM).status_code == 404
    assert ada.client.post(f"{ROOM}/{world.site.id}").status_code == 400
    assert "Elsewhere" not in ada.sees(ROOM).text
