"""What a reviewer would forget about a route: who may call it, what it says about itself, and whose things it shows."""

import ast
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from api import Api, app_over, new_key
from fakes.scorers import obedient
from makers import ORIGIN, World
from sqlalchemy import create_engine
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import moderation
from moderation.domain.number import number_of
from moderation.domain.scope import Scope
from moderation.http.catalogue import PROBLEMS
from moderation.http.described import description_of
from moderation.http.guard import Door, Mark, mark_of
from moderation.http.openapi import METHODS
from moderation.http.problems import STATUS_OF
from moderation.services import correspondence

PLACES = {"site_id", "pk", "comment_id", "thread_id", "key_id", "decision_id", "endpoint_id", "person_id", "number"}
PLACES |= {"rule_id", "note_id", "written_id", "ban_id"}
"""Everything an address may name that belongs to one site."""
PAGES = re.compile(r"/(docs|demo|console|embed|assets)(/|$)|/embed\.js$|/<pk>/wp-comments-post\.php$")
"""Addresses for people; every other one is in the document."""


@pytest.fixture(scope="module")
def ours(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A site with one of everything, seen by a server of its own."""
    path = tmp_path_factory.mktemp("routes") / "lychgate.db"
    path.write_bytes(migrated_file.read_bytes())
    with closing(World.at(f"sqlite:///{path}", scorers=obedient(), demo_key="")) as world:
        yield Api.over(world)


@pytest.fixture(scope="module")
def theirs(ours: Api) -> Api:
    """Another site on the same installation."""
    return ours.elsewhere()


@pytest.fixture(scope="module")
def things(ours: Api) -> dict[str, Any]:
    """One of everything that belongs to our site."""
    comment = ours.world.has("Lovely photos!")
    ours.decide(comment, "approve")
    letter = correspondence.link(ours.world.deps, ours.site, "stop", ours.world.follows(comment).id, "stamp")
    endpoint = ours.post(f"/v1/sites/{ours.site.id}/webhooks", {"url": "https://news.example/hooks"}).json["id"]
    rules, canned = f"/v1/sites/{ours.site.id}/rules", f"/v1/sites/{ours.site.id}/canned-notes"
    rule = ours.post(rules, {"title": "Be civil", "text": "Argue with what somebody says."}).json["id"]
    note = ours.post(canned, {"title": "Try again", "text": "Without the first sentence, gladly."}).json["id"]
    noted = ours.post(f"/v1/moderation/comments/{comment.id}/notes", {"text": "Seen before."}).json["id"]
    banned = {"effect": "ban", "mark": "name", "pattern": "nobody", "reason": "Nobody is called that."}
    ours.world.events()
    return {
        "site_id": ours.site.id,
        "pk": ours.site.key,
        "comment_id": comment.id,
        "thread_id": ours.world.look(comment).thread_id,
        "key_id": ours.get("/v1/keys").json["items"][0]["id"],
        "decision_id": ours.world.log_of(comment)[-1].id,
        "endpoint_id": endpoint,
        "token": letter.rpartition("/")[2],
        "person_id": ours.post("/v1/users", {"name": "Ada", "role": "owner"}).json["id"],
        "number": number_of(comment.id),
        "rule_id": rule,
        "note_id": note,
        "written_id": noted,
        "ban_id": ours.post(f"/v1/sites/{ours.site.id}/bans", banned).json["id"],
    }


def rules(api: Api) -> list[tuple[Rule, str, Mark]]:
    """Give every route under every method that it takes, with its mark."""
    return [
        (rule, method, mark)
        for rule in api.app.url_map.iter_rules()
        for method in METHODS
        if method in (rule.methods or ()) and (mark := mark_of(api.app.view_functions[rule.endpoint]))
    ]


def body_for(api: Api, rule: Rule) -> Any:
    """Give a sound body for a route: the example that its shape carries."""
    description = description_of(api.app.view_functions[rule.endpoint])
    if description is None or description.body is None:
        return None
    return description.body.model_json_schema()["examples"][0]


def ask(api: Api, rule: Rule, method: str, named: dict[str, Any], **options: Any) -> TestResponse:
    """Call a route about these things, with everything else in order."""
    path = str(rule.build({name: named[name] for name in rule.arguments})[1])
    query = "?thread=article-1" if path.endswith(("/counts", "/about", "/thread", "/challenge")) else ""
    headers = {"If-Match": '"2"', **options.pop("headers", {})}
    return api.call(method, path + query, json=body_for(api, rule), headers=headers, **options)


def test_every_route_says_who_may_call_it(ours: Api) -> None:
    views = {rule.endpoint: ours.app.view_functions[rule.endpoint] for rule in ours.app.url_map.iter_rules()}

    assert [endpoint for endpoint, view in views.items() if mark_of(view) is None] == []


def test_every_route_for_programs_is_in_the_document(ours: Api) -> None:
    paths = ours.get("/openapi.json").json["paths"]
    missing = [
        (method, rule.rule)
        for rule, method, _ in rules(ours)
        if not PAGES.match(rule.rule) and method.lower() not in paths.get(in_document(rule), {})
    ]

    assert missing == []


def in_document(rule: Rule) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def test_every_body_has_an_example_that_is_sound(ours: Api) -> None:
    for rule, _, _ in rules(ours):
        description = description_of(ours.app.view_functions[rule.endpoint])
        if description and description.body:
            description.body.model_validate(body_for(ours, rule))


def test_whatever_an_address_names_is_known_to_these_tests(ours: Api) -> None:
    """A new kind of thing belongs into `things`, so that it is looked for with another site's key."""
    named = {name for rule, _, _ in rules(ours) if not PAGES.match(rule.rule) for name in rule.arguments}

    assert named <= PLACES


def test_another_sites_key_finds_nothing_of_ours(ours: Api, theirs: Api, things: dict[str, Any]) -> None:
    for rule, method, mark in rules(ours):
        if mark.door in {Door.KEY, Door.SITE} and rule.arguments:
            assert (rule.rule, method, ask(theirs, rule, method, things).status_code) == (rule.rule, method, 404)


def test_nothing_of_ours_is_found_under_another_site(ours: Api, theirs: Api, things: dict[str, Any]) -> None:
    under = {**things, "site_id": theirs.site.id}
    for rule, method, mark in rules(ours):
        if mark.door is Door.KEY and {"site_id"} < set(rule.arguments):
            assert (rule.rule, method, ask(theirs, rule, method, under).status_code) == (rule.rule, method, 404)


def test_another_sites_receipt_and_pages_find_nothing_of_ours(ours: Api, theirs: Api, things: dict[str, Any]) -> None:
    receipt = ours.world.deps.seals.receipt(uuid4())
    for rule, method, mark in rules(ours):
        answer = None
        if mark.door is Door.RECEIPT:
            answer = ask(ours, rule, method, things, headers={"Authorization": f"Receipt {receipt}"})
        elif mark.door is Door.SITE or (mark.door is Door.OPEN and "comment_id" in rule.arguments):
            origin = {"Origin": theirs.site.origins[0]}
            answer = ask(ours, rule, method, things, headers=origin, secret=None)
        if answer is not None:
            assert (rule.rule, method, answer.status_code) == (rule.rule, method, 404)


def test_lists_hold_nothing_of_another_site(ours: Api, theirs: Api, things: dict[str, Any]) -> None:
    for rule, method, mark in rules(ours):
        if mark.door is Door.KEY and method == "GET" and not rule.arguments:
            shown = theirs.get(rule.rule)
            assert shown.status_code == 200
            assert not [name for name, thing in things.items() if str(thing) in shown.text], rule.rule


def test_what_a_body_names_is_looked_for_at_the_keys_own_site(theirs: Api, things: dict[str, Any]) -> None:
    reply = {"thread": "t", "name": "Bo", "email": "bo@example.com", "text": "Hello."}
    own = theirs.post(f"/v1/sites/{theirs.site.key}/comments", reply)
    threads = f"/v1/sites/{theirs.site.id}/threads"
    thread = theirs.get(threads).json["items"][0]["id"]
    decision = {"comment": str(things["comment_id"]), "version": 2, "action": "approve"}

    assert own.status_code == 202
    assert theirs.post(f"{threads}/{thread}/merge", {"into": str(things["thread_id"])}).status_code == 404
    assert theirs.post("/v1/moderation/decisions", [decision]).json["items"][0]["error"]["status"] == 404


def test_a_key_without_the_scope_finds_nothing_and_no_key_is_told_so(ours: Api, things: dict[str, Any]) -> None:
    for rule, method, mark in rules(ours):
        if mark.door is Door.KEY:
            other = new_key(ours.world, ours.site, [scope for scope in Scope if scope is not mark.scope])
            secrets = (other, None, "sk_unknown")
            answers = [ask(ours, rule, method, things, secret=secret).status_code for secret in secrets]
            assert (rule.rule, method, answers) == (rule.rule, method, [404, 401, 401])


def test_no_get_changes_anything(ours: Api, things: dict[str, Any]) -> None:
    receipt = {"Authorization": f"Receipt {ours.world.deps.seals.receipt(things['comment_id'])}"}
    named = {**things, "edition": "any", "name": "lychgate.css"}
    before = dump(ours.world)

    for rule, method, mark in rules(ours):
        if method == "GET":
            answer = ask(ours, rule, method, named, headers=receipt if mark.door is Door.RECEIPT else {})
            assert answer.status_code in {200, 204, 308} or rule.rule.startswith("/demo"), rule.rule

    assert dump(ours.world) == before


def dump(world: World) -> list[str]:
    """Give everything that is stored."""
    engine = create_engine(world.settings.database_url)
    with closing(engine.raw_connection()) as connection:
        found = list(connection.driver_connection.iterdump())  # type: ignore[union-attr]
    engine.dispose()
    return found


def test_every_problem_that_is_raised_has_its_sentence() -> None:
    raised = set(codes_in(Path(moderation.__file__).parent))

    assert raised - set(PROBLEMS) == set()


def codes_in(folder: Path) -> Iterator[str]:
    """Find the code of every refusal: where it is raised, and where its class says it."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                yield from (ast.literal_eval(word.value) for word in node.exc.keywords if word.arg == "code")


def test_every_kind_of_refusal_has_the_number_that_its_sentence_says() -> None:
    for kind, status in STATUS_OF.items():
        assert PROBLEMS[kind.code][0] is status


FOREIGN = (ORIGIN + ".evil.example", ORIGIN.upper(), ORIGIN + ":8443", "http://news.example", "null", "")


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_origin_is_never_named(ours: Api, things: dict[str, Any], origin: str) -> None:
    for path in (f"/v1/sites/{things['pk']}/comments", f"/v1/comments/{things['comment_id']}"):
        for method in ("GET", "OPTIONS"):
            headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
            answer = app_over(ours.world).test_client().open(path, method=method, headers=headers)
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert "Access-Control-Allow-Credentials" not in answer.headers
            assert "Origin" in answer.headers["Vary"]


def test_a_page_of_the_site_may_send_and_read(ours: Api, things: dict[str, Any]) -> None:
    for path in (f"/v1/sites/{things['pk']}/comments", f"/v1/comments/{things['comment_id']}"):
        headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
        preflight = app_over(ours.world).test_client().options(path, headers=headers)

        assert preflight.status_code == 204
        assert preflight.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Access-Control-Allow-Credentials" not in preflight.headers
        assert {"Content-Type", "Authorization"} <= set(preflight.headers["Access-Control-Allow-Headers"].split(", "))


def test_moderation_and_management_are_not_for_browsers(ours: Api) -> None:
    for path in ("/v1/moderation/comments", "/v1/keys", "/v1/events"):
        assert "Access-Control-Allow-Origin" not in ours.get(path, headers={"Origin": ORIGIN}).headers
