"""Ports to what is neither database nor scorer: mail, other servers, secrets, limits, bells."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from moderation.domain.delivery import Outcome
from moderation.domain.notice import Letter, Posted
from moderation.domain.passkey import Answer, Credential, Passkey, RelyingParty
from moderation.domain.person import Person
from moderation.domain.privacy import SecretEmail
from moderation.services.ports.values import Bell, FormReading, Limit, Parcel, Standing, Way


class Send(Protocol):
    """Sends to publishers; that nobody answers is an outcome, and raises nothing."""

    def __call__(self, parcel: Parcel, /) -> Outcome: ...


class FindWay(Protocol):
    """Looks where an address leads, and waits no longer than somebody does who saves one; raises nothing."""

    def __call__(self, url: str, /) -> Way: ...


class Post(Protocol):
    """Sends mail; that it could not be sent is an outcome, and raises nothing."""

    def __call__(self, letter: Letter, /) -> Posted: ...


class Vault(Protocol):
    """Keeps what must be readable later."""

    def seal(self, plain: str, *, site_id: UUID, comment_id: UUID) -> bytes: ...
    def open(self, sealed: bytes, *, site_id: UUID, comment_id: UUID) -> str: ...


class Seals(Protocol):
    """Signs and fingerprints, each purpose with a key of its own."""

    def receipt(self, comment_id: UUID) -> str: ...
    def read_receipt(self, receipt: str) -> UUID | None: ...
    def form_token(self, site_id: UUID, thread: str, now: datetime) -> str: ...
    def read_form_token(self, token: str, site_id: UUID, thread: str, now: datetime) -> FormReading: ...
    def sign_cursor(self, payload: str, purpose: str) -> str: ...
    def read_cursor(self, cursor: str, purpose: str) -> str: ...
    def fingerprint(self, site_id: UUID, address: SecretEmail) -> bytes: ...
    def text_print(self, site_id: UUID, text: str) -> bytes | None:
        """Give a keyed hash by which the same words are found again; None for a few words, alike by chance."""
        ...

    def sketch(self, text: str) -> int | None:
        """Give what a text is found by among those that say nearly the same; None for a few words."""
        ...

    def link_print(self, site_id: UUID, text: str) -> bytes | None:
        """Give what a text is found by among others with the same links; None where there are none."""
        ...

    def digest(self, purpose: str, *parts: str | bytes) -> bytes: ...


class Proofs(Protocol):
    """Gives work to browsers, and sees whether it was done."""

    def challenge(self, site_id: UUID, thread: str, now: datetime) -> Mapping[str, Any]: ...
    def read(self, sent: str, site_id: UUID, thread: str, now: datetime) -> str:
        """Name the challenge for this page that was solved; raises `Unfit` for what is none, or too late."""
        ...


class Authenticators(Protocol):
    """Asks browsers for passkeys, and sees whether what they answer is right."""

    def creation(self, party: RelyingParty, person: Person, challenge: bytes, known: Iterable[Passkey]) -> str: ...
    def request(self, party: RelyingParty, challenge: bytes, known: Iterable[Passkey]) -> str: ...
    def made(self, party: RelyingParty, challenge: bytes, sent: str) -> Credential:
        """Read a new key; raises `Unfit` for what is none, or answers something else."""
        ...

    def credential_in(self, sent: str) -> bytes: ...
    def answered(self, party: RelyingParty, challenge: bytes, sent: str, passkey: Passkey) -> Answer:
        """Verify an answer with this key; raises `Unfit` for any other."""
        ...


class Limits(Protocol):
    """Counts what may be sent."""

    def look(self, limits: Sequence[Limit]) -> list[Standing]:
        """Say how far every limit is, and count nothing."""
        ...

    def admit(self, limits: Sequence[Limit]) -> list[Standing]:
        """Count one under every limit, or raise TooMany and count nothing more."""
        ...

    def begin(self, name: str) -> bool:
        """Say that the request of this name is under way; False where the same one is already."""
        ...

    def end(self, name: str) -> None:
        """Say that it is over, however it ended; who says nothing is forgotten after two seconds."""
        ...


class Say(Protocol):
    """Says things to authors in their language."""

    def __call__(self, language: str, word: str, /, **values: object) -> str:
        """Give the sentence of this name, in English where the language is not spoken here."""
        ...


class Ring(Protocol):
    """Rings bells; never raises, never waits: a lost ring is made good by the sweep."""

    def __call__(self, *bells: Bell) -> None: ...
