"""Writing notes on comments and authors, and taking them away."""

from uuid import UUID

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from moderation.http.console.gate import person
from moderation.http.console.known import named
from moderation.http.console.wanted import Wanted
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import desk, notes

blueprint = Blueprint("notes", __name__)


@blueprint.post("/comments/<uuid:comment_id>/notes")
@for_people
def write(comment_id: UUID) -> ResponseReturnValue:
    """Note something on a comment or on its author."""
    site_id = desk.site_of(deps(), person(), comment_id)
    about_author = request.form.get("about") == "author"
    notes.write(deps(), person(), site_id, comment_id, request.form.get("text", ""), about_author=about_author)
    return _back(comment_id)


@blueprint.post("/notes/<uuid:note_id>/remove")
@for_people
def remove(note_id: UUID) -> ResponseReturnValue:
    """Take a note away for good."""
    site_id = notes.site_of(deps(), person(), note_id)
    note = notes.remove(deps(), person(), site_id, note_id)
    return _back(named(request.form.get("at")) or note.comment_id)


def _back(comment_id: UUID) -> ResponseReturnValue:
    """Lead back to where the form stood: the author's page, or the card in its queue."""
    if request.form.get("from") == "author":
        return redirect(f"/console/comments/{comment_id}/author", 303)
    query = Wanted.of(request.form).query()
    return redirect(f"/console/comments/{comment_id}" + (f"?{query}" if query else ""), 303)
