"""What the desk says of an appeal: the author's words, the decision they are against, and who may decide."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from moderation.domain.appeal import Appeal, Outcome, is_appeal
from moderation.domain.decision import Decision
from moderation.http.console.gate import person
from moderation.http.console.meanings import DONE, meaning
from moderation.http.console.speech import Spoken, gettext
from moderation.http.context import deps
from moderation.http.words import marked
from moderation.services.hearings import nobody_else, words_of
from moderation.services.review import Dossier

ENDED: Final = Spoken(
    {
        Outcome.UPHELD: marked("The appeal was upheld."),
        Outcome.REFUSED: marked("The appeal was refused."),
        Outcome.LAPSED: marked("The appeal lapsed: its author withdrew or changed the comment."),
    }
)


def appealed(dossier: Dossier, names: Mapping[UUID, str], by: Mapping[Any, str]) -> dict[str, Any] | None:
    """Tell the appeal of a comment, where it has one."""
    appeal = dossier.appeal
    if appeal is None:
        return None
    against = next((each for each in dossier.history if each.id == appeal.against), None)
    return {
        "words": words_of(deps(), appeal),
        "at": appeal.created_at,
        "open": appeal.open,
        "barred": _barred(appeal),
        "ended": ENDED[appeal.outcome] if appeal.outcome else "",
        "against": against and _against(against, names, by),
    }


def word_of(decision: Decision) -> str:
    """Say in a word what a line of a comment's history was."""
    if is_appeal(decision):
        return gettext("Appealed")
    return gettext("Undone") if decision.undoes else DONE[decision.status]


def _against(decision: Decision, names: Mapping[UUID, str], by: Mapping[Any, str]) -> dict[str, Any]:
    name = names.get(decision.actor_id) if decision.actor_id else None
    return {
        "word": word_of(decision),
        "status": str(decision.status),
        "by": name or by.get(decision.by) or gettext("somebody"),
        "reasons": [meaning(code) for code in decision.reasons],
        "note": decision.note,
        "at": decision.created_at,
    }


def _barred(appeal: Appeal) -> bool:
    """Say whether whoever looks made the decision, and somebody else could decide."""
    own = appeal.open and appeal.against_by == person().id
    return own and not nobody_else(deps(), appeal.site_id, person().id)
