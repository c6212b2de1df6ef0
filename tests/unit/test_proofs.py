"""Proofs of work: a challenge that was solved is known again, and nothing else passes for one."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from solving import counter_of, solved, written

from moderation.adapters.proofs import COUNTERS, LASTING, PROOF_MAX, Proofs
from moderation.domain.text import Unfit

OLD, NEW = b"old secret, 32 bytes long. ......", b"new secret, 32 bytes long. ......"
SITE, OTHER_SITE = UUID(int=1), UUID(int=2)
NOW: Final = datetime(2026, 11, 27, 12, tzinfo=UTC)
PAGE: Final = "article-1"
CHALLENGE: Final = Proofs([NEW]).challenge(SITE, PAGE, NOW)
COUNTER: Final = counter_of(CHALLENGE)
PROOF: Final = written(CHALLENGE, counter=COUNTER)


def read(proof: str, *, site: UUID = SITE, page: str = PAGE, after: timedelta = timedelta()) -> str:
    return Proofs([NEW]).read(proof, site, page, NOW + after)


def code_of(proof: str, **where: Any) -> str:
    with pytest.raises(Unfit) as refused:
        read(proof, **where)
    return refused.value.code


def changed(**parameters: Any) -> dict[str, Any]:
    return {**CHALLENGE, "parameters": {**CHALLENGE["parameters"], **parameters}}


def test_a_challenge_that_was_solved_is_named_as_often_as_it_is_looked_at() -> None:
    assert COUNTER in COUNTERS
    assert read(PROOF) == read(PROOF, after=LASTING - timedelta(seconds=1)) == CHALLENGE["parameters"]["nonce"]


def test_a_challenge_is_for_one_site_and_one_page_and_for_a_while() -> None:
    assert code_of(PROOF, site=OTHER_SITE) == code_of(PROOF, page="article-2") == "proof-invalid"
    assert code_of(PROOF, after=LASTING) == "proof-expired"


def test_a_challenge_under_the_secret_before_still_counts() -> None:
    before = solved(Proofs([OLD]).challenge(SITE, PAGE, NOW))

    assert Proofs([NEW, OLD]).read(before, SITE, PAGE, NOW)
    assert code_of(before) == "proof-invalid"


FORGED = {
    "nothing": "",
    "no base64": "*" + PROOF,
    "no JSON": base64.b64encode(b"\xff{").decode(),
    "a list": base64.b64encode(b"[]").decode(),
    "nested without end": base64.b64encode(b"[" * 1400).decode(),
    "more than is looked at": PROOF + "A" * PROOF_MAX,
    "a counter without work": written(CHALLENGE, counter=COUNTER + 1),
    "a counter and a claim": written(
        CHALLENGE, counter=0, derivedKey=CHALLENGE["parameters"]["keyPrefix"] + "0" * 32, verified=True
    ),
    "no counter": written(CHALLENGE),
    "a counter below nothing": written(CHALLENGE, counter=-1),
    "a counter beyond four bytes": written(CHALLENGE, counter=COUNTER + 2**32),
    "a counter that is none": written(CHALLENGE, counter=float(COUNTER)),
    "a counter that is true": written(CHALLENGE, counter=True),
    "less cost": written(changed(cost=1), counter=COUNTER),
    "a shorter beginning": written(changed(keyPrefix=""), counter=0),
    "more time": written(changed(expiresAt=2**40), counter=COUNTER),
    "another nonce": written(changed(nonce="00" * 16), counter=COUNTER),
    "another parameter": written(changed(data={}), counter=COUNTER),
    "no signature": written({"parameters": CHALLENGE["parameters"]}, counter=COUNTER),
    "an empty signature": written({**CHALLENGE, "signature": ""}, counter=COUNTER),
    "a signature that is none": written({**CHALLENGE, "signature": "zz"}, counter=COUNTER),
    "parameters that are none": written({**CHALLENGE, "parameters": 7}, counter=COUNTER),
}


@pytest.mark.parametrize("proof", FORGED.values(), ids=list(FORGED))
def test_what_is_no_proof_is_refused(proof: str) -> None:
    assert code_of(proof) == "proof-invalid"
