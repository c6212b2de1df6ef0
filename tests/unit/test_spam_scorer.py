"""Spam from facts: each fact is found, named, placed, and never lowers the number."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.adapters.scorers.facts import FACTS, Evidence, weigh
from moderation.adapters.scorers.links import MOST, find_links
from moderation.adapters.scorers.own import OwnLists
from moderation.adapters.scorers.spam import FactsScorer
from moderation.domain.comment import Circumstances, FormToken, Submission
from moderation.domain.fold import plain
from moderation.domain.privacy import SecretEmail
from moderation.domain.signal import Signal
from moderation.domain.wordlist import WordList

LISTS = OwnLists(WordList(("gadgetron*",)), frozenset({"spam.example.org"}), frozenset({"gone.example"}))
SOUND = Circumstances(form_token=FormToken.SOUND, form_age=40)


@pytest.fixture(scope="module")
def scorer() -> FactsScorer:
    return FactsScorer(LISTS)


def look(scorer: FactsScorer, submission: Submission) -> Signal:
    [signal] = scorer.look_at([submission])
    assert signal is not None
    return signal


def codes(signal: Signal) -> set[str]:
    return {finding.code for finding in signal.findings}


LINKS = [
    ("see http://www.example.co.uk/a?b=1.", ["http://www.example.co.uk/a?b=1"], ["example.co.uk"]),
    ("both bit.ly/abc, and foo.com!", ["bit.ly/abc", "foo.com"], ["bit.ly", "foo.com"]),
    ("go to hxxp://evil[.]com", ["hxxp://evil[.]com"], ["evil.com"]),
    ("try example dot com today", ["example dot com"], ["example.com"]),
    ("free(dot)com", ["free(dot)com"], ["free.com"]),
    ("ｅｘａｍｐｌｅ．ｃｏｍ", ["ｅｘａｍｐｌｅ．ｃｏｍ"], ["example.com"]),  # noqa: RUF001 (wide letters)
    ("exa\u200bmple.com", ["exa\u200bmple.com"], ["example.com"]),
    ("[here](https://x.example.de/y)", ["https://x.example.de/y"], ["example.de"]),
    ("http://192.0.2.1/x", ["http://192.0.2.1/x"], ["192.0.2.1"]),
]
NO_LINKS = [
    "I stopped.so did he. e.g. this, i.e. that, at 3.15 or 1,000.50",
    "node.js and README.md",
    "the dot com bubble",
    "write to joe@example.com",
    "end.Next sentence.it goes on",
    "https:// and www and ://",
]


@pytest.mark.parametrize(("text", "written", "domains"), LINKS)
def test_links_are_found_however_they_are_written(text: str, written: list[str], domains: list[str]) -> None:
    links = find_links(plain(text))

    assert [text[slice(*link.span)] for link in links] == written
    assert [link.domain for link in links] == domains


@pytest.mark.parametrize("text", NO_LINKS)
def test_full_stops_and_addresses_are_no_links(text: str) -> None:
    assert find_links(plain(text)) == []


FINDINGS = [
    ("links", Submission("see http://example.org")),
    ("link-density", Submission("http://example.org/a http://example.org/b")),
    ("hidden-link", Submission("visit hxxp://example[.]com for more about this")),
    ("shortener", Submission("read bit.ly/3xyz")),
    ("shortener", Submission("I agree", website="https://tinyurl.com/x")),
    ("throwaway-address", Submission("I agree", email=SecretEmail.parse("ann@mailinator.com"))),
    ("near-duplicate", Submission("I agree", circumstances=Circumstances(echoes=1))),
    ("near-duplicate", Submission("I agree", circumstances=Circumstances(echoes=20))),
    ("too-many", Submission("I agree", circumstances=Circumstances(pace=4))),
    ("owner-words", Submission("Buy a Gadgetronic today")),
    ("owner-words", Submission("I agree", name="g4dg3tron")),
    ("blocked-domain", Submission("see http://www.spam.example.org/x")),
    ("blocked-domain", Submission("I agree", website="https://spam.example.org")),
    ("throwaway-address", Submission("I agree", email=SecretEmail.parse("ann@mail.gone.example"))),
    ("honeypot", Submission("I agree", circumstances=Circumstances(honeypot=True))),
    ("too-fast", Submission("I agree", circumstances=Circumstances(form_age=0.8))),
    ("too-fast", Submission("I agree", circumstances=Circumstances(form_token=FormToken.YOUNG))),
    ("form-reused", Submission("I agree", circumstances=Circumstances(form_token=FormToken.REUSED))),
    ("form-unsound", Submission("I agree", circumstances=Circumstances(form_token=FormToken.UNSOUND))),
    ("shouting", Submission("WHY DOES NOBODY EVER TALK ABOUT THE BRIDGE")),
    ("script-mix", Submission("the best саsino of them all")),  # noqa: RUF001 (Cyrillic letters)
    ("fancy-letters", Submission("play at 𝗕𝗘𝗥𝗞𝗔𝗛 today")),  # noqa: RUF001 (mathematical letters)
    ("spelled-apart", Submission("play at A L E X I S today")),
    ("name-link", Submission("I agree", name="www.example.com")),
    ("name-keywords", Submission("I agree", name="Best Online Casino")),
    ("contact-bait", Submission("whatsapp: +44 7700 900123 for details")),
    ("contact-bait", Submission("ask me on telegram")),
    ("contact-bait", Submission("join https://t.me/example")),
    ("promotion", Submission("Please subscribe to my channel")),
    ("trade-words", Submission("a payday loan for everybody")),
    ("money", Submission("only $49.99 this week")),
]


@pytest.mark.parametrize(("code", "submission"), FINDINGS, ids=[f"{code}-{n}" for n, (code, _) in enumerate(FINDINGS)])
def test_each_fact_is_named_and_raises_the_number(scorer: FactsScorer, code: str, submission: Submission) -> None:
    signal = look(scorer, submission)

    assert code in codes(signal)
    assert signal.value > look(scorer, Submission("I agree")).value
    assert signal.kind == "spam"
    assert signal.scorer == "facts-1"


def test_every_fact_that_is_weighed_has_an_example() -> None:
    assert {code for code, _ in FINDINGS} | {"form-absent"} == set(FACTS)


HAM = [
    "Lovely photos! Where was the third one taken?",
    "I think the 2019 figures are at https://example.gov/report.pdf, page 12.",
    "My grandmother paid £12 for hers in 1974 and it still works.",
    "We check out books from the library every week and subscribe to two newspapers.",
    "Follow the path to the right of the church, then it is another 2.5 km.",
    "NASA and ESA said so.",
    "Very good",
    "Очень хорошая статья, спасибо!",
    "とても良い記事でした。",
    "The iPhone 15 costs 999 USD here",
]
SPAM = [
    Submission("Check out my channel and subscribe please, new videos every day"),
    Submission("Buy cheap pills http://a.example.com http://b.example.net http://c.example.org best price offer"),
    Submission("I made 5000 usd per week, contact her on whatsapp +1 202 555 0143"),
    Submission("Nice post", circumstances=Circumstances(honeypot=True)),
    Submission("Great article!", name="Cheap Payday Loans", website="https://bit.ly/x"),
    Submission("menang di 𝐃𝘌𝙒𝐴𝐃𝐎𝐑𝘼 hari ini, daftar sekarang"),  # noqa: RUF001 (mathematical letters)
    Submission("Hello dear friends", circumstances=Circumstances(echoes=5)),
]


@pytest.mark.parametrize("text", HAM)
def test_ordinary_comments_stay_well_under_the_line(scorer: FactsScorer, text: str) -> None:
    assert look(scorer, Submission(text, name="Ann", circumstances=SOUND)).value < 0.2


@pytest.mark.parametrize("submission", SPAM, ids=range(len(SPAM)))
def test_plain_spam_is_over_the_line(scorer: FactsScorer, submission: Submission) -> None:
    assert look(scorer, submission).value >= 0.5


def test_what_the_owner_lists_is_held_by_itself_and_marked(scorer: FactsScorer) -> None:
    text = "Nice, but see g a d g e t r o n i c and spam.example.org/x"
    signal = look(scorer, Submission(text))

    marked = {finding.code: [text[slice(*span)] for span in finding.spans] for finding in signal.findings}
    assert marked["owner-words"] == ["g a d g e t r o n"]
    assert marked["blocked-domain"] == ["spam.example.org/x"]
    assert look(scorer, Submission("Buy gadgetrons")).value >= 0.5
    assert look(scorer, Submission("see http://spam.example.org")).value >= 0.5
    assert look(scorer, Submission("see http://example.org, a neighbour")).value < 0.2


def test_a_sentence_says_how_many_there_were(scorer: FactsScorer) -> None:
    around = Circumstances(echoes=7, pace=5)
    told = {finding.code: finding.detail for finding in look(scorer, Submission("Hi", circumstances=around)).findings}

    assert told["near-duplicate"].endswith("within a day: 7.")
    assert told["too-many"].endswith("before: 5.")


def test_a_hasty_author_alone_is_no_spammer(scorer: FactsScorer) -> None:
    assert look(scorer, Submission("Hi", circumstances=Circumstances(pace=20))).value < 0.2


def test_a_filled_honeypot_is_near_certain(scorer: FactsScorer) -> None:
    assert look(scorer, Submission("Nice post", circumstances=Circumstances(honeypot=True))).value > 0.98


def test_a_missing_form_token_alone_says_nothing(scorer: FactsScorer) -> None:
    absent = look(scorer, Submission("I agree"))

    assert absent.findings == ()
    assert absent.value == look(scorer, Submission("I agree", circumstances=SOUND)).value


def test_more_echoes_weigh_more(scorer: FactsScorer) -> None:
    values = [look(scorer, Submission("Hi", circumstances=Circumstances(echoes=echoes))).value for echoes in range(6)]

    assert values == sorted(values)
    assert values[1] < 0.5 < values[4]


def test_the_finding_links_has_one_span_for_each_link(scorer: FactsScorer) -> None:
    text = "first example.com/a then 😀 http://example.org"

    [links] = [finding for finding in look(scorer, Submission(text)).findings if finding.code == "links"]

    assert [text[start:end] for start, end in links.spans] == ["example.com/a", "http://example.org"]


@given(st.lists(st.sampled_from(sorted(FACTS))), st.sampled_from(sorted(FACTS)))
def test_no_fact_ever_lowers_the_number(known: list[str], another: str) -> None:
    before = [Evidence(code) for code in known]

    assert weigh([*before, Evidence(another)]) >= weigh(before)


POISON = {
    "nothing": "",
    "ten thousand links": "http://a.example.com/x " * 10_000,
    "one long link": "http://" + "a" * 100_000,
    "dots": "a." * 50_000,
    "labels": "a-" * 50_000,
    "digits": "1 " * 50_000,
    "phones": "+1 202 555 01 " * 7_000,
    "money": "$1," * 30_000,
    "at signs": "a@" * 50_000,
    "spoken dots": "example dot " * 8_000,
    "marks": "a" + "\u0301\u0323" * 50_000,
    "halves of characters": "\ud800" * 100_000,
    "emoji": "👨‍👩‍👧😀" * 15_000,
    "capitals": "A" * 100_000,
    "mixed scripts": "аa" * 50_000,  # noqa: RUF001 (a Cyrillic letter)
    "promotion": "subscribe to my channel " * 4_000,
}


@pytest.mark.parametrize("kind", POISON)
def test_poison_is_looked_at_quickly(scorer: FactsScorer, kind: str) -> None:
    began = time.process_time()

    signal = look(scorer, Submission(POISON[kind], name=POISON[kind][:245]))

    assert 0 <= signal.value <= 1
    assert time.process_time() - began < 5


def test_only_so_many_links_are_told() -> None:
    assert len(find_links(plain("http://a.example.com/x " * 10_000))) == MOST
