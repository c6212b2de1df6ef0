"""A site's own words and links by key: tried on what came in lately, put in force, and taken back."""

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field

from moderation.domain.errors import PreconditionRequired, Stale
from moderation.domain.listing import ENTRIES_MAX, ENTRY_MAX, Listing
from moderation.domain.scope import Scope
from moderation.http.answers.running import ListsShown, ListsTried
from moderation.http.author_shapes import doer
from moderation.http.context import deps
from moderation.http.described import Answer, described
from moderation.http.fields import Shape, example, read
from moderation.http.guard import requires
from moderation.http.seen import tag_seen
from moderation.http.shapes import instant
from moderation.services import listings
from moderation.services.listings import Caught, Preview

blueprint = Blueprint("listings", __name__, url_prefix="/v1/sites/<uuid:site_id>/lists")
PRIVATE = {"Cache-Control": "no-store"}
NEVER_SAVED = "0"
Entries = Annotated[tuple[Annotated[str, Field(max_length=ENTRY_MAX)], ...], Field(max_length=ENTRIES_MAX)]
TAGGED = Answer(ListsShown, headers=("ETag",))
EDITED = ["stale", "precondition-required"]


class NewLists(Shape):
    """Both lists, whole."""

    model_config = example(words=["gadgetron*", "buy * followers"], links=["spam.example", "news.example/offers"])

    words: Entries = Field(
        description="Words and phrases, found whole and through every disguise; `*` is any letters within a word."
    )
    links: Entries = Field(description="Domains, with all that is below them, and beginnings of addresses.")


@blueprint.get("")
@requires(Scope.ADMIN)
@described({200: TAGGED})
def show(site_id: UUID) -> ResponseReturnValue:
    """Show a site's lists as they are in force; nothing was ever saved where `version` is null."""
    found = listings.current(deps(), site_id)
    return _answer(found.words, found.links, found.version, found.actor_id, found.saved_at)


@blueprint.put("")
@requires(Scope.ADMIN)
@described({200: TAGGED}, body=NewLists, headers=["If-Match"], problems=EDITED)
def replace(site_id: UUID) -> ResponseReturnValue:
    """Put both lists in force from the next comment on, if they are still what `If-Match` says was seen."""
    seen, wanted = _seen(), read(NewLists)
    return _saved(listings.put(deps(), site_id, wanted.words, wanted.links, seen=seen))


@blueprint.delete("")
@requires(Scope.ADMIN)
@described({200: TAGGED}, headers=["If-Match"], problems=EDITED)
def empty(site_id: UUID) -> ResponseReturnValue:
    """Take every entry out of both lists; `undo` brings them back."""
    return _saved(listings.put(deps(), site_id, (), (), seen=_seen()))


@blueprint.post("/preview")
@requires(Scope.ADMIN)
@described({200: ListsTried}, body=NewLists)
def preview(site_id: UUID) -> ResponseReturnValue:
    """Say what lists would have caught of the last thirty days, and what may go wrong with them; nothing changes.

    It looks at twenty thousand comments or for three seconds, the newest first, and says with `cut` where it ended.
    """
    wanted = read(NewLists)
    return _tried(listings.preview(deps(), site_id, wanted.words, wanted.links)), 200, PRIVATE


@blueprint.post("/undo")
@requires(Scope.ADMIN)
@described({200: TAGGED}, headers=["If-Match"], problems=["conflict", *EDITED])
def undo(site_id: UUID) -> ResponseReturnValue:
    """Put in force what was so before the last save; undone again, the save is back."""
    return _saved(listings.put_back(deps(), site_id, seen=_seen()))


def _seen() -> UUID | None:
    """Read which version the caller saw, None where it was that nothing is saved."""
    sent = tag_seen()
    if sent is None:
        raise PreconditionRequired("Say which version you saw: send its ETag as If-Match.")
    try:
        return None if sent == NEVER_SAVED else UUID(sent)
    except ValueError:
        raise Stale("If-Match is not the ETag of these lists; look at them again.") from None


def _saved(made: Listing) -> ResponseReturnValue:
    return _answer(made.words, made.links, made.id, made.actor_id, made.created_at)


def _answer(
    words: tuple[str, ...], links: tuple[str, ...], version: UUID | None, actor: UUID | None, saved_at: Any
) -> ResponseReturnValue:
    shown = {
        "words": list(words),
        "links": list(links),
        "version": version and str(version),
        "saved_at": instant(saved_at),
        "actor": actor and doer(actor),
    }
    return shown, 200, PRIVATE | {"ETag": f'"{version or NEVER_SAVED}"'}


def _tried(found: Preview) -> dict[str, Any]:
    return {
        "since": instant(found.since),
        "read": found.read,
        "cut": found.cut,
        "caught": found.caught,
        "caught_already": found.known,
        "public": found.public,
        "approved": found.approved,
        "hints": [{"entry": hint.entry, "detail": hint.sentence} for hint in found.hints],
        "sample": [_sampled(each) for each in found.sample],
    }


def _sampled(caught: Caught) -> dict[str, Any]:
    """Show where one comment would be caught; what it says is for keys that read comments."""
    return {
        "comment": str(caught.row["id"]),
        "status": caught.row["status"],
        "spans": list(caught.spans),
        "website": caught.by_website,
    }
