"""Spam from observable facts: what a comment links to, what it offers, and how it arrived."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import disposable_email_domains
import regex

from moderation.adapters.scorers.facts import Evidence, told, weigh
from moderation.adapters.scorers.lexicon import phrases, read
from moderation.adapters.scorers.links import Link, find_links
from moderation.adapters.scorers.own import NO_LISTS, OwnLists, lies_under
from moderation.adapters.scorers.phrases import Phrases, Word, span_of, words_of
from moderation.domain.comment import Circumstances, FormToken, Submission
from moderation.domain.fold import Folded, fold, fold_plain, plain
from moderation.domain.lookalikes import FOREIGN
from moderation.domain.signal import SPAM, Signal, Span

_FANCY: Final = regex.compile(r"[\U0001D400-\U0001D7FF\u24B6-\u24E9\U0001F110-\U0001F189\u1D00-\u1D22\uA730\uA731]+")
_WIDE: Final = regex.compile(r"[\uFF21-\uFF3A\uFF41-\uFF5A]{3,}")
_WIDE_IS_USUAL: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_LETTERS: Final = regex.compile(r"\p{L}+")
_CAPITAL: Final = regex.compile(r"\p{Lu}")
_MONEY: Final = regex.compile(r"[$€£₹₦]\s?\d[\d,.]*+|\b\d[\d,.]*+\s?(?:[€£₹₦]|usd\b|eur\b|usdt\b|btc\b)")
_NUMBER: Final = regex.compile(r"(?<![\w.,:$€£/#=-])\+?\(?\d(?:[ ().-]{0,2}\d){9,14}(?![\w/%-])")
_HANDLE: Final = regex.compile(
    r"(?:telegram|whats\s?app|wickr|kik|snap(?:chat)?)\W{1,4}(?:@\w{3,32}|\+?\d[\d\s()-]{7,16})"
)
_MAIL: Final = regex.compile(r"(?<![\w.+-])[\w.+-]{2,64}+@[\w-]{2,63}+\.[a-z]{2,}")
_TOO_FAST: Final = 3.0
_SHOUTED_LETTERS: Final = 25
_SHOUTED_SHARE: Final = 0.7
_LINKED_SHARE: Final = 0.6
_APART_LETTERS: Final = 5
_MIXED_LETTERS: Final = 4
_KEYWORDS: Final = 5
_SECTIONS: Final = {"promotion": "promotion", "contact-bait": "contact", "trade-words": "trade"}
_FORM_CODES: Final = {FormToken.REUSED: "form-reused", FormToken.UNSOUND: "form-unsound", FormToken.YOUNG: "too-fast"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A text under every view that the facts are read from."""

    original: str
    plain: Folded
    folded: Folded
    words: list[Word]
    links: list[Link]


class FactsScorer:
    """Weighs facts about a comment into one number between 0 and 1, and names every fact it weighed.

    The number is a logistic sum of `facts.FACTS`: no fact ever lowers it, none is hidden. The
    finding `links` has one span for each link.
    """

    kind = SPAM
    name = "facts-1"
    patience = timedelta(seconds=5)

    def __init__(self, own: OwnLists = NO_LISTS) -> None:
        """Load the word files and the list of throw-away services, which takes a moment, and add the owner's lists."""
        self._own = own
        source = read("spam.toml")
        self._shorteners = frozenset(source["shorteners"])
        self._chats = frozenset(source["chats"])
        self._throwaway = frozenset(disposable_email_domains.blocklist) | own.throwaway
        self._phrases = Phrases(
            {
                phrase: code
                for code, section in _SECTIONS.items()
                for phrase in phrases(source[section]["phrases"], source["slots"])
            }
        )

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Give each submission its signal, in the same order; this scorer always has something to say."""
        return [self._signal(submission) for submission in submissions]

    def _signal(self, submission: Submission) -> Signal:
        evidence = self.evidence(submission, read_text(submission.text))
        return Signal(self.kind, weigh(evidence), self.name, told(evidence))

    def evidence(self, submission: Submission, reading: Reading) -> list[Evidence]:
        """Find everything that counts towards spam, in the text and around it."""
        evidence = [
            *_linked(reading),
            *_spelled(reading),
            *self._said(reading),
            *self._led_to(submission, reading),
            *self._listed(submission, reading),
            *self._named(submission),
            *_arrived(submission.circumstances),
        ]
        if evidence and submission.circumstances.form_token is FormToken.ABSENT:
            evidence.append(Evidence("form-absent"))
        return evidence

    def _said(self, reading: Reading) -> Iterator[Evidence]:
        """Find what the text asks for and offers; a second mention counts, a third adds nothing."""
        spans: dict[str, list[Span]] = {"contact-bait": _contacts(reading.plain)}
        for hit in self._phrases.find(word.text for word in reading.words):
            spans.setdefault(hit.meaning, []).append(span_of(reading.folded, reading.words, hit.first, hit.last))
        spans["money"] = [reading.plain.span(*match.span()) for match in _MONEY.finditer(reading.plain.text)]
        for code, found in spans.items():
            if found:
                yield Evidence(code, min(1 + (len(found) - 1) / 2, 1.5), tuple(sorted(set(found))))

    def _led_to(self, submission: Submission, reading: Reading) -> Iterator[Evidence]:
        hiding = tuple(link.span for link in reading.links if link.domain in self._shorteners)
        website = submission.website and find_links(plain(submission.website))
        if hiding or (website and website[0].domain in self._shorteners):
            yield Evidence("shortener", spans=hiding)
        chats = tuple(link.span for link in reading.links if link.domain in self._chats)
        if chats:
            yield Evidence("contact-bait", spans=chats)
        if submission.email and lies_under(submission.email.domain, self._throwaway):
            yield Evidence("throwaway-address")

    def _listed(self, submission: Submission, reading: Reading) -> Iterator[Evidence]:
        """Find what the owner's own lists name, in the text, the name and the website."""
        words = self._own.words.spans_in(reading.folded)
        if words or self._own.words.spans(submission.name):
            yield Evidence("owner-words", min(1 + (len(words) - 1) / 4, 2) if words else 1, words)
        if not self._own.domains:
            return
        blocked = tuple(link.span for link in reading.links if self._own.blocks(link.host))
        website = find_links(plain(submission.website)) if submission.website else []
        if blocked or any(self._own.blocks(link.host) for link in website):
            yield Evidence("blocked-domain", spans=blocked)

    def _named(self, submission: Submission) -> Iterator[Evidence]:
        name = plain(submission.name)
        if find_links(name):
            yield Evidence("name-link")
        words = [word.text for word in words_of(fold(submission.name))]
        if len(words) > _KEYWORDS or any(hit.meaning != "contact-bait" for hit in self._phrases.find(words)):
            yield Evidence("name-keywords")


def read_text(text: str) -> Reading:
    """Take every view of a text that facts are read from."""
    readable = plain(text)
    folded = fold_plain(readable)
    return Reading(text, readable, folded, words_of(folded), find_links(readable))


def _linked(reading: Reading) -> Iterator[Evidence]:
    spans = tuple(link.span for link in reading.links)
    if not spans:
        return
    yield Evidence("links", min(1 + (len(spans) - 1) / 2, 5.5), spans)
    if sum(end - start for start, end in spans) > _LINKED_SHARE * len(reading.original):
        yield Evidence("link-density", spans=spans)
    hidden = tuple(link.span for link in reading.links if link.disguised)
    if hidden:
        yield Evidence("hidden-link", spans=hidden)


def _spelled(reading: Reading) -> Iterator[Evidence]:
    """Look at the letters: capitals, decoration, mixed scripts, letters set apart."""
    if _is_shouted(reading.original):
        yield Evidence("shouting", spans=((0, len(reading.original)),))
    fancy = _fancy(reading.original)
    if sum(end - start for start, end in fancy) >= _MIXED_LETTERS:
        yield Evidence("fancy-letters", min(1 + (len(fancy) - 1) / 4, 2), tuple(fancy))
    mixed = tuple(_mixed(reading.plain))
    if mixed:
        yield Evidence("script-mix", min(1 + (len(mixed) - 1) / 4, 2), mixed)
    apart = tuple(
        span for span in reading.folded.joined if _letters_in(reading.original[slice(*span)]) >= _APART_LETTERS
    )
    if apart:
        yield Evidence("spelled-apart", spans=apart)


def _fancy(text: str) -> list[Span]:
    if text.isascii():
        return []
    wide = () if _WIDE_IS_USUAL.search(text) else _WIDE.finditer(text)
    return [match.span() for match in (*_FANCY.finditer(text), *wide)]


def _is_shouted(text: str) -> bool:
    letters = _letters_in(text)
    return letters >= _SHOUTED_LETTERS and len(_CAPITAL.findall(text)) >= _SHOUTED_SHARE * letters


def _letters_in(text: str) -> int:
    return sum(map(str.isalpha, text))


def _mixed(text: Folded) -> Iterator[Span]:
    """Find words of some length in which foreign letters stand in for Latin ones, or the other way round."""
    if text.text.isascii():
        return
    for match in _LETTERS.finditer(text.text):
        foreign = [letter for letter in match[0] if not letter.isascii()]
        latin = len(match[0]) - len(foreign)
        if latin and len(match[0]) >= _MIXED_LETTERS and sum(ord(letter) in FOREIGN for letter in foreign) > 0:
            yield text.span(*match.span())


def _contacts(text: Folded) -> list[Span]:
    if not any(map(str.isdigit, text.text)) and "@" not in text.text:
        return []
    return [text.span(*match.span()) for pattern in (_NUMBER, _HANDLE, _MAIL) for match in pattern.finditer(text.text)]


def _arrived(circumstances: Circumstances) -> Iterator[Evidence]:
    """Look at how the comment came in; nothing here stands in the text."""
    if circumstances.honeypot:
        yield Evidence("honeypot")
    if circumstances.echoes > 0:
        echoes = circumstances.echoes
        yield Evidence("near-duplicate", min(1 + (echoes - 1) / 2, 3), count=echoes)
    if circumstances.pace > 0:
        pace = circumstances.pace
        yield Evidence("too-many", min(1 + pace / 10, 3), count=pace)
    code = _FORM_CODES.get(circumstances.form_token)
    age = circumstances.form_age
    if code:
        yield Evidence(code)
    elif age is not None and age < _TOO_FAST:
        yield Evidence("too-fast")
