"""Who is let in: when all places of a process are taken, the next one hears so at once instead of waiting in line."""

from typing import Final

from flask import Flask, g, request

from moderation.domain.errors import TemporaryFailure
from moderation.http.context import web

BRINGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods that wait, for a body to arrive or for a commit; who only reads needs no place."""


def admit(app: Flask) -> None:
    """Give each request of an application that brings something a place until it is answered."""
    app.before_request(_take_a_place)
    app.teardown_request(_leave)


def _take_a_place() -> None:
    """Take a place, or raise TemporaryFailure before anything is read or looked up."""
    if request.method not in BRINGING:
        return
    if not web().places.acquire(blocking=False):
        raise TemporaryFailure("Too many are sending at once; try again in a moment.")
    g.placed = True


def _leave(_error: BaseException | None) -> None:
    if g.pop("placed", False):
        web().places.release()
