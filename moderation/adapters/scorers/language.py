"""Which language a comment is in: by script where that settles it, else by letter statistics, and only if there is enough."""

from dataclasses import dataclass
from typing import Final

import regex
from py3langid.langid import MODEL_FILE, LanguageIdentifier

SCORED: Final = frozenset({"de", "en", "es", "fr", "it", "nl", "pt"})
"""The languages that `toxicity.WordsScorer` has words for; about a comment in any other it says nothing."""

CERTAIN: Final = 0.8
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
_LATIN: Final = regex.compile(r"[a-z]")
_NOT_PROSE: Final = regex.compile(r"(?:https?://|www\.)\S+|\S+@\S+|[@#]\w+|[^\p{L}\p{M}\s'’]+")
_READ: Final = 600
_ENOUGH: Final = 20
_FOREIGN_SHARE: Final = 0.3
_FOREIGN_LETTERS: Final = 20


@dataclass(frozen=True, slots=True)
class Guess:
    """A language as a two-letter code, "und" where no language can be named, with a confidence between 0 and 1."""

    language: str
    confidence: float

    @property
    def is_unscored(self) -> bool:
        """Say whether this is, with reasonable certainty, a language that is not scored."""
        return self.language not in SCORED and self.confidence >= CERTAIN


class Languages:
    """Names the language of short texts; loads its model once, when made."""

    def __init__(self) -> None:
        """Load the model that comes with the package, narrowed to languages written in Latin letters."""
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._identifier.set_languages(sorted(SCORED | _OTHERS))

    def guess(self, text: str, folded: str, *, hint: str | None = None) -> Guess:
        """Name the language of a text, given also folded; where it says too little, the hint decides, and else it is English.

        Much text in a foreign script is foreign however much Latin stands around it. A text without
        letters has no language, and needs none.
        """
        latin = len(_LATIN.findall(folded))
        foreign = sum(character.isalpha() and not character.isascii() for character in folded)
        if foreign >= min(max(2, _FOREIGN_SHARE * (latin + foreign)), _FOREIGN_LETTERS):
            return Guess(_by_script(folded), 1.0)
        if not latin:
            return Guess("und", 0.0)
        return self._by_letters(text, latin, hint)

    def _by_letters(self, text: str, latin: int, hint: str | None) -> Guess:
        prose = _NOT_PROSE.sub(" ", text[: 4 * _READ])[:_READ]
        language, confidence = self._identifier.classify(prose)
        if latin < _ENOUGH and language not in SCORED:
            confidence = 0.0
        if confidence >= CERTAIN:
            return Guess(language, confidence)
        if hint and hint != "und":
            return Guess(hint.partition("-")[0].lower(), CERTAIN)
        return Guess(language, confidence) if language in SCORED and confidence > 1 / 2 else Guess("en", 0.0)


def _by_script(text: str) -> str:
    counts = {language: len(script.findall(text)) for language, script in _SCRIPTS.items()}
    counts["ja"] *= 3  # Kana stand among Han characters and settle what those are.
    return max(counts, key=counts.__getitem__)
