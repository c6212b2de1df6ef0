"""Failures as documents: the one file that knows what number a failure has (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from math import ceil
from typing import Any, Final

import structlog
from flask import Flask, Response, g, json, request
from werkzeug.exceptions import HTTPException

from moderation.domain.errors import (
    Conflict,
    Invalid,
    LengthRequired,
    Malformed,
    ModerationError,
    NotFound,
    PreconditionRequired,
    Stale,
    TemporaryFailure,
    TooLarge,
    TooMany,
    Unauthenticated,
    WrongType,
)
from moderation.http.rates import reached

log = structlog.get_logger()
PROBLEM: Final = "application/problem+json"
TYPE: Final = "/docs/problems#"

STATUS_OF: Final[dict[type[ModerationError], HTTPStatus]] = {
    Malformed: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    LengthRequired: HTTPStatus.LENGTH_REQUIRED,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    WrongType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    PreconditionRequired: HTTPStatus.PRECONDITION_REQUIRED,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    TemporaryFailure: HTTPStatus.SERVICE_UNAVAILABLE,
}

TITLE_OF: Final = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Too large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Some fields need attention",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here",
}


def answer(app: Flask) -> None:
    """Turn every failure of an application, Flask's own too, into a problem document."""
    app.register_error_handler(Exception, answered)


def answered(error: Exception) -> Response:
    """Answer a failure of whatever kind."""
    match error:
        case ModerationError():
            return refused(error)
        case HTTPException():
            return _http(error)
        case RecursionError():
            return refused(Malformed("This is nested too deeply."))
        case _:
            return _unexpected(error)


def refused(error: ModerationError) -> Response:
    """Answer what the domain refuses."""
    document = problem_of(error)
    return _response(document, headers_of(error))


def status_of(error: ModerationError) -> HTTPStatus:
    """Give the number of a refusal."""
    found = (STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR)


def problem_of(error: ModerationError) -> dict[str, Any]:
    """Describe a refusal, with every fault that it carries and none of what was sent."""
    document = _document(status_of(error), error.code, error.detail)
    if isinstance(error, Invalid):
        document["errors"] = [
            {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail} for fault in error.faults
        ]
    if isinstance(error, Conflict) and error.about is not None:
        document["comment"] = str(error.about)
    return document


def _document(status: HTTPStatus, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": TYPE + code,
        "title": TITLE_OF.get(status, status.phrase),
        "status": int(status),
        "detail": detail,
        "request_id": g.get("request_id", ""),
    }


def headers_of(error: ModerationError) -> dict[str, str]:
    """Give the headers that HTTP asks for beside a refusal."""
    if isinstance(error, Unauthenticated):
        scheme = "Member" if error.code.startswith("member") else "Bearer"
        return {"WWW-Authenticate": f'{scheme} realm="lychgate"'}
    if not isinstance(error, TooMany | TemporaryFailure):
        return {}
    wait = {"Retry-After": str(max(1, ceil(error.retry_after.total_seconds())))}
    return wait | reached(error) if isinstance(error, TooMany) else wait


def _response(document: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    response = Response(json.dumps(document), status=document["status"], mimetype=PROBLEM, headers=dict(headers))
    response.headers["Cache-Control"] = "no-store"
    return response


def _http(error: HTTPException) -> Response:
    """Answer what Flask or Werkzeug refuses, with the headers that go with it."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After", "Location"}}
    detail = {
        HTTPStatus.NOT_FOUND: "There is nothing here.",
        HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Send at most 128 kB.",
    }.get(status, "This request cannot be answered.")
    code = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TooLarge.code}.get(status, status.phrase.lower().replace(" ", "-"))
    return _response(_document(status, code, detail), kept)


def _unexpected(error: Exception) -> Response:
    """Answer a fault of ours; the log names its kind and place, never its message, which may quote people."""
    log.error("unexpected", error=type(error).__name__, at=_place(error), endpoint=request.endpoint)
    document = _document(
        HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", "The fault is ours; it was noted under this id."
    )
    return _response(document, {})


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
