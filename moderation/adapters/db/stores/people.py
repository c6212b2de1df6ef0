"""Who may sign in at the desk, what they are on which sites, and where they are signed in."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError

from moderation.adapters.db.models import PersonRow, RoleRow, SessionRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.domain.errors import Conflict
from moderation.domain.person import Person, Role, Session, handle

PERSON, ROLE, SESSION = table(PersonRow), table(RoleRow), table(SessionRow)


class SqlPeople(Store):
    """People, their roles and their sessions."""

    def add(self, person: Person) -> None:
        """Keep somebody new; raises Conflict where the name is taken."""
        try:
            self.connection.execute(PERSON.insert().values(id=person.id, created_at=person.created_at, **_own(person)))
        except IntegrityError:
            raise Conflict("There is somebody of that name already; choose another.", code="name-taken") from None

    def save(self, person: Person) -> None:
        """Keep what changed about somebody; their roles have a verb of their own."""
        self.connection.execute(update(PERSON).where(PERSON.c.id == person.id).values(**_own(person)))

    def keep_factors(self, person: Person) -> None:
        """Keep an authenticator, its last code and the codes for recovery, and nothing else."""
        kept = {"totp": person.totp, "totp_counter": person.totp_counter, "recovery": list(person.recovery)}
        self.connection.execute(update(PERSON).where(PERSON.c.id == person.id).values(**kept))

    def get(self, person_id: UUID) -> Person | None:
        """Find somebody by their id."""
        return self._one(PERSON.c.id == person_id)

    def by_handle(self, handle: str) -> Person | None:
        """Find somebody by what their name is found by."""
        return self._one(PERSON.c.handle == handle)

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
        """Say what a person is on a site from now on; None makes them nobody there."""
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

    def _one(self, condition: ColumnElement[bool]) -> Person | None:
        found = self._people(condition)
        return found[0] if found else None

    def _people(self, *conditions: ColumnElement[bool]) -> list[Person]:
        rows = self.connection.execute(select(PERSON).where(*conditions).order_by(PERSON.c.id)).mappings().all()
        roles: dict[UUID, list[tuple[UUID, Role]]] = {row["id"]: [] for row in rows}
        found = select(ROLE).where(ROLE.c.person_id.in_(roles)).order_by(ROLE.c.site_id)
        for row in self.connection.execute(found):
            roles[row.person_id].append((row.site_id, row.role))
        return [_person(row, roles[row["id"]]) for row in rows]

    def _sessions(self, condition: ColumnElement[bool]) -> list[Session]:
        rows = self.connection.execute(select(SESSION).where(condition).order_by(SESSION.c.seen_at.desc())).mappings()
        return [Session(**row) for row in rows]


def _own(person: Person) -> dict[str, Any]:
    told = ("name", "password", "stamp", "active", "totp", "totp_counter")
    fields = {name: getattr(person, name) for name in told}
    return fields | {"handle": handle(person.name), "recovery": list(person.recovery)}


def _person(row: Mapping[Any, Any], roles: list[tuple[UUID, Role]]) -> Person:
    fields = {name: value for name, value in row.items() if name not in {"handle", "recovery"}}
    return Person(**fields, recovery=tuple(row["recovery"]), roles=tuple(roles))
