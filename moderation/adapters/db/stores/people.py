"""Who may sign in at the desk, what they are on which sites, and where they are signed in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from moderation.adapters.db.models import FeedRow, PasskeyRow, PersonRow, RoleRow, SessionRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.domain.errors import Conflict
from moderation.domain.person import Person, Reading, Role, Session, handle

PERSON, ROLE, SESSION, PASSKEY, FEED = map(table, (PersonRow, RoleRow, SessionRow, PasskeyRow, FeedRow))
HOW_READ: Final = tuple(each.name for each in fields(Reading))
HELD: Final = select(func.count()).where(PASSKEY.c.person_id == PERSON.c.id).scalar_subquery().label("passkeys")


class SqlPeople(Store):
    """People, their roles and their sessions."""

    def add(self, person: Person) -> None:
        """Keep somebody new; raises Conflict where the name is taken."""
        try:
            self.connection.execute(PERSON.insert().values(id=person.id, created_at=person.created_at, **_own(person)))
        except IntegrityError:
            raise Conflict("There is somebody of that name already; choose another.", code="name-taken") from None

    def keep_password(self, person_id: UUID, password: str, stamp: str) -> None:
        """Keep the hash of a new password; with the stamp, whoever was signed in is so no more."""
        self._keep(person_id, password=password, stamp=stamp)

    def disable(self, person_id: UUID, stamp: str) -> None:
        """Let somebody in no more, by a feed neither: that would work again with them."""
        self._keep(person_id, active=False, stamp=stamp)
        self.connection.execute(delete(FEED).where(FEED.c.person_id == person_id))

    def enable(self, person_id: UUID) -> None:
        """Let somebody in again."""
        self._keep(person_id, active=True)

    def keep_address(self, person_id: UUID, sealed: bytes | None, print_: bytes | None) -> None:
        """Keep where somebody reads mail, and what it is found by."""
        self._keep(person_id, email=sealed, email_print=print_)

    def keep_language(self, person_id: UUID, language: str | None) -> None:
        """Keep the language that somebody wants to read."""
        self._keep(person_id, language=language)

    def keep_reading(self, person_id: UUID, reading: Reading) -> None:
        """Keep how somebody wants to read."""
        self._keep(person_id, **fields_of(reading))

    def keep_keys(self, person_id: UUID, keys: Mapping[str, str]) -> None:
        """Keep which keys somebody chose."""
        self._keep(person_id, keys=dict(keys))

    def keep_authenticator(self, person_id: UUID, totp: str | None) -> None:
        """Keep the secret of an authenticator, and nothing else."""
        self._keep(person_id, totp=totp)

    def keep_recovery(self, person_id: UUID, codes: Sequence[str]) -> None:
        """Keep the codes for recovery, and nothing else."""
        self._keep(person_id, recovery=list(codes))

    def forget_factors(self, person_id: UUID, stamp: str) -> None:
        """Forget authenticator and recovery codes; with the stamp, whoever was signed in is so no more."""
        self._keep(person_id, totp=None, totp_counter=None, recovery=[], stamp=stamp)

    def spend_code(self, person_id: UUID, counter: int) -> bool:
        """Use up an authenticator's code, and all before it; False where that was done already."""
        later = or_(PERSON.c.totp_counter.is_(None), PERSON.c.totp_counter < counter)
        spent = update(PERSON).where(PERSON.c.id == person_id, later).values(totp_counter=counter)
        return self.connection.execute(spent).rowcount == 1

    def spend_recovery(self, person_id: UUID, code: str) -> bool:
        """Use up a code for recovery, as it is kept; False where there is no such one any more."""
        held = select(PERSON.c.recovery).where(PERSON.c.id == person_id).with_for_update()
        codes = self.connection.execute(held).scalar_one()
        if code in codes:
            self.keep_recovery(person_id, [other for other in codes if other != code])
        return code in codes

    def get(self, person_id: UUID) -> Person | None:
        """Find somebody by their id."""
        return self._one(PERSON.c.id == person_id)

    def by_handle(self, handle: str) -> Person | None:
        """Find somebody by what their name is found by."""
        return self._one(PERSON.c.handle == handle)

    def by_address(self, print_: bytes) -> list[Person]:
        """Find whoever reads mail at the address that has this fingerprint."""
        return self._people(PERSON.c.email_print == print_)

    def at(self, site_ids: Collection[UUID]) -> list[Person]:
        """List whoever has a role at one of these sites, oldest first."""
        here = select(ROLE.c.person_id).where(ROLE.c.site_id.in_(site_ids))
        return self._people(PERSON.c.id.in_(here)) if site_ids else []

    def owners(self, site_id: UUID) -> Collection[UUID]:
        """Name the owners of a site who may sign in, and keep others from changing its roles until the end."""
        held = select(ROLE.c.person_id, ROLE.c.role, PERSON.c.active).join(PERSON, PERSON.c.id == ROLE.c.person_id)
        here = held.where(ROLE.c.site_id == site_id).order_by(PERSON.c.id).with_for_update(of=ROLE)
        rows = self.connection.execute(here)
        return {row.person_id for row in rows if row.active and row.role is Role.OWNER}

    def by_stamp(self, stamp: str) -> Person | None:
        """Find somebody by their present stamp."""
        return self._one(PERSON.c.stamp == stamp)

    def all(self) -> list[Person]:
        """List everybody, oldest first."""
        return self._people()

    def names(self, person_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Tell what these people are called; who is none of them is left out."""
        found = select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id.in_(person_ids))
        return {row.id: row.name for row in self.connection.execute(found)} if person_ids else {}

    def set_role(self, person_id: UUID, site_id: UUID, role: Role | None) -> None:
        """Say what a person is on a site from now on; None makes them nobody there, and ends their feed for good."""
        if role is None:
            self.connection.execute(delete(FEED).where(FEED.c.person_id == person_id, FEED.c.site_id == site_id))
        self.connection.execute(delete(ROLE).where(ROLE.c.person_id == person_id, ROLE.c.site_id == site_id))
        if role is not None:
            self.connection.execute(ROLE.insert().values(person_id=person_id, site_id=site_id, role=role))

    def sign_in(self, session: Session) -> None:
        """Keep a new session."""
        self.connection.execute(SESSION.insert().values(**fields_of(session)))

    def session(self, digest: bytes) -> Session | None:
        """Find a session by the hash of what its browser carries."""
        found = self._sessions(SESSION.c.digest == digest)
        return found[0] if found else None

    def sessions(self, person_id: UUID) -> list[Session]:
        """List a person's sessions, the latest first."""
        return self._sessions(SESSION.c.person_id == person_id)

    def seen(self, session_id: UUID, when: datetime) -> None:
        """Remember when a session was last used."""
        self.connection.execute(update(SESSION).where(SESSION.c.id == session_id).values(seen_at=when))

    def sign_out(self, person_id: UUID, session_id: UUID) -> bool:
        """End a session of this person; says whether there was one."""
        ended = delete(SESSION).where(SESSION.c.id == session_id, SESSION.c.person_id == person_id)
        return self.connection.execute(ended).rowcount == 1

    def _keep(self, person_id: UUID, **changed: Any) -> None:
        self.connection.execute(update(PERSON).where(PERSON.c.id == person_id).values(**changed))

    def purge_sessions(self, *, idle_since: datetime, begun_before: datetime) -> int:
        """Forget the sessions that were not used since, or began before; says how many."""
        old = or_(SESSION.c.seen_at <= idle_since, SESSION.c.created_at <= begun_before)
        return self.connection.execute(delete(SESSION).where(old)).rowcount

    def _one(self, condition: ColumnElement[bool]) -> Person | None:
        found = self._people(condition)
        return found[0] if found else None

    def _people(self, *conditions: ColumnElement[bool]) -> list[Person]:
        rows = self.connection.execute(select(PERSON, HELD).where(*conditions).order_by(PERSON.c.id)).mappings().all()
        roles: dict[UUID, list[tuple[UUID, Role]]] = {row["id"]: [] for row in rows}
        found = select(ROLE).where(ROLE.c.person_id.in_(roles)).order_by(ROLE.c.site_id)
        for row in self.connection.execute(found):
            roles[row.person_id].append((row.site_id, row.role))
        return [_person(row, roles[row["id"]]) for row in rows]

    def _sessions(self, condition: ColumnElement[bool]) -> list[Session]:
        rows = self.connection.execute(select(SESSION).where(condition).order_by(SESSION.c.seen_at.desc())).mappings()
        return [Session(**row) for row in rows]


def _own(person: Person) -> dict[str, Any]:
    told = ("name", "password", "stamp", "active", "totp", "totp_counter", "language")
    fields = {name: getattr(person, name) for name in told}
    return fields | {"handle": handle(person.name), "recovery": list(person.recovery)}


def _person(row: Mapping[Any, Any], roles: list[tuple[UUID, Role]]) -> Person:
    reading = Reading(**{name: row[name] for name in HOW_READ})
    apart = {"handle", "recovery", "email_print", *HOW_READ}
    own = {name: value for name, value in row.items() if name not in apart}
    return Person(**own, reading=reading, recovery=tuple(row["recovery"]), roles=tuple(roles))
