"""Calls the API in a test, and holds every answer against what its route says about itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from flask import Flask
from makers import World
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from moderation.app import create_app
from moderation.domain.comment import Comment
from moderation.domain.scope import Scope
from moderation.domain.site import Site
from moderation.http.answers.base import Problem
from moderation.http.catalogue import PROBLEMS
from moderation.http.context import Web
from moderation.http.described import JSON, description_of
from moderation.http.guard import mark_of
from moderation.http.openapi import document, problems_of
from moderation.http.problems import PROBLEM, TYPE
from moderation.services import keys, sites
from moderation.services.ports import Deps
from moderation.wiring import starting_policy

PUBLIC_URL = "http://lychgate.test"


def app_over(world: World) -> Flask:
    """Make the web application over a world."""
    return create_app(Web(world.deps, public_url=PUBLIC_URL, ready=dict))


def described_calls() -> list[tuple[str, str, bool]]:
    """Name every call in the document, and say whether there is anything to get wrong in it; nothing is opened."""
    bare = create_app(Web(cast("Deps", None), public_url=PUBLIC_URL, ready=dict))
    paths = document(bare, version="", address=PUBLIC_URL)["paths"]
    return [(method, path, _steerable(call)) for path, calls in paths.items() for method, call in calls.items()]


def _steerable(call: Mapping[str, Any]) -> bool:
    return "requestBody" in call or any(item["in"] != "path" for item in call["parameters"])


@dataclass
class Api:
    """A server of one site, with a key of its own."""

    world: World
    app: Flask
    site: Site
    secret: str

    @classmethod
    def over(cls, world: World, scopes: Iterable[Scope] = Scope) -> Self:
        """Begin with a key of the world's site."""
        app = app_over(world)
        return cls(world, app, world.site, new_key(world, world.site, scopes))

    def elsewhere(self, name: str = "Elsewhere", scopes: Iterable[Scope] = Scope) -> "Api":
        """Begin a second site on the same installation, with a key of its own."""
        origin = f"https://{name.lower()}.example"
        site = sites.create(self.world.deps, name=name, origins=[origin], policy=starting_policy("default"))
        return Api(self.world, self.app, site, new_key(self.world, site, scopes))

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.call("POST", path, json=json, **options)

    def call(self, method: str, path: str, *, secret: str | None = "", **options: Any) -> TestResponse:
        """Call with the site's key, another one, or none, and check that the answer is a described one."""
        chosen = self.secret if secret == "" else secret
        headers = {**({"Authorization": f"Bearer {chosen}"} if chosen else {}), **options.pop("headers", {})}
        options = {name: value for name, value in options.items() if value is not None}
        answer = self.app.test_client().open(path, method=method, headers=headers, **options)
        check(self.app, method, path, answer)
        return answer

    def decide(self, comment: Comment, action: str, version: int | None = None, **others: Any) -> TestResponse:
        """Decide a comment as it is now, or as it was."""
        seen = self.world.look(comment).version if version is None else version
        path = f"/v1/moderation/comments/{comment.id}/decisions"
        return self.post(path, {"action": action, **others}, headers={"If-Match": f'"{seen}"'})


def new_key(world: World, site: Site, scopes: Iterable[Scope]) -> str:
    """Make a key; its use is noted at once, so that looking at it later changes nothing."""
    secret = keys.create(world.deps, site.id, name="test", scopes=list(scopes))[1]
    keys.recognise(world.deps, secret)
    return secret


def check(app: Flask, method: str, path: str, answer: TestResponse) -> None:
    """Hold an answer against its route's description; failures have a shape of their own."""
    rule = _rule(app, method, path)
    description = description_of(app.view_functions[rule.endpoint]) if rule else None
    if answer.mimetype == PROBLEM:
        _check_problem(answer.get_json(force=True), answer.status_code)
    if rule is None or description is None:
        return
    expected = description.answers.get(answer.status_code)
    if expected is None:
        refusals = problems_of(description, mark_of(app.view_functions[rule.endpoint]))
        assert answer.status_code in {PROBLEMS[code][0] for code in refusals}, answer.text
    elif expected.media == JSON and expected.body is not None:
        expected.body.model_validate_json(answer.data)


def _check_problem(document: Mapping[str, Any], status: int) -> None:
    Problem.model_validate(document)
    assert document["status"] == status
    assert PROBLEMS[document["type"].removeprefix(TYPE)][0] == status


def _rule(app: Flask, method: str, path: str) -> Rule | None:
    try:
        return app.url_map.bind("lychgate.test").match(path.partition("?")[0], method, return_rule=True)[0]
    except (NotFound, MethodNotAllowed):
        return None
