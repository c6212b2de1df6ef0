"""Running sites at the desk: settings, policy and what it would have done, keys, pages; for owners alone."""

import re
from collections.abc import Iterator
from contextlib import closing
from uuid import UUID

import pytest
from api import PUBLIC_URL
from desk import Moderator
from fakes.scorers import obedient
from makers import ORIGIN, World

from moderation.domain.comment import Status
from moderation.domain.person import Role
from moderation.domain.scope import Scope
from moderation.domain.site import Site
from moderation.http.console.threads import SHOWN
from moderation.services import keys, people, sites

ROOM = "/console/sites"
SECRET = re.compile(r'<code class="secret">([^<]+)</code>')
HOLDS_ALL = 'name = "all"\notherwise = "held"\n'


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """An installation on SQLite, or on both databases where a test says so."""
    both = "database_url" in request.fixturenames
    url = request.getfixturevalue("database_url" if both else "sqlite_url")
    with closing(World.at(url, scorers=obedient(), public_url=PUBLIC_URL)) as world:
        yield world


@pytest.fixture
def olga(world: World) -> Moderator:
    return Moderator.of(world, "Olga", {world.site.id: Role.OWNER})


def place(world: World, *more: str) -> str:
    return "/".join([ROOM, str(world.site.id), *more])


def shown_after(olga: Moderator, path: str, typed: dict[str, object], on: str) -> str:
    """Send a form that leads on, and give the page it leads to."""
    answer = olga.sends(path, typed, on=on)
    assert answer.status_code == 303, answer.text
    return olga.sees(answer.headers["Location"]).text


def site_now(world: World) -> Site:
    return sites.get(world.deps, world.site.id)


@pytest.mark.usefixtures("database_url")
def test_an_owner_adds_a_site_which_is_theirs_and_shows_the_first_steps(world: World, olga: Moderator) -> None:
    typed = {"name": "The Weekly", "origins": "https://weekly.example\n", "policy": "strict"}

    shown = shown_after(olga, ROOM, typed, ROOM)

    made = sites.by_name(world.deps, "The Weekly")
    assert people.by_name(world.deps, "Olga").role_at(made.id) is Role.OWNER
    assert made.policy == world.deps.starting_policy("strict")
    assert f"site=&#34;{made.key}" in shown or f'site="{made.key}"' in shown
    assert shown.count("to do") == 3
    assert made.name in olga.sees().text, "an empty queue leads to the first steps"


@pytest.mark.usefixtures("database_url")
def test_first_steps_are_ticked_by_what_is_there(world: World, olga: Moderator) -> None:
    def done() -> int:
        return olga.sees(place(world, "start")).text.count(">done<")

    assert done() == 0
    comment = world.has("A maybe-toxicity remark.", thread="else", thread_url="https://else.example/a")
    assert done() == 1, "a comment came, but from no page of the site's"
    world.has(thread="article-2", thread_url=f"{ORIGIN}/article-2")
    assert done() == 2
    olga.decides(comment.id, "reject", comment.version)
    assert done() == 3
    assert "All is in place" in olga.sees(place(world, "start")).text


def test_what_a_site_has_chosen_is_changed(world: World, olga: Moderator) -> None:
    typed = {
        "name": "News",
        "origins": f"{ORIGIN}\nHTTPS://Www.News.Example:443",
        "required": ["email"],
        "close_after_days": "30",
        "share_campaigns": "yes",
        "scorer_url": "https://scorer.example/score",
    }

    shown = olga.sends(place(world), typed, on=place(world))

    now = site_now(world)
    assert now.origins == (ORIGIN, "https://www.news.example")
    assert (now.required, now.close_after_days, now.share_campaigns, now.learn) == (("email", "text"), 30, True, False)
    secret = SECRET.search(shown.text)
    assert secret
    assert secret[1].startswith("whsec_")
    assert secret[1] not in olga.sees(place(world)).text


def test_a_scorer_that_leads_inside_is_refused_and_one_that_nobody_knows_is_told(world: World, olga: Moderator) -> None:
    inside, unknown = ({"name": "News", "scorer_url": f"https://{host}/score"} for host in ("10.0.0.1", "no.invalid"))

    refused = olga.sends(place(world), inside, on=place(world))
    assert (refused.status_code, refused.text.count('aria-invalid="true"')) == (422, 1)
    assert "a server that is public" in refused.text
    assert 'value="https://10.0.0.1/score"' in refused.text
    assert site_now(world).scorer_url is None

    kept = olga.sends(place(world), unknown, on=place(world))
    assert SECRET.search(kept.text)
    assert "no server of this name was found" in kept.text
    assert site_now(world).scorer_url == "https://no.invalid/score"
    again = olga.sends(place(world), unknown, on=place(world))
    assert "no server of this name was found" not in olga.sees(again.headers["Location"]).text
    other = olga.sends(place(world), unknown | {"scorer_url": "https://noone.invalid/score"}, on=place(world))
    assert "no server of this name was found" in olga.sees(other.headers["Location"]).text


def test_what_none_can_have_is_said_beside_the_field_and_what_was_typed_stays(world: World, olga: Moderator) -> None:
    sites.create(world.deps, name="Taken", origins=[], policy=world.deps.starting_policy("default"))
    before = site_now(world)
    wrong = {"name": "News", "origins": "https://news.example/path", "close_after_days": "soon", "scorer_url": "x"}

    shown = olga.sends(place(world), wrong, on=place(world))
    taken = olga.sends(place(world), {"name": "Taken"}, on=place(world))

    assert (shown.status_code, shown.text.count('aria-invalid="true"')) == (422, 3)
    assert "https://news.example/path" in shown.text
    assert (taken.status_code, taken.text.count('aria-invalid="true"')) == (409, 1)
    assert site_now(world) == before


@pytest.mark.usefixtures("database_url")
def test_a_policy_is_tried_on_what_came_in_and_kept_only_when_told_so(world: World, olga: Moderator) -> None:
    page = place(world, "policy")
    comment = world.has()
    assert comment.status is Status.APPROVED
    bert = Moderator.of(world, "Bert")
    refused = world.has("Another calm remark.")
    bert.decides(refused.id, "reject", refused.version)
    world.clock.forward(seconds=1)

    tried = olga.sends(page, {"policy": HOLDS_ALL.replace("\n", "\r\n"), "what": "try"}, on=page).text

    assert "2 of 2 would have gone elsewhere" in tried
    assert "approved → held" in tried
    assert f"/console/comments/{comment.id}" in tried
    assert site_now(world).policy == world.site.policy
    assert "judged by this" in shown_after(olga, page, {"policy": HOLDS_ALL, "what": "keep"}, page)
    assert site_now(world).policy == HOLDS_ALL
    assert world.has().status is Status.HELD


def test_faults_of_a_policy_are_told_by_line(world: World, olga: Moderator) -> None:
    source = 'name = "x"\n\n[[rules]]\ncode = "Loud!"\nsignal = "spam"\noutcome = "held"\n'

    shown = olga.sends(place(world, "policy"), {"policy": source, "what": "keep"}, on=place(world, "policy"))

    assert shown.status_code == 422
    assert re.findall(r"<b>(Line \d+)</b>", shown.text) == ["Line 3", "Line 4"]
    assert "Loud!" in shown.text
    assert site_now(world).policy == world.site.policy


def test_a_key_is_made_shown_once_and_revoked(world: World, olga: Moderator) -> None:
    page = place(world, "keys")

    shown = olga.sends(page, {"name": "newsroom", "scopes": ["read", "moderate", "root"]}, on=page)

    secret = SECRET.search(shown.text)
    assert secret
    found = keys.recognise(world.deps, secret[1])
    assert found
    assert (found.name, found.scopes) == ("newsroom", {Scope.READ, Scope.MODERATE})
    assert secret[1] not in olga.sees(page).text
    assert "opens nothing any more" in shown_after(olga, f"{page}/{found.id}/revoke", {}, page)
    assert keys.recognise(world.deps, secret[1]) is None
    assert olga.sends(f"{page}/{found.id}/revoke", on=page).status_code == 404


def test_a_key_without_a_name_or_anything_to_do_is_none(world: World, olga: Moderator) -> None:
    page = place(world, "keys")

    refused = [olga.sends(page, typed, on=page) for typed in ({"name": "x"}, {"name": " ", "scopes": ["read"]})]

    assert [answer.status_code for answer in refused] == [422, 422]
    assert keys.listed(world.deps, world.site.id) == []


def test_whoever_signed_in_a_while_ago_is_asked_again_before_doors_are_opened(world: World, olga: Moderator) -> None:
    page = place(world, "keys")
    world.clock.forward(minutes=11)

    led = olga.sends(page, {"name": "newsroom", "scopes": ["read"]}, on=page)

    assert (led.status_code, led.headers["Location"]) == (303, f"/console/verify?next={page.replace('/', '%2F')}")
    assert keys.listed(world.deps, world.site.id) == []


def test_where_the_bar_has_no_room_an_account_leads_to_what_is_somebodys_own(world: World, olga: Moderator) -> None:
    led = {f'href="/console/{name}"' for name in ("sites", "people", "webhooks", "audit", "bans", "lists")}

    assert led <= set(re.findall(r'href="/console/\w+"', olga.sees("/console/account").text))
    eve = Moderator.of(world, "Eve", {world.site.id: Role.MODERATOR})
    assert not led & set(re.findall(r'href="/console/\w+"', eve.sees("/console/account").text))


def titles(olga: Moderator, path: str) -> list[str]:
    return re.findall(r'threads/[0-9a-f-]+"><bdi dir="auto">([^<]+)</bdi>', olga.sees(path).text)


@pytest.mark.usefixtures("database_url")
def test_pages_are_found_by_title_id_and_address(world: World, olga: Moderator) -> None:
    world.has(thread="a-1", thread_title="A good harvest")
    world.has(thread="b-2", thread_title="100 % rain", thread_url=f"{ORIGIN}/weather")
    page = place(world, "threads")

    assert titles(olga, page) == ["100 % rain", "A good harvest"]
    found = {words: titles(olga, f"{page}?q={words}") for words in ("HARVEST", "b-2", "weather", "0+%25", "_", "none")}
    assert found == {
        "HARVEST": ["A good harvest"],
        "b-2": ["100 % rain"],
        "weather": ["100 % rain"],
        "0+%25": ["100 % rain"],
        "_": [],
        "none": [],
    }


def test_pages_of_pages_follow_each_other(world: World, olga: Moderator) -> None:
    for number in range(SHOWN + 1):
        world.receives(f"News of day {number}.", thread=f"t-{number}", thread_title=f"News {number}")

    first = olga.sees(place(world, "threads?q=news")).text
    onwards = re.search(r'href="(\?[^"]+)" rel="next"', first)

    assert onwards
    assert titles(olga, place(world, "threads") + onwards[1].replace("&amp;", "&")) == ["News 0"]


def thread_of(world: World, text: str = "A calm remark.", **others: str) -> UUID:
    return world.look(world.has(text, **others)).thread_id


@pytest.mark.usefixtures("database_url")
def test_a_page_is_given_a_title_closed_opened_and_merged(world: World, olga: Moderator) -> None:
    one, other = thread_of(world, thread="one"), thread_of(world, thread="other", thread_title="Other")
    page = place(world, "threads", str(one))

    assert "Kept." in shown_after(olga, f"{page}/title", {"title": "Old news"}, page)
    assert "takes no more comments" in shown_after(olga, f"{page}/closed", {"closed": "yes"}, page)
    assert sites.thread(world.deps, world.site.id, one).closed_at
    assert "takes comments again" in shown_after(olga, f"{page}/closed", {"closed": "no"}, page)
    for wrong in ("nowhere", "one", "", "x" * 3000):
        refused = olga.sends(f"{page}/merge", {"into": wrong}, on=page)
        assert (refused.status_code, refused.text.count('aria-invalid="true"')) == (422, 1)
    assert "Its comments are there now" in shown_after(olga, f"{page}/merge", {"into": "other"}, page)

    assert sites.thread(world.deps, world.site.id, one).title == "Old news"
    assert sites.thread(world.deps, world.site.id, one).merged_into == other
    again = olga.sends(f"{page}/merge", {"into": "other"}, on="/console/account")
    assert again.status_code == 409
    too_long = olga.sends(f"{place(world, 'threads', str(other))}/title", {"title": "x" * 301}, on="/console/account")
    assert too_long.status_code == 422


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SENIOR])
def test_whoever_is_no_owner_finds_nothing(world: World, role: Role) -> None:
    thread_id = thread_of(world)
    eve = Moderator.of(world, "Eve", {world.site.id: role})
    corners = ["", "/start", "/policy", "/keys", "/threads", f"/threads/{thread_id}"]

    read = [eve.sees(place(world) + corner).status_code for corner in corners]
    read += [eve.sees(path).status_code for path in (ROOM, "/console/people")]
    sent = [
        eve.sends(path, {"name": "x", "origins": "", "policy": HOLDS_ALL, "what": "keep"}).status_code
        for path in (ROOM, "/console/people", *(place(world) + corner for corner in ("", "/policy", "/keys")))
    ]

    assert (read, sent) == ([404] * 8, [404] * 5)
    assert ROOM not in eve.sees().text
    assert site_now(world) == world.site
