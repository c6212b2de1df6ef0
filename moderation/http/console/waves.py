"""The card of a wave: looking at it, deciding all of it, and taking single comments out."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.comment import Status
from moderation.domain.errors import Stale
from moderation.domain.keyboard import keyboard
from moderation.domain.wave import Stance
from moderation.http import problems
from moderation.http.console.asked import asked_in, card_of
from moderation.http.console.citing import explained_in
from moderation.http.console.gate import person, wants_json
from moderation.http.console.meanings import DONE, LABELS
from moderation.http.console.naming import BECAME
from moderation.http.console.printing import printed
from moderation.http.console.queue import queue_page
from moderation.http.console.speech import gettext, spoken
from moderation.http.console.typed import action_in, id_in, moment_in, version_in
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import desk, people, waves
from moderation.services.waves import Progress, Wish

blueprint = Blueprint("waves", __name__)


@blueprint.get("/waves/<uuid:wave_id>")
@for_people
def show(wave_id: UUID) -> ResponseReturnValue:
    """Show a wave: its card alone where our script asks for it, else beside the queue."""
    waves.site_of(deps(), person(), wave_id)
    wanted = asked_in(request.args)
    if not request.args.get("bare"):
        return queue_page(wanted, named=wave_id)
    return printed(
        "wave.html", card=card_of(wave_id), wanted=wanted, keys=keyboard(person().keys), labels=LABELS, now=deps().now()
    )


@blueprint.post("/waves/<uuid:wave_id>/decisions")
@for_people
def decide(wave_id: UUID) -> ResponseReturnValue:
    """Decide all of a wave, if nobody else did since it was shown."""
    site_id = waves.site_of(deps(), person(), wave_id)
    action, shown_at = action_in(request.form), moment_in(request.form.get("shown", ""), deps().now())
    wish = Wish(wave_id, version_in(request), shown_at, action, **explained_in(request.form, action))
    try:
        progress = waves.decide(deps(), site_id, wish, person())
    except Stale as error:
        return _late(site_id, wave_id, error)
    return _made(progress)


@blueprint.post("/comments/<uuid:comment_id>/apart")
@for_people
def take_out(comment_id: UUID) -> ResponseReturnValue:
    """Let one comment of a wave be by itself."""
    waves.take_out(deps(), desk.site_of(deps(), person(), comment_id), comment_id)
    notice = {"sentence": gettext("It stands by itself now."), "missed": "", "undo": []}
    return queue_page(asked_in(request.form), named=comment_id, notice=notice)


def _made(progress: Progress) -> ResponseReturnValue:
    """Say what is so now; a browser without our script goes on to the next card."""
    stance = progress.stance
    if wants_json():
        return {"items": [fact_of(progress)]}
    notice = {"sentence": sentence_of(progress), "missed": "", "undo": [str(stance.id)]}
    return queue_page(asked_in(request.form), named=id_in(request.form.get("next", "")), notice=notice)


def fact_of(progress: Progress) -> dict[str, Any]:
    """Tell our script what became of a wave."""
    stance = progress.stance
    return {
        "decision": str(stance.id),
        "comment": str(stance.wave_id),
        "status": "held" if stance.undone_at else str(stance.status),
        "version": stance.number,
        "said": DONE[stance.status],
        "told": sentence_of(progress),
    }


def sentence_of(progress: Progress) -> str:
    """Say how much was done, whether more follows, and what goes for what arrives."""
    stance = progress.stance
    word = gettext("Undone") if stance.undone_at else DONE[stance.status]
    said = gettext("%(word)s: %(number)s alike.", word=word, number=progress.done)
    if progress.more:
        said = gettext(
            "%(word)s: %(number)s alike; the others follow within a minute.", word=word, number=progress.done
        )
    future = gettext("What arrives alike within 24 hours goes the same way.")
    return f"{said} {future}" if progress.lasts else said


def _late(site_id: UUID, wave_id: UUID, error: Stale) -> ResponseReturnValue:
    """Say who decided meanwhile, and what; the card is shown as it is now."""
    stances = () if error.code == "merged-meanwhile" else waves.look(deps(), site_id, wave_id).stances
    sentence = _who(stances[0]) if stances else spoken(error.detail)
    if wants_json():
        document = problems.problem_of(error) | {"detail": sentence}
        return document, int(problems.status_of(error)), {"Content-Type": problems.PROBLEM}
    notice = {"sentence": sentence, "missed": gettext("Nothing was changed by you."), "undo": []}
    return queue_page(asked_in(request.form), named=wave_id, notice=notice, status=412)


def _who(stance: Stance) -> str:
    name = people.names(deps(), [stance.actor_id]).get(stance.actor_id, gettext("Somebody"))
    return decided_by(name, stance.status)


def decided_by(name: str, status: Status) -> str:
    """Say who was quicker, and what they decided."""
    return gettext("%(name)s decided meanwhile: %(word)s.", name=name, word=BECAME[status])
