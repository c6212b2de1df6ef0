"""Where somebody goes on to: from a page of signing in back to where they wanted to be, and never out of the desk."""

from typing import Final
from urllib.parse import urlencode

import regex

LOGIN: Final = "/console/login"
SECOND: Final = "/console/passkey"
AGAIN: Final = "/console/verify"
_WITHIN: Final = regex.compile(r"/console(?:[/?][!-\[\]-~]*)?")
"""An address of the desk, with nothing in it that a browser might read differently than we do."""


def onwards(wanted: str, otherwise: str) -> str:
    """Give where somebody wanted to go, if that is within the desk."""
    return wanted if _WITHIN.fullmatch(wanted) else otherwise


def leading_to(page: str, wanted: str) -> str:
    """Give the address of a page that leads on from there to where somebody wanted to go."""
    return f"{page}?{urlencode({'next': wanted})}" if onwards(wanted, "") else page
