"""By key and at the command line: notes, bans and a site's own lists, as at the desk, and nothing of an address."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from api import Api, new_key
from desk import Moderator as Somebody
from fakes.scorers import obedient
from makers import KEY, SECRET, World
from servers.command import LYCHGATE, environment
from werkzeug.test import TestResponse

from moderation.domain.audit import Act, Doer
from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action
from moderation.domain.member import Member
from moderation.domain.person import Role
from moderation.domain.privacy import SecretEmail
from moderation.domain.scope import Scope
from moderation.services import audit, authors, bans, listings, notes, people, review
from moderation.services.bans import BanWish, Whom
from moderation.services.doers import OPERATOR_ID
from moderation.services.notes import About
from moderation.services.review import Moderator, Wish

BO = {"name": "Bo", "email": "bo@spam.example", "address": "203.0.113.77"}
NO_MORE = {"effect": "ban", "reason": "Sells photos."}


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """An installation on SQLite, or on both databases where a test says so."""
    both = "database_url" in request.fixturenames
    url = request.getfixturevalue("database_url" if both else "sqlite_url")
    with closing(World.at(url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


def acts(world: World, *wanted: Act) -> list[tuple[Act, Doer]]:
    """Give what was written down for the audit, the latest first."""
    rows = audit.trail(world.deps, [world.site.id], {"acts": wanted}).rows
    return [(row["act"], row["by"]) for row in rows]


def faults(answer: TestResponse) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {fault["pointer"]: fault["code"] for fault in answer.json["errors"]}


# Notes


def noted(api: Api, comment: Comment, text: str, **others: Any) -> TestResponse:
    return api.post(f"/v1/moderation/comments/{comment.id}/notes", {"text": text, **others})


def texts(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [note["text"] for note in answer.json["items"]]


@pytest.mark.usefixtures("database_url")
def test_notes_are_written_on_a_comment_and_on_its_author(world: World, api: Api) -> None:
    one, other = world.has("Lovely photos!", **BO), world.has("More of them.", **BO)

    written = noted(api, one, " Seen  before. ")
    noted(api, one, "Writes under two names.", about="author")

    assert (written.status_code, written.headers["Cache-Control"]) == (201, "no-store")
    assert (written.json["about"], written.json["comment"]) == ("comment", str(one.id))
    assert written.json["text"] == "Seen  before."
    path = f"/v1/moderation/comments/{one.id}/notes"
    assert texts(api.get(path)) == ["Writes under two names.", "Seen  before."]
    assert texts(api.get(f"{path}?about=comment")) == ["Seen  before."]
    assert texts(api.get(f"{path}?about=author")) == ["Writes under two names."]
    assert texts(api.get(f"/v1/moderation/comments/{other.id}/notes")) == ["Writes under two names."]
    author = api.get(f"/v1/moderation/comments/{one.id}/author").json["notes"]
    assert [note["actor"] for note in author] == [written.json["actor"]] * 2
    assert acts(world, Act.NOTED) == [(Act.NOTED, Doer.KEY)] * 2
    assert "Seen" not in str(world.events())


@pytest.mark.usefixtures("database_url")
def test_notes_are_read_a_page_at_a_time(world: World, api: Api) -> None:
    comment = world.has("Lovely photos!", **BO)
    for number in range(3):
        noted(api, comment, f"Number {number}.")
    path = f"/v1/moderation/comments/{comment.id}/notes?limit=2"

    first = api.get(path)
    last = api.get(f"{path}&cursor={first.json['next']}")

    assert (texts(first), texts(last), last.json["next"]) == (["Number 2.", "Number 1."], ["Number 0."], None)
    assert first.json["next"] in first.headers["Link"]
    other = f"/v1/moderation/comments/{comment.id}/notes?about=author&cursor={first.json['next']}"
    assert faults(api.get(other)) == {"/cursor": "cursor-invalid"}


def test_a_note_that_cannot_be_kept_is_refused(world: World, api: Api) -> None:
    comment, nobody = world.has(**BO), world.has("Hello.", email=None)

    assert faults(noted(api, comment, " ")) == {"/text": "required"}
    assert faults(noted(api, comment, "x" * 1001)) == {"/text": "too-long"}
    assert faults(noted(api, comment, "Hi.", about="site")) == {"/about": "not-a-choice"}
    assert faults(noted(api, nobody, "Hi.", about="author")) == {"/about": "no-address"}
    assert api.post(f"/v1/moderation/comments/{uuid4()}/notes", {"text": "Hi."}).status_code == 404
    assert acts(world, Act.NOTED) == []


def test_where_the_text_is_gone_nothing_is_noted(world: World, api: Api) -> None:
    comment = world.has("Lovely photos!", **BO)
    authors.withdraw(world.deps, comment.id)
    with world.deps.uow(None) as uow:
        uow.comments.forget_deleted(timedelta(seconds=-5), 100)
        uow.commit()

    refused = noted(api, comment, "Too late.")

    assert (refused.status_code, refused.json["type"]) == (409, "/docs/problems#gone")
    assert texts(api.get(f"/v1/moderation/comments/{comment.id}/notes")) == []


def test_a_key_removes_its_own_notes_and_an_admins_anybodys(world: World, api: Api) -> None:
    comment = world.has(**BO)
    first, second = (noted(api, comment, text).json["id"] for text in ("One.", "Two."))
    other = new_key(world, world.site, [Scope.MODERATE])

    def remove(note_id: str, secret: str) -> int:
        return api.call("DELETE", f"/v1/moderation/notes/{note_id}", secret=secret).status_code

    own = noted(Api(world, api.app, api.site, other), comment, "Three.").json["id"]
    assert remove(first, other) == 404
    assert remove(own, other) == 204
    assert [remove(each, api.secret) for each in (first, first, second)] == [204, 404, 204]
    assert texts(api.get(f"/v1/moderation/comments/{comment.id}/notes")) == []
    assert acts(world, Act.NOTE_REMOVED) == [(Act.NOTE_REMOVED, Doer.KEY)] * 3


# Bans


def banned(api: Api, **wish: Any) -> TestResponse:
    return api.post(f"/v1/sites/{api.site.id}/bans", NO_MORE | wish)


def writes(world: World, text: str, **others: Any) -> tuple[Status, tuple[str, ...]]:
    found = world.has(text, **{**BO, **others})
    return found.status, found.reasons


@pytest.mark.usefixtures("database_url")
def test_a_ban_by_a_comment_an_address_or_a_pattern_meets_whom_it_means(world: World, api: Api) -> None:
    comment = world.has("Lovely photos!", **BO)
    cases: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"mark": "address", "comment": str(comment.id)}, {"name": "Other", "address": "198.51.100.9"}),
        ({"mark": "address", "email": "Bo@Spam.example"}, {"name": "Other", "address": "198.51.100.9"}),
        ({"mark": "network", "comment": str(comment.id)}, {"name": "Other", "email": "other@example.com"}),
        (
            {"mark": "name", "pattern": "Bolly*"},
            {"email": "other@example.com", "address": "198.51.100.9", "name": "Bollywood"},
        ),
        ({"mark": "domain", "pattern": "@Spam.example"}, {"email": "other@spam.example", "name": "Other"}),
    ]
    for number, (wish, other) in enumerate(cases):
        assert writes(world, f"Before {number}.", **other)[0] is Status.APPROVED
        made = banned(api, **wish)
        assert made.status_code == 201, made.text
        assert (made.json["in_force"], made.json["until"], made.json["lifted_at"]) == (True, None, None)
        assert writes(world, f"After {number}.", **other) == (Status.REJECTED, ("banned",))
        lifted = api.post(f"/v1/sites/{api.site.id}/bans/{made.json['id']}/lift")
        assert (lifted.status_code, lifted.json["in_force"]) == (200, False)
        assert lifted.json["lifted_by"] == made.json["actor"]
        assert writes(world, f"Again {number}.", **other)[0] is Status.APPROVED
    assert acts(world, Act.BANNED, Act.BAN_LIFTED) == [(Act.BAN_LIFTED, Doer.KEY), (Act.BANNED, Doer.KEY)] * len(cases)


def test_a_member_is_banned_by_the_sites_own_id_and_not_by_an_address(world: World, api: Api) -> None:
    email = SecretEmail.parse("bo@spam.example")
    member, other = (Member(name, "Bo", email) for name in ("42", "43"))

    def says(text: str, who: Member) -> Status:
        return world.has(text, member=who, name=who.name, email=who.email).status

    banned(api, mark="address", email="bo@spam.example")
    assert says("One.", member) is Status.APPROVED
    assert banned(api, mark="address", member="42").status_code == 201
    assert (says("Two.", member), says("Three.", other)) == (Status.REJECTED, Status.APPROVED)


def test_no_address_and_no_network_leaves_with_a_ban(world: World, api: Api) -> None:
    comment = world.has("Lovely photos!", **BO)
    print_of = comment.fingerprint.hex() if comment.fingerprint else ""
    answers = [
        banned(api, mark="address", email=BO["email"]),
        banned(api, mark="address", email=BO["email"], effect="premoderate"),
        banned(api, mark="address", email=BO["email"]),
        banned(api, mark="address", email="bo@@spam.example"),
        banned(api, mark="network", comment=str(comment.id)),
        api.get(f"/v1/sites/{api.site.id}/bans"),
        api.get(f"/v1/moderation/comments/{comment.id}/author"),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 409, 422, 201, 200, 200]
    for answer in answers:
        for secret in ("bo@", "spam.example", "203.0.113", print_of):
            assert secret not in answer.text
    told = audit.trail(world.deps, [world.site.id], {"acts": (Act.BANNED,)}).rows
    assert "spam.example" not in str(told)
    stored = Path(world.settings.database_url.removeprefix("sqlite:///")).read_bytes()
    assert b"bo@spam.example" not in stored
    assert "bo@" not in repr(Whom(email="bo@spam.example", member="bo@spam.example"))


@pytest.mark.usefixtures("database_url")
def test_a_ban_has_an_end_and_the_list_says_who_ended_it_when(world: World, api: Api) -> None:
    made = banned(api, mark="name", pattern="Bo", days=2, effect="premoderate").json
    for number in range(2):
        banned(api, mark="name", pattern=f"Nobody {number}")

    assert writes(world, "Hello.") == (Status.HELD, ("premoderated",))
    world.clock.forward(days=3)
    assert writes(world, "Hello again.")[0] is Status.APPROVED
    path = f"/v1/sites/{api.site.id}/bans?limit=2"
    first = api.get(path, secret=new_key(world, world.site, [Scope.MODERATE]))
    last = api.get(f"{path}&cursor={first.json['next']}")
    assert [ban["pattern"] for ban in first.json["items"]] == ["Nobody 1", "Nobody 0"]
    (over,) = last.json["items"]
    assert (over["id"], over["in_force"], over["effect"]) == (made["id"], False, "premoderate")
    lift = f"/v1/sites/{api.site.id}/bans/{made['id']}/lift"
    assert [api.post(lift).status_code for _ in range(2)] == [200, 409]
    assert api.post(f"/v1/sites/{api.site.id}/bans/{uuid4()}/lift").status_code == 404


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"mark": "address"}, {"/mark": "one-of"}),
        ({"mark": "address", "email": "bo@spam.example", "member": "7"}, {"/mark": "one-of"}),
        ({"mark": "address", "email": "nobody"}, {"/email": "email-invalid"}),
        ({"mark": "address", "member": ""}, {"/member": "required"}),
        ({"mark": "address", "member": " "}, {"/member": "required"}),
        ({"mark": "network"}, {"/comment": "required"}),
        ({"mark": "name", "pattern": "*"}, {"/pattern": "name-pattern"}),
        ({"mark": "domain", "pattern": "co.uk"}, {"/pattern": "domain-invalid"}),
        ({"mark": "domain", "pattern": "spam.example", "email": "bo@spam.example"}, {"/mark": "one-of"}),
        ({"mark": "name", "pattern": "Bo", "days": 0}, {"/days": "out-of-range"}),
        ({"mark": "name", "pattern": "Bo", "reason": " "}, {"/reason": "required"}),
        ({"mark": "shoe", "effect": "love"}, {"/mark": "not-a-choice", "/effect": "not-a-choice"}),
    ],
)
def test_a_ban_of_nobody_is_refused(api: Api, wish: Mapping[str, Any], expected: dict[str, str]) -> None:
    assert faults(banned(api, **wish)) == expected
    assert api.get(f"/v1/sites/{api.site.id}/bans").json["items"] == []


def test_whoever_moderates_by_key_bans_nobody_and_no_other_site_is_met(world: World, api: Api) -> None:
    comment = world.has("Lovely photos!", **BO)
    wish = NO_MORE | {"mark": "address", "comment": str(comment.id)}
    made = banned(api, **wish).json["id"]
    moderator, theirs = new_key(world, world.site, [Scope.MODERATE, Scope.REVEAL]), api.elsewhere()
    path = f"/v1/sites/{api.site.id}/bans"

    assert api.post(path, wish, secret=moderator).status_code == 404
    assert api.post(f"{path}/{made}/lift", secret=moderator).status_code == 404
    assert banned(theirs, **wish).status_code == 404
    assert theirs.post(f"/v1/sites/{theirs.site.id}/bans/{made}/lift").status_code == 404
    assert theirs.get(f"/v1/sites/{theirs.site.id}/bans").json["items"] == []
    email = banned(theirs, mark="address", email=BO["email"])
    assert email.status_code == 201
    assert api.get(path).json["items"][0]["in_force"]


# Lists


def lists(api: Api) -> str:
    return f"/v1/sites/{api.site.id}/lists"


def put(api: Api, seen: str, words: list[str], links: list[str]) -> TestResponse:
    return api.call("PUT", lists(api), json={"words": words, "links": links}, headers={"If-Match": seen})


@pytest.mark.usefixtures("database_url")
def test_lists_are_put_in_force_emptied_and_taken_back(world: World, api: Api) -> None:
    before = api.get(lists(api))
    assert (before.json["version"], before.json["words"], before.headers["ETag"]) == (None, [], '"0"')

    saved = put(api, before.headers["ETag"], ["gadgetron*", "gadgetron*"], ["https://Spam.example"])
    assert (saved.status_code, saved.json["words"], saved.json["links"]) == (200, ["gadgetron*"], ["spam.example"])
    assert saved.headers["ETag"] == f'"{saved.json["version"]}"' == api.get(lists(api)).headers["ETag"]
    assert writes(world, "My gadgetrons are here.") == (Status.HELD, ("word-list",))

    emptied = api.call("DELETE", lists(api), headers={"If-Match": saved.headers["ETag"]})
    assert (emptied.json["words"], emptied.json["links"]) == ([], [])
    assert writes(world, "My gadgetrons are there.")[0] is Status.APPROVED

    back = api.post(f"{lists(api)}/undo", headers={"If-Match": emptied.headers["ETag"]})
    assert back.json["words"] == ["gadgetron*"]
    assert writes(world, "My gadgetrons are gone.")[0] is Status.HELD
    assert acts(world, Act.LISTS_SAVED) == [(Act.LISTS_SAVED, Doer.KEY)] * 3


def test_who_saw_another_version_of_the_lists_changes_nothing(api: Api) -> None:
    assert api.post(f"{lists(api)}/undo", headers={"If-Match": '"0"'}).json["type"] == "/docs/problems#conflict"
    assert api.post(f"{lists(api)}/undo", headers={"If-Match": f'"{uuid4()}"'}).json["type"] == "/docs/problems#stale"
    saved = put(api, '"0"', ["gadgetron"], [])
    calls = [
        ("PUT", lists(api), {"words": [], "links": []}),
        ("DELETE", lists(api), None),
        ("POST", f"{lists(api)}/undo", None),
    ]

    for method, path, body in calls:
        tags = {None: 428, "*": 428, '"2"': 412, '"0"': 412, f'"{uuid4()}"': 412}
        for tag, status in tags.items():
            answer = api.call(method, path, json=body, headers={"If-Match": tag} if tag else {})
            assert (method, path, tag, answer.status_code) == (method, path, tag, status)
    assert api.get(lists(api)).json == saved.json


def test_entries_that_cannot_be_used_are_named_by_their_place(api: Api) -> None:
    wrong = {"words": ["fine", "*", "\u200b"], "links": ["com", "fine.example"]}
    expected = {"/words/1": "wildcard", "/words/2": "never-found", "/links/0": "link-entry"}

    assert faults(put(api, '"0"', wrong["words"], wrong["links"])) == expected
    assert faults(api.post(f"{lists(api)}/preview", wrong)) == expected
    assert faults(put(api, '"0"', ["x" * 201], [])) == {"/words/0": "too-long"}
    assert faults(put(api, '"0"', ["word"] * 2001, [])) == {"/words": "too-long"}
    assert put(api, '"0"', ["two\nlines"], []).json["words"] == ["two lines"], "an entry is a line at the desk"


@pytest.mark.usefixtures("database_url")
def test_a_preview_says_what_would_be_caught_and_changes_nothing(world: World, api: Api) -> None:
    let_through, spoken = world.has("A gadgetron."), world.has("A maybe-toxicity gadgetron.")
    world.has("Nothing in it.", website="https://spam.example")
    person, _ = people.create(world.deps, name="Ada", roles={world.site.id: Role.OWNER})
    by_hand = Moderator(world.site.id, person.id)
    review.decide(world.deps, by_hand, Wish(spoken.id, spoken.version, Action.APPROVE))
    put(api, '"0"', [], ["spam.example"])

    tried = api.post(f"{lists(api)}/preview", {"words": ["gadgetron", "*ass*"], "links": ["spam.example"]}).json

    assert (tried["read"], tried["caught"], tried["public"], tried["approved"], tried["cut"]) == (3, 3, 3, 1, False)
    assert tried["caught_already"] == 1
    assert [hint["entry"] for hint in tried["hints"]] == ["*ass*"]
    found = {each["comment"]: each for each in tried["sample"]}
    assert found[str(let_through.id)]["spans"] == [[2, 11]]
    assert sorted(each["website"] for each in tried["sample"]) == [False, False, True]
    assert "Nothing in it" not in str(tried), "what comments say is for keys that read them"
    assert api.get(lists(api)).json["words"] == []


# The command line


def command(world: World, *words: str, typed: str = "", code: int = 0) -> Any:
    """Run a command, type this, and read what it tells programs."""
    values = {"DATABASE_URL": world.settings.database_url, "SECRET_KEY": SECRET, "ENCRYPTION_KEYS": KEY}
    done = subprocess.run(
        [*LYCHGATE, *words, "--json"],
        env=environment({f"LYCHGATE_{name}": value for name, value in values.items()}),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if code == 0 else done.stderr


def test_notes_at_the_command_line_are_the_operators(world: World, api: Api) -> None:
    comment = world.has(**BO)
    there = str(comment.id)

    written = command(world, "note", "add", there, "Seen before.", "--about", "author")
    assert command(world, "note", "list", there) == [written]
    assert command(world, "note", "list", there, "--about", "comment") == []
    (shown,) = api.get(f"/v1/moderation/comments/{comment.id}/notes").json["items"]
    assert (shown["id"], shown["about"], shown["actor"]) == (written["id"], "author", None)
    command(world, "note", "remove", written["id"])
    assert notes.listed(world.deps, world.site.id, comment.id, cursor=None, limit=9).rows == []
    assert acts(world, Act.NOTED, Act.NOTE_REMOVED) == [
        (Act.NOTE_REMOVED, Doer.OPERATOR),
        (Act.NOTED, Doer.OPERATOR),
    ]
    command(world, "note", "add", there, " ", code=1)
    for verb in ("list", "remove"):
        command(world, "note", verb, str(uuid4()), code=1)


def test_bans_at_the_command_line_are_made_listed_and_lifted(world: World, api: Api) -> None:
    comment = world.has("Lovely photos!", **BO)
    site, why = ("--site", "News"), ("--reason", "Sells photos.")

    by_address = command(world, "ban", "add", *site, *why, "--email", "-", typed="bo@spam.example\n")
    assert (by_address["mark"], by_address["pattern"], by_address["effect"]) == ("address", None, "ban")
    assert writes(world, "After.") == (Status.REJECTED, ("banned",))
    command(world, "ban", "add", *site, *why, "--comment", str(comment.id), "--network", "--read-first", "--days", "3")
    by_name = command(world, "ban", "add", *site, *why, "--name", "Bolly*")
    command(world, "ban", "add", *site, *why, "--domain", "spam.example")
    listed = command(world, "ban", "list", *site)
    assert [each["mark"] for each in listed] == ["domain", "name", "network", "address"]
    assert command(world, "ban", "lift", *site, by_name["id"])["in_force"] is False
    (record,) = (each for each in api.get(f"/v1/sites/{api.site.id}/bans").json["items"] if each["lifted_at"])
    assert (record["id"], record["actor"], record["lifted_by"]) == (by_name["id"], None, None)
    found = {
        each.lifted_by
        for each in (row["ban"] for row in bans.listed(world.deps, [world.site.id], cursor=None, limit=9).rows)
    }
    assert found == {None, OPERATOR_ID}
    assert acts(world, Act.BAN_LIFTED) == [(Act.BAN_LIFTED, Doer.OPERATOR)]

    assert "spam.example" not in command(world, "ban", "add", *site, *why, "--email", "bo@@spam.example", code=1)
    assert "/member" in command(world, "ban", "add", *site, *why, "--member", "", code=1)
    command(world, "ban", "add", *site, *why, code=1)
    command(world, "ban", "add", *site, *why, "--name", "Bo", "--domain", "spam.example", code=2)
    command(world, "ban", "lift", *site, by_name["id"], code=1)


def test_lists_at_the_command_line_are_tried_set_and_taken_back(world: World) -> None:
    world.has("A gadgetron.")
    site = ("--site", "News")

    assert command(world, "lists", "show", *site) == {"saved_at": None, "words": [], "links": []}
    command(world, "lists", "undo", *site, code=1)
    tried = command(world, "lists", "try", *site, "--words", "-", typed="gadgetron\n*ass*\n")
    assert (tried["caught"], [hint["entry"] for hint in tried["hints"]]) == (1, ["*ass*"])
    assert command(world, "lists", "show", *site)["words"] == []
    command(world, "lists", "set", *site, "--words", "-", typed="gadgetron\n")
    saved = command(world, "lists", "set", *site, "--links", "-", typed="\nspam.example\n")
    assert (saved["words"], saved["links"]) == (["gadgetron"], ["spam.example"])
    assert writes(world, "My gadgetron.") == (Status.HELD, ("word-list",))
    assert command(world, "lists", "empty", *site)["words"] == []
    assert command(world, "lists", "undo", *site)["words"] == ["gadgetron"]
    assert acts(world, Act.LISTS_SAVED) == [(Act.LISTS_SAVED, Doer.OPERATOR)] * 4
    command(world, "lists", "set", *site, code=2)
    command(world, "lists", "set", *site, "--words", "-", typed="fine\n\0\n", code=1)


def test_the_desk_says_which_key_or_that_the_operator_did_it(world: World, api: Api) -> None:
    comment = world.has("A maybe-toxicity remark.", **BO)
    ada = Somebody.of(world, "Ada", {world.site.id: Role.OWNER})
    author = f"/console/comments/{comment.id}/author"

    for by, name in ((api, "test"), (None, "the operator")):
        if by:
            noted(by, comment, "Seen before.")
            banned(by, mark="network", comment=str(comment.id))
            put(by, '"0"', ["gadgetron"], [])
        else:
            notes.put(world.deps, world.site.id, comment.id, "Seen before.", about=About.COMMENT)
            bans.put(world.deps, world.site.id, Whom(comment.id), BanWish(Effect.BAN, Mark.ADDRESS, "Sells."))
            seen = listings.current(world.deps, world.site.id).version
            listings.put(world.deps, world.site.id, ["gadgetron*"], [], seen=seen)
        for page in (author, "/console/bans", f"/console/lists/{world.site.id}"):
            assert f"<bdi>{name}</bdi>" in ada.sees(page).text, (page, name)


def test_lists_that_are_not_written_in_utf_8_are_refused_by_name(world: World, tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_bytes("Größe\n".encode("latin-1"))

    for verb in ("set", "try"):
        said = command(world, "lists", verb, "--site", "News", "--words", str(file), "--links", str(file), code=1)
        assert "Traceback" not in said
        assert [said.count(f"{pointer}: This file is not written in UTF-8.") for pointer in ("/words", "/links")] == [
            1,
            1,
        ]


def test_both_lists_are_not_read_from_one_standard_input(world: World) -> None:
    site = ("--site", "News")
    command(world, "lists", "set", *site, "--links", "-", typed="spam.example\n")

    for verb in ("set", "try"):
        command(world, "lists", verb, *site, "--words", "-", "--links", "-", typed="gadgetron\n", code=2)
    assert command(world, "lists", "show", *site)["links"] == ["spam.example"]
