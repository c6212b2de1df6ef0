"""The facts that count towards spam: what each weighs, and the sentence a person reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp
from typing import Final

from moderation.domain.signal import Finding, Span


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
    "near-duplicate": Fact(1.7, "Other authors sent nearly the same words within a day: %(count)s."),
    # A debate can be heated; it only adds to what else there is.
    "too-many": Fact(0.8, "The author sent several comments in the ten minutes before: %(count)s."),
    # Whoever runs this installation wants none of it.
    "owner-words": Fact(5.0, "The text uses words from this installation's own lists."),
    "blocked-domain": Fact(5.0, "A link leads to a domain on this installation's own lists."),
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
    "fancy-letters": Fact(4.3, "Words are written in decorative Unicode letters."),
    # Brand names are spelled apart so that lists miss them.
    "spelled-apart": Fact(2.6, "A word is spelled with its letters apart."),
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact as found in one comment: its code, how many units of it, where."""

    code: str
    units: float = 1.0
    spans: tuple[Span, ...] = ()
    count: int = 0
    """How many there were, where the sentence says so."""


def weigh(evidence: Iterable[Evidence]) -> float:
    """Add up evidence to a number between 0 and 1; more evidence never lowers it."""
    return 1 / (1 + exp(-START - sum(FACTS[item.code].weight * item.units for item in evidence)))


def told(evidence: Iterable[Evidence]) -> tuple[Finding, ...]:
    """Give each piece of evidence its sentence."""
    return tuple(Finding(item.code, FACTS[item.code].detail % {"count": item.count}, item.spans) for item in evidence)
