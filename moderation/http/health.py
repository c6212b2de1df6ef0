"""Alive, ready, and how it goes: for operators and their machines."""

import hmac
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from moderation.domain.errors import NotFound, TemporaryFailure
from moderation.http import measure
from moderation.http.answers.health import Alive, Readiness
from moderation.http.context import deps, web
from moderation.http.described import Answer, described
from moderation.http.guard import open_to_all
from moderation.services import deliveries

blueprint = Blueprint("health", __name__)
FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
"""What a proxy adds; whoever came through one is not this machine."""


@blueprint.get("/livez")
@open_to_all
@described({200: Alive})
def livez() -> ResponseReturnValue:
    """Say that this process answers."""
    return {"status": "alive"}, 200, {"Cache-Control": "no-store"}


@blueprint.get("/readyz")
@open_to_all
@described({200: Readiness, 503: Answer(Readiness, sentence="Comments cannot be taken in.")})
def readyz() -> ResponseReturnValue:
    """Say whether this process can take comments in; what is wrong has a sentence each."""
    wrong = web().ready()
    document = {"status": "not-ready", "checks": wrong} if wrong else {"status": "ready"}
    return document, 503 if wrong else 200, {"Cache-Control": "no-store"}


@blueprint.get("/metrics")
@open_to_all
@described({200: Answer(media=CONTENT_TYPE_LATEST)}, problems=["not-found"])
def metrics() -> ResponseReturnValue:
    """Give the counters, to this machine or to whoever has the token."""
    if not (_is_here() or _has_token()):
        raise NotFound("There is nothing here.")
    with suppress(TemporaryFailure):  # Then the figures are those of the last time.
        measure.note(deliveries.underway(deps()))
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _is_here() -> bool:
    """Trust loopback, unless somebody was forwarded through it."""
    try:
        local = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return local and not any(name in request.headers for name in FORWARDED)


def _has_token() -> bool:
    token = web().metrics_token
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return token is not None and hmac.compare_digest(token.encode(), sent.encode())
