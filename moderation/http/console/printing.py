"""Printing the desk's pages: on the paper of all our pages, with what every form of the desk has to bring back."""

from typing import Any

from flask import Response, get_flashed_messages
from flask_wtf.csrf import generate_csrf

from moderation.http.console.naming import ROLE_OF, STATE_OF
from moderation.http.console.speech import language, spoken, translations
from moderation.http.paper import page


def printed(name: str, *, status: int = 200, **facts: Any) -> Response:
    """Print one page of the desk, in the language of whoever looks."""
    around = {"csrf": generate_csrf(), "said": get_flashed_messages(), "say": spoken}
    around |= {"state_of": STATE_OF, "role_of": ROLE_OF}
    return page(f"console/{name}", language(), status=status, spoken=translations, **around, **facts)
