"""Our people as Flask-Security knows them; whatever it changes about somebody goes through `services/people.py`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_security import RoleMixin, UserMixin
from flask_security.datastore import Datastore, UserDatastore
from flask_security.totp import Totp

from moderation.domain.person import Person
from moderation.http.context import Web
from moderation.services import people

AUTHENTICATOR = "authenticator"


class Account(UserMixin):  # type: ignore[misc]
    """One person, in the words of Flask-Security."""

    fs_uniquifier: str = ""

    def __init__(self, person: Person) -> None:
        """Spread out what the library reads and writes."""
        self.person = person
        self.id = person.id
        self.username = person.name
        self.email = None
        self.password = person.password
        self.active = person.active
        self.fs_uniquifier = person.stamp
        self.tf_primary_method = AUTHENTICATOR if person.totp else None
        self.tf_totp_secret = person.totp
        self.tf_phone_number = None
        self.mf_recovery_codes: Sequence[str] | None = list(person.recovery)
        self.roles: list[RoleMixin] = []

    def calc_username(self) -> str:
        """Give the name that an authenticator shows."""
        return self.person.name

    def as_person(self) -> Person:
        """Give the person with what the library changed."""
        totp = self.tf_totp_secret if self.tf_primary_method else None
        codes = tuple(self.mf_recovery_codes or ())
        return replace(self.person, password=self.password, totp=totp, recovery=codes)


class Accounts(Datastore, UserDatastore):  # type: ignore[misc]
    """Finds and keeps people; each change is a transaction of its own, so that nothing waits for a commit."""

    def __init__(self, web: Web) -> None:
        """Stand over the services."""
        Datastore.__init__(self, None)
        UserDatastore.__init__(self, Account, RoleMixin)
        self._deps = web.deps

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> Account | None:  # noqa: ARG002, FBT001, FBT002 (the library's shape)
        """Find somebody by their name, or by the stamp that sessions carry."""
        ((by, value),) = wanted.items()
        look_up = {"username": people.find, "fs_uniquifier": people.by_stamp}.get(by)
        person = look_up(self._deps, str(value)) if look_up else None
        return Account(person) if person else None

    def put(self, account: Account) -> Account:
        """Keep what the library changed about somebody."""
        account.person = people.save(self._deps, account.as_person())
        return account

    def use(self, account: Account, counter: int) -> None:
        """Remember which code was used last."""
        account.person = people.save(self._deps, replace(account.person, totp_counter=counter))


class OnceOnly(Totp):  # type: ignore[misc]
    """Codes of an authenticator, each of which is good once."""

    accounts: Accounts

    def get_last_counter(self, user: Account) -> int | None:
        """Give the last code that was used."""
        return user.person.totp_counter

    def set_last_counter(self, user: Account, tmatch: Any) -> None:
        """Remember the code that was used just now."""
        self.accounts.use(user, tmatch.counter)
