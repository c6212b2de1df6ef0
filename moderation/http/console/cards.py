"""One card: looking at it, deciding it, and taking a decision back."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.decision import Action, Actor, Decision
from moderation.domain.errors import Malformed, ModerationError, NotFound, Stale
from moderation.http import problems
from moderation.http.console import shown
from moderation.http.console.gate import person, wants_json
from moderation.http.console.meanings import DONE, KEYS, LABELS
from moderation.http.console.printing import printed
from moderation.http.console.queue import queue_page
from moderation.http.console.wanted import Wanted
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import desk, review
from moderation.services.review import Moderator, Wish

_DIGITS: Final = 9
"""Digits of a version that are read; no comment was ever changed so often."""

blueprint = Blueprint("cards", __name__)


@blueprint.get("/comments/<uuid:comment_id>")
@for_people
def show(comment_id: UUID) -> ResponseReturnValue:
    """Show one card: alone where our script asks for it, else beside the queue."""
    site_id = desk.site_of(deps(), person(), comment_id)
    if not request.args.get("bare"):
        return queue_page(Wanted.of(request.args), named=comment_id)
    card = shown.card(site_id, comment_id)
    wanted = Wanted.of(request.args)
    return printed("card.html", card=card, wanted=wanted, keys=KEYS, labels=LABELS, now=deps().now())


@blueprint.post("/comments/<uuid:comment_id>/decisions")
@for_people
def decide(comment_id: UUID) -> ResponseReturnValue:
    """Decide a comment, if it still is what was seen; else say who decided meanwhile."""
    site_id = desk.site_of(deps(), person(), comment_id)
    wish = Wish(comment_id, _version(), _action(), note=request.form.get("note", "")[:1000])
    try:
        decision = review.decide(deps(), Moderator(site_id, person().id, Actor.PERSON), wish)
    except Stale as error:
        return _late(site_id, comment_id, error)
    return _made([decision])


@blueprint.post("/undo")
@for_people
def undo() -> ResponseReturnValue:
    """Bring back what was before one decision, or before many."""
    made: list[Decision] = []
    refused: list[ModerationError] = []
    for decision_id in map(_id, request.form.getlist("decision")[: desk.MOST_COUNTED]):
        site_id = desk.decided(deps(), person(), decision_id).site_id
        try:
            made.append(review.undo(deps(), Moderator(site_id, person().id, Actor.PERSON), decision_id))
        except ModerationError as error:
            refused.append(error)
    if refused and not made:
        raise refused[0]
    return _made(made, undone=True)


def _made(decisions: list[Decision], *, undone: bool = False) -> ResponseReturnValue:
    """Say what is so now; a browser without our script goes on to the next card."""
    if not decisions:
        raise Malformed("Say which decision.")
    if wants_json():
        return {"items": [_fact(decision) for decision in decisions]}
    wanted, ids = Wanted.of(request.form), [str(decision.id) for decision in decisions]
    if undone:
        sentence = f"Undone: {len(ids)}." if len(ids) > 1 else "Undone. It is as it was before."
        return queue_page(
            wanted, named=decisions[0].comment_id, notice={"sentence": sentence, "missed": "", "undo": []}
        )
    notice = {"sentence": f"{DONE[decisions[0].status]}.", "missed": "", "undo": ids}
    return queue_page(wanted, named=_next(), notice=notice)


def _fact(decision: Decision) -> dict[str, Any]:
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
    sentence = f"{found[1]} decided meanwhile: {DONE[found[0].status].lower()}." if found else error.detail
    if wants_json():
        document = problems.problem_of(error) | {"detail": sentence}
        return document, int(problems.status_of(error)), {"Content-Type": problems.PROBLEM}
    notice = {"sentence": sentence, "missed": "Nothing was changed by you.", "undo": []}
    return queue_page(Wanted.of(request.form), named=comment_id, notice=notice, status=412)


def _version() -> int:
    """Read the version that was seen, from the header as the API has it, or from the form."""
    sent = request.headers.get("If-Match", "").strip('"') or request.form.get("version", "")
    if not sent.isdecimal() or len(sent) > _DIGITS:
        raise Malformed("Say which version you saw.")
    return int(sent)


def _action() -> Action:
    chosen = request.form.get("action", "")
    if chosen not in LABELS:
        raise Malformed("Choose what is to become of it.")
    return Action(chosen)


def _next() -> UUID | None:
    typed = request.form.get("next", "")
    return _id(typed) if typed else None


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise NotFound("There is no such thing.") from None
