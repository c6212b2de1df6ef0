"""One card: looking at it, deciding it, and taking a decision back."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.appeal import is_appeal
from moderation.domain.decision import Actor, Decision
from moderation.domain.errors import Malformed, ModerationError, NotFound, Stale
from moderation.domain.keyboard import keyboard
from moderation.domain.wave import Stance, Wave
from moderation.http import problems
from moderation.http.console.asked import asked_in, card_of
from moderation.http.console.citing import explained_in
from moderation.http.console.gate import person, wants_json
from moderation.http.console.meanings import DONE, LABELS
from moderation.http.console.merging import split_off
from moderation.http.console.printing import printed
from moderation.http.console.queue import queue_page
from moderation.http.console.speech import gettext, spoken
from moderation.http.console.typed import action_in, id_in, version_in
from moderation.http.console.waves import decided_by, fact_of
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import desk, merging, review, waves
from moderation.services.review import Moderator, Wish

blueprint = Blueprint("cards", __name__)


@blueprint.get("/comments/<uuid:comment_id>")
@for_people
def show(comment_id: UUID) -> ResponseReturnValue:
    """Show one card: alone where our script asks for it, else beside the queue."""
    desk.site_of(deps(), person(), comment_id)
    if not request.args.get("bare"):
        return queue_page(asked_in(request.args), named=comment_id)
    wanted = asked_in(request.args)
    return printed(
        "card.html",
        card=card_of(comment_id, wanted.q),
        wanted=wanted,
        keys=keyboard(person().keys),
        labels=LABELS,
        now=deps().now(),
    )


@blueprint.post("/comments/<uuid:comment_id>/decisions")
@for_people
def decide(comment_id: UUID) -> ResponseReturnValue:
    """Decide a comment, if it still is what was seen; else say who decided meanwhile."""
    site_id = desk.site_of(deps(), person(), comment_id)
    action, note = action_in(request.form), request.form.get("note", "")[:1000]
    wish = Wish(comment_id, version_in(request), action, note=note, **explained_in(request.form, action))
    try:
        decision = review.decide(deps(), Moderator(site_id, person().id, Actor.PERSON), wish)
    except Stale as error:
        return _late(site_id, comment_id, error)
    return _made(decision)


@blueprint.post("/undo")
@for_people
def undo() -> ResponseReturnValue:
    """Bring back what was before one decision, or before many; those on waves, and merging them, are among them."""
    made: list[dict[str, Any]] = []
    refused: list[ModerationError] = []
    for decision_id in filter(None, map(id_in, request.form.getlist("decision")[: desk.MOST_COUNTED])):
        decided = _decided(decision_id)
        try:
            made.append(_undone(decided))
        except ModerationError as error:
            refused.append(error)
    if not made:
        raise refused[0] if refused else Malformed("Say which decision.")
    return {"items": made} if wants_json() else _brought_back(made)


def _decided(decision_id: UUID) -> Decision | Stance | Wave:
    """Find a decision on a comment, or on a wave, or a wave that was merged; raises NotFound for what is none here."""
    for find in (desk.decided, waves.decided):
        with suppress(NotFound):
            return find(deps(), person(), decision_id)
    return merging.merged(deps(), person(), decision_id)


def _undone(decided: Decision | Stance | Wave) -> dict[str, Any]:
    """Take one decision back, and tell what is so now."""
    if isinstance(decided, Wave):
        return split_off(decided)
    if isinstance(decided, Stance):
        return fact_of(waves.undo(deps(), decided, person()))
    return fact(review.undo(deps(), Moderator(decided.site_id, person().id, Actor.PERSON), decided.id))


def _brought_back(made: list[dict[str, Any]]) -> ResponseReturnValue:
    """Show what was taken back, for a browser without our script."""
    alone = made[0].get("told", gettext("Undone. It is as it was before."))
    sentence = gettext("Undone: %(number)s.", number=len(made)) if len(made) > 1 else alone
    notice: dict[str, Any] = {"sentence": sentence, "missed": "", "undo": []}
    named = id_in(request.form.get("at", "")) or UUID(made[0]["comment"])
    return queue_page(asked_in(request.form), named=named, notice=notice)


def _made(decision: Decision) -> ResponseReturnValue:
    """Say what is so now; a browser without our script goes on to the next card."""
    if wants_json():
        return {"items": [fact(decision)]}
    notice = {"sentence": f"{DONE[decision.status]}.", "missed": "", "undo": [str(decision.id)]}
    return queue_page(asked_in(request.form), named=id_in(request.form.get("next", "")), notice=notice)


def fact(decision: Decision) -> dict[str, Any]:
    """Tell our script what was decided."""
    return {
        "decision": str(decision.id),
        "comment": str(decision.comment_id),
        "status": str(decision.status),
        "version": decision.version,
        "said": DONE[decision.status],
    }


def _late(site_id: UUID, comment_id: UUID, error: Stale) -> ResponseReturnValue:
    """Say who decided meanwhile, and what; the card is shown as it is now."""
    found = desk.who_decided(deps(), review.dossier(deps(), site_id, comment_id).history)
    sentence = _meanwhile(*found) if found else spoken(error.detail)
    if wants_json():
        document = problems.problem_of(error) | {"detail": sentence}
        return document, int(problems.status_of(error)), {"Content-Type": problems.PROBLEM}
    notice = {"sentence": sentence, "missed": gettext("Nothing was changed by you."), "undo": []}
    return queue_page(asked_in(request.form), named=comment_id, notice=notice, status=412)


def _meanwhile(latest: Decision, name: str) -> str:
    """Say what happened since the comment was shown."""
    return gettext("Its author appealed meanwhile.") if is_appeal(latest) else decided_by(name, latest.status)
