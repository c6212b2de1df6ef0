"""One page has one thread, however its address was written."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.text import Unfit
from moderation.domain.thread import THREAD_MAX, THREAD_URL_MAX, Thread, canonical_url, is_closed, thread_key

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGE = "https://example.com/news/Bees"
PIECES = st.sampled_from(
    [
        *"/aBé?&=+#; '\"\\:@~字\u200b\x7f�",
        "//",
        ".",
        "..",
        "%2e",
        "%2E%2e",
        "%41",
        "%zz",
        "%",
        "%2f",
        "%c3%a9",
        "utm_source=x",
        "%75tm_x=1",
        "b=2",
        "b=1",
    ]
)


def canonical_or_code(written: str) -> str:
    try:
        return canonical_url(written)
    except Unfit as refused:
        return refused.code


@pytest.mark.parametrize(
    "written",
    [
        PAGE,
        "http://example.com/news/Bees",
        "HTTPS://EXAMPLE.com/news/Bees",
        " https://example.com:443/news/Bees ",
        "http://example.com:80/news/Bees/",
        "https://example.com./news/Bees//",
        "https://example.com/news/Bees#comments",
        "https://example.com/news/Bees?",
        "https://example.com/news/Bees?utm_source=a&UTM_Medium=b&fbclid=c&gclid=d",
        "https://example.com/news/Bees?mc_cid=1&mc_eid=2&igshid=3&msclkid=4&replytocom=5",
        "https://example.com/news/Bees?%75tm_source=a",
        "https://example.com/news/Bees?unapproved=7&moderation-hash=0ac4",
        "https://example.com/news/./x/../Bees",
        "https://example.com/%2e%2E/news/%42ees/%2e",
    ],
)
def test_spellings_of_one_page(written: str) -> None:
    assert canonical_url(written) == PAGE


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("http://example.com", "https://example.com/"),
        ("https://example.com/?", "https://example.com/"),
        ("https://www.example.com/a", "https://www.example.com/a"),
        ("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
        ("https://example.com/a?b=2&b=1&a", "https://example.com/a?a&b=2&b=1"),
        ("https://example.com/a?q=x+y", "https://example.com/a?q=x%20y"),
        ("https://example.com/a?ref=feed", "https://example.com/a?ref=feed"),
        ("https://example.com/a?p=1&&utm_id=2", "https://example.com/a?p=1"),
        ("https://example.com/caf%c3%a9", "https://example.com/caf%C3%A9"),
        ("https://example.com/café au lait", "https://example.com/caf%C3%A9%20au%20lait"),
        ("https://example.com/a%2fb", "https://example.com/a%2Fb"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://example.com/a//b", "https://example.com/a//b"),
        ("https://MÜNCHEN.de/", "https://xn--mnchen-3ya.de/"),
        ("http://localhost:8000/post/", "https://localhost:8000/post"),
        ("http://[::0001]:80/x", "https://[::1]/x"),
        ("http://192.0.2.7/x", "https://192.0.2.7/x"),
        ("https://my_site.example.com/", "https://my_site.example.com/"),
    ],
)
def test_what_may_tell_pages_apart_is_kept(written: str, canonical: str) -> None:
    assert canonical_url(written) == canonical


@pytest.mark.parametrize(
    "written",
    [
        "",
        "example.com/a",
        "/news/bees",
        "javascript:alert(1)",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///a",
        "https://?a",
        "https://ann:secret@example.com/",
        "https://example.com\\@evil.example/",
        "https://exa mple.com/",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://a..b/",
        "https://" + "a" * 64 + ".com/",
        "https://ex\u2100mple.com/",
        "https://example.com/a\nb",
        "https://example.com/a\0b",
        "https://example.com/\ud800",
        "https://example.com/" + "a" * THREAD_URL_MAX,
        "https://example.com/" + "é" * 500,
    ],
)
def test_what_is_no_web_address_is_refused_without_being_repeated(written: str) -> None:
    with pytest.raises(ValueError, match="Use the page's") as refused:
        canonical_url(written)

    assert isinstance(refused.value, Unfit)
    assert refused.value.code == "thread-url-invalid"
    assert refused.value.__context__ is None


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=20).map("".join)))
def test_canonical_addresses_stay_as_they_are(rest: str) -> None:
    for written in (rest, f"https://{rest}", f"http://example.com:8080/{rest}"):
        once = canonical_or_code(written)
        if once != "thread-url-invalid":
            assert canonical_url(once) == once
            assert once.isascii()
            assert len(once) <= THREAD_URL_MAX


@pytest.mark.parametrize(
    ("thread", "url", "key"),
    [
        ("post-42", PAGE, "post-42"),
        ("  post \t 42\u202e ", None, "post 42"),
        ("/news/Bees/", None, "/news/Bees/"),
        ("http://EXAMPLE.com/news/Bees/?utm_source=x", None, PAGE),
        (None, "http://example.com/news/Bees/", PAGE),
        ("", PAGE, PAGE),
        (" \u200b ", PAGE, PAGE),
        ("x" * THREAD_MAX, None, "x" * THREAD_MAX),
    ],
)
def test_the_sites_own_id_goes_before_the_address(thread: str | None, url: str | None, key: str) -> None:
    assert thread_key(thread, url) == key


@pytest.mark.parametrize(
    ("thread", "url", "code"),
    [
        (None, None, "missing"),
        ("", "  ", "missing"),
        ("x" * (THREAD_MAX + 1), None, "too-long"),
        ("a\0b", None, "nul-character"),
        (None, "https://example.com/\0", "nul-character"),
        (None, "https://example.com/\udc00", "lone-surrogate"),
        ("https://ann@example.com/", None, "thread-url-invalid"),
        (None, "bees", "thread-url-invalid"),
    ],
)
def test_a_page_that_cannot_be_told_is_refused(thread: str | None, url: str | None, code: str) -> None:
    with pytest.raises(Unfit) as refused:
        thread_key(thread, url)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("closed_at", "first", "days", "closed"),
    [
        (None, None, None, False),
        (None, None, 14, False),
        (NOW, None, None, True),
        (NOW + timedelta(seconds=1), None, None, False),
        (None, NOW - timedelta(days=400), None, False),
        (None, NOW - timedelta(days=14), 14, True),
        (None, NOW - timedelta(days=14) + timedelta(seconds=1), 14, False),
        (None, NOW, 0, True),
        (None, NOW, 999_999_999, False),
    ],
)
def test_a_page_closes_by_hand_or_by_age(
    *, closed_at: datetime | None, first: datetime | None, days: int | None, closed: bool
) -> None:
    assert is_closed(closed_at, first, days, NOW) is closed


def test_a_thread_knows_whether_it_is_closed() -> None:
    thread = Thread(id=UUID(int=1), site_id=UUID(int=2), key="post-42", opened_at=NOW - timedelta(days=14))

    assert thread.is_closed(14, NOW)
    assert not thread.is_closed(15, NOW)
