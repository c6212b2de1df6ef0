"""An address can be carried anywhere and shows its mask wherever it turns up."""

import copy
import dataclasses
import hashlib
import json
import pickle
import traceback
from uuid import UUID

import idna
import pydantic
import pytest
import regex
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.domain.comment import Submission
from moderation.domain.privacy import DomainMask, SecretEmail, fingerprint, mask, network, network_key
from moderation.domain.text import EMAIL_MAX, Unfit

LOCALS = st.one_of(
    st.text("aZ1+'.", min_size=1, max_size=5),
    st.integers(1, 70).map("a".__mul__),
    st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+", fullmatch=True),
    st.text(max_size=20),
)
LABELS = st.one_of(
    st.text("aZ1-", max_size=5),
    st.sampled_from(["test", "localhost", "com", "co", "xn--a", "xn--", "xn--mnchen-3ya", "münchen", "例え"]),
    st.text(st.characters(categories=["L", "M", "N"]), max_size=20),
)
SPELLED = st.integers(20, 50).map(lambda many: idna.encode("あ" * many).decode())
"""Labels that are longer in their own letters than as the name system spells them."""
DOMAINS = st.one_of(
    st.just("example.com"),
    st.lists(LABELS, max_size=4).map(".".join),
    st.lists(SPELLED, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "com"])),
)
ADDRESSES = st.one_of(st.emails(), st.builds("{}@{}".format, LOCALS, DOMAINS))
PLAIN = "joe.average+news@mail.example.co.uk"
MASKED = "j***@e***.co.uk"
SITE = UUID(int=1)
PEPPER = b"p" * 32


class Shape(pydantic.BaseModel):
    email: SecretEmail | None


@pytest.fixture
def secret() -> SecretEmail:
    return SecretEmail.parse(PLAIN)


@pytest.mark.parametrize(
    ("typed", "masked"),
    [
        ("john@example.com", "j***@e***.com"),
        ("John@Example.COM", "J***@e***.com"),
        ("j@example.com", "***@e***.com"),
        ("ann@x.com", "a***@x***.com"),
        (PLAIN, MASKED),
        ("ann@github.io", "a***@g***.io"),
        ("ann@alice.github.io", "a***@g***.io"),
        ("ann@co.uk", "a***@c***.uk"),
        ("ann@example.zzqq", "a***@e***.zzqq"),
        ("jörg@münchen.de", "j***@m***.de"),
        ("ann@xn--mnchen-3ya.de", "a***@m***.de"),
        ("用户@例え.jp", "用***@例***.jp"),
        ("用@例え.中国", "***@例***.中国"),
        ("a\u0301\u0323bc@example.org", "\u1ea1\u0301***@e***.org"),
        ("क्षि@example.org", "***@e***.org"),
        ("'x'@example.com", "'***@e***.com"),
    ],
)
def test_a_mask_shows_one_sign_of_each_name_and_the_public_suffix(typed: str, masked: str) -> None:
    assert str(SecretEmail.parse(typed)) == masked


def test_a_site_may_hide_the_domain_too(secret: SecretEmail) -> None:
    assert mask(secret, domain_mask=DomainMask.FULL) == "j***@***"


@given(
    st.text(st.characters(categories=["L", "M", "N", "So"]), min_size=1, max_size=20),
    st.text(st.characters(categories=["L", "M", "N"]), min_size=1, max_size=20),
)
def test_a_mask_never_holds_more_than_first_graphemes(local: str, label: str) -> None:
    shown_local, _, shown_domain = mask(f"{local}@{label}.com").rpartition("@")
    first, *more = regex.findall(r"\X", local)
    first_of_label = regex.findall(r"\X", label)[0]

    assert shown_local == (f"{first}***" if more else "***")
    assert shown_domain == f"{first_of_label}***.com"


def test_every_way_of_showing_it_is_the_mask(secret: SecretEmail) -> None:
    shown = [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret!r}",
        format(secret, "").strip(),
        f"{secret:>40}".strip(),
        "%s" % secret,  # noqa: UP031
        json.dumps([secret], default=str)[2:-2],
        Shape(email=secret).model_dump()["email"],
        json.loads(Shape(email=secret).model_dump_json())["email"],
        repr(Submission("Hi", email=secret)).split("email=")[1].split(",")[0],
        str(dataclasses.asdict(Submission("Hi", email=secret))["email"]),
        str(copy.copy(secret)),
        str(copy.deepcopy([secret])[0]),
    ]

    assert set(shown) == {MASKED}
    assert secret.reveal() == PLAIN


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_never_pickled(secret: SecretEmail, protocol: int) -> None:
    with pytest.raises(TypeError):
        pickle.dumps({"email": secret}, protocol)
    with pytest.raises(TypeError):
        secret.__getstate__()


def test_it_cannot_be_changed_or_looked_into(secret: SecretEmail) -> None:
    with pytest.raises(AttributeError):
        secret._address = "other@example.com"
    with pytest.raises(AttributeError):
        del secret._address
    with pytest.raises(TypeError):
        vars(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_equal_addresses_are_equal_values(secret: SecretEmail) -> None:
    assert secret == SecretEmail.parse(f"  {PLAIN}\n") == SecretEmail(PLAIN)
    assert len({secret, SecretEmail(PLAIN)}) == 1
    assert secret != SecretEmail.parse("other@example.com")
    assert secret != PLAIN
    assert secret != MASKED


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("a@Example.COM", "example.com"),
        ("a@MÜNCHEN.de", "xn--mnchen-3ya.de"),
        ("a@xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
    ],
)
def test_the_domain_is_spelled_as_the_name_system_does(typed: str, domain: str) -> None:
    assert SecretEmail.parse(typed).domain == domain


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "joe",
        "joe@",
        "@example.com",
        "joe@example",
        "joe@ex ample.com",
        "joe@@example.com",
        "joe@example..com",
        "joe@[192.0.2.1]",
        "joe@shop.test",
        "joe@localhost",
        '"joe bloggs"@example.com',
        "Joe <joe@example.com>",
        "joe@example.com, ann@example.com",
        "joe@example.com\r\nBcc: ann@example.com",
        "jo\0e@example.com",
        "jo\ud800e@example.com",
        "joe@\udc00.com",
        "jo\u202ee@example.com",
        "joe@" + "ü" * 70 + ".de",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(Unfit) as refused:
        SecretEmail.parse(typed)

    assert refused.value.code == "email-invalid"
    assert refused.value.detail == "Enter an e-mail address such as name@example.com."
    assert refused.value.__context__ is None


@settings(max_examples=300)
@given(ADDRESSES.map(str.strip).filter(lambda typed: len(typed) <= EMAIL_MAX))
def test_a_plain_address_takes_a_short_way_to_what_the_validator_gives(typed: str) -> None:
    try:
        wanted = validate_email(typed, check_deliverability=False).normalized
    except (EmailNotValidError, UnicodeError):
        with pytest.raises(Unfit):
            SecretEmail.parse(typed)
    else:
        parsed = SecretEmail.parse(typed)
        assert parsed.reveal() == wanted
        assert parsed.domain == idna.encode(wanted.rpartition("@")[2], uts46=True).decode()


def test_the_length_is_cut_before_anything_is_checked() -> None:
    for typed in ("a" * 243 + "@example.com", "a\u0301" * 50_000 + "@example.com"):
        with pytest.raises(Unfit) as refused:
            SecretEmail.parse(typed)
        assert refused.value.code == "too-long"
        assert "aaaa" not in "".join(traceback.format_exception_only(refused.value))


def test_one_mailbox_has_one_fingerprint_on_a_site() -> None:
    def printed(address: str, site: UUID = SITE, pepper: bytes = PEPPER) -> bytes:
        return fingerprint(pepper, site, SecretEmail.parse(address))

    assert len(printed(PLAIN)) == 32
    assert printed("Joe@Example.com") == printed("joe@example.com")
    assert printed("ann@münchen.de") == printed("ann@xn--mnchen-3ya.de")
    assert printed("a\u0301nn@example.com") == printed("\u00c1nn@example.com")
    assert printed("joe@example.com") != printed("joe@example.org")
    assert printed("joe@example.com") != printed("joe@example.com", site=UUID(int=2))
    assert printed("joe@example.com") != printed("joe@example.com", pepper=b"q" * 32)
    assert printed("ann@straße.de") != printed("ann@strasse.de")
    assert printed("joe@example.com") != hashlib.sha256(b"joe@example.com").digest()


@pytest.mark.parametrize(
    ("ip", "stored", "counted"),
    [
        ("203.0.113.77", "203.0.113.0/24", "203.0.113.77/32"),
        ("2001:db8:1:2:3::1", "2001:db8:1::/48", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.77", "203.0.113.0/24", "203.0.113.77/32"),
        ("::1", "::/48", "::/64"),
        ("fe80::1%eth0", "fe80::/48", "fe80::/64"),
    ],
)
def test_a_network_is_cut_for_storing_and_for_counting(ip: str, stored: str, counted: str) -> None:
    assert (network(ip), network_key(ip)) == (stored, counted)


def test_what_is_no_ip_address_is_refused_without_being_repeated() -> None:
    for cut in (network, network_key):
        with pytest.raises(Unfit) as refused:
            cut("203.0.113.777")
        assert "203" not in str(refused.value)
        assert refused.value.__context__ is None
