"""Being told by mail: what somebody wants to hear of their sites, and the links that mails carry."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import Invalid, NotFound
from moderation.domain.notice import How
from moderation.http.console.gate import person
from moderation.http.console.printing import printed
from moderation.http.console.speech import Spoken, gettext, spoken
from moderation.http.context import deps
from moderation.http.guard import for_people, open_to_all
from moderation.http.words import marked
from moderation.services import desk, notices

blueprint = Blueprint("notices", __name__)
HOW: Final = Spoken(
    {
        "": marked("Not at all"),
        How.AT_ONCE: marked("When something new waits"),
        How.DIGEST: marked("Once a day, what waits"),
    }
)
ASKED: Final = {
    notices.CONFIRM: (
        marked("Is this your address?"),
        marked("Yes, tell me here"),
        marked("From now on you are told here."),
    ),
    notices.STOP: (
        marked("No mail any more?"),
        marked("Send me nothing more"),
        marked("Nothing more is sent to you about this site."),
    ),
}


@blueprint.get("/notices")
@for_people
def show() -> ResponseReturnValue:
    """Show what somebody is told of each of their sites."""
    return _shown()


@blueprint.post("/notices/<uuid:site_id>")
@for_people
def wish(site_id: UUID) -> ResponseReturnValue:
    """Choose what to be told of one site, and where."""
    if site_id not in person().sites():
        raise NotFound("There is no such site.")
    how = request.form.get("how", "")
    if how not in set(How):
        notices.unwish(deps(), person(), site_id)
        return _back(gettext("Nothing is sent to you about this site, and your address is forgotten."))
    try:
        made = notices.wish(deps(), person(), site_id, how=How(how), email=request.form.get("email", ""))
    except Invalid as error:
        return _shown(faults={site_id: spoken(error.faults[0].detail)}, status=422)
    sent = gettext("We have sent a link to that address; nothing else comes before you use it.")
    return _back(gettext("Kept.") if made.confirmed else sent)


@blueprint.route("/mail/<token>", methods=["GET", "POST"])
@open_to_all
def follow(token: str) -> ResponseReturnValue:
    """Ask what a link from a mail is to do, and do it, once, when somebody says so; mail programs may say so too."""
    if request.method == "GET":
        what, g.addressee = notices.addressed(deps(), token)
        title, button, _ = map(gettext, ASKED[what])
        return printed("letter.html", title=title, button=button, token=token, done="")
    _, g.addressee = notices.addressed(deps(), token)
    title, _, done = map(gettext, ASKED[notices.follow(deps(), token)])
    return printed("letter.html", title=title, button="", token=token, done=done)


def _shown(faults: dict[UUID, str] | None = None, status: int = 200) -> ResponseReturnValue:
    wished = notices.wishes(deps(), person())
    rows: list[dict[str, Any]] = []
    for site in desk.sites(deps(), person()):
        notice, address = wished.get(site.id, (None, None))
        rows.append({"site": site, "notice": notice, "address": address, "fault": (faults or {}).get(site.id, "")})
    return printed("notices.html", status=status, rows=rows, how=HOW, may_post=deps().may_post)


def _back(sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect("/console/notices", 303)
