"""Printing the desk's pages: on the paper of all our pages, with what every form of the desk has to bring back."""

from typing import Any

from flask import Response, get_flashed_messages
from flask_wtf.csrf import generate_csrf

from moderation.http.paper import page


def printed(name: str, *, status: int = 200, **facts: Any) -> Response:
    """Print one page of the desk, which speaks English so far."""
    return page(f"console/{name}", "en", status=status, csrf=generate_csrf(), said=get_flashed_messages(), **facts)
