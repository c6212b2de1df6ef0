"""Lint: what is likely to go wrong with a list, before anybody's comment is held for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from moderation.domain.fold import Folded, fold
from moderation.domain.listing import spelled
from moderation.domain.sentence import Sentence
from moderation.domain.wildcard import is_wild, letters_of
from moderation.domain.wordlist import WordList

MOST: Final = 50
"""Hints beyond that are not read."""
SHORT: Final = 2
EXAMPLES: Final = 3

EVERYDAY: Final = tuple(
    """
    Scunthorpe Penistone Lightwater Clitheroe Cockermouth Sussex Essex Middlesex Wessex Cumberland Hancock Dickens
    Dickinson Nigel Nigeria Niger Montenegro Arsenal Matsushita Shittim Darwin Windsor Baldwin Edwin Alphabet
    Babylon Hitchcock Babcock Weinstein class classic classify assassin assault assemble assess assist assume assure
    association assignment brass embassy glass grass harass mass massage message pass passage passenger password
    compass cassette potassium ambassador bass cocktail peacock cockpit woodcock shuttlecock cockroach cocoa cocoon
    raccoon tycoon therapist psychotherapist grape grapefruit drape scrape skyscraper trapeze parapet analyst
    analysis analogue canal banal final analyse penal banana ethanol title titan titanic constitution institution
    competition appetite stitch petition entity quantity accumulate circumstance circumference cucumber document
    cumulative incumbent succumb vacuum specialist socialist socialism commercial financial shell hello hellenic
    helmet shelter skill kilometre kiln painkiller diet audience soldier studies obedient ingredient chateau
    whatever hatred that spice auspicious despicable conspicuous suspicion night knight snigger denigrate torpedo
    encyclopedia pedometer expedition pedestrian speed impede button butter butterfly rebuttal contribute distribute
    attribute parse coarse sparse hoarse nurse horse sextant sextet sexton sexism asexual unisex homogeneous
    homophone homonym crap scrap scraper mishit shiitake shift shirt better between diabetes alphabetic beta window
    winter twin winner wine swing freedom carefree freestyle credit accredited incredible discredit loan reloaned
    download buyer buying buyout cashier cashew grade upgrade degrade saturday yesterday wristwatch swatch dyke
    dykes vandyke basement embarrassment hoe shoe phoebe gayest nosegay spin spine aspin respins Klasse Masse Kasse
    Titel Analyse Hallo Staatssekretär Sachse Hotel Schwangerschaft Dachshund Spaß Mädchen Kapitel Kultur concours
    conclusion contact conduite culture calcul reculer ridicule réputation député dispute computadora disputa
    reputación cultura cálculo calcolo computo
    """.split()  # noqa: SIM905 (quoted one by one, nobody would read them)
)
"""Ordinary words in which others hide, written down for this purpose."""
TRAP: Final = Sentence("This finds ordinary words, too: %(words)s.")
TRAP_OF_WILD: Final = Sentence("This finds ordinary words, too: %(words)s; a * less keeps to whole words.")


@dataclass(frozen=True, slots=True)
class Hint:
    """Something about an entry that whoever lists it may not have meant."""

    entry: str
    sentence: str


@cache
def _everyday() -> Folded:
    return fold(" ".join(EVERYDAY))


def lint(words: Sequence[str], links: Sequence[str]) -> list[Hint]:
    """Say what is likely to go wrong with these lists, the likeliest harm first, fifty things at most."""
    hints = [*_traps(words), *_short(words), *_twice(words), *_found_already(words), *_below(links)]
    return hints[:MOST]


def _traps(words: Sequence[str]) -> Iterator[Hint]:
    """Name entries that find ordinary words, the way that "*cunt*" finds Scunthorpe."""
    if not WordList(tuple(words)).spans_in(_everyday()):
        return
    for entry in words:
        found = [word for word in EVERYDAY if WordList((entry,)).spans(word)] if _meets(entry) else []
        if found:
            told = ", ".join(f"“{word}”" for word in found[:EXAMPLES])
            yield Hint(entry, Sentence(TRAP_OF_WILD if is_wild(entry) else TRAP, words=told))


def _meets(entry: str) -> bool:
    return bool(WordList((entry,)).spans_in(_everyday()))


def _short(words: Sequence[str]) -> Iterator[Hint]:
    for entry in words:
        letters = letters_of(entry)
        if letters.isascii() and len(letters) <= SHORT:
            yield Hint(entry, "So few letters mean something else to somebody; look at the sample below.")


def _twice(words: Sequence[str]) -> Iterator[Hint]:
    for first, *others in spelled(words).values():
        yield from (
            Hint(other, Sentence("This is the same as “%(first)s”, once disguises are removed.", first=first))
            for other in others
        )


def _found_already(words: Sequence[str]) -> Iterator[Hint]:
    wild = WordList(tuple(filter(is_wild, words)))
    for entry in words:
        if not is_wild(entry) and wild.spans(entry):
            yield Hint(entry, "An entry with a * finds this already.")


def _below(links: Sequence[str]) -> Iterator[Hint]:
    """Name links below a domain that is listed whole."""
    whole = {entry for entry in links if "/" not in entry}
    for entry in links:
        labels = entry.partition("/")[0].split(".")
        above = {".".join(labels[place:]) for place in range(len(labels))} - {entry}
        if above & whole:
            yield Hint(entry, Sentence("All of “%(domain)s” is listed already.", domain=min(above & whole, key=len)))
