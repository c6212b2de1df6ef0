"""Who works at somebody's own sites: listed, invited, given other roles, let in no more, signed out."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.delivery import State
from moderation.domain.errors import Conflict, Invalid
from moderation.domain.person import Person, Role
from moderation.domain.site import Site
from moderation.http.console.gate import person as myself
from moderation.http.console.naming import LANGUAGES
from moderation.http.console.owned import faults_of, own_sites, surely, told
from moderation.http.console.printing import printed
from moderation.http.console.speech import Spoken, gettext, spoken
from moderation.http.context import deps
from moderation.http.guard import for_people
from moderation.http.words import marked
from moderation.services import factors, invitations, people, staff
from moderation.services.addresses import of_person

blueprint = Blueprint("people", __name__, url_prefix="/people")
ROOM: Final = "/console/people"
ROLES: Final = Spoken(
    {
        Role.MODERATOR: marked("Moderator: decides comments"),
        Role.SENIOR: marked("Senior: also decides many at once, bans, edits lists and looks at addresses"),
        Role.OWNER: marked("Owner: runs the site"),
    }
)
MAILED: Final = Spoken(
    {
        State.WAITING: marked("a link is on its way by mail"),
        State.DELIVERED: marked("a link was sent by mail"),
        State.DEAD: marked("the mail with the link could not be sent"),
    }
)


@blueprint.get("")
@for_people
def listed() -> ResponseReturnValue:
    """List whoever works at one's own sites, and let somebody be invited."""
    return _listed()


@blueprint.post("")
@for_people
def add() -> ResponseReturnValue:
    """Invite somebody to some of one's own sites."""
    own = own_sites()
    surely(ROOM)
    typed = {"name": request.form.get("name", ""), "email": request.form.get("email", "")}
    chosen = [site for site in own if str(site.id) in request.form.getlist("sites")]
    role = _role(request.form.get("role")) or Role.MODERATOR
    if not chosen:
        return _listed(typed, role, chosen, {"sites": gettext("Choose at least one site.")}, 422)
    try:
        language = request.form.get("language")
        hired = staff.hire(deps(), **typed, roles={site.id: role for site in chosen}, language=language)
    except Invalid as error:
        return _listed(typed, role, chosen, faults_of(error), 422)
    except Conflict as error:
        return _listed(typed, role, chosen, {"name": spoken(error.detail)}, 409)
    return _invited(hired)


@blueprint.get("/<uuid:person_id>")
@for_people
def show(person_id: UUID) -> ResponseReturnValue:
    """Show somebody, as far as it concerns one's own sites."""
    return _shown(_somebody(person_id))


@blueprint.post("/<uuid:person_id>/roles")
@for_people
def appoint(person_id: UUID) -> ResponseReturnValue:
    """Say what somebody is at one's own sites."""
    somebody = _somebody(person_id)
    surely(_page(somebody))
    own = {site.id: request.form.get(str(site.id)) for site in own_sites()}
    roles = {site_id: _role(typed) for site_id, typed in own.items() if typed is not None}
    changed = {site_id: role for site_id, role in roles.items() if role is not somebody.role_at(site_id)}
    return _done(somebody, gettext("Kept."), lambda: staff.change(deps(), somebody, _here(), roles=changed))


@blueprint.post("/<uuid:person_id>/disabled")
@for_people
def disable(person_id: UUID) -> ResponseReturnValue:
    """Let somebody in no more, or again."""
    somebody, disabled = _somebody(person_id), request.form.get("disabled") == "yes"
    surely(_page(somebody))
    if disabled and somebody.id == myself().id:
        return _shown(somebody, {"disabled": gettext("You would lock yourself out; ask another owner.")}, 409)
    sentence = gettext("They are signed out and let in no more.") if disabled else gettext("They may sign in again.")
    return _done(somebody, sentence, lambda: staff.change(deps(), somebody, _here(), disabled=disabled))


@blueprint.post("/<uuid:person_id>/factors")
@for_people
def forget(person_id: UUID) -> ResponseReturnValue:
    """Take away what somebody has beside a password, for they lost it; nobody does so for themselves."""
    somebody = _somebody(person_id)
    surely(_page(somebody))
    staff.refuse_elsewhere(somebody, _here())
    if somebody.id == myself().id:
        refused = gettext("Your own is in your account; if you lost it, ask another owner.")
        return _shown(somebody, {"factors": refused}, 409)
    factors.forget(deps(), somebody)
    done = gettext(
        "They are signed out, sign in with their password, and set up a second factor anew in their account."
    )
    return told(_page(somebody), done)


@blueprint.post("/<uuid:person_id>/address")
@for_people
def move(person_id: UUID) -> ResponseReturnValue:
    """Say where links for somebody's password go."""
    somebody, email = _somebody(person_id), request.form.get("email", "")
    surely(_page(somebody))
    return _done(somebody, gettext("Kept."), lambda: staff.set_address(deps(), somebody, _here(), email))


@blueprint.post("/<uuid:person_id>/invitation")
@for_people
def invite(person_id: UUID) -> ResponseReturnValue:
    """Let somebody choose a password anew."""
    somebody = _somebody(person_id)
    surely(_page(somebody))
    staff.refuse_elsewhere(somebody, _here())
    return _invited(somebody)


@blueprint.post("/<uuid:person_id>/sessions/<uuid:session_id>/end")
@for_people
def end(person_id: UUID, session_id: UUID) -> ResponseReturnValue:
    """Sign somebody out of one browser."""
    somebody = _somebody(person_id)
    surely(_page(somebody))
    staff.refuse_elsewhere(somebody, _here())
    people.sign_out(deps(), somebody, session_id)
    return told(_page(somebody), gettext("That browser is signed out."))


def _listed(
    typed: Mapping[str, str] | None = None,
    role: Role = Role.MODERATOR,
    chosen: Iterable[Site] = (),
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    own = own_sites()
    return printed(
        "people.html",
        status=status,
        people=[_line(person, own) for person in staff.listed(deps(), _here())],
        sites=own,
        roles=ROLES,
        role=role,
        chosen=list(chosen) or own[:1],
        typed=typed or {"name": "", "email": ""},
        faults=faults or {},
        may_post=deps().may_post,
        languages=LANGUAGES,
        spoken_by=request.form.get("language", ""),
    )


def _shown(somebody: Person, faults: Mapping[str, str] | None = None, status: int = 200) -> Response:
    whole = somebody.is_within(_here())
    return printed(
        "person.html",
        status=status,
        **_line(somebody, own_sites()),
        whole=whole,
        sites=own_sites(),
        sessions=people.sessions(deps(), somebody) if whole else [],
        address=of_person(deps(), somebody) if whole else None,
        roles=ROLES,
        myself=somebody.id == myself().id,
        faults=faults or {},
        may_post=deps().may_post,
        now=deps().now(),
    )


def _line(person: Person, own: Iterable[Site]) -> dict[str, Any]:
    """Give somebody with what they are at one's own sites, and the link that is good for them."""
    link = invitations.open_for(deps(), person)
    return {
        "person": person,
        "at": [(site, person.role_at(site.id)) for site in own],
        "until": link[0].expires_at if link else None,
        "mailed": MAILED.get(link[1], "") if link and link[1] else "",
    }


def _invited(somebody: Person) -> ResponseReturnValue:
    """Send a link, or show it this once."""
    link = invitations.invite(deps(), somebody, by=myself().id)
    if link is None:
        sent = gettext("A link to choose a password is on its way by mail; it is good for a day.")
        return told(_page(somebody), sent)
    return printed("invitation.html", person=somebody, link=link)


def _done(somebody: Person, sentence: str, change: Callable[[], object]) -> ResponseReturnValue:
    """Change something about somebody, or say on their page why that cannot be."""
    try:
        change()
    except Invalid as error:
        return _shown(somebody, faults_of(error), 422)
    except Conflict as error:
        if error.code != "last-owner":
            raise
        return _shown(somebody, {"roles": spoken(error.detail)}, 409)
    here = any(person.id == somebody.id for person in staff.listed(deps(), _here()))
    return told(_page(somebody) if here else ROOM, sentence)


def _here() -> list[UUID]:
    return [site.id for site in own_sites()]


def _somebody(person_id: UUID) -> Person:
    return staff.get(deps(), person_id, _here())


def _role(typed: str | None) -> Role | None:
    return Role(typed) if typed in set(Role) else None


def _page(somebody: Person) -> str:
    return f"{ROOM}/{somebody.id}"
