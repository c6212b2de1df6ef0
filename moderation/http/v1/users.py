"""Who works at a site: listed, added, changed and invited by a key that may."""

from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field, StrictBool

from moderation.domain.errors import Fault, Invalid
from moderation.domain.person import NAME_MAX, Person, Role, parse_name
from moderation.domain.privacy import SecretEmail
from moderation.domain.scope import Scope
from moderation.domain.text import EMAIL_MAX
from moderation.http.answers.running import UserInvited, UserPage, UserShown
from moderation.http.context import deps, key
from moderation.http.described import described
from moderation.http.fields import Shape, example, fitting, read
from moderation.http.guard import requires
from moderation.http.shapes import instant
from moderation.services import invitations, staff

blueprint = Blueprint("users", __name__, url_prefix="/v1/users")
PRIVATE = {"Cache-Control": "no-store"}


def _address(sent: str) -> str:
    return SecretEmail.parse(sent).reveal()


class NewUser(Shape):
    """Somebody who is to work at the site, and what they are there."""

    model_config = example(name="Ada", role="moderator")

    name: Annotated[str, fitting(parse_name)] = Field(max_length=NAME_MAX, description="They sign in with it.")
    role: Role
    email: Annotated[str, fitting(_address)] | None = Field(
        None, max_length=EMAIL_MAX, description="Where links to choose a password go; kept sealed, never shown."
    )
    language: Literal["en", "de", "fr", "es"] | None = Field(
        None, description="Of mails to them, and of the desk, until they choose another; null leaves it open."
    )


class UserChoices(Shape):
    """What of somebody is to change; what is left out stays as it is."""

    model_config = example(role="moderator")

    role: Role | None = Field(None, description="Null makes them nobody at this site; they are not found any more.")
    disabled: StrictBool = Field(
        default=False, description="Lets them in nowhere; only for those who work at no other site."
    )


@blueprint.get("")
@requires(Scope.ADMIN)
@described({200: UserPage})
def listed() -> ResponseReturnValue:
    """List everybody who works at the site, and those who were disabled; nobody's address is among it."""
    return {"items": [_shown(person) for person in staff.listed(deps(), _here())], "next": None}, 200, PRIVATE


@blueprint.post("")
@requires(Scope.ADMIN)
@described({201: UserInvited}, body=NewUser, problems=["name-taken", "rate-limited"])
def add() -> ResponseReturnValue:
    """Add somebody, who chooses a password by a link: it goes to their address, else it is in this answer alone."""
    wanted = read(NewUser)
    _may_appoint(wanted.role)
    roles = {key().site_id: wanted.role}
    person = staff.hire(deps(), name=wanted.name, roles=roles, email=wanted.email or "", language=wanted.language)
    return _invited(person)


@blueprint.get("/<uuid:person_id>")
@requires(Scope.ADMIN)
@described({200: UserShown})
def show(person_id: UUID) -> ResponseReturnValue:
    """Show somebody who works at the site."""
    return _shown(staff.get(deps(), person_id, _here())), 200, PRIVATE


@blueprint.patch("/<uuid:person_id>")
@requires(Scope.ADMIN)
@described({200: UserShown}, body=UserChoices, problems=["last-owner", "works-elsewhere"])
def change(person_id: UUID) -> ResponseReturnValue:
    """Change what somebody is at the site, or whether they are let in."""
    person, wanted = staff.get(deps(), person_id, _here()), read(UserChoices)
    chosen = wanted.model_dump(include=wanted.model_fields_set)
    _may_appoint(chosen.get("role"))
    roles = {key().site_id: chosen["role"]} if "role" in chosen else {}
    changed = staff.change(deps(), person, _here(), roles=roles, disabled=chosen.get("disabled"))
    return _shown(changed), 200, PRIVATE


@blueprint.post("/<uuid:person_id>/invitation")
@requires(Scope.ADMIN)
@described({201: UserInvited}, problems=["disabled", "works-elsewhere", "invalid", "rate-limited"])
def invite(person_id: UUID) -> ResponseReturnValue:
    """Let somebody choose a password anew; links that they got before are good no more."""
    person = staff.get(deps(), person_id, _here())
    staff.refuse_elsewhere(person, _here())
    _may_appoint(person.role_at(key().site_id))
    return _invited(person)


def _here() -> list[UUID]:
    return [key().site_id]


def _may_appoint(role: Role | None) -> None:
    """Refuse to give what this key may not do itself, by a role or by a link of somebody who has it."""
    if role and not key().may_appoint(role):
        sentence = "Only a key that may read addresses can let somebody be more than a moderator."
        raise Invalid([Fault("/role", "role-not-held", sentence)])


def _invited(person: Person) -> ResponseReturnValue:
    link = invitations.invite(deps(), person, by=key().id)
    return {**_shown(person), "invitation": link}, 201, PRIVATE


def _shown(person: Person) -> dict[str, Any]:
    link = invitations.open_for(deps(), person)
    return {
        "id": str(person.id),
        "name": person.name,
        "role": person.role_at(key().site_id),
        "disabled": not person.active,
        "invited_until": instant(link[0].expires_at if link else None),
        "second_factor": person.second_factor,
        "created_at": instant(person.created_at),
    }
