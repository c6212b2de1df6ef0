"""Authenticators: what browsers are asked for and what they answer, as Web Authentication (Level 2) has it.

Whatever is answered comes from a stranger and is read here alone. An answer counts where the origin, the address,
the challenge and the signature are right and the person was verified, by a finger, a face or a PIN: so each
passkey is two factors, what somebody has and what they are or know.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

import webauthn
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from moderation.domain.passkey import LASTING, NOT_PROVED, Answer, Credential, Passkey, RelyingParty
from moderation.domain.person import Person
from moderation.domain.text import Unfit

T = TypeVar("T")
ANSWER_MAX: Final = 20_000
"""Characters of an answer; what is longer is not even looked at."""
PATIENCE: Final = int(LASTING.total_seconds() * 1000)
TRANSPORTS: Final = frozenset(item.value for item in AuthenticatorTransport)
VERIFIED: Final = UserVerificationRequirement.REQUIRED


class Authenticators:
    """Asks browsers for keys, and sees whether what they answer is right."""

    def creation(self, party: RelyingParty, person: Person, challenge: bytes, known: Iterable[Passkey]) -> str:
        """Write what a browser needs to make a key for somebody who has these."""
        options = webauthn.generate_registration_options(
            rp_id=party.host,
            rp_name="Lychgate",
            user_id=person.id.bytes,
            user_name=person.name,
            user_display_name=person.name,
            challenge=challenge,
            timeout=PATIENCE,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
            ),
            exclude_credentials=_described(known),
        )
        return webauthn.options_to_json(options)

    def request(self, party: RelyingParty, challenge: bytes, known: Iterable[Passkey]) -> str:
        """Write what a browser needs to answer with one of these keys; with any that it has where none is named."""
        options = webauthn.generate_authentication_options(
            rp_id=party.host,
            challenge=challenge,
            timeout=PATIENCE,
            allow_credentials=_described(known),
            user_verification=VERIFIED,
        )
        return webauthn.options_to_json(options)

    def made(self, party: RelyingParty, challenge: bytes, sent: str) -> Credential:
        """Read a new key; raises `Unfit` for what is none, or answers something else."""

        def verify() -> Credential:
            parsed = parse_registration_credential_json(_short(sent))
            found = webauthn.verify_registration_response(
                credential=parsed,
                expected_challenge=challenge,
                expected_rp_id=party.host,
                expected_origin=party.origin,
                require_user_verification=True,
            )
            transports = tuple(item.value for item in parsed.response.transports or ())
            return Credential(found.credential_id, found.credential_public_key, found.sign_count, transports)

        return _read(verify)

    def credential_in(self, sent: str) -> bytes:
        """Say which key an answer claims to be of; raises `Unfit` for what is no answer."""
        return _read(lambda: parse_authentication_credential_json(_short(sent)).raw_id)

    def answered(self, party: RelyingParty, challenge: bytes, sent: str, passkey: Passkey) -> Answer:
        """Verify an answer with this key; raises `Unfit` for any other, and leaves it to others what the key counts."""

        def verify() -> Answer:
            parsed = parse_authentication_credential_json(_short(sent))
            found = webauthn.verify_authentication_response(
                credential=parsed,
                expected_challenge=challenge,
                expected_rp_id=party.host,
                expected_origin=party.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
            return Answer(parsed.raw_id, found.new_sign_count, parsed.response.user_handle)

        return _read(verify)


def _described(known: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=passkey.credential, transports=_transports(passkey.transports))
        for passkey in known
    ]


def _transports(names: Iterable[str]) -> list[AuthenticatorTransport] | None:
    return [AuthenticatorTransport(name) for name in names if name in TRANSPORTS] or None


def _short(sent: str) -> str:
    if len(sent) > ANSWER_MAX:
        raise ValueError("too long for an answer")
    return sent


def _read(reading: Callable[[], T]) -> T:
    try:
        return reading()
    except Exception:  # noqa: BLE001 (a stranger's octets in others' code: whatever breaks, it is no passkey)
        raise Unfit("passkey-unproved", NOT_PROVED) from None
