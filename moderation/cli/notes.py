"""`lychgate note`: what moderators write down for each other."""

from typing import Any
from uuid import UUID

import click

from moderation.cli.console import as_json, report, tell, tell_all
from moderation.cli.parts import parts
from moderation.domain.note import Note
from moderation.services import notes
from moderation.services.notes import About

PAGE = 100
SUBJECTS = click.Choice([about.value for about in About])


@click.group()
def note() -> None:
    """Read and write what moderators note on comments and their authors.

    Example: lychgate note list 0197f1c2-8d3e-7cc4-9d5a-6f0f3a1b2c3d
    """


@note.command("list")
@click.argument("comment_id", type=click.UUID)
@click.option("--about", type=SUBJECTS, help="Only those on the comment, or only those on its author.")
@click.option("--limit", default=PAGE, show_default=True, type=click.IntRange(1), help="How many, newest first.")
@as_json
def list_(comment_id: UUID, about: str | None, limit: int, *, as_json: bool) -> None:
    """List the notes on a comment and on its author, the newest first.

    Example: lychgate note list 0197f1c2-8d3e-7cc4-9d5a-6f0f3a1b2c3d
    """
    chosen = About(about) if about else None
    page = notes.listed(
        parts(), notes.place_of(parts(), comment_id), comment_id, about=chosen, cursor=None, limit=limit
    )
    tell_all([_shown(row["note"]) for row in page.rows], as_json=as_json, empty="Nothing is noted there.")


@note.command()
@click.argument("comment_id", type=click.UUID)
@click.argument("text")
@click.option("--about", type=SUBJECTS, default=About.COMMENT.value, show_default=True, help="What it is seen beside.")
@as_json
def add(comment_id: UUID, text: str, about: str, *, as_json: bool) -> None:
    """Write a note on a comment, or on whoever wrote it.

    Example: lychgate note add 0197f1c2-8d3e-7cc4-9d5a-6f0f3a1b2c3d "Call."
    """
    site_id = notes.place_of(parts(), comment_id)
    tell(_shown(notes.put(parts(), site_id, comment_id, text, about=About(about))), as_json=as_json)


@note.command()
@click.argument("note_id", type=click.UUID)
@as_json
def remove(note_id: UUID, *, as_json: bool) -> None:
    """Remove a note for good, whoever wrote it.

    Example: lychgate note remove 0197f1c2-7b10-7f0e-8a44-2d9c5e6f7a02
    """
    notes.take(parts(), notes.place_of(parts(), note_id), note_id)
    report("It is gone.", {"removed": str(note_id)}, as_json=as_json)


def _shown(written: Note) -> dict[str, Any]:
    return {
        "id": str(written.id),
        "comment": str(written.comment_id),
        "about": About.AUTHOR if written.fingerprint else About.COMMENT,
        "text": written.text,
        "created_at": written.created_at,
    }
