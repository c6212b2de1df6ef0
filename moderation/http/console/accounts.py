"""Our people as Flask-Security knows them; whatever it changes about somebody goes through `services/people.py`."""

from dataclasses import replace
from typing import Any, cast

from flask_security import MfRecoveryCodesUtil, RoleMixin, UserMixin
from flask_security.datastore import Datastore, UserDatastore
from flask_security.totp import Totp
from passlib.exc import UsedTokenError

from moderation.domain.person import Person
from moderation.http.context import Web, address, deps
from moderation.services import people

AUTHENTICATOR = "authenticator"


class Account(UserMixin):
    """One person, in the words of Flask-Security."""

    fs_uniquifier: str = ""

    def __init__(self, person: Person) -> None:
        """Spread out what the library reads and writes."""
        self.person = person
        vars(self).update(_spread(person))

    def calc_username(self) -> str:
        """Give the name that an authenticator shows."""
        return self.person.name

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 (the library's shape)
        """Write down that a password or a code was wrong."""
        people.failed(deps(), self.person.name, self.person, auth_type, address())

    def as_person(self) -> Person:
        """Give the person with what the library changed."""
        totp = self.tf_totp_secret if self.tf_primary_method else None
        codes = tuple(self.mf_recovery_codes or ())
        return replace(self.person, totp=totp, recovery=codes)


def _spread(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "username": person.name,
        "email": None,
        "password": person.password,
        "active": person.active,
        "fs_uniquifier": person.stamp,
        "tf_primary_method": AUTHENTICATOR if person.totp else None,
        "tf_totp_secret": person.totp,
        "tf_phone_number": None,
        "mf_recovery_codes": list(person.recovery),
        "roles": [],
    }


class Accounts(Datastore, UserDatastore):
    """Finds and keeps people; each change is a transaction of its own, so that nothing waits for a commit."""

    def __init__(self, web: Web) -> None:
        """Stand over the services."""
        Datastore.__init__(self, None)  # type: ignore[no-untyped-call]
        UserDatastore.__init__(self, Account, RoleMixin)
        self._deps = web.deps

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> Account | None:  # noqa: ARG002, FBT001, FBT002 (the library's shape)
        """Find somebody by their name, or by the stamp that sessions carry."""
        ((by, value),) = wanted.items()
        look_up = {"username": people.find, "fs_uniquifier": people.by_stamp}.get(by)
        person = look_up(self._deps, str(value)) if look_up else None
        return Account(person) if person else None

    def missed(self, name: str) -> None:
        """Do as much for a name that nobody has as for a wrong password."""
        people.failed(self._deps, name, None, "password", address())

    def put(self, account: Account) -> Account:
        """Keep what the library changed about somebody."""
        account.person = people.keep_factors(self._deps, account.person, account.as_person())
        return account

    def spend(self, account: Account, counter: int) -> bool:
        """Use up a code of an authenticator, unless somebody just did."""
        return people.spend_code(self._deps, account.person, counter)

    def spend_recovery(self, account: Account, place: int) -> bool:
        """Use up the code for recovery at a place among those that are left, unless somebody just did."""
        return people.spend_recovery(self._deps, account.person, account.person.recovery[place])


class OnceOnly(Totp):
    """Codes of an authenticator, each of which is good once."""

    accounts: Accounts

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Give the last code that was used."""
        return cast("Account", user).person.totp_counter

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        """Use up the code that was brought just now; raises UsedTokenError where somebody was quicker."""
        if not self.accounts.spend(cast("Account", user), tmatch.counter):
            raise UsedTokenError


class OnceShown(MfRecoveryCodesUtil):
    """Codes for recovery: shown when they are made and never again, and used up by being tried."""

    accounts: Accounts

    def get_recovery_codes(self, user: UserMixin) -> list[str]:  # noqa: ARG002 (the library's shape)
        """Give nothing to look at; only a hash would be safer, which the library cannot keep."""
        return []

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Use a code up; False where there is no such one any more."""
        account = cast("Account", user)
        left = super().get_recovery_codes(user)
        right = code in left and self.accounts.spend_recovery(account, left.index(code))
        if not right:
            account.track_failed_authn("recovery code")
        return right

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:  # noqa: ARG002 (the library's shape)
        """Do nothing more: whatever was checked is used up."""
        return True
