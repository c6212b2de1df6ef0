"""Reading a thread of a hundred comments, beside the empty view."""

import json
from http.client import HTTPConnection
from typing import Final

from bench.ground import Installation
from bench.sending import send

HUNDRED: Final = "a-hundred"
WHOLE: Final = 100


def filled(installation: Installation) -> str:
    """Put a hundred comments into a thread, wait until they are public, and give the tag of that page."""
    installation.post(enough=WHOLE, connections=4, thread=HUNDRED)
    installation.rests()
    connection = HTTPConnection("127.0.0.1", installation.stack.port, timeout=10)
    connection.request("GET", page(installation))
    answer = connection.getresponse()
    shown, tag = len(json.loads(answer.read())["items"]), answer.headers["ETag"]
    connection.close()
    if shown != WHOLE:
        raise RuntimeError(f"Of a hundred calm comments {shown} are public.")
    return str(tag)


def rates(installation: Installation, tag: str, empty_port: int, seconds: float) -> dict[str, float]:
    """Give how often a second the page is read, found unchanged, and how often the empty view is read meanwhile."""
    where = page(installation)
    read = send(installation.stack.port, where, seconds=seconds)
    same = send(installation.stack.port, where, seconds=seconds, headers={"If-None-Match": tag})
    empty = send(empty_port, "/", seconds=seconds)
    return {"read_rate": read.rate, "same_rate": same.rate, "empty_read_rate": empty.rate, "read_p99": read.p99}


def page(installation: Installation) -> str:
    """Say where the hundred are read."""
    return f"{installation.path}?thread={HUNDRED}&limit={WHOLE}"
