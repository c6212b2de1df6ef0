"""Which version of a thing a caller says it saw: the tag in `If-Match`."""

from flask import request


def tag_seen() -> str | None:
    """Give the one tag that was sent, without its quotes; None where none was, or any would do."""
    sent = request.headers.get("If-Match", "").strip()
    if sent in {"", "*"}:
        return None
    return sent[1:-1] if len(sent) > 1 and sent[0] == sent[-1] == '"' else sent
