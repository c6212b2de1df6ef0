"""What we sign, the public library of Standard Webhooks verifies."""

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from moderation.adapters.signing import signed
from moderation.domain.remote import new_secret, parse_secret
from moderation.domain.text import Unfit

BODY = b'{"comments": []}'


def test_a_receiver_verifies_what_we_sign_and_nothing_that_was_changed() -> None:
    secret = new_secret()
    headers = signed([secret], "msg_1", BODY, datetime.now(UTC))

    assert Webhook(secret).verify(BODY, headers) == {"comments": []}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)


def test_while_two_secrets_sign_a_receiver_with_either_verifies() -> None:
    old, new = new_secret(), new_secret()
    headers = signed([new, old], "msg_1", BODY, datetime.now(UTC))

    assert Webhook(old).verify(BODY, headers) == Webhook(new).verify(BODY, headers) == {"comments": []}


def test_a_secret_is_never_the_same() -> None:
    assert new_secret() != new_secret()


def test_a_secret_of_ones_own_is_kept_as_it_is_written() -> None:
    assert parse_secret(f" {new_secret()}\n").startswith("whsec_")


@pytest.mark.parametrize("typed", ["", "whsec_", "secret", "whsec_c2hvcnQ=", "whsec_!!!!", "whsec_" + "A" * 96])
def test_what_is_no_secret_is_refused(typed: str) -> None:
    with pytest.raises(Unfit):
        parse_secret(typed)
