"""What a route says about itself, beside the route: what it reads and everything that it may answer.

`openapi.py` turns these into the document; tests hold every answer against them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from moderation.http.fields import Shape

View = TypeVar("View", bound=Callable[..., Any])
JSON: Final = "application/json"
HTML: Final = "text/html"


@dataclass(frozen=True, slots=True)
class Answer:
    """One way in which a call can end well."""

    body: type[BaseModel] | None = None
    """The shape of the JSON; None where there is none."""
    media: str | None = JSON
    """None where nothing is sent but headers."""
    headers: tuple[str, ...] = ()
    sentence: str = ""
    """What this answer means, where the status alone does not say it."""


NOTHING: Final = Answer(media=None)


@dataclass(frozen=True, slots=True)
class Description:
    """Everything that a caller may rely on about one route."""

    answers: Mapping[int, Answer]
    query: type[Shape] | None = None
    body: type[BaseModel] | None = None
    headers: tuple[str, ...] = ()
    """The request's headers that mean something here, by the names in `openapi.HEADERS`."""
    problems: frozenset[str] = frozenset()
    """What can go wrong here beyond what follows from the guard, the query and the body, by its code."""
    body_optional: bool = False
    """A call without a body means something too."""
    forms: bool = False
    """The body may come from an HTML form, and failures are then pages."""
    members: bool = False
    """A token of a member, whom the site signed in, may come along."""
    dialect: bool = False
    """Failures have the shape of another system, and are among the answers."""


def described(  # noqa: PLR0913 (each says one thing of a route, by name)
    answers: Mapping[int, Answer | type[BaseModel]],
    *,
    query: type[Shape] | None = None,
    body: type[BaseModel] | None = None,
    headers: Sequence[str] = (),
    problems: Sequence[str] = (),
    body_optional: bool = False,
    forms: bool = False,
    members: bool = False,
    dialect: bool = False,
) -> Callable[[View], View]:
    """Describe a route."""
    whole = {status: item if isinstance(item, Answer) else Answer(item) for status, item in answers.items()}
    description = Description(
        whole, query, body, tuple(headers), frozenset(problems), body_optional, forms, members, dialect
    )

    def keep(view: View) -> View:
        view.lychgate_description = description  # type: ignore[attr-defined]
        return view

    return keep


def description_of(view: Callable[..., Any]) -> Description | None:
    """Give what a route says about itself."""
    return getattr(view, "lychgate_description", None)
