"""Lists are looked over before they are saved: traps, repetitions, and what can never be found."""

import pytest

from moderation.domain.errors import Fault
from moderation.domain.lint import lint
from moderation.domain.listing import ENTRIES_MAX, parse_links, parse_words


def hints(words: str, links: str = "") -> dict[str, str]:
    faults: list[Fault] = []
    found = lint(parse_words(words.split("\n"), faults), parse_links(links.split("\n"), faults))
    assert faults == []
    return {hint.entry: hint.sentence for hint in found}


@pytest.mark.parametrize(
    ("entry", "example"),
    [
        ("*cunt*", "Scunthorpe"),
        ("*cialis*", "specialist"),
        ("ass*", "assassin"),
        ("*cock*", "Cockermouth"),
        ("night", "night"),
    ],
)
def test_an_entry_that_finds_ordinary_words_is_told_with_examples(entry: str, example: str) -> None:
    told = hints(f"harmless\n{entry}")

    assert example.lower() in told.pop(entry).lower()
    assert told == {}


def test_whole_words_and_long_stems_are_fine() -> None:
    assert hints("cunt\ncialis\nass\ncasino*\nbuy * followers", "spam.example\nnews.example/offers") == {}


@pytest.mark.parametrize(
    ("words", "entry", "sentence"),
    [
        ("ok", "ok", "So few letters"),
        ("casino\nC4S1N0", "C4S1N0", "the same as “casino”"),
        ("casino*\ncasinos", "casinos", "finds this already"),
    ],
)
def test_what_is_short_or_there_twice_is_told(words: str, entry: str, sentence: str) -> None:
    assert sentence in hints(words)[entry]


def test_a_link_below_a_listed_domain_is_told() -> None:
    assert list(hints("", "spam.example\nshop.spam.example\nspam.example/offers\nnotspam.example")) == [
        "shop.spam.example",
        "spam.example/offers",
    ]


@pytest.mark.parametrize(
    ("words", "links", "codes"),
    [
        ("fine\n*\na*\n\u200b", "", {"/words/1": "wildcard", "/words/2": "wildcard"}),
        ("x" * 201, "", {"/words/0": "too-long"}),
        ("", "fine.example\ncom\nco.uk\nno domain", {f"/links/{line}": "link-entry" for line in (1, 2, 3)}),
        ("\n".join(f"word{number}" for number in range(ENTRIES_MAX + 1)), "", {"/words": "list-too-long"}),
    ],
)
def test_what_cannot_be_used_is_a_fault_of_its_place(words: str, links: str, codes: dict[str, str]) -> None:
    faults: list[Fault] = []
    parse_words(words.split("\n"), faults)
    parse_links(links.split("\n"), faults)

    assert codes.items() <= {fault.pointer: fault.code for fault in faults}.items()
