"""Notes by key: what moderators write down for each other about a comment or its author."""

from typing import Annotated
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field

from moderation.domain.note import NOTE_MAX, parse_note
from moderation.domain.scope import Scope
from moderation.http.answers.review import NotePage, NoteShown
from moderation.http.author_shapes import note
from moderation.http.context import caller, deps, key
from moderation.http.described import NOTHING, Answer, described
from moderation.http.fields import Shape, example, fitting, read, read_query
from moderation.http.guard import requires
from moderation.http.paging import Paged, listed
from moderation.services import notes
from moderation.services.notes import About

blueprint = Blueprint("notes", __name__, url_prefix="/v1/moderation")
PRIVATE = {"Cache-Control": "no-store"}


class WantedNotes(Paged):
    """Which notes are wanted; without a choice, those on the comment and those on its author."""

    about: About | None = Field(None, description="Only those on the comment, or only those on its author.")


class NewNote(Shape):
    """What is to be remembered, and of what."""

    model_config = example(text="Writes under two names.", about="author")

    text: Annotated[str, fitting(parse_note)] = Field(
        description=f"At most {NOTE_MAX} characters, for the moderators of this site alone."
    )
    about: About = Field(About.COMMENT, description="A note on an author is seen beside everything they write.")


@blueprint.get("/comments/<uuid:comment_id>/notes")
@requires(Scope.MODERATE)
@described({200: Answer(NotePage, headers=("Link",))}, query=WantedNotes)
def show(comment_id: UUID) -> ResponseReturnValue:
    """List the notes on a comment and on its author, the newest first."""
    wanted = read_query(WantedNotes)
    page = notes.listed(deps(), key().site_id, comment_id, about=wanted.about, cursor=wanted.cursor, limit=wanted.limit)
    document, status, headers = listed(page, lambda row: note(row["note"]))
    return document, status, headers | PRIVATE


@blueprint.post("/comments/<uuid:comment_id>/notes")
@requires(Scope.MODERATE)
@described({201: NoteShown}, body=NewNote, problems=["gone"])
def write(comment_id: UUID) -> ResponseReturnValue:
    """Write a note on a comment, or on whoever wrote it, as long as the text is kept: notes go with it."""
    wish = read(NewNote)
    return note(notes.put(deps(), key().site_id, comment_id, wish.text, about=wish.about)), 201, PRIVATE


@blueprint.delete("/notes/<uuid:written_id>")
@requires(Scope.MODERATE)
@described({204: NOTHING})
def remove(written_id: UUID) -> ResponseReturnValue:
    """Remove a note for good: one that this key wrote, or with the scope `admin` anybody's."""
    notes.take(deps(), key().site_id, written_id, of=None if caller().may(Scope.ADMIN) else key().id)
    return "", 204, PRIVATE
