"""The OpenAPI 3.1 document, made from the routes themselves: their rules, their marks and their descriptions."""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import regex
from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from moderation.http.answers.base import Problem
from moderation.http.catalogue import PROBLEMS
from moderation.http.described import HTML, JSON, Answer, Description, description_of
from moderation.http.fields import FORMS, Shape
from moderation.http.guard import Door, Mark, mark_of
from moderation.http.problems import PROBLEM, TYPE
from moderation.http.told import EXAMPLES, SIGNED, TOLD

Document = dict[str, Any]
REF: Final = "#/components/schemas/{model}"
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_IN_RULE: Final = regex.compile(r"<(?:(\w+):)?(\w+)>")
IN_PATH: Final[dict[str, Document]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer", "minimum": 0},
}
"""What an address may hold in a place, by the converter of its rule; any text where there is none."""

HEADERS: Final[dict[str, Document]] = {
    "If-Match": {
        "description": "The `ETag` of what is to be changed, as it was when it was looked at.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f-]{1,36}"$', "examples": ['"3"']},
    },
    "If-None-Match": {
        "description": "The `ETag` of an earlier answer; what has not changed is not sent again.",
        "schema": {"type": "string"},
    },
    "Idempotency-Key": {
        "description": "The same request under the same key gets the first answer, for a day.",
        "schema": {
            "type": "string",
            "pattern": '^[ \\t]*([!#-~]{1,255}|"[!#-~]{1,255}")[ \\t]*$',
            "examples": ["order-7f3a"],
        },
    },
}
"""The request headers that mean something."""

SENT: Final[dict[str, str]] = {
    "ETag": "Names this state of what is shown.",
    "Link": "The next page, as `rel=next`.",
    "Location": "Where to look next.",
    "RateLimit": "How much of each limit is left, and for how long.",
    "RateLimit-Policy": "The limits that count here.",
    "Retry-After": "Seconds to wait.",
    "X-WP-Total": "How many comments there are in all, up to ten thousand.",
    "X-WP-TotalPages": "How many pages of this size.",
    "WWW-Authenticate": "What to prove oneself with.",
}
"""The response headers that mean something."""

ALONG: Final[dict[int, tuple[str, ...]]] = {
    401: ("WWW-Authenticate",),
    429: ("Retry-After", "RateLimit", "RateLimit-Policy"),
    503: ("Retry-After",),
}
"""Headers that come with a problem."""

ARRIVED: Final[Document] = {
    "2XX": {"description": "It arrived."},
    "410": {"description": "Send nothing more."},
    "default": {"description": "It did not arrive; it comes again, for three days."},
}
"""What a receiver says of an event."""

SECURITY: Final[Document] = {
    "key": {"type": "http", "scheme": "bearer", "description": "A server's secret key: `Authorization: Bearer sk_…`."},
    "receipt": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "The receipt of one comment: `Authorization: Receipt …`.",
    },
    "member": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "A token (JWT, HS256) by which a site names its own member: `Authorization: Member …`.",
    },
}


def document(app: Flask, *, version: str, address: str) -> Document:
    """Describe every route of an application that describes itself."""
    routes = list(described_routes(app))
    paths: dict[str, Document] = {}
    for rule, method, view, description in routes:
        operation = _operation(rule, view, description, mark_of(view))
        paths.setdefault(_path(rule), {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lychgate",
            "version": version,
            "description": "Comment moderation that publishers host themselves: nothing is public before it is judged.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": address}],
        "tags": [{"name": name} for name in dict.fromkeys(_tag(rule) for rule, *_ in routes)],
        "paths": paths,
        "webhooks": {name: _webhook(name, shape) for name, shape in TOLD.items()},
        "components": {"schemas": _schemas(item for *_, item in routes), "securitySchemes": SECURITY},
    }


def _webhook(name: str, shape: type[BaseModel]) -> Document:
    """Describe what is posted to an endpoint; that of an event is the same for every type."""
    content = {JSON: {"schema": _reference(shape), "example": EXAMPLES[name]}}
    headers = [{"name": header, "in": "header", "required": True, **known} for header, known in SIGNED.items()]
    return {
        "post": {
            "operationId": f"webhook-{name.replace('.', '-')}",
            "summary": f"Tells of `{name}`.",
            "security": [],
            "parameters": headers,
            "requestBody": {"required": True, "content": content},
            "responses": ARRIVED,
        }
    }


def described_routes(app: Flask) -> Iterator[tuple[Rule, str, Callable[..., Any], Description]]:
    """Give each rule and method with its view and what that says about itself."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        description = description_of(view)
        for method in METHODS:
            if description is not None and method in (rule.methods or ()):
                yield rule, method, view, description


def _operation(rule: Rule, view: Callable[..., Any], description: Description, mark: Mark | None) -> Document:
    first, _, rest = (view.__doc__ or "").strip().partition("\n")
    operation: Document = {
        "operationId": rule.endpoint.replace(".", "-"),
        "tags": [_tag(rule)],
        "summary": first,
        "security": _security(mark) + ([{"member": []}] if description.members else []),
        "parameters": [*_in_path(rule), *_in_query(description.query), *_in_headers(description)],
        "responses": _responses(description, mark),
    }
    if rest.strip():
        operation["description"] = " ".join(rest.split())
    if description.body is not None:
        content = _contents(description.body, forms=description.forms)
        operation["requestBody"] = {"required": not description.body_optional, "content": content}
    return operation


def _tag(rule: Rule) -> str:
    return str(rule.endpoint).partition(".")[0]


def _path(rule: Rule) -> str:
    written: str = _IN_RULE.sub(r"{\2}", rule.rule)
    return written


def _security(mark: Mark | None) -> list[Document]:
    match mark:
        case Mark(Door.KEY, _, scope):
            return [{"key": [scope]}]
        case Mark(Door.SITE, _, scope):
            return [{}, {"key": [scope]}]
        case Mark(Door.RECEIPT):
            return [{"receipt": []}]
        case _:
            return []


def _in_path(rule: Rule) -> Iterator[Document]:
    for converter, name in _IN_RULE.findall(rule.rule):
        schema = IN_PATH.get(converter, {"type": "string"})
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(query: type[Shape] | None) -> Iterator[Document]:
    if query is None:
        return
    shape = query.model_json_schema(ref_template=REF)
    for name, schema in shape["properties"].items():
        parameter = {"name": name, "in": "query", "schema": _without_null(schema)}
        yield parameter | ({"required": True} if name in shape.get("required", ()) else {})


def _without_null(schema: Document) -> Document:
    """Drop null from what a query can say: there, a name is given or it is not."""
    kept = {name: value for name, value in schema.items() if name not in {"anyOf", "title"}}
    for choice in schema.get("anyOf", ()):
        kept |= {} if choice.get("type") == "null" else choice
    if kept.get("default", "") is None:
        del kept["default"]
    return kept


def _in_headers(description: Description) -> Iterator[Document]:
    for name in description.headers:
        yield {"name": name, "in": "header", **HEADERS[name]}


def _contents(shape: type[BaseModel], *, forms: bool) -> Document:
    if not forms:
        return {JSON: {"schema": _reference(shape)}}
    schema = shape.model_json_schema(ref_template=REF)
    form = {**schema, "additionalProperties": True, "properties": _texts(schema["properties"])}
    return {JSON: {"schema": _reference(shape)}, **{media: {"schema": form} for media in FORMS}}


def _texts(properties: Mapping[str, Document]) -> Document:
    """In a form every field is a text."""
    return {name: _without_null(schema) for name, schema in properties.items()}


def _responses(description: Description, mark: Mark | None) -> Document:
    found = {str(status): _answer(status, answer) for status, answer in description.answers.items()}
    codes: dict[HTTPStatus, list[str]] = {}
    for code in problems_of(description, mark):
        codes.setdefault(PROBLEMS[code][0], []).append(code)
    for status in sorted(codes):
        found.setdefault(str(int(status)), _problem(codes[status], page=description.forms))
    return found


def problems_of(description: Description, mark: Mark | None) -> list[str]:
    """Name every way in which a route can refuse: what follows from its guard and input, and what it says itself."""
    if description.dialect:
        return []
    found = set(description.problems)
    if mark is not None and mark.door is not Door.OPEN:
        found |= {"unauthenticated", "not-found", "temporarily-unavailable", "busy"}
    if description.query is not None:
        found |= {"invalid"}
    if description.body is not None:
        found |= {"malformed", "bad-request", "too-large", "unsupported-media-type", "invalid"}
    return [code for code in PROBLEMS if code in found]


def _answer(status: int, answer: Answer) -> Document:
    shown: Document = {"description": answer.sentence or HTTPStatus(status).phrase}
    if answer.media is not None:
        schema = {"type": "string"} if answer.body is None else _reference(answer.body)
        shown["content"] = {answer.media: {"schema": schema}}
    return shown | _headers(answer.headers)


def _problem(codes: list[str], *, page: bool) -> Document:
    sentences = [f"`{code}`: {PROBLEMS[code][1]}" for code in codes]
    content: Document = {PROBLEM: {"schema": _reference(Problem), "example": _example(codes[0])}}
    if page:
        content[HTML] = {"schema": {"type": "string"}}
    along = _headers(ALONG.get(PROBLEMS[codes[0]][0], ()))
    return {"description": "\n".join(sentences), "content": content} | along


def _example(code: str) -> Document:
    number, sentence = PROBLEMS[code]
    example = {"type": TYPE + code, "title": number.phrase, "status": int(number), "detail": sentence}
    example |= {"request_id": "4bf92f3577b34da6a3ce929d0e0e4736"}
    faults = [{"pointer": "/email", "code": "email-invalid", "detail": "Enter an address such as name@example.com."}]
    return example | ({"errors": faults} if number is HTTPStatus.UNPROCESSABLE_ENTITY else {})


def _headers(names: tuple[str, ...]) -> Document:
    if not names:
        return {}
    return {"headers": {name: {"description": SENT[name], "schema": {"type": "string"}} for name in names}}


def _reference(shape: type[BaseModel]) -> Document:
    return {"$ref": REF.format(model=shape.__name__)}


def _schemas(descriptions: Iterator[Description]) -> Document:
    """Collect the shape of everything that is read or answered, each under its own name."""
    always: list[type[BaseModel]] = [Problem, *TOLD.values()]
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(shape, "serialization"): None for shape in always}
    found: Document = {}
    for description in descriptions:
        for answer in description.answers.values():
            wanted |= {(answer.body, "serialization"): None} if answer.body else {}
        wanted |= {(description.body, "validation"): None} if description.body else {}
        if description.query:
            found |= description.query.model_json_schema(ref_template=REF).get("$defs", {})
    _, shapes = models_json_schema(list(wanted), ref_template=REF)
    return dict(sorted({**found, **shapes["$defs"]}.items()))
