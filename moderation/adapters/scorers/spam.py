"""Spam from observable facts: what a comment links to, what it offers, and how it arrived."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import groupby
from typing import Final

import disposable_email_domains
import regex

from moderation.adapters.scorers.lexicon import as_words, phrases, read
from moderation.adapters.scorers.links import Link, find_links, registered
from moderation.adapters.scorers.phrases import Phrases, Word, span_of, words_of
from moderation.domain.comment import FormToken, Submission
from moderation.domain.fold import Folded, fold, plain
from moderation.domain.lookalikes import FOREIGN
from moderation.domain.signal import SPAM, Finding, Signal, Span


@dataclass(frozen=True, slots=True)
class Fact:
    """A kind of fact: how much one unit of it weighs, in logits, and what to tell a person."""

    weight: float
    detail: str


START: Final = -4.4  # A comment with nothing against it: about one in eighty.
FACTS: Final[Mapping[str, Fact]] = {
    # One link is ordinary, three are not; each further one counts half, up to ten in all.
    "links": Fact(1.3, "The text contains links."),
    # People write something around a link.
    "link-density": Fact(1.2, "The text is mostly links."),
    # Nobody defuses a link or spells it out but to slip it past a check.
    "hidden-link": Fact(2.0, "A link is written so that filters miss it."),
    # Readers cannot see where it leads.
    "shortener": Fact(2.2, "A link hides where it leads."),
    # Ordinary people do use them, rarely for a comment.
    "throwaway-address": Fact(1.8, "The e-mail address belongs to a throw-away service."),
    # The same words from one other author may be a quotation; from four they are a campaign.
    "near-duplicate": Fact(1.7, "Other authors sent the same words within a day."),
    # People cannot see the field.
    "honeypot": Fact(9.0, "A form field that people cannot see was filled in."),
    # A form cannot be read and answered in three seconds; paste and autofill come close.
    "too-fast": Fact(2.6, "The form came back faster than a person types."),
    # A double click does it as well.
    "form-reused": Fact(1.5, "The form was sent more than once."),
    # Expired and copied forms alike.
    "form-unsound": Fact(1.5, "The form's token was not given out by this site."),
    # Servers and other programs send none; it only adds to what else there is.
    "form-absent": Fact(0.2, "The comment came without the form's token."),
    # Weak: excitement looks the same.
    "shouting": Fact(0.7, "Most of the text is in capitals."),
    # Lookalike letters inside a word serve nobody but evasion.
    "script-mix": Fact(2.8, "A word mixes letters of different scripts."),
    # Mathematical and circled letters; counted by words.
    "fancy-letters": Fact(2.6, "Words are written in decorative Unicode letters."),
    # Brand names are spelled apart so that lists miss them.
    "spelled-apart": Fact(2.2, "A word is spelled with its letters apart."),
    # People are called something else.
    "name-link": Fact(3.2, "The name is a link."),
    # "Cheap Rolex Store" is not a person.
    "name-keywords": Fact(2.6, "The name advertises something."),
    # A number, a handle or a chat service to go to.
    "contact-bait": Fact(2.4, "The text asks readers to get in touch elsewhere."),
    # What the comment is for, if it is there twice.
    "promotion": Fact(4.5, "The text asks readers to visit, subscribe, earn or click."),
    # One such word may be the topic of the page.
    "trade-words": Fact(2.2, "The text uses words of trades that live on spam."),
    # "Win £500", "$3000 a week".
    "money": Fact(1.0, "The text names sums of money."),
}

_FANCY: Final = regex.compile(r"[\U0001D400-\U0001D7FF\u24B6-\u24E9\U0001F110-\U0001F189\u1D00-\u1D22\uA730\uA731]+")
_WIDE: Final = regex.compile(r"[\uFF21-\uFF3A\uFF41-\uFF5A]{3,}")
_WIDE_IS_USUAL: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_LETTERS: Final = regex.compile(r"\p{L}+")
_MONEY: Final = regex.compile(r"[$€£₹₦]\s?\d[\d,.]*|\d[\d,.]*\s?(?:[€£₹₦]|usd\b|eur\b|usdt\b|btc\b|руб)")
_NUMBER: Final = regex.compile(r"(?<![\w.$€£/-])\+?\(?\d(?:[\s().-]{0,2}\d){8,14}(?![\w/-])")
_HANDLE: Final = regex.compile(r"(?:telegram|telegr@m|whats\s?app|wickr|kik|snap(?:chat)?)\W{1,4}(?:@\w{3,32}|\+?\d[\d\s()-]{7,16})")
_MAIL: Final = regex.compile(r"(?<![\w.+-])[\w.+-]{2,64}+@[\w-]{2,63}+\.[a-z]{2,}")
_TOO_FAST: Final = 3.0
_SHOUT_LETTERS: Final = 25
_SHOUT_SHARE: Final = 0.7
_DENSE: Final = 0.6
_LONG_APART: Final = 5
_FORM_CODES: Final = {FormToken.REUSED: "form-reused", FormToken.UNSOUND: "form-unsound"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact as found in one comment: its code, how many units of it, where."""

    code: str
    units: float = 1.0
    spans: tuple[Span, ...] = ()


class FactsScorer:
    """Weighs facts about a comment into one number between 0 and 1, and names every fact it weighed.

    The number is a logistic sum of `FACTS`: no fact ever lowers it, and none is hidden. The
    finding `links` has one span for each link.
    """

    kind = SPAM
    name = "facts-1"
    patience = timedelta(seconds=5)

    def __init__(self) -> None:
        """Load the word files and the list of throw-away services, which takes a moment."""
        source = read("spam.toml")
        self._hiding = frozenset(source["shorteners"])
        self._chats = frozenset(source["chats"])
        self._throwaway = frozenset(disposable_email_domains.blocklist)
        self._phrases = Phrases(
            {
                phrase: code
                for code, section in (("promotion", "promotion"), ("contact-bait", "contact"), ("trade-words", "trade"))
                for phrase in phrases(source[section]["phrases"], source["slots"])
            }
        )

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Give each submission its signal, in the same order; this scorer always has something to say."""
        return [self._signal(submission) for submission in submissions]

    def _signal(self, submission: Submission) -> Signal:
        evidence = self._evidence(submission)
        logit = START + sum(FACTS[item.code].weight * item.units for item in evidence)
        findings = tuple(Finding(item.code, FACTS[item.code].detail, item.spans) for item in evidence)
        return Signal(self.kind, 1 / (1 + math.exp(-logit)), self.name, findings)
