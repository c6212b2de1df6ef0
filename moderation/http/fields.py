"""Reading what was sent: strictly, capped, every fault at once, nothing echoed."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final, TypeVar, get_origin

import regex
from flask import request
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from moderation.domain.errors import Fault, Invalid, Malformed, TooLarge, WrongType
from moderation.domain.text import Unfit, is_storable, refuse_unstorable

MOST_BYTES: Final = 128_000
MOST_DEPTH: Final = 8
MOST_FAULTS: Final = 100
FEW: Final = 1000
"""Bytes of which it is quickly seen whether many brackets open there."""
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
JSON: Final = "application/json"
_BRACKETS: Final = regex.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{}\]]', regex.DOTALL)
"""Brackets, and strings, so that what looks like a bracket inside one is passed over."""
_STEP: Final = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}
_ENUMS: Final = ("enum", "literal_error")
_EMPTY: Final = ("missing", "too_short", "string_too_short", "string_pattern_mismatch")
"""A pattern here asks for nothing but something that can be seen."""
_REQUIRED: Final = "required"
"""The one code of the domain without a hyphen."""
_RANGES: Final = {"greater_than_equal": ("at least", "ge"), "less_than_equal": ("at most", "le")}
_TYPES: Final = {
    "string": "Send text.",
    "int": "Send a whole number.",
    "bool": "Send true or false.",
    "tuple": "Send a list.",
    "model": "Send an object.",
    "uuid": "Send an id as it was given to you.",
}
"""What is wanted, by the kind of fault that the reader of shapes names."""


class Shape(BaseModel):
    """A body we read: other fields than these are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PublicQuery(Shape):
    """A query that any page may send: what means nothing here is passed over, since caches and counters add to it."""

    model_config = ConfigDict(extra="ignore")


S = TypeVar("S", bound=Shape)


def example(**fields: Any) -> ConfigDict:
    """Give a shape an example, for the reference."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


def fitting(parse: Callable[[str], str]) -> AfterValidator:
    """Let a field hold what the domain makes of it; what it refuses is a fault beside all others."""

    def parsed(sent: str) -> str:
        try:
            return parse(sent)
        except Unfit as error:
            raise PydanticCustomError(error.code, "{detail}", {"detail": error.detail}) from None

    return AfterValidator(parsed)


def is_form() -> bool:
    """Say whether the request came from an HTML form."""
    return request.mimetype in FORMS


def read(shape: type[S]) -> S:
    """Read a JSON body into a shape; raises Malformed, WrongType, TooLarge, or Invalid with all faults."""
    return fit(shape, body())


def read_query(shape: type[S]) -> S:
    """Read the query into a shape; raises Invalid with all faults, also what is given twice."""
    sent = _meant(shape, request.args.to_dict(flat=False))
    lists = {name for name, known in shape.model_fields.items() if get_origin(known.annotation) is tuple}
    twice = [_repeated(name) for name, values in sent.items() if name not in lists and len(values) > 1]
    try:
        fitted = fit(shape, {name: values if name in lists else values[0] for name, values in sent.items()})
    except Invalid as error:
        raise Invalid(_listed(chain(twice, error.faults))) from None
    if twice:
        raise Invalid(_listed(twice))
    return fitted


def _meant(shape: type[Shape], sent: dict[str, list[str]]) -> dict[str, list[str]]:
    """Leave out what a public query may hold beside its own names."""
    passed_over = shape.model_config.get("extra") == "ignore"
    return {name: values for name, values in sent.items() if name in shape.model_fields or not passed_over}


def _repeated(name: str) -> Fault:
    return Fault(f"/{_token(name)}", "repeated", "Give this once.")


def fit(shape: type[S], document: Any) -> S:
    """Hold a document against a shape; raises Invalid with every fault in it."""
    unstorable = [] if _is_storable(document) else list(islice(_unstorable("", document), MOST_FAULTS + 1))
    try:
        fitted = shape.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        faults = (_fault(item) for item in found if item["type"] != "string_unicode")  # Told better above.
        raise Invalid(_listed(chain(unstorable, faults))) from None
    if unstorable:
        raise Invalid(_listed(unstorable))
    return fitted


def read_if_sent(shape: type[S]) -> S:
    """Read a JSON body into a shape whose fields all go without saying; no body at all says nothing."""
    return read(shape) if raw_body() else fit(shape, {})


def body() -> Any:
    """Parse the JSON body: UTF-8, no duplicate keys, no numbers that are none, eight levels at most."""
    if request.content_type != JSON != request.mimetype:  # The first is quick and nearly always enough.
        raise WrongType("Send JSON as application/json.")
    raw = raw_body()
    if _is_deep(raw):
        raise Malformed(f"Nest at most {MOST_DEPTH} levels deep.")
    try:
        return _DECODER.decode(raw.decode())
    except (ValueError, RecursionError):  # A UnicodeDecodeError is a ValueError too.
        raise Malformed("This is not valid JSON, or names a field twice.") from None


def raw_body() -> bytes:
    """Read the body, at most 128 kB of it, and all that it says it has: half of a reply is none."""
    said = request.content_length or 0
    raw = request.get_data(cache=True) if said <= MOST_BYTES else b""
    if max(said, len(raw)) > MOST_BYTES:
        raise TooLarge("Send at most 128 kB.")
    if len(raw) < said:  # The server tells the end of a body and the end of a connection in the same way.
        raise Malformed("This ended before all of it was here; send it again.")
    return raw


def _is_deep(raw: bytes) -> bool:
    """Say whether brackets are nested too deep, outside of strings; reads no further than that."""
    if all(sum(raw.count(sign, 0, end) for sign in b"[{") <= MOST_DEPTH for end in (FEW, len(raw))):
        return False  # So few open, in strings or not, that none need be paired; nearly every reply is like that.
    depth = 0
    for found in _BRACKETS.finditer(raw):
        depth += _STEP.get(found[0], 0)
        if depth > MOST_DEPTH:
            return True
    return False


def _listed(faults: Iterable[Fault]) -> list[Fault]:
    """List faults, up to a hundred of them; after those, say that there are more."""
    listed = list(islice(faults, MOST_FAULTS + 1))
    if len(listed) <= MOST_FAULTS:
        return listed
    return [*listed[:MOST_FAULTS], Fault("", "more-faults", "There is more; correct these first.")]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field is named twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def _is_storable(value: Any) -> bool:
    """Say whether a database keeps every text in here; quick, since it nearly always does."""
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        return all(map(_is_storable, value)) and all(map(_is_storable, value.values()))
    return not isinstance(value, list) or all(map(_is_storable, value))


def _unstorable(place: str, value: Any) -> Iterator[Fault]:
    """Find every text that no database keeps, in names of fields too."""
    if isinstance(value, str):
        try:
            refuse_unstorable(value)
        except Unfit as error:
            yield Fault(place, error.code, error.detail)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            here = f"{place}/{_token(name)}"
            yield from _unstorable(here, name)
            yield from _unstorable(here, item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unstorable(f"{place}/{number}", item)


def _token(name: str) -> str:
    """Write a name as a JSON pointer does (RFC 6901), without what could not be written at all."""
    return name.encode(errors="replace").decode().replace("~", "~0").replace("/", "~1")[:100]


def _fault(found: Mapping[str, Any]) -> Fault:
    """Say what is wrong in a sentence of ours; one with a code of its own, which has a hyphen, says it itself."""
    pointer = "".join(f"/{_token(str(part))}" for part in found["loc"])
    kind = str(found["type"])
    if "-" in kind or kind == _REQUIRED:
        return Fault(pointer, kind, str(found["msg"]))
    if kind == "extra_forbidden":
        return Fault(pointer, "unknown-field", "This field means nothing here; remove or correct it.")
    if kind in _EMPTY:
        return Fault(pointer, _REQUIRED, "This field is required.")
    return Fault(pointer, *_of_value(kind, found.get("ctx", {})))


def _of_value(kind: str, bounds: Mapping[str, Any]) -> tuple[str, str]:
    """Give the code and the sentence for a value of another kind, or beyond a bound."""
    if kind in _ENUMS:
        return "not-a-choice", f"Choose one of {bounds['expected']}."
    if "too_long" in kind:
        return "too-long", f"Use at most {bounds['max_length']}{' characters' if 'string' in kind else ''}."
    if kind in _RANGES:
        word, bound = _RANGES[kind]
        return "out-of-range", f"Choose {word} {bounds[bound]}."
    return "wrong-type", _TYPES.get(kind.partition("_")[0], "Send this as the reference shows it.")
