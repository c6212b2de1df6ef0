"""Formats: an event in the words of whoever reads it, a program or a chat."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

from moderation.domain.delivery import PING
from moderation.domain.endpoint import Format
from moderation.domain.event import encoded

EXCERPT: Final = 500
SAID: Final = {
    "comment.received": "arrived",
    "comment.held": "was held for a moderator",
    "comment.approved": "was approved",
    "comment.rejected": "was rejected",
    "comment.spam": "was called spam",
    "comment.edited": "was edited and is judged anew",
    "comment.deleted": "was deleted",
    "comment.flagged": "was flagged by a reader",
    "comment.appealed": "was turned down, which is appealed",
    "comment.erased": "was erased",
}
BY: Final = {"policy": "the policy", "person": "a moderator", "key": "a program", "author": "its author"}
_UNJOINED: Final = "@\N{ZERO WIDTH SPACE}"
"""A sign that nobody is called by: chats notify a whole room where somebody's text says so."""


def standard(told: Mapping[str, Any], desk: str) -> bytes:  # noqa: ARG001 (every format is called alike)
    """Write an event as Standard Webhooks and our contract have it."""
    return encoded(told)


def slack(told: Mapping[str, Any], desk: str) -> bytes:
    """Write an event as incoming webhooks of Slack, Mattermost and Rocket.Chat read it; nobody is called by it."""
    line, excerpt, link = _parts(told, desk)
    quoted = [f"> {_for_slack(part)}" for part in excerpt.splitlines()]
    onwards = [f"<{link}|Look at it>"] if link else []
    return encoded({"text": "\n".join([_for_slack(line), *quoted, *onwards]), "unfurl_links": False})


def matrix(told: Mapping[str, Any], desk: str) -> bytes:
    """Write an event as Matrix bridges with generic webhooks read it, such as Hookshot."""
    line, excerpt, link = _parts(told, desk)
    plain = "\n".join(part for part in (line, excerpt, link) if part)
    quoted = escape(excerpt).replace("\n", "<br>")
    html = f"<p>{escape(line)}</p>" + (f"<blockquote>{quoted}</blockquote>" if quoted else "")
    onwards = f'<p><a href="{escape(link)}">Look at it</a></p>' if link else ""
    return encoded({"text": plain.replace("@", _UNJOINED), "html": (html + onwards).replace("@", _UNJOINED)})


WRITTEN_AS: Final[Mapping[Format, Callable[[Mapping[str, Any], str], bytes]]] = {
    Format.STANDARD: standard,
    Format.SLACK: slack,
    Format.MATRIX: matrix,
}


def _parts(told: Mapping[str, Any], desk: str) -> tuple[str, str, str]:
    """Give the line that says what happened, the beginning of the text, and where to look at it."""
    if told["type"] == PING:
        return "Lychgate reaches this room.", "", ""
    comment, by = told["data"]["comment"], BY.get(told["data"]["by"])
    name = " ".join((comment["author"]["name"] or "Nobody").split())
    line = f"A comment by {name} on {comment['thread']} {SAID[told['type']]}{f' by {by}' if by else ''}."
    text = comment["text"] or ""
    excerpt = text if len(text) <= EXCERPT else text[:EXCERPT] + "\N{HORIZONTAL ELLIPSIS}"
    return line, excerpt, f"{desk}/comments/{comment['id']}"


def _for_slack(text: str) -> str:
    return escape(text, quote=False).replace("@", _UNJOINED)
