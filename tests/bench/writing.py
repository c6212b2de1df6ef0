"""What the load sends: replies by ever new people, or the same reading again and again, as bytes."""

import json
from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Any, Final

from speech import remark

THREADS: Final = 20


def texts(first: int) -> Iterator[str]:
    """Give texts of some two hundred characters, no two alike."""
    for number in count(first):
        yield f"{remark(Random(number))} That was {number}."  # noqa: S311 (the same texts again are what we want)


def reply(text: str, number: int, thread: str | None = None) -> dict[str, str]:
    """Give what somebody new sends."""
    return {
        "thread": thread or f"article-{number % THREADS}",
        "name": f"Ann Miller {number}",
        "email": f"ann.miller.{number}@example.com",
        "text": text,
    }


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """Write one request as it goes over the wire."""
    told = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    if not body:
        del told["Content-Type"], told["Content-Length"]
    lines = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def posts(
    path: str, first: int, thread: str | None = None, more: dict[str, str] | None = None, **headers: str
) -> Iterator[bytes]:
    """Give ever new replies to a site, with more fields in each where somebody else wants them."""
    for number, text in enumerate(texts(first), first):
        yield request("POST", path, json.dumps(reply(text, number, thread) | (more or {})).encode(), **headers)


def of(spec: dict[str, Any]) -> Iterator[bytes]:
    """Give the requests that a load is described by: readings where it names no first reply."""
    headers: dict[str, str] = spec.get("headers", {})
    if "first" in spec:
        yield from posts(spec["path"], spec["first"], spec.get("thread"), spec.get("more"), **headers)
    reading = request("GET", spec["path"], **headers)
    while True:
        yield reading
