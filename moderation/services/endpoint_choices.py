"""What an owner chose of an endpoint: cleaned, looked at, and refused with every fault at once."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from moderation.domain.endpoint import (
    MOST_HEADERS,
    PREFIX_MAX,
    Ending,
    Endpoint,
    parse_description,
    parse_header,
    parse_language,
    parse_url,
)
from moderation.domain.errors import Fault, Invalid
from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit
from moderation.services.ports import Deps
from moderation.services.sealed import seal_headers


def fitted(deps: Deps, endpoint: Endpoint, choices: Mapping[str, Any], faults: list[Fault]) -> Endpoint:
    """Clean what was chosen and refuse what none can have, with every fault at once."""
    fits = dict(choices)
    for name, parse in (("url", parse_url), ("description", parse_description), ("language", parse_language)):
        if fits.get(name) is not None:
            fits[name] = _fit(f"/{name}", parse, fits[name], faults)
    if len(fits.get("thread_prefix") or "") > PREFIX_MAX:
        faults.append(
            Fault("/thread_prefix", "too-long", Sentence("Write at most %(limit)s characters.", limit=PREFIX_MAX))
        )
    if "headers" not in fits and _is_elsewhere(endpoint.url, fits.get("url")):
        fits |= {"headers": None, "header_names": ()}  # They are secrets of whoever was there before.
    if "headers" in choices:
        fits |= _with_headers(deps, endpoint, fits.pop("headers") or {}, faults)
    if faults:
        raise Invalid(faults)
    return replace(endpoint, **fits, **_ability(choices.get("enabled")))


def _is_elsewhere(before: str, url: str | None) -> bool:
    return url is not None and urlsplit(url)[:2] != urlsplit(before)[:2]


def _with_headers(deps: Deps, endpoint: Endpoint, headers: Mapping[str, str], faults: list[Fault]) -> dict[str, Any]:
    """Seal headers that go along; only their names are shown again."""
    if len(headers) > MOST_HEADERS:
        faults.append(Fault("/headers", "too-many", Sentence("Choose at most %(limit)s headers.", limit=MOST_HEADERS)))
    if len({name.lower() for name in headers}) < len(headers):
        faults.append(Fault("/headers", "repeated", "Give each header once."))
    for name, value in headers.items():
        try:
            parse_header(name, value)
        except Unfit as error:
            faults.append(Fault("/headers", error.code, error.detail))
    return {
        "headers": seal_headers(deps, endpoint.site_id, endpoint.id, headers),
        "header_names": tuple(headers),
    }


def _ability(enabled: bool | None) -> dict[str, Any]:  # noqa: FBT001 (as it was chosen)
    """Give what follows from enabling or disabling."""
    if enabled is None:
        return {}
    return {"ended": None if enabled else Ending.OWNER, "failures": 0, "failing_since": None, "rests_until": None}


def _fit(pointer: str, parse: Callable[[str], str], typed: str, faults: list[Fault]) -> str:
    """Give what was typed as it is kept, or note why it cannot be."""
    try:
        return parse(typed)
    except Unfit as error:
        faults.append(Fault(pointer, error.code, error.detail))
        return typed
