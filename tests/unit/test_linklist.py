"""Link lists: a domain with all that is below it, a beginning of an address, and nothing that only looks alike."""

import pytest

from moderation.domain.linklist import LinkList, parse_link
from moderation.domain.text import Unfit

LISTED = LinkList(tuple(map(parse_link, ("https://www.Spam.example/", "news.example/offers", "*.bücher.example"))))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://spam.example now", "https://spam.example"),
        ("See HTTPS://Shop.SPAM.example:8443/x?y=1.", "HTTPS://Shop.SPAM.example:8443/x?y=1"),
        ("bare spam.example, too", "spam.example"),
        ("https://user:pw@spam.example/", "https://user:pw@spam.example/"),
        ("s\u200bpam.example", "s\u200bpam.example"),
        ("news.example/offers/today", "news.example/offers/today"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("https://bücher.example/a", "https://bücher.example/a"),
    ],
)
def test_listed_links_are_found_where_they_stand(text: str, found: str) -> None:
    ((start, end),) = LISTED.spans(text)

    assert text[start:end] == found


@pytest.mark.parametrize(
    "text",
    [
        "notspam.example",
        "spam.example.org",
        "ann@spam.example",
        "https://good.example/?to=spam",
        "news.example/other",
        "news.example",
        "spam . example",
        "a spam example",
    ],
)
def test_what_only_looks_alike_is_not(text: str) -> None:
    assert LISTED.spans(text) == ()


def test_a_website_is_listed_or_not() -> None:
    assert [LISTED.has(address) for address in ("https://spam.example", "https://good.example", None)] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("typed", ["com", "co.uk", "no domain", "https://", "x" * 201 + ".example", "ann@spam.example"])
def test_what_means_no_place_or_everybodys_is_refused(typed: str) -> None:
    with pytest.raises(Unfit):
        parse_link(typed)


@pytest.mark.parametrize("text", ["a." * 5000, "," * 10_000, "a,@" * 3000, "https://" * 1200, "https://" + "a@" * 5000])
def test_a_hostile_text_is_read_to_its_end(text: str) -> None:
    assert LISTED.spans(text + " spam.example")[-1][1] == len(text) + len(" spam.example")
