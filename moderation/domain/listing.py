"""Listings: a site's own words, links and domains, as somebody saved them at the desk."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from moderation.domain.errors import Fault
from moderation.domain.fold import fold
from moderation.domain.linklist import LinkList, parse_link
from moderation.domain.policy import Policy
from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit, clean_line, refuse_unstorable
from moderation.domain.wildcard import ADVICE, STAR, is_fit, is_wild
from moderation.domain.wordlist import WordList

ENTRY_MAX: Final = 200
ENTRIES_MAX: Final = 2000
"""A list that people read and mend; longer ones are files of the installation."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One version of a site's lists; the newest is in force, beside the words of its policy."""

    id: UUID
    site_id: UUID
    words: tuple[str, ...] = field(compare=False)
    links: tuple[str, ...] = field(compare=False)
    """Domains, with all that is below them, and beginnings of addresses."""
    actor_id: UUID
    created_at: datetime

    def within(self, policy: Policy) -> Policy:
        """Give a policy that finds these beside its own words."""
        words = WordList((*policy.words.words, *self.words))
        return replace(policy, words=words, links=LinkList(self.links))


def parse_words(typed: Sequence[str], faults: list[Fault]) -> tuple[str, ...]:
    """Read entries, each kept once; what cannot be used is a fault that names its place, the first of which is 0."""
    return _entries("/words", typed, _word, faults)


def parse_links(typed: Sequence[str], faults: list[Fault]) -> tuple[str, ...]:
    """Read domains and beginnings of addresses, each kept once."""
    return _entries("/links", typed, parse_link, faults)


def _entries(pointer: str, typed: Sequence[str], parse: Callable[[str], str], faults: list[Fault]) -> tuple[str, ...]:
    read: dict[str, None] = {}
    for number, line in enumerate(typed):
        try:
            refuse_unstorable(line)
            read |= {parse(" ".join(line.splitlines())): None} if line.strip() else {}
        except Unfit as error:
            faults.append(Fault(f"{pointer}/{number}", error.code, error.detail))
    if len(read) > ENTRIES_MAX:
        faults.append(Fault(pointer, "list-too-long", Sentence("List at most %(limit)s entries.", limit=ENTRIES_MAX)))
    return tuple(read)


def _word(typed: str) -> str:
    entry = clean_line(typed, limit=ENTRY_MAX)
    if is_wild(entry) and not is_fit(entry):
        raise Unfit("wildcard", ADVICE)
    if not can_be_found(entry):
        raise Unfit("never-found", "This can never be found: nothing is left of it once disguises are removed.")
    return entry


def can_be_found(entry: str) -> bool:
    """Say whether an entry finds at least itself, with a letter for each `*`."""
    return bool(WordList((entry,)).spans(entry.replace(STAR, "q")))


def spelled(entries: Iterable[str]) -> dict[str, list[str]]:
    """Gather entries that are the same once disguises are removed, by what they are compared as."""
    alike: dict[str, list[str]] = {}
    for entry in entries:
        folded = STAR.join(" ".join(fold(chunk).text.split()) for chunk in entry.split(STAR))
        alike.setdefault(folded, []).append(entry)
    return alike
