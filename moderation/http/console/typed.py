"""Reading what the desk's forms bring back: a version, a moment, what is to become of it, ids."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from flask import Request

from moderation.domain.decision import Action
from moderation.domain.errors import Malformed, NotFound
from moderation.http.console.meanings import LABELS

_DIGITS: Final = 9
"""Digits of a version that are read; no comment was ever changed so often."""


def version_in(request: Request) -> int:
    """Read the version that was seen, from the header as the API has it, or from the form."""
    return number_in(request.headers.get("If-Match", "").strip('"') or request.form.get("version", ""))


def number_in(typed: str) -> int:
    """Read the number of a version."""
    if not typed.isdecimal() or len(typed) > _DIGITS:
        raise Malformed("Say which version you saw.")
    return int(typed)


def action_in(form: Mapping[str, str]) -> Action:
    """Read what is to become of it."""
    chosen = form.get("action", "")
    if chosen not in LABELS:
        raise Malformed("Choose what is to become of it.")
    return Action(chosen)


def moment_in(typed: str, now: datetime) -> datetime:
    """Read when a page was shown, which was not after now; what came or changed later is not decided by it."""
    try:
        return min(datetime.fromisoformat(typed).astimezone(UTC), now)
    except (ValueError, OverflowError):
        raise Malformed("This page cannot be read any more; open the queue again.") from None


def id_in(typed: str) -> UUID | None:
    """Read an id, where there is one; raises NotFound for what is none."""
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise NotFound("There is no such comment.") from None
