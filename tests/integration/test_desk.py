"""The desk: who is let in, what they see of which sites, and what becomes of their decisions."""

import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from api import app_over
from desk import PASSWORD, Moderator, hires
from fakes.scorers import obedient
from makers import World
from passlib.totp import TOTP

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Actor
from moderation.domain.person import Role
from moderation.domain.site import Site
from moderation.http.console.application import create_desk
from moderation.http.context import PLACES, Web
from moderation.http.guard import Door, mark_of
from moderation.services import desk, people, sites, sweep
from moderation.wiring import starting_policy

JSON = {"Accept": "application/json"}
DECISION = re.compile(r'name="decision"\s+value="([0-9a-f-]+)"')
OWN = {"/", "/find", "/account", "/account/leave", "/account/address", "/account/language", "/sites", "/people"}
OWN |= {"/webhooks", "/notices", "/audit", "/audit/export", "/bans", "/lists", "/pulse", "/lines", "/sample", "/feeds"}
OWN |= {"/account/reading", "/numbers", "/numbers/<section>.csv", "/passkeys", "/passkeys/new", "/passkeys/challenge"}
"""Pages that show everybody what is their own; what they refuse has tests of its own."""
SECRET = re.compile(r"<code>([A-Z2-7-]{20,})</code>")


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """An installation on SQLite, or on both databases where a test says so."""
    both = "database_url" in request.fixturenames
    with closing(
        World.at(request.getfixturevalue("database_url" if both else "sqlite_url"), scorers=obedient())
    ) as world:
        yield world


@pytest.fixture
def elsewhere(world: World) -> Site:
    return sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))


def held(world: World, text: str = "A maybe-toxicity remark.", **others: Any) -> Comment:
    comment = world.has(text, **others)
    assert comment.status is Status.HELD
    return comment


def test_nobody_sees_the_desk_without_signing_in(world: World) -> None:
    stranger = Moderator(app_over(world))

    led = stranger.sees("/console/?tab=spam")

    assert (led.status_code, led.headers["Location"]) == (303, "/console/login?next=%2Fconsole%2F%3Ftab%3Dspam")
    assert stranger.sees("/console/", headers=JSON).status_code == 401


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(world: World) -> None:
    hires(world, "Ada")
    answers = [Moderator(app_over(world)).signs_in(name, "not the password").text for name in ("Ada", "Nobody")]

    blank = [re.sub(r'value="[^"]*"|/assets/\w+/', "", answer) for answer in answers]
    assert blank[0] == blank[1]
    assert "do not belong together" in answers[0]


def test_passwords_are_tried_ten_times_and_no_more(sqlite_url: str) -> None:
    with closing(World.at(sqlite_url, rate_limits="on")) as world:
        hires(world, "Ada")
        somebody = Moderator(app_over(world))

        tries = [somebody.signs_in("ADA", "not the password").status_code for _ in range(10)]

        assert tries == [200] * 10
        refused = somebody.signs_in("Ada")
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
        typed = {"username": "Ada", "password": PASSWORD}
        let_in = Moderator(app_over(world)).sends("/console/login", typed, on="/console/login", environ_base=elsewhere)
        assert let_in.status_code == 302, "a stranger keeps nobody out"


def authenticator_of(somebody: Moderator) -> TOTP:
    """Let somebody set up an authenticator, and give it."""
    shown = somebody.sends("/console/tf-setup", {"setup": "authenticator"}, on="/console/tf-setup").text
    secret, onwards = SECRET.search(shown), re.search(r'action="(/console/tf-setup/[^"]+)"', shown)
    assert secret
    assert onwards
    codes = TOTP(secret[1].replace("-", ""))
    assert somebody.sends(onwards[1], {"code": codes.generate().token}, on="/console/tf-setup").status_code == 302
    return codes


def test_an_authenticator_is_asked_for_once_it_is_set_up(world: World) -> None:
    codes = authenticator_of(Moderator.of(world, "Ada"))
    assert people.by_name(world.deps, "Ada").totp

    again = Moderator(app_over(world))
    asked = again.signs_in("Ada")
    assert asked.headers["Location"].startswith("/console/tf-validate")
    assert again.sees().status_code == 303, "a password alone lets nobody in"
    used = again.sends("/console/tf-validate", {"code": codes.generate().token}, on="/console/tf-validate")
    assert used.status_code == 200, "a code that was used is good no more"
    later = codes.generate(time.time() + 30).token
    assert again.sends("/console/tf-validate", {"code": later}, on="/console/tf-validate").status_code == 302
    assert again.sees().status_code == 200


def test_a_recovery_code_lets_in_once(world: World) -> None:
    ada = Moderator.of(world, "Ada")
    shown = ada.sends("/console/mf-recovery-codes", {"generate_new_codes": "1"}, on="/console/mf-recovery-codes")
    code = re.findall(r"<code>([^<]+)</code>", shown.text)[0]
    authenticator_of(ada)
    kept = people.by_name(world.deps, "Ada").recovery
    assert len(kept) == 8
    assert code not in kept, "they are kept sealed"

    tried = []
    for _ in range(2):
        again = Moderator(app_over(world))
        again.signs_in("Ada")
        tried.append(again.sends("/console/mf-recovery", {"code": code}, on="/console/mf-recovery").status_code)

    assert tried == [302, 200]
    page = ada.sees("/console/mf-recovery-codes?show_codes=1")
    assert "<code>" not in page.text
    assert ada.sees("/console/mf-recovery-codes", headers=JSON).get_json()["response"]["recovery_codes"] == []


@pytest.mark.usefixtures("database_url")
def test_of_two_who_bring_the_same_code_one_is_let_in(world: World) -> None:
    hires(world, "Ada")
    ada = people.by_name(world.deps, "Ada")
    people.keep_factors(world.deps, ada, replace(ada, totp="sealed", recovery=("one", "two")))
    both = people.by_name(world.deps, "Ada")

    assert [people.spend_code(world.deps, both, counter) for counter in (7, 7, 6, 8)] == [True, False, False, True]
    assert [people.spend_recovery(world.deps, both, "one") for _ in range(2)] == [True, False]
    people.keep_factors(world.deps, both, replace(both, totp="another"))
    after = people.by_name(world.deps, "Ada")
    assert (after.totp, after.totp_counter, after.recovery) == ("another", 8, ("two",))


@pytest.mark.usefixtures("database_url")
def test_the_desk_speaks_as_somebody_chose_else_as_their_browser_asks(world: World) -> None:
    ada = Moderator.of(world, "Ada")
    french = {"Accept-Language": "fr-CA, de;q=0.5"}

    assert '<html lang="en">' in ada.sees().text
    asked = ada.sees(headers=french)
    assert ('<html lang="fr">' in asked.text, "Rejeté" in asked.text) == (True, True)

    ada.sends("/console/account/language", {"language": "de"})

    chosen = ada.sees(headers=french)
    assert ('<html lang="de">' in chosen.text, "Abgelehnt" in chosen.text) == (True, True)
    assert '<html lang="de">' in ada.sees("/console/verify", headers=french).text
    assert people.by_name(world.deps, "Ada").language == "de"

    ada.sends("/console/account/language", {"language": "tlh"})

    assert '<html lang="fr">' in ada.sees(headers=french).text


@pytest.mark.usefixtures("database_url")
def test_a_session_is_listed_and_ended_elsewhere(world: World) -> None:
    ada = Moderator.of(world, "Ada")
    other = Moderator(app_over(world))
    other.signs_in("Ada")
    person = people.by_name(world.deps, "Ada")
    (session_id,) = re.findall(r"/account/sessions/([0-9a-f-]+)/end", ada.sees("/console/account").text)

    assert len(people.sessions(world.deps, person)) == 2
    assert ada.sends(f"/console/account/sessions/{session_id}/end").status_code == 303
    assert other.sees().status_code == 303
    assert ada.sees().status_code == 200


def test_a_cookie_is_worth_nothing_after_signing_out_or_twelve_hours(world: World) -> None:
    ada, late = Moderator.of(world, "Ada"), Moderator.of(world, "Bert")
    cookie = ada.client.get_cookie("lychgate", path="/console")
    assert cookie

    assert ada.sends("/console/account/leave").status_code == 303
    ada.client.set_cookie("lychgate", cookie.value, path="/console")
    assert ada.sees().status_code == 303

    assert sweep.purge_sessions(world.deps) == 0
    world.clock.forward(hours=13)
    assert late.sees().status_code == 303
    assert [sweep.purge_sessions(world.deps) for _ in range(2)] == [1, 0]


def test_in_a_rush_the_desk_waits_like_everybody(world: World) -> None:
    comment, ada = held(world), Moderator.of(world, "Ada")
    web: Web = ada.app.extensions["lychgate"]
    for _ in range(PLACES):
        web.places.acquire()

    assert ada.decides(comment.id, "reject", comment.version).status_code == 503
    assert ada.sees().status_code == 200


def test_a_new_password_ends_every_session_and_who_is_disabled_stays_out(world: World) -> None:
    ada = Moderator.of(world, "Ada")

    people.set_password(world.deps, people.by_name(world.deps, "ada"), "another horse battery")
    assert ada.sees().status_code == 303
    assert ada.signs_in("Ada").status_code == 200

    people.disable(world.deps, people.by_name(world.deps, "ada"))
    assert ada.signs_in("Ada", "another horse battery").status_code == 200


def test_a_form_from_another_page_changes_nothing(world: World) -> None:
    ada, comment = Moderator.of(world, "Ada"), held(world)
    path = f"/console/comments/{comment.id}/decisions"
    typed = {"action": "approve", "version": comment.version}

    assert ada.client.post(path, data=typed).status_code == 400
    assert ada.sends(path, typed, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 404
    assert world.status_of(comment) is Status.HELD


@pytest.mark.usefixtures("database_url")
def test_the_queue_is_over_all_of_ones_sites_and_no_others(world: World, elsewhere: Site) -> None:
    ours, theirs = held(world, name="Ours"), None
    world.site, own = elsewhere, world.site
    theirs = held(world, name="Theirs")
    both = Moderator.of(world, "Both", {own.id: Role.MODERATOR, elsewhere.id: Role.SENIOR})
    one = Moderator.of(world, "One", {own.id: Role.OWNER})

    assert all(str(comment.id) in both.sees().text for comment in (ours, theirs))
    assert str(theirs.id) not in both.sees(f"/console/?site={own.id}").text
    assert str(theirs.id) not in one.sees(f"/console/?tab=all&site={elsewhere.id}").text


@pytest.mark.usefixtures("database_url")
def test_every_route_answers_404_to_whoever_is_of_another_site(world: World, elsewhere: Site) -> None:
    comment = held(world)
    ada = Moderator.of(world, "Ada", {world.site.id: Role.OWNER})
    ada.decides(comment.id, "reject", comment.version)
    decision = world.log_of(comment)[-1]
    session_id = people.sessions(world.deps, people.by_name(world.deps, "Ada"))[0].id
    stranger = Moderator.of(world, "Eve", {elsewhere.id: Role.OWNER})
    ban, note = world.knows(people.by_name(world.deps, "Ada"), comment)
    named = {"comment_id": comment.id, "session_id": session_id, "endpoint_id": uuid4(), "site_id": world.site.id}
    named |= {"person_id": people.by_name(world.deps, "Ada").id, "key_id": uuid4(), "thread_id": comment.thread_id}
    named |= {"ban_id": ban.id, "note_id": note.id, "passkey_id": uuid4(), "rule_id": uuid4()}
    named |= {"wave_id": world.rolls(people.by_name(world.deps, "Ada")).wave_id}
    typed = {
        "card": str(comment.id),
        "action": "approve",
        "version": 3,
        "decision": str(decision.id),
        "seen": f"{comment.id}:3",
    }
    desk = create_desk(Web(world.deps, public_url="http://lychgate.test", ready=dict))
    tried = []

    for rule in desk.url_map.iter_rules():
        mark = mark_of(desk.view_functions[rule.endpoint])
        if mark is None or mark.door is not Door.PERSON or rule.rule in OWN:
            continue
        path = "/console" + str(rule.build({name: named[name] for name in rule.arguments})[1])
        post = "POST" in (rule.methods or ())
        answer = stranger.sends(path, typed) if post else stranger.sees(path)
        tried.append((rule.rule, answer.status_code))

    assert [rule for rule, status in tried if status != 404] == []
    assert len(tried) == 69
    assert world.status_of(comment) is Status.REJECTED


def test_what_the_library_brings_and_we_do_not_want_is_not_there(world: World) -> None:
    ada = Moderator.of(world, "Ada")

    for path in ("/console/logout", "/console/tf-rescue", "/console/tf-select", "/console/fs-static/css/default.css"):
        assert (path, ada.sees(path).status_code) in {(path, 404), (path, 405)}


@pytest.mark.usefixtures("database_url")
def test_a_decision_is_a_persons_and_its_undo_is_another(world: World) -> None:
    ada, comment = Moderator.of(world, "Ada"), held(world)

    after = ada.decides(comment.id, "reject", comment.version)
    undo = DECISION.search(after.text)
    assert undo
    assert "Rejected." in after.text
    assert ada.sends("/console/undo", {"decision": undo[1]}).status_code == 200

    *_, made, undone = world.log_of(comment)
    person = people.by_name(world.deps, "Ada")
    assert (made.status, made.by, made.actor_id) == (Status.REJECTED, Actor.PERSON, person.id)
    assert (undone.status, undone.undoes, undone.actor_id) == (Status.HELD, made.id, person.id)
    assert world.look(comment).reasons == comment.reasons


def test_of_two_who_decide_the_second_is_told_who_did(world: World) -> None:
    ada, bert, comment = Moderator.of(world, "Ada"), Moderator.of(world, "Bert"), held(world)
    ada.decides(comment.id, "reject", comment.version)

    late = bert.decides(comment.id, "approve", comment.version)
    asked = bert.decides(comment.id, "approve", comment.version, headers=JSON)

    assert late.status_code == asked.status_code == 412
    assert "Ada decided meanwhile: rejected." in late.text
    assert asked.get_json(force=True)["detail"] == "Ada decided meanwhile: rejected."
    assert world.status_of(comment) is Status.REJECTED


@pytest.mark.usefixtures("database_url")
def test_many_are_decided_at_once_and_taken_back_at_once(world: World) -> None:
    ada, comments = Moderator.of(world, "Ada"), [held(world), held(world)]
    seen = [f"{comment.id}:{comment.version}" for comment in comments]

    after = ada.sends("/console/decisions", {"action": "spam", "seen": [*seen, f"{comments[0].id}:99"]})

    assert [world.status_of(comment) for comment in comments] == [Status.SPAM] * 2
    assert "1 had changed meanwhile" in after.text
    ada.sends("/console/undo", {"decision": DECISION.findall(after.text)})
    assert [world.status_of(comment) for comment in comments] == [Status.HELD] * 2


def test_all_that_matches_is_for_seniors_who_are_sure(world: World) -> None:
    comments = [held(world, name="Bo"), held(world, name="Bo"), held(world, name="Di")]
    wanted = {"action": "reject", "all": "1", "author": "Bo", "shown": f"{world.deps.now():%Y-%m-%dT%H:%M:%S.%fZ}"}
    moderator = Moderator.of(world, "Ada")
    senior = Moderator.of(world, "Sia", {world.site.id: Role.SENIOR})

    assert moderator.sends("/console/decisions", {**wanted, "sure": "1"}).status_code == 404
    assert "Reject 2 comments?" in senior.sends("/console/decisions", wanted).text
    assert world.status_of(comments[0]) is Status.HELD

    assert senior.sends("/console/decisions", {**wanted, "shown": "soon"}).status_code == 400

    pending = world.receives("A maybe-toxicity remark that waits for its scores.", name="Bo", email="pat@example.com")
    wanted["shown"] = f"{world.deps.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    world.clock.forward(seconds=1)
    later = held(world, name="Bo")
    assert world.status_of(pending) is Status.HELD
    senior.sends("/console/decisions", {**wanted, "sure": "1"})
    unseen = [world.status_of(comment) for comment in (later, pending)]
    assert unseen == [Status.HELD] * 2, "they came into the queue after the page was shown"
    states = [world.status_of(comment) for comment in comments]
    assert states == [Status.REJECTED, Status.REJECTED, Status.HELD]


NARROWED = {
    "q=pigeon": True,
    "author=Bo": True,
    "author=bo@example.com": False,
    "thread=roost": True,
    "reason=toxicity": True,
    "toxicity=0.5": True,
    "since=2000-01-01&until=2999-01-01": True,
    "sort=oldest": True,
    "sort=worth": True,
    "toxicity=0.5&toxicity_to=0.9": True,
    "toxicity_to=0.1": False,
    "tab=spam": False,
    "tab=flagged": False,
    "reason=links": False,
    "until=2000-01-01": False,
    "spam=0.99": False,
    "lang=xx": False,
}


@pytest.mark.usefixtures("database_url")
def test_the_queue_is_narrowed(world: World) -> None:
    comment = held(
        world, "A maybe-toxicity remark about one pigeon.", name="Bo", email="bo@example.com", thread="roost"
    )
    world.words()
    ada = Moderator.of(world, "Ada")

    found = {query: str(comment.id) in ada.sees(f"/console/?{query}").text for query in NARROWED}

    assert found == NARROWED


@pytest.mark.usefixtures("database_url")
def test_what_somebody_looks_for_is_marked_on_the_card(world: World) -> None:
    comment = held(world, "A maybe-toxicity remark about one PIGEON.")
    world.words()
    ada = Moderator.of(world, "Ada")

    assert re.search(
        r'<mark class="sought" title="You look for this\.">PIGEON</mark>', ada.sees("/console/?q=pigeon").text
    )
    assert 'class="sought"' in ada.sees(f"/console/comments/{comment.id}?bare=1&q=pigeon").text
    assert 'class="sought"' not in ada.sees(f"/console/comments/{comment.id}?bare=1").text


def test_an_address_in_the_search_is_read_as_its_author_and_in_no_address_of_the_desk(world: World) -> None:
    comment = held(world, name="Bo", email="bo@example.com")
    held(world, name="Di", email="di@example.com")
    ada = Moderator.of(world, "Ada")

    led = ada.sends("/console/find", {"q": "bo@example.com"}).headers["Location"]

    assert "bo" not in led.partition("?")[2]
    assert lines_after(ada, led) == [str(comment.id)]


def lines_after(somebody: Moderator, path: str) -> list[str]:
    return re.findall(r'<li data-id="([0-9a-f-]+)"', somebody.sees(path).text)


@pytest.mark.usefixtures("database_url")
def test_an_author_is_found_by_address_which_is_in_no_address_of_the_desk(world: World) -> None:
    one, two = (
        held(world, f"A maybe-toxicity remark of {name}.", name=name, email="bo@example.com") for name in ("Bo", "Bob")
    )
    held(world, name="Bo", email="other@example.com")
    ada = Moderator.of(world, "Ada")

    led = ada.sends("/console/find", {"author": "bo@example.com"}).headers["Location"]

    assert "bo" not in led.partition("?")[2]
    assert lines_after(ada, led) == [str(two.id), str(one.id)]
    unknown = ada.sends("/console/find", {"author": "nobody@example.com"}).headers["Location"]
    assert lines_after(ada, unknown) == []
    link = re.search(
        r'href="([^"]*by=[^"]+)"[^>]*>Everything by this author', ada.sees(f"/console/comments/{one.id}").text
    )
    assert link
    assert lines_after(ada, link[1].replace("&amp;", "&")) == [str(two.id), str(one.id)]


def test_of_whoever_gave_neither_name_nor_address_nothing_is_found(world: World) -> None:
    nobody = held(world, name="", email=None)
    held(world, name="Bo")

    assert lines_after(Moderator.of(world, "Ada"), f"/console/?by={nobody.id}") == []


@pytest.mark.usefixtures("database_url")
def test_what_is_counted_is_what_the_page_has(world: World) -> None:
    held(world, thread="roost")
    held(world, thread="loft")

    assert desk.count(world.deps, [world.site.id], {"thread": "roost"}) == 1


@pytest.mark.usefixtures("database_url")
def test_pages_follow_each_other_without_a_gap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.http.console.queue.SHOWN", 2)
    comments = [held(world) for _ in range(5)]
    ada, found, path = Moderator.of(world, "Ada"), list[str](), "/console/?tab=held"

    for _ in range(3):
        text = ada.sees(path).text
        found += re.findall(r'<li data-id="([0-9a-f-]+)"', text)
        onwards = re.search(r'href="([^"]+)" rel="next"', text)
        path = onwards[1].replace("&amp;", "&") if onwards else ""

    assert found == [str(comment.id) for comment in reversed(comments)]
    assert path == ""


def test_a_card_says_why_and_shows_no_address(world: World) -> None:
    comment = held(world, "A maybe-toxicity remark for you.", email="secret.name@example.com", name="Bo")
    text = Moderator.of(world, "Ada").sees(f"/console/comments/{comment.id}").text

    assert "s***@e***.com" in text
    assert "secret.name" not in text
    assert "May hurt somebody" in text
    assert "rule: 0.54 or more" in text


def test_what_is_not_there_is_not_found(world: World) -> None:
    ada = Moderator.of(world, "Ada")

    assert ada.sees(f"/console/comments/{uuid4()}").status_code == 404
    assert ada.sees("/console/?comment=nonsense").status_code == 404
    assert ada.sends("/console/undo", {"decision": "nonsense"}).status_code == 404
    assert ada.sends("/console/decisions", {"action": "praise"}).status_code == 400
