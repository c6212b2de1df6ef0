"""The gate of the desk: who is let in, and what every one of its answers wears."""

from typing import cast
from urllib.parse import urlencode
from uuid import uuid4

from flask import Flask, Response, current_app, g, json, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from moderation.domain.audit import Doer, Who
from moderation.domain.errors import ModerationError, NotFound, Unauthenticated
from moderation.domain.person import Person
from moderation.http import problems
from moderation.http.console.printing import printed
from moderation.http.console.signin import present
from moderation.http.console.speech import spoken
from moderation.http.context import act_for, web
from moderation.http.guard import Door, mark_of

SAFE_SITES = frozenset({None, "same-origin", "none"})


def admit(app: Flask) -> None:
    """Put the gate before every request of the desk, and answer its failures."""
    app.before_request(_check)
    app.register_error_handler(Exception, _refused)
    app.after_request(_dress)


def person() -> Person:
    """Give who is signed in; pages that ask for it have been told somebody."""
    return cast("Person", g.person)


def wants_json() -> bool:
    """Say whether our own script is asking, and not a browser that shows a page."""
    return request.accept_mimetypes.best == "application/json"


def _check() -> ResponseReturnValue | None:
    """Let a request through to its view; whoever has not signed in is led to where they can."""
    g.request_id = uuid4().hex
    if request.endpoint is None:
        return None
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") not in SAFE_SITES:
        raise NotFound("There is nothing here.")
    mark = mark_of(current_app.view_functions[request.endpoint])
    if mark is None:
        raise NotFound("There is nothing here.")
    found = present(web())
    g.person = found
    if mark.door is not Door.PERSON:
        return None
    if found is None:
        return _to_sign_in()
    act_for(Who(Doer.PERSON, found.id))
    return None


def _to_sign_in() -> ResponseReturnValue:
    if request.method != "GET" or wants_json():
        raise Unauthenticated("Sign in again; your session is over.")
    there = request.full_path.rstrip("?")
    onwards = "" if there == "/" else "?" + urlencode({"next": f"/console{there}"})
    return redirect(f"/console/login{onwards}", 303)


def _refused(error: Exception) -> Response:
    """Say what went wrong: in a document where our script asks, else on a page."""
    answer = problems.answered(error)
    routed = isinstance(error, HTTPException) and (error.code or 500) < 400  # noqa: PLR2004
    if routed:
        return cast("Response", error.get_response())  # type: ignore[attr-defined]
    document = answer.get_json(force=True)
    sentence = spoken(error.detail if isinstance(error, ModerationError) else document["detail"])
    if wants_json():
        answer.set_data(json.dumps(document | {"detail": sentence}))
        return answer
    shown = printed("refused.html", status=answer.status_code, sentence=sentence)
    shown.headers.extend((name, value) for name, value in answer.headers if name in {"Allow", "Retry-After"})
    return shown


def _dress(response: Response) -> Response:
    """Keep browsers careful, and what the desk shows out of every cache."""
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    if "no-store" not in response.headers.get("Cache-Control", ""):
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response
