"""What an owner types of an endpoint: read from the form, and put into it again."""

from collections.abc import Mapping
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from moderation.domain.endpoint import Endpoint, Format
from moderation.domain.event import EventType
from moderation.http.console.speech import Spoken
from moderation.http.words import marked

LINES: Final = ("url", "description", "thread_prefix", "language")
FORMATS: Final = Spoken(
    {
        Format.STANDARD: marked("A program of yours (Standard Webhooks)"),
        Format.SLACK: marked("A chat like Slack, Mattermost or Rocket.Chat"),
        Format.MATRIX: marked("A Matrix room, by a bridge such as Hookshot"),
    }
)
NOTHING: Final[Mapping[str, Any]] = {
    **dict.fromkeys(LINES, ""),
    "headers": "",
    "no_headers": False,
    "events": (),
    "format": Format.STANDARD,
}
"""A form in which nobody typed anything."""


def typed_in(form: MultiDict[str, str]) -> dict[str, Any]:
    """Give what was typed, as the form shows it again."""
    chosen = form.getlist("events")
    return {
        **{name: form.get(name, "").strip() for name in LINES},
        "headers": form.get("headers", ""),
        "no_headers": "no_headers" in form,
        "events": tuple(kind for kind in EventType if kind.value in chosen),
        "format": next((form_ for form_ in Format if form_.value == form.get("format")), Format.STANDARD),
    }


def typed_of(endpoint: Endpoint) -> dict[str, Any]:
    """Give what somebody would have typed to get this endpoint; headers are never shown again."""
    return {
        **NOTHING,
        **{name: getattr(endpoint, name) or "" for name in LINES},
        "events": tuple(kind for kind in EventType if kind in endpoint.events),
        "format": endpoint.format,
    }


def choices_of(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is chosen by what was typed; headers that nobody names stay as they are."""
    choices = {name: typed[name] for name in ("url", "description", "events", "format")}
    choices |= {name: typed[name] or None for name in ("thread_prefix", "language")}
    if typed["headers"].strip() or typed["no_headers"]:
        choices["headers"] = {} if typed["no_headers"] else _headers(typed["headers"])
    return choices


def changes(typed: Mapping[str, Any], endpoint: Endpoint) -> dict[str, Any]:
    """Give what of an endpoint is to be otherwise than it is."""
    before = choices_of(typed_of(endpoint))
    return {name: value for name, value in choices_of(typed).items() if name not in before or value != before[name]}


def _headers(typed: str) -> dict[str, str]:
    """Read one header from each line."""
    pairs = (line.partition(":") for line in typed.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}
