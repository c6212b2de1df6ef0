"""The reference for people: the OpenAPI document, taken apart into what a page shows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Document = Mapping[str, Any]
WHO: Final = {
    "key": "a secret key with `{scope}`",
    "receipt": "the comment's receipt",
    "member": "a member's token",
    "": "no key",
}
TITLES: Final = {
    "intake": "Sending a comment",
    "proofs": "Proofs of work",
    "threads": "Reading threads",
    "comments": "One's own comment, and flags",
    "review": "Moderating",
    "authors": "Authors",
    "sites": "Running a site",
    "keys": "Keys",
    "users": "People",
    "events": "Events",
    "health": "Operating",
    "docs": "This reference",
}


@dataclass(frozen=True, slots=True)
class Named:
    """One thing with a name: a parameter, a field, an answer."""

    name: str
    type: str
    sentence: str
    required: bool = False
    shape: str | None = None
    """The shape that it leads to."""


@dataclass(frozen=True, slots=True)
class Call:
    """One route under one method."""

    anchor: str
    method: str
    path: str
    summary: str
    text: str
    who: str
    parameters: tuple[Named, ...]
    body: tuple[Named, ...]
    example: str
    answers: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The calls that belong together."""

    title: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class ShapeShown:
    """One shape with its fields."""

    name: str
    sentence: str
    fields: tuple[Named, ...]
    choices: tuple[str, ...]


def chapters(document: Document) -> list[Chapter]:
    """Give the calls of a document by chapter, in the document's order."""
    calls = [
        (operation["tags"][0], _call(document, path, method, operation))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    tags = [tag["name"] for tag in document["tags"]]
    return [Chapter(TITLES.get(tag, tag), tuple(call for own, call in calls if own == tag)) for tag in tags]


def shapes(document: Document) -> list[ShapeShown]:
    """Give every shape of a document."""
    return [
        ShapeShown(name, schema.get("description", ""), tuple(_fields(schema)), tuple(map(str, schema.get("enum", ()))))
        for name, schema in document["components"]["schemas"].items()
    ]


def _call(document: Document, path: str, method: str, operation: Document) -> Call:
    return Call(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        text=operation.get("description", ""),
        who=_who(operation["security"]),
        parameters=tuple(_parameter(item) for item in operation["parameters"]),
        body=tuple(_contents(operation.get("requestBody", {}))),
        example=_example(document, operation.get("requestBody", {})),
        answers=tuple(_answer(status, item) for status, item in operation["responses"].items()),
    )


def _who(security: list[Document]) -> str:
    ways = [WHO[name].format(scope="".join(scopes)) for way in security for name, scopes in way.items()]
    return " or ".join([*ways, WHO[""]] if {} in security or not security else ways)


def _parameter(item: Document) -> Named:
    schema = item["schema"]
    sentence = item.get("description") or schema.get("description", "")
    return Named(item["name"], f"{_type(schema)}, in the {item['in']}", sentence, item.get("required", False))


def _contents(body: Document) -> Iterator[Named]:
    for media, content in body.get("content", {}).items():
        shape = _shape(content["schema"])
        yield Named(media, shape or "the same fields", "", shape=shape)


def _example(document: Document, body: Document) -> str:
    """Give a body as somebody would send it; empty where none is sent."""
    shape = next((found for content in body.get("content", {}).values() if (found := _shape(content["schema"]))), None)
    if shape is None:
        return ""
    return json.dumps(document["components"]["schemas"][shape]["examples"][0], indent=2, ensure_ascii=False)


def _answer(status: str, item: Document) -> Named:
    contents = list(_contents(item))
    media = ", ".join(content.name for content in contents)
    shape = next((content.shape for content in contents if content.shape), None)
    return Named(status, media, item["description"], shape=shape)


def _fields(schema: Document) -> Iterator[Named]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        yield Named(name, _type(field), field.get("description", ""), name in required, _shape(field))


def _shape(schema: Document) -> str | None:
    """Give the first shape that a schema leads to, however it is wrapped."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    inner = [*schema.get("anyOf", ()), schema.get("items"), schema.get("additionalProperties")]
    return next((found for item in inner if isinstance(item, Mapping) and (found := _shape(item))), None)


def _type(schema: Document) -> str:
    """Say in words what a value is."""
    if "anyOf" in schema:
        return " or ".join(_type(choice) for choice in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " or ".join(f'"{word}"' for word in schema.get("enum", [schema.get("const")]))
    if "$ref" in schema:
        return str(_shape(schema))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "anything"))
