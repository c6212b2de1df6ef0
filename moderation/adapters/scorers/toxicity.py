"""Toxicity from words: what is said, and whether it is said to somebody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import prod
from typing import Final

from moderation.adapters.scorers.aim import Aim, aim_of, is_a_name
from moderation.adapters.scorers.language import Guess, Languages
from moderation.adapters.scorers.phrases import Hit, Word, blanks_before, span_of, words_of
from moderation.adapters.scorers.respell import respelled
from moderation.adapters.scorers.tongues import LISTED, Meaning, Tongue, tongues
from moderation.domain.comment import Submission
from moderation.domain.fold import Folded, fold
from moderation.domain.sentence import Sentence
from moderation.domain.signal import ATTRIBUTES, TOXICITY, Finding, Signal, Span

DETAILS: Final[Mapping[str, str]] = {
    "threat": Sentence("The text threatens somebody or wishes them harm."),
    "slur": Sentence("The text degrades people for what they are."),
    "insult": Sentence("The text insults somebody."),
    "profanity": Sentence("The text swears."),
    LISTED: Sentence("The text uses words from a public list of obscene words."),
}
CLEAN: Final = 0.02
_MOST: Final = 0.99
_SWEARING: Final = frozenset({"profanity", LISTED})
_SWEARING_MOST: Final = 0.6
_FALLING: Final = (1.0, 0.5, 0.25)  # Of several findings, the second counts half and the third a quarter.
_AIMED: Final = frozenset({Aim.SOMEBODY, Aim.THEIRS})
_OF_AIM: Final = {Aim.SELF: 0.4, Aim.DENIED: 0.4, Aim.REPORTED: 0.5}


@dataclass(frozen=True, slots=True)
class _Weighed:
    """One phrase as it stands in this text: what it means, what it is worth here, where it is."""

    meaning: Meaning
    worth: float
    phrase: str
    span: Span


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read for its words: folded, in some language, and what the words say by themselves."""

    folded: Folded
    guess: Guess
    signal: Signal


class WordsScorer:
    """Looks for words that insult, threaten or degrade, however they are spelled, and says which and where.

    The number rises with what is said to somebody's face; swearing at nobody stays under 0.6. About a
    comment in a language that is not scored it says nothing at all, and somebody else must look.
    """

    kind = TOXICITY
    name = "words-1"
    patience = timedelta(seconds=5)

    def __init__(self) -> None:
        """Load the words and the language model, which takes most of a second."""
        self._languages = Languages()
        self._tongues = tongues()

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Give each submission its signal, in the same order, or None where the language is not scored."""
        readings = [self.read(submission) for submission in submissions]
        return [None if reading.guess.is_unscored else reading.signal for reading in readings]

    def read(self, submission: Submission) -> Reading:
        """Read one text for its words, whatever its language; where there are no words for that, with English ones."""
        folded = fold(submission.text)
        guess = self._languages.guess(submission.text, folded.text, hint=submission.language)
        spoken = [self._tongues[language] for language in guess.plausible if language in self._tongues]
        readings = [list(_weighed(submission.text, folded, tongue)) for tongue in spoken or (self._tongues["en"],)]
        weighed = max(readings, key=_value)
        signal = Signal(
            self.kind, _value(weighed), self.name, tuple(_findings(weighed)), _attributes(weighed), _named(guess)
        )
        return Reading(folded, guess, signal)


def _named(guess: Guess) -> str | None:
    return None if guess.language == "und" else guess.language


def _weighed(original: str, folded: Folded, tongue: Tongue) -> Iterator[_Weighed]:
    words = respelled(words_of(folded), folded, original, tongue)
    for hit in _hits(words, tongue):
        span = span_of(folded, words, hit.first, hit.last)
        aim = aim_of(hit, words, folded, tongue)
        if not _is_meant(hit.meaning, original[slice(*span)], aim):
            continue
        phrase = " ".join(word.text for word in words[hit.first : hit.last + 1])
        yield _Weighed(hit.meaning, _worth(hit.meaning, aim), phrase, span)


def _hits(words: Sequence[Word], tongue: Tongue) -> Iterator[Hit[Meaning]]:
    """Find patterns first; a phrase inside one of them adds nothing."""
    taken: set[int] = set()
    line = f" {' '.join(word.text for word in words)} "
    for pattern, meaning in tongue.patterns:
        for match in pattern.finditer(line):
            hit = Hit(blanks_before(line, match.start()) - 1, blanks_before(line, match.end()) - 1, meaning)
            taken.update(range(hit.first, hit.last + 1))
            yield hit
    yield from (hit for hit in tongue.phrases.find(word.text for word in words) if hit.first not in taken)


def _is_meant(meaning: Meaning, written: str, aim: Aim) -> bool:
    if meaning.accented and written.isascii():
        return False
    if not meaning.weight and aim not in _AIMED:
        return False
    return not (meaning.is_name and is_a_name(written) and aim is not Aim.SOMEBODY)


def _worth(meaning: Meaning, aim: Aim) -> float:
    if meaning.code in _SWEARING or meaning.code == "threat":
        return meaning.weight
    if aim is Aim.SOMEBODY:
        return meaning.aimed
    if aim is Aim.THEIRS:
        return (meaning.weight + meaning.aimed) / 2
    return meaning.weight * _OF_AIM.get(aim, 1.0)


def _value(weighed: Sequence[_Weighed]) -> float:
    """Add up attacks and swearing, each with falling returns; swearing alone never gets far."""
    attacks: dict[str, float] = {}
    swearing: dict[str, float] = {}
    for item in weighed:
        kind = swearing if item.meaning.code in _SWEARING else attacks
        kind[item.phrase] = max(kind.get(item.phrase, 0.0), item.worth)
    sworn = min(_together(swearing.values()), _SWEARING_MOST)
    attacked = _together(attacks.values())
    return max(CLEAN, min(_MOST, 1 - (1 - attacked) * (1 - sworn / 2) if attacked else sworn))


def _together(worths: Iterable[float]) -> float:
    highest = sorted(worths, reverse=True)
    return 1 - prod(1 - share * worth for share, worth in zip(_FALLING, highest, strict=False))


def _findings(weighed: Iterable[_Weighed]) -> Iterator[Finding]:
    """Give one finding per code, in the order of `DETAILS`, with every place."""
    spans: dict[str, set[Span]] = {}
    for item in weighed:
        spans.setdefault(item.meaning.code, set()).add(item.span)
    for code, detail in DETAILS.items():
        if code in spans:
            yield Finding(code, detail, tuple(sorted(spans[code])))


def _attributes(weighed: Iterable[_Weighed]) -> dict[str, float]:
    """Give every attribute the strongest that any phrase adds to it, lowered where the phrase was."""
    values = dict.fromkeys(ATTRIBUTES, CLEAN)
    for item in weighed:
        share = min(1.0, item.worth / max(item.meaning.aimed, item.meaning.weight))
        for attribute, strength in item.meaning.attributes.items():
            values[attribute] = max(values[attribute], round(share * strength, 3))
    return values
