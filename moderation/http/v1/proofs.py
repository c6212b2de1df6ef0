"""Challenges: work that a browser does before its comment may be published unread, where a site asks for it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field

from moderation.domain.scope import Scope
from moderation.http.answers.public import ChallengeShown
from moderation.http.context import address, deps, site
from moderation.http.described import NOTHING, described
from moderation.http.fields import PublicQuery, read_query
from moderation.http.guard import for_site
from moderation.http.submission import asked_key
from moderation.services import proofs

blueprint = Blueprint("proofs", __name__, url_prefix="/v1/sites/<pk>/challenge")
PRIVATE = {"Cache-Control": "no-store"}


class Page(PublicQuery):
    """The page on which the comment will be."""

    thread: str | None = Field(None, description="The site's own id for the page.")
    thread_url: str | None = Field(None, description="The page's address, where there is no id.")


@blueprint.get("")
@for_site(Scope.SUBMIT)
@described({200: ChallengeShown, 204: NOTHING}, query=Page, problems=["rate-limited"])
def show(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Give a challenge (ALTCHA, PBKDF2) for one comment on one page, where a proof is due; nothing where none is.

    Its solution goes along with the comment as `proof`. A comment without one is held for a person.
    """
    asked = read_query(Page)
    found = proofs.challenge(deps(), site(), asked_key(asked.thread, asked.thread_url), address())
    return ("", 204, PRIVATE) if found is None else (dict(found), 200, PRIVATE)
