"""What a frontend says to WordPress's REST interface: which comments it wants, and what it sends."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from flask import request
from pydantic import ConfigDict, Field, StrictInt

from moderation.domain.errors import Fault, Invalid
from moderation.domain.text import Unfit
from moderation.http.compat.submitted import Refused, page_key
from moderation.http.fields import PublicQuery, Shape, body, example, fit, fitting, is_form
from moderation.http.typed import read_form
from moderation.services.numbers import Wanted

MOST: Final = 100
FILTERS: Final = ("search", "include", "exclude", "offset", "parent_exclude", "after", "before", "password")
"""What would narrow the list in WordPress and does not here; passed over, it would show more than was asked for."""
PROTECTED: Final = ("author", "author_exclude", "author_email")
"""What only people with an account there may ask for."""
BY_ARRIVAL: Final = frozenset({"date", "date_gmt", "id"})
LISTS: Final = ("post", "parent")
Number = StrictInt | Annotated[str, Field(pattern=r"^[0-9]{1,16}$")]
Text = str | None


def _by_arrival(asked: str) -> str:
    """Take what means the order of arrival; there is no other."""
    if asked not in BY_ARRIVAL:
        raise Unfit("not-a-choice", "Comments are listed by date alone.")
    return asked


class Browsing(PublicQuery):
    """Which comments are wanted."""

    post: str | None = Field(None, description="The page's id; several with commas between. Without it, all pages.")
    parent: str | None = Field(
        None,
        pattern=r"^[0-9]{1,16}(,[0-9]{1,16}){0,99}$",
        description="Only answers to this comment; `0` for what answers none. Several with commas between.",
    )
    page: int = Field(1, ge=1, description="Which page, counted from 1; none begins after the ten thousandth comment.")
    per_page: int = Field(10, ge=1, le=MOST, description="How many comments at most.")
    order: Literal["asc", "desc"] = Field("desc", description="Oldest or newest first.")
    orderby: Annotated[str, fitting(_by_arrival), Field(json_schema_extra={"enum": sorted(BY_ARRIVAL)})] = Field(
        "date_gmt", description="All the same: by arrival."
    )
    context: Literal["view", "embed", "edit"] = Field("view", description="`edit` is refused.")

    @property
    def wanted(self) -> Wanted:
        """Say it in our words; raises Invalid for a page that cannot be one."""
        return Wanted(
            threads=None if self.post is None else _keys(self.post),
            parents=None if self.parent is None else [int(number) for number in self.parent.split(",")],
            newest=self.order == "desc",
            offset=(self.page - 1) * self.per_page,
            limit=self.per_page,
        )


class Content(Shape):
    """A text as it was typed."""

    model_config = ConfigDict(extra="ignore")

    raw: str


class Posted(Shape):
    """A comment; what else WordPress would read is passed over."""

    model_config = ConfigDict(
        extra="ignore",
        **example(post=7, author_name="Ann", author_email="ann@example.com", content="Lovely photos!"),
    )

    post: StrictInt | str | None = Field(None, description="The site's own id for the page.")
    parent: Number | None = Field(None, description="The comment that this one answers, or 0.")
    author_name: Text = None
    author_email: Text = Field(None, description="Never published, not even as a hash.")
    author_url: Text = None
    content: str | Content | None = None
    author: Number | None = Field(None, description="An account; refused, since there are none.")
    author_ip: Text = Field(None, description="Refused.")
    status: Text = Field(None, description="Refused.")
    id: Number | None = Field(None, description="Refused.")
    type: Text = Field(None, description="`comment`, if anything.")

    @property
    def key(self) -> str:
        """The key of the page; empty where none is named."""
        return page_key(_trimmed(str(self.post or "")).lstrip("0"))

    @property
    def text(self) -> str:
        """What was written, trimmed."""
        return _trimmed(self.content.raw if isinstance(self.content, Content) else self.content)

    @property
    def answers(self) -> int:
        """The number of the comment that is answered; zero for none."""
        return int(self.parent or 0)

    def said(self, name: str) -> str:
        """Give what was said under a name, trimmed."""
        return _trimmed(getattr(self, name))


def _trimmed(text: str | None) -> str:
    return (text or "").replace("\0", "").strip()


def reading() -> Browsing:
    """Read the query; raises Refused for what is not for everybody, Invalid for what cannot be told."""
    sent = {name: values[-1] for name, values in request.args.lists()}
    for name in LISTS:
        several = request.args.getlist(f"{name}[]")
        sent |= {name: ",".join(several)} if several else {}
    asked = fit(Browsing, {name: sent[name] for name in Browsing.model_fields if name in sent})
    protected = [name for name in PROTECTED if name in sent]
    if protected or sent.get("status", "approve") != "approve" or sent.get("type", "comment") != "comment":
        raise Refused("rest_forbidden_param")
    if asked.context == "edit":
        raise Refused("rest_forbidden_context")
    unanswered = [
        Fault(f"/{name}", "unknown-field", "The list cannot be narrowed by this.") for name in FILTERS if name in sent
    ]
    if unanswered:
        raise Invalid(unanswered)
    return asked


def _keys(post: str) -> list[str]:
    named = post.split(",")
    if any(not page.strip().lstrip("0") for page in named):
        raise Refused("rest_cannot_read")
    keys = [page_key(page.strip().lstrip("0")) for page in named]
    if not all(keys) or len(keys) > MOST:
        raise Invalid([Fault("/post", "not-a-choice", f"Name at most {MOST} pages by their ids.")])
    return keys


def posted() -> Posted:
    """Read a comment, from JSON or from a form."""
    return fit(Posted, _form(read_form().values) if is_form() else body())


def _form(typed: Mapping[str, str]) -> dict[str, Any]:
    """Give a form's fields; NUL goes without a word, and an empty number is none."""
    sent: dict[str, Any] = {name: value.replace("\0", "") for name, value in typed.items()}
    sent.setdefault("content", sent.get("content[raw]", ""))
    return {name: value for name, value in sent.items() if value or name == "content"}
