"""Which language a comment is in: by its script where that settles it, else by the letters, if there are enough."""

import re
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Final

import regex
from py3langid.langid import MODEL_FILE, LanguageIdentifier

SCORED: Final = frozenset({"en"})
"""The languages in which a low score means something; about others `toxicity.WordsScorer` says nothing."""

LISTENED: Final = SCORED | {"de", "es", "fr", "it", "nl", "pt"}
"""The languages there are words for. Outside `SCORED` they serve texts that are too short to tell a language by."""

CERTAIN: Final = 0.95
"""From here on a guess may be acted on; below, it is a hint."""

_OTHERS: Final = frozenset(
    "af ca cs cy da et eu fi ga gl hr hu id is lt lv mt ms no pl ro sk sl so sq sv sw tl tr vi".split()  # noqa: SIM905 (a list of sixty quotes reads worse)
)
_SCRIPTS: Final = {
    "ja": regex.compile(r"[\p{Hiragana}\p{Katakana}]"),
    "ko": regex.compile(r"\p{Hangul}"),
    "zh": regex.compile(r"\p{Han}"),
    "ru": regex.compile(r"\p{Cyrillic}"),
    "ar": regex.compile(r"\p{Arabic}"),
    "hi": regex.compile(r"\p{Devanagari}"),
    "th": regex.compile(r"\p{Thai}"),
    "he": regex.compile(r"\p{Hebrew}"),
    "el": regex.compile(r"\p{Greek}"),
    "und": regex.compile(r"[^\p{Latin}\p{Common}\p{Inherited}]"),
}
"""One language stands for its script: none of these is scored, so that a finer answer would change nothing."""
_NOT_PROSE: Final = regex.compile(r"(?:https?://|www\.)\S+|\S+@\S+|[@#]\w+|[^\p{L}\p{M}\s'\u2019]+")
_NOT_ASCII_PROSE: Final = re.compile(r"https?://\S+|www\.\S+|#\w+|[^A-Za-z\s']+")
"""What `_NOT_PROSE` finds in an ASCII text that has no @ in it."""
_DRAWN_OUT: Final = regex.compile(r"(\p{L})\1")
_READ: Final = 400
_ENOUGH: Final = 20
_PLAUSIBLE: Final = 0.1
_LIKELY: Final = 0.5
_UNCERTAIN: Final = 0.9
_FOREIGN_SHARE: Final = 0.3
_FOREIGN_LETTERS: Final = 20


@dataclass(frozen=True, slots=True)
class Guess:
    """A language as a two-letter code, "und" where no language can be named, with a confidence between 0 and 1."""

    language: str
    confidence: float
    plausible: tuple[str, ...] = ("en",)
    """Those of `LISTENED` that it may be in; more than one where the text says too little."""

    @property
    def is_unscored(self) -> bool:
        """Say whether this is, with reasonable certainty, a language that is not scored."""
        return self.language not in SCORED and self.confidence >= CERTAIN

    @property
    def is_likely_scored(self) -> bool:
        """Say whether this is more likely than not a language that is scored."""
        return self.language in SCORED and self.confidence > _LIKELY


class Languages:
    """Names the language of short texts; loads its model once, when made."""

    def __init__(self) -> None:
        """Load the model that comes with the package, narrowed to languages written in Latin letters."""
        self._identifier = _narrowed(LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True))

    def guess(self, text: str, folded: str, *, hint: str | None = None) -> Guess:
        """Name the language of a text, given also folded; where it says too little, a hint decides, else it is English.

        Much text in a foreign script is foreign however much Latin stands around it. A text without
        letters has no language, and needs none.
        """
        latin = sum(map(folded.count, ascii_lowercase))
        foreign = 0 if folded.isascii() else sum(letter.isalpha() and not letter.isascii() for letter in folded)
        if foreign >= min(max(2, _FOREIGN_SHARE * (latin + foreign)), _FOREIGN_LETTERS):
            return Guess(_by_script(folded), 1.0)
        if not latin:
            return Guess("und", 0.0)
        guess = self._by_letters(text, hint)
        if guess.is_unscored and folded != text.lower():  # Evasive spelling looks foreign, too.
            bare = _DRAWN_OUT.sub(r"\1", folded)
            again = self._by_letters(bare, hint)
            return again if again.is_likely_scored or _letters(bare) < _ENOUGH else guess
        return guess

    def _by_letters(self, text: str, hint: str | None) -> Guess:
        prose = _prose(text[: 4 * _READ])[:_READ]
        ranks = self._identifier.rank(prose)
        language, confidence = ranks[0]
        if language in SCORED and confidence > _LIKELY:
            return Guess(language, confidence)
        foreign = 1 - sum(share for rank, share in ranks if rank in SCORED)
        if foreign >= CERTAIN and _letters(prose) >= _ENOUGH:  # Which of the others it is may be open.
            return Guess(language, foreign, (language,))
        plausible = tuple(rank for rank, share in ranks if share >= _PLAUSIBLE and rank in LISTENED)
        if hint and hint != "und":
            hint = hint.partition("-")[0].lower()
            return Guess(hint, CERTAIN, _distinct("en", hint, *plausible))
        if language in LISTENED and confidence > _LIKELY:  # Too short to be certain, whatever the statistics say.
            return Guess(language, min(confidence, _UNCERTAIN), _distinct("en", *plausible))
        return Guess("en", 0.0, _distinct("en", *plausible))


def _narrowed(whole: LanguageIdentifier) -> LanguageIdentifier:
    """Make one that knows our languages alone; `whole` would keep the numbers of all the others, 28 MB, for later."""
    whole.set_languages(sorted(LISTENED | _OTHERS))
    tables = (whole.nb_ptc, whole.nb_pc, whole.nb_classes, whole.tk_nextmove, whole.tk_output)
    return LanguageIdentifier(*tables, norm_probs=True, tk_row=whole.tk_row)


def _prose(text: str) -> str:
    """Leave out addresses, handles, numbers and signs."""
    pattern = _NOT_ASCII_PROSE if text.isascii() and "@" not in text else _NOT_PROSE
    return pattern.sub(" ", text)


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _distinct(*languages: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(language for language in languages if language in LISTENED))


def _by_script(text: str) -> str:
    counts = {language: len(script.findall(text)) for language, script in _SCRIPTS.items()}
    counts["ja"] *= 3  # Kana stand among Han characters and settle what those are.
    return max(counts, key=counts.__getitem__)
