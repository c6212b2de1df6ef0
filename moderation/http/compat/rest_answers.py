"""The shapes of WordPress's REST answers, and what leaves in them: what is public anyway, told in WordPress's words."""

from datetime import datetime
from typing import Any, Final, Literal
from urllib.parse import urlencode

from markupsafe import escape
from pydantic import BaseModel, ConfigDict, Field, RootModel

from moderation.domain.comment import Comment
from moderation.domain.number import number_of
from moderation.http.context import site, web
from moderation.services.ports import Row

ROOM: Final = "wp-json/wp/v2/comments"


class Told(BaseModel):
    """A part of an answer in WordPress's dialect."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Rendered(Told):
    """A text as HTML."""

    rendered: str


class Somewhere(Told):
    """Where something is."""

    href: str
    embeddable: bool | None = None


class Links(Told):
    """Where a comment's neighbours are."""

    itself: list[Somewhere] = Field(alias="self")
    collection: list[Somewhere]
    in_reply_to: list[Somewhere] = Field([], alias="in-reply-to", description="Only there for replies.")


class NumberedComment(Told):
    """A comment as WordPress's REST interface gives it to everybody."""

    id: int = Field(description="A number below 2^53 that leads to the comment and never changes.")
    post: int | str = Field(description="The site's own id for the page; a number if it is written as one.")
    parent: int = Field(description="The comment that this one answers, or 0.")
    author: int = Field(description="Always 0: nobody has an account.")
    author_name: str
    author_url: str
    date: str
    date_gmt: str
    content: Rendered
    link: str
    status: str = Field(description="`approved`; what was just sent is on `hold`.")
    type: str
    meta: list[str]
    staff: Literal[True] = Field(default=True, description="Only there for the site's own people.")
    links: Links = Field(alias="_links")


class NumberedComments(RootModel[list[NumberedComment]]):
    """A page of comments."""


class RefusalData(Told):
    """What belongs to a failure."""

    status: int
    params: dict[str, str] | None = Field(None, description="With `rest_invalid_param`: a sentence for each.")


class Refusal(Told):
    """A failure as WordPress tells it."""

    code: str
    message: str
    data: RefusalData


def public_row(row: Row) -> dict[str, Any]:
    """Show a public comment, by what the list of public columns holds and nothing else."""
    return _shown(
        number=number_of(row["id"]),
        thread=row["thread"],
        parent=number_of(row["parent_id"]) if row["parent_id"] else 0,
        said=(row["name"], row["website"], row["html"], row["text"]),
        moment=row["received_at"],
        link=_link(row["thread"], row["thread_url"], number_of(row["id"])),
        status="approved",
        staff=row["staff"],
    )


def taken(comment: Comment, page: str | None) -> dict[str, Any]:
    """Show what was just sent to whoever sent it; it is held until it is decided, unless it is the site's own."""
    number = number_of(comment.id)
    return _shown(
        number=number,
        thread=comment.thread,
        parent=number_of(comment.parent_id) if comment.parent_id else 0,
        said=(comment.name, comment.website, comment.html, comment.text),
        moment=comment.received_at,
        link=_link(comment.thread, page, number),
        status="approved" if comment.staff else "hold",
        staff=comment.staff,
    )


def _shown(
    *,
    number: int,
    thread: str,
    parent: int,
    said: tuple[str, str | None, str | None, str],
    moment: datetime,
    link: str,
    status: str,
    staff: bool,
) -> dict[str, Any]:
    name, website, html, text = said
    written = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return {
        "id": number,
        "post": int(thread) if _is_number(thread) else thread,
        "parent": parent,
        "author": 0,
        "author_name": name,
        "author_url": website or "",
        "date": written,
        "date_gmt": written,
        "content": {"rendered": paragraphs(text) if html is None else html},
        "link": link,
        "status": status,
        "type": "comment",
        "meta": [],
        **({"staff": True} if staff else {}),
        "_links": _links(number, parent),
    }


def _is_number(thread: str) -> bool:
    return thread.isascii() and thread.isdigit() and len(thread) < 16 and not thread.startswith("0")  # noqa: PLR2004


def paragraphs(text: str) -> str:
    """Give a text that nobody has rendered yet as HTML: paragraphs, line breaks and nothing else."""
    parts = (str(escape(part.strip("\n"))).replace("\n", "<br>\n") for part in text.split("\n\n"))
    return "\n".join(f"<p>{part}</p>" for part in parts if part)


def _links(number: int, parent: int) -> dict[str, Any]:
    here = address()
    links: dict[str, Any] = {"self": [{"href": f"{here}/{number}"}], "collection": [{"href": here}]}
    return links | ({"in-reply-to": [{"embeddable": True, "href": f"{here}/{parent}"}]} if parent else {})


def address() -> str:
    """Give the address of a site's comments in this dialect."""
    return f"{web().public_url}/{site().key}/{ROOM}"


def _link(thread: str, page: str | None, number: int) -> str:
    """Say where a comment stands: on its page, or on ours where nobody told us of one."""
    ours = f"{web().public_url}/embed/{site().key}/thread?{urlencode({'thread': thread})}"
    known = page or (thread if thread.startswith("https://") else ours)
    return f"{known}#comment-{number}"
