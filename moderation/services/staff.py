"""Staff: who works at some sites, as their owners see them; what somebody is elsewhere is none of their business.

Only whoever works nowhere else may be disabled, invited anew or given another address by these sites' owners:
who holds a link for somebody's password is that person wherever they work.
"""

import secrets
from collections.abc import Collection, Mapping
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound
from moderation.domain.person import Person, Role, parse_name
from moderation.domain.privacy import SecretEmail
from moderation.domain.site import SPOKEN
from moderation.domain.text import Unfit
from moderation.services.addresses import keep_of_person
from moderation.services.noting import note
from moderation.services.ports import Deps, Uow


def listed(deps: Deps, site_ids: Collection[UUID]) -> list[Person]:
    """List whoever works at one of these sites, or did before they were disabled."""
    with deps.reading(None) as uow:
        return uow.people.at(site_ids)


def get(deps: Deps, person_id: UUID, site_ids: Collection[UUID]) -> Person:
    """Give somebody who works at one of these sites; raises NotFound for everybody else."""
    with deps.reading(None) as uow:
        return _get(uow, person_id, site_ids)


def hire(deps: Deps, *, name: str, roles: Mapping[UUID, Role], email: str = "", language: str | None = None) -> Person:
    """Add somebody with these roles, who has no password yet; raises Conflict where the name is taken, and Invalid.

    They are written to in this language, and read it at the desk; one that is not spoken leaves it open.
    """
    called, address = _read(name, email)
    nobodys = deps.hashed(secrets.token_urlsafe(32))
    person = Person(
        deps.new_id(),
        called,
        nobodys,
        secrets.token_hex(16),
        deps.now(),
        tuple(roles.items()),
        language=language if language in SPOKEN else None,
    )
    with deps.uow(None) as uow:
        uow.people.add(person)
        for site_id, role in roles.items():
            uow.people.set_role(person.id, site_id, role)
            note(deps, uow, Act.PERSON_ADDED, [site_id], subject=person.id, role=role)
        if address:
            keep_of_person(deps, uow, person.id, address)
        uow.commit()
    return get(deps, person.id, list(roles))


def change(
    deps: Deps,
    person: Person,
    site_ids: Collection[UUID],
    *,
    roles: Mapping[UUID, Role | None] | None = None,
    disabled: bool | None = None,
) -> Person:
    """Change what somebody is on some of these sites, and whether they are let in at all; None leaves it as it is.

    Raises Conflict where a site would be left without an owner, and for whoever works elsewhere and is to be disabled.
    """
    with deps.uow(None) as uow:
        if disabled is not None:
            refuse_elsewhere(person, site_ids)
        for site_id, role in (roles or {}).items():
            _appoint(uow, person, site_id, role)
            note(deps, uow, Act.ROLE_CHANGED, [site_id], subject=person.id, role=role)
        if disabled:
            _keep_an_owner(uow, person, site_ids)
            uow.people.disable(person.id, secrets.token_hex(16))
            uow.invitations.revoke(person.id)
            note(deps, uow, Act.PERSON_DISABLED, person.sites(), subject=person.id)
        elif disabled is not None:
            uow.people.enable(person.id)
            note(deps, uow, Act.PERSON_ENABLED, person.sites(), subject=person.id)
        changed = uow.people.get(person.id)
        uow.commit()
    return changed or person


def set_address(deps: Deps, person: Person, site_ids: Collection[UUID], email: str) -> None:
    """Keep where links for somebody's password go from now on, or nowhere; raises Conflict and Invalid."""
    refuse_elsewhere(person, site_ids)
    _, address = _read(person.name, email)
    with deps.uow(None) as uow:
        keep_of_person(deps, uow, person.id, address)
        note(deps, uow, Act.MAILBOX_CHANGED, person.sites(), subject=person.id)
        uow.commit()


def refuse_elsewhere(person: Person, site_ids: Collection[UUID]) -> None:
    """Raise Conflict where somebody works at other sites too."""
    if not person.is_within(site_ids):
        raise Conflict(
            "They work at other sites too, so this is for whoever runs the installation; take their role away.",
            code="works-elsewhere",
        )


def _appoint(uow: Uow, person: Person, site_id: UUID, role: Role | None) -> None:
    if role is not Role.OWNER:
        _keep_an_owner(uow, person, [site_id])
    uow.people.set_role(person.id, site_id, role)


def _keep_an_owner(uow: Uow, person: Person, site_ids: Collection[UUID]) -> None:
    for site_id in sorted(site_ids):
        if uow.people.owners(site_id) == {person.id}:
            raise Conflict("The site would have no owner; make somebody else one first.", code="last-owner")


def _get(uow: Uow, person_id: UUID, site_ids: Collection[UUID]) -> Person:
    person = uow.people.get(person_id)
    if person is None or set(person.sites()).isdisjoint(site_ids):
        raise NotFound("There is nobody of that kind here.")
    return person


def _read(name: str, email: str) -> tuple[str, SecretEmail | None]:
    """Read a name and an address, if there is one; raises Invalid with every fault."""
    faults: list[Fault] = []
    called, address = name, None
    try:
        called = parse_name(name)
    except Unfit as error:
        faults.append(Fault("/name", error.code, error.detail))
    try:
        address = SecretEmail.parse(email) if email.strip() else None
    except Unfit as error:
        faults.append(Fault("/email", error.code, error.detail))
    if faults:
        raise Invalid(faults)
    return called, address
