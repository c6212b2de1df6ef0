"""Answering from a card: a reply of the staff, published at once; the comment pinned, and its page closed."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Actor
from moderation.domain.errors import Conflict, Fault, Invalid, ModerationError, Stale
from moderation.domain.text import Unfit, clean_name, clean_text
from moderation.http import problems
from moderation.http.console.asked import asked_in
from moderation.http.console.cards import fact
from moderation.http.console.gate import person, wants_json
from moderation.http.console.queue import queue_page
from moderation.http.console.speech import gettext, spoken
from moderation.http.console.typed import version_in
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.http.words import marked
from moderation.services import authors, desk, intake, pins, review, sites
from moderation.services.intake import Arrival, Staff

blueprint = Blueprint("answering", __name__)
REFUSALS = (Conflict, Invalid, Stale)
HIDDEN: Final = marked("Nobody sees this comment, so that a reply cannot stand under it; approve it with your reply.")


@blueprint.post("/comments/<uuid:comment_id>/replies")
@for_people
def reply(comment_id: UUID) -> ResponseReturnValue:
    """Publish a reply under a comment; one that is not public is approved with it if that is said, or neither is."""
    site_id = desk.site_of(deps(), person(), comment_id)
    answered = authors.show(deps(), comment_id)
    approves = version_in(request) if request.form.get("approve") else None
    try:
        arrival = _arrival(answered, approves)
        made = intake.receive(deps(), sites.get(deps(), site_id), arrival).comment
    except REFUSALS as error:
        return _refused(comment_id, error)
    published = [made.id] if approves is None else [made.id, comment_id]
    decisions = [review.dossier(deps(), site_id, each).history[-1] for each in published]
    sentence = (
        gettext("Your reply is published.") if approves is None else gettext("Approved, and your reply is published.")
    )
    return _done(comment_id, sentence, [fact(decision) for decision in decisions])


@blueprint.post("/comments/<uuid:comment_id>/pin")
@for_people
def pin(comment_id: UUID) -> ResponseReturnValue:
    """Let a comment stand before all others on its page, or at its place again."""
    site_id, pinned = desk.site_of(deps(), person(), comment_id), request.form.get("pinned") == "yes"
    try:
        pins.pin(deps(), site_id, comment_id, pinned=pinned)
    except REFUSALS as error:
        return _refused(comment_id, error)
    return _done(
        comment_id,
        gettext("Pinned: it comes first on its page.") if pinned else gettext("It stands at its place again."),
    )


@blueprint.post("/comments/<uuid:comment_id>/thread")
@for_people
def close(comment_id: UUID) -> ResponseReturnValue:
    """Take no more comments on the page of a comment, or take them again."""
    site_id, closed = desk.site_of(deps(), person(), comment_id), request.form.get("closed") == "yes"
    sites.change_thread(deps(), site_id, authors.show(deps(), comment_id).thread_id, closed=closed)
    return _done(
        comment_id, gettext("Its page takes no more comments.") if closed else gettext("Its page takes comments again.")
    )


def _arrival(answered: Comment, approves: int | None) -> Arrival:
    """Read a reply; raises Invalid for what cannot be one, and Conflict where it would stand under nothing."""
    if approves is None and answered.status is not Status.APPROVED:
        raise Conflict(HIDDEN, code="parent-hidden")
    try:
        text, name = clean_text(request.form.get("text", "")), clean_name(request.form.get("name", ""))
    except Unfit as error:
        raise Invalid([Fault("/text", error.code, error.detail)]) from None
    if not text or not name:
        raise Invalid([Fault("/text", "required", marked("Write your reply, and the name under it."))])
    staff = Staff(person().id, Actor.PERSON, approves)
    return Arrival(thread=answered.thread, text=text, name=name, parent=answered.id, staff=staff)


def _done(comment_id: UUID, sentence: str, facts: list[dict[str, Any]] | None = None) -> ResponseReturnValue:
    """Say what is so now; a browser without our script sees the same card."""
    made = facts or [{"comment": str(comment_id)}]
    if wants_json():
        return {"items": [made[0] | {"told": sentence}, *made[1:]]}
    undo = [each["decision"] for each in made if "decision" in each]
    notice = {"sentence": sentence, "missed": "", "undo": undo, "at": str(comment_id)}
    return queue_page(asked_in(request.form), named=comment_id, notice=notice)


def _refused(comment_id: UUID, error: ModerationError) -> ResponseReturnValue:
    """Say why nothing was done; what was typed is there still."""
    sentence = spoken(error.faults[0].detail if isinstance(error, Invalid) else error.detail)
    if wants_json():
        document = problems.problem_of(error) | {"detail": sentence}
        return document, int(problems.status_of(error)), {"Content-Type": problems.PROBLEM}
    typed = {name: request.form.get(name, "") for name in ("text", "name") if name in request.form}
    notice = {"sentence": sentence, "missed": "", "undo": [], "typed": typed}
    return queue_page(asked_in(request.form), named=comment_id, notice=notice, status=int(problems.status_of(error)))
