"""What authors may ask a site for, by key: everything that is kept about them, or that nothing is any more."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field

from moderation.domain.erasure import Erasure
from moderation.domain.member import ID_MAX
from moderation.domain.scope import Scope
from moderation.http.answers.running import AuthorExport, ErasurePage
from moderation.http.context import deps
from moderation.http.described import described
from moderation.http.fields import Shape, example, read
from moderation.http.guard import requires
from moderation.http.shapes import instant
from moderation.services import erasing, exporting, sites
from moderation.services.identities import prints_of

blueprint = Blueprint("privacy", __name__, url_prefix="/v1/sites/<uuid:site_id>/privacy")
PRIVATE = {"Cache-Control": "no-store"}


class Whose(Shape):
    """Whom it is about: one of the two."""

    model_config = example(email="ann@example.com")

    email: str | None = Field(None, description="Their address; members who came with it are meant, too.")
    member: str | None = Field(None, max_length=ID_MAX, description="The site's own id for somebody it signed in.")


class Wish(Whose):
    """Whom to erase."""

    model_config = example(email="ann@example.com", keep_bans=False)

    keep_bans: bool = Field(default=False, description="Whether whoever is banned stays so, by their fingerprint.")


@blueprint.post("/export")
@requires(Scope.PRIVACY)
@described({200: AuthorExport}, body=Whose)
def export(site_id: UUID) -> ResponseReturnValue:
    """Write down everything that the site keeps about somebody; that it was, is in the audit."""
    whose, site = read(Whose), sites.get(deps(), site_id)
    prints = prints_of(deps(), site_id, email=whose.email, member=whose.member)
    found = exporting.export(deps(), site, prints)
    return exporting.whole(deps(), [found]), 200, PRIVATE


@blueprint.post("/erasures")
@requires(Scope.PRIVACY)
@described({202: ErasurePage}, body=Wish)
def erase(site_id: UUID) -> ResponseReturnValue:
    """Leave nothing of what the site keeps about somebody. Workers do it within seconds; it cannot be undone.

    The answer is the same whether anything is kept: an erasure for each fingerprint under which they may be known.
    """
    wish = read(Wish)
    prints = prints_of(deps(), site_id, email=wish.email, member=wish.member)
    return _page(erasing.ask(deps(), site_id, prints, keep_bans=wish.keep_bans)), 202, PRIVATE


@blueprint.get("/erasures")
@requires(Scope.PRIVACY)
@described({200: ErasurePage})
def listed(site_id: UUID) -> ResponseReturnValue:
    """List the erasures that a backup may have to be told of, the oldest first, and which are finished."""
    return _page(erasing.listed(deps(), site_id)), 200, PRIVATE


def _page(found: list[Erasure]) -> dict[str, Any]:
    return {"items": [_shown(erasure) for erasure in found], "next": None}


def _shown(erasure: Erasure) -> dict[str, Any]:
    return {
        "id": str(erasure.id),
        "asked_at": instant(erasure.asked_at),
        "keep_bans": erasure.keep_bans,
        "finished_at": instant(erasure.finished_at),
    }
