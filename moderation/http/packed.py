"""Threads are sent packed to whoever unpacks them: a hundred comments are a few kilobytes then."""

from functools import lru_cache
from gzip import compress
from typing import Final

from flask import Response, request
from werkzeug.http import parse_accept_header

SHOWS: Final = "lychgate.shows"
"""Under this name a view says in the environment of its request what its answer shows."""
FEW: Final = 1200
"""Bytes that go over the wire at once anyway."""
LEVEL: Final = 5


@lru_cache(maxsize=256)
def unpacks(accepted: str) -> bool:
    """Say whether whoever sends this `Accept-Encoding` unpacks gzip."""
    return bool(parse_accept_header(accepted)["gzip"])


def pack(response: Response) -> Response:
    """Pack what shows a thread; its tag is weak then, since the same is sent as other bytes too."""
    if SHOWS not in request.environ or "ETag" not in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if not unpacks(request.headers.get("Accept-Encoding", "")):
        return response
    response.headers["ETag"] = f"W/{response.headers['ETag']}"
    whole = response.get_data()
    if len(whole) > FEW:
        response.set_data(compress(whole, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
