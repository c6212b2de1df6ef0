"""Tokens of members: what a site signed counts for some minutes, and nothing that anybody made up counts at all."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from membership import HS256, SECRET, claims_at, part, signed

from moderation.adapters.tokens import claims_of
from moderation.domain.errors import Unauthenticated
from moderation.domain.member import ID_MAX, TOKEN_MAX, member_of, new_member_secret
from moderation.domain.privacy import SecretEmail

SITE = "pk_site"
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
CLAIMS = claims_at(SITE, NOW)
PUBLIC = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
)
"""The token that jwt.io shows, under the secret that it shows with it."""


def seconds(**shift: float) -> int:
    return int((NOW + timedelta(**shift)).timestamp())


def test_what_others_sign_is_read() -> None:
    assert claims_of(PUBLIC, ["your-256-bit-secret"]) == {"sub": "1234567890", "name": "John Doe", "iat": 1516239022}


def test_either_of_two_secrets_signs_and_no_third() -> None:
    old, new = new_member_secret(), new_member_secret()

    assert old != new
    assert claims_of(signed(CLAIMS, old), [new, old]) == claims_of(signed(CLAIMS, new), [new, old]) == CLAIMS
    assert claims_of(signed(CLAIMS, old), [new]) is None
    assert claims_of(signed(CLAIMS, ""), []) is None


FORGED = {
    "no algorithm": signed(CLAIMS, header={"alg": "none"}),
    "no algorithm and no signature": signed(CLAIMS, header={"alg": "none"}, mac=b""),
    "no algorithm, spelled otherwise": signed(CLAIMS, header={"alg": "nOnE"}, mac=b""),
    "no signature": signed(CLAIMS, mac=b""),
    "half a signature": signed(CLAIMS, mac=b"\0" * 16),
    "a signature of nothing": signed(CLAIMS, mac=b"\0" * 32),
    "another algorithm": signed(CLAIMS, header={"alg": "HS512"}, digest=hashlib.sha512),
    "another algorithm, signed with ours": signed(CLAIMS, header={"alg": "HS384"}),
    "a public key for a secret": signed(CLAIMS, header={"alg": "RS256"}),
    "an algorithm that is none": signed(CLAIMS, header={"alg": ["HS256"]}),
    "an algorithm in small letters": signed(CLAIMS, header={"alg": "hs256"}),
    "no header": signed(CLAIMS, header={}),
    "a key of its own": signed(CLAIMS, "", header={**HS256, "jwk": {"kty": "oct", "k": ""}}),
    "another secret": signed(CLAIMS, "mem_other"),
    "something that must be understood": signed(CLAIMS, header={**HS256, "crit": ["b64"], "b64": False}),
    "an encrypted one's kind": signed(CLAIMS, header={**HS256, "typ": "JWE"}),
    "claims changed after signing": signed(CLAIMS).replace(part(CLAIMS), part({**CLAIMS, "sub": "1"})),
    "a header changed after signing": signed(CLAIMS).replace(part(HS256), part({"alg": "HS256"})),
    "a header that names its algorithm twice": signed(CLAIMS, header=b'{"alg": "none", "alg": "HS256"}'),
    "claims that name somebody twice": signed(b'{"sub": "1", "sub": "2"}'),
    "claims that are a list": signed([CLAIMS]),
    "claims with a number that is none": signed(b'{"exp": NaN}'),
    "claims in another encoding": signed('{"name": "Ann"}'.encode("utf-16")),
    "claims nested without end": signed(b"[" * 2000),
    "two parts": signed(CLAIMS).rpartition(".")[0],
    "four parts": f"{signed(CLAIMS)}.",
    "padding": f"{signed(CLAIMS)}=",
    "a line break": f"{signed(CLAIMS)}\n",
    "letters beyond ASCII": f"{signed(CLAIMS)}\N{FULLWIDTH DIGIT ONE}",
    "nothing": "",
    "more than is looked at": signed({**CLAIMS, "more": "a" * TOKEN_MAX}),
}


@pytest.mark.parametrize("token", FORGED.values(), ids=list(FORGED))
def test_what_the_site_did_not_sign_is_no_token(token: str) -> None:
    assert claims_of(token, [SECRET]) is None


def test_a_signature_has_one_spelling() -> None:
    token = signed(CLAIMS)
    spare = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [token[:-1] + sign for sign in spare if sign != token[-1]]

    assert claims_of(token, [SECRET]) == CLAIMS
    assert [other for other in others if claims_of(other, [SECRET])] == []


SOUND: dict[str, dict[str, Any]] = {
    "as it should be": {},
    "for several": {"aud": ["pk_other", SITE]},
    "from the site": {"iss": SITE},
    "from a clock that is ahead": {"iat": seconds(seconds=59)},
    "just over, by another clock": {"iat": seconds(minutes=-6), "exp": seconds(seconds=-59)},
    "for as long as one lasts": {"exp": seconds(minutes=10)},
    "in parts of seconds": {"iat": NOW.timestamp() - 0.5},
}


@pytest.mark.parametrize("claims", SOUND.values(), ids=list(SOUND))
def test_a_sound_token_names_its_member(claims: dict[str, Any]) -> None:
    member = member_of(claims_at(SITE, NOW, email="ann@example.com", jti="t1", **claims), SITE, NOW)

    assert (member.sub, member.name, member.token_id) == ("42", "Ann", "t1")
    assert member.email == SecretEmail("ann@example.com")
    assert not {"42", "Ann", "t1"} & set(repr(member).replace("(", " ").split())


UNFIT: dict[str, dict[str, Any]] = {
    "for another site": {"aud": "pk_other"},
    "for nobody": {"aud": None},
    "for no text": {"aud": {"pk_site": True}},
    "from another site": {"iss": "pk_other"},
    "issued tomorrow": {"iat": seconds(days=1), "exp": seconds(days=1, minutes=1)},
    "not yet begun": {"nbf": seconds(minutes=2)},
    "lasting too long": {"exp": seconds(minutes=10, seconds=1)},
    "ending before it was issued": {"exp": seconds(seconds=-1)},
    "never ending": {"exp": None},
    "ending at infinity": {"exp": float("inf")},
    "ending beyond any number": {"exp": 10**400},
    "ending at true": {"exp": True},
    "ending in a text": {"exp": str(seconds(minutes=5))},
    "issued never": {"iat": None},
    "nobody": {"sub": None},
    "an empty somebody": {"sub": " "},
    "somebody who is a number": {"sub": 42},
    "somebody too long": {"sub": "a" * (ID_MAX + 1)},
    "somebody whom no database keeps": {"sub": "a\0b"},
    "half a character": {"sub": "a\ud800"},
    "no name": {"name": None},
    "a name that nobody sees": {"name": "\u200b"},
    "a name too long": {"name": "n" * 300},
    "an address that is none": {"email": "ann at example"},
    "an address that is no text": {"email": ["ann@example.com"]},
    "a token's name that is none": {"jti": 7},
}


@pytest.mark.parametrize("claims", UNFIT.values(), ids=list(UNFIT))
def test_a_claim_that_cannot_be_accepted_is_named_and_not_repeated(claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated) as refused:
        member_of({name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}, SITE, NOW)

    assert refused.value.code == "member-token-invalid"
    assert f"`{next(iter(claims))}`" in refused.value.detail
    assert not [str(value) for value in claims.values() if str(value).strip() and str(value) in refused.value.detail]


def test_a_token_is_over_a_minute_after_its_end() -> None:
    assert not member_of(CLAIMS, SITE, NOW + timedelta(minutes=6, seconds=-1)).is_over
    assert member_of(CLAIMS, SITE, NOW + timedelta(minutes=6)).is_over
