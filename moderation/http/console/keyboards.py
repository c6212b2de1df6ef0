"""Which keys somebody presses at the desk: chosen here, shown on every button, the same in every browser."""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import Invalid
from moderation.domain.keyboard import USUAL, keyboard
from moderation.http.console.gate import person
from moderation.http.console.meanings import VERBS
from moderation.http.console.owned import faults_of, told
from moderation.http.console.printing import printed
from moderation.http.console.speech import gettext
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.services import people

blueprint = Blueprint("keyboard", __name__, url_prefix="/account/keyboard")
PAGE: Final = "/console/account/keyboard"


@blueprint.get("")
@for_people
def show() -> ResponseReturnValue:
    """Show the key of everything that has one."""
    return _shown({verb.value: key for verb, key in keyboard(person().keys).items()}, {})


@blueprint.post("")
@for_people
def choose() -> ResponseReturnValue:
    """Keep other keys, or go back to the usual ones; what is left empty is as usual."""
    form = request.form
    typed = {verb.value: form.get(verb, "").strip() or key for verb, key in USUAL.items()}
    try:
        people.choose_keys(deps(), person(), {} if "usual" in form else typed)
    except Invalid as error:
        return _shown(typed, faults_of(error), 422)
    return told(PAGE, gettext("Kept."))


def _shown(typed: Mapping[str, str], faults: Mapping[str, str], status: int = 200) -> Response:
    return printed("keyboard.html", status=status, verbs=VERBS, typed=typed, usual=USUAL, faults=faults)
