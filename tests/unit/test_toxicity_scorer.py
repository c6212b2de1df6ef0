"""Toxicity from words: evasions are read, innocent words are not, and what is said to somebody weighs more."""

import time
from collections.abc import Callable

import pytest

from moderation.adapters.scorers import shipped
from moderation.adapters.scorers.toxicity import DETAILS, WordsScorer
from moderation.domain.comment import Submission
from moderation.domain.signal import ATTRIBUTES, Signal


@pytest.fixture(scope="module")
def scorer() -> WordsScorer:
    return WordsScorer()


def look(scorer: WordsScorer, text: str, language: str | None = None) -> Signal:
    [signal] = scorer.look_at([Submission(text, language=language)])
    assert signal is not None
    return signal


def found(scorer: WordsScorer, text: str) -> dict[str, list[str]]:
    """Give what was found, by code, as it stands in the text."""
    return {finding.code: [text[start:end] for start, end in finding.spans] for finding in look(scorer, text).findings}


BANDS = {
    "clean": (0.0, 0.05),
    "slight": (0.05, 0.3),
    "swearing": (0.3, 0.5),
    "unsure": (0.5, 0.8),
    "attack": (0.8, 0.9),
    "worst": (0.9, 1.0),
}
SENTENCES = [
    ("clean", "Lovely photos!"),
    ("clean", "I disagree with nearly all of this, and here is why."),
    ("clean", "👍👍👍"),
    ("clean", "You are wrong about the bridge."),
    ("slight", "Damn, I missed the train."),
    ("slight", "You are not an idiot."),
    ("slight", "I am such an idiot, sorry about that."),
    ("slight", "He called me an idiot."),
    ("swearing", "Well, shit."),
    ("swearing", "That was fucking great."),
    ("swearing", "This stupid printer is broken again"),
    ("swearing", "I told you the stupid thing would break"),
    ("unsure", "He is an idiot."),
    ("unsure", "fuck this shit, fucking hell, damn crap"),
    ("attack", "You are an idiot."),
    ("attack", "what an idiot you are"),
    ("attack", "You're stupid and everybody knows it"),
    ("attack", "fuck you"),
    ("attack", "You dick."),
    ("worst", "You are a fucking retard."),
    ("worst", "I will kill you."),
    ("worst", "I hope you die"),
    ("worst", "go kill yourself"),
    ("worst", "someone should shoot him"),
    ("worst", "you faggot"),
]


@pytest.mark.parametrize(("band", "text"), SENTENCES)
def test_the_number_rises_with_what_is_said_and_to_whom(scorer: WordsScorer, band: str, text: str) -> None:
    lowest, highest = BANDS[band]

    assert lowest <= look(scorer, text).value <= highest


INNOCENT = [
    "Scunthorpe United lost again.",
    "A specialist in assassins and assessment.",
    "Cockburn and Hitchcock met in Essex, Sussex and Penistone.",
    "The therapist's analysis of the document's title",
    "shiitake mushrooms, a cocktail and cockpit instruments",
    "Dick van Dyke was wonderful in it.",
    "Moby Dick is a good book.",
    "The Galaxy A55, an mp3 player and a 4K screen, since the 1st of 2019",
    "Arsenal classics, embarrassing passes, a bass player",
    "Matsushita, Takeshita, Dickinson, Shitake",
    "The cumulative circumference, cucumber, document",
    "I killed the process, and the battery died.",
    "You're going to die laughing.",
    "He was sentenced for rape and murder.",
    "Gay couples, black families and Muslim neighbours are welcome here.",
    "As a disabled woman I found the building easy to enter.",
    "Her nude portraits hang in the national gallery.",
    "a * b * c = d, and f(x) = 2x",
    "**Bold** and *emphasis*, snake_case and #hashtag",
]


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_words_are_not_taken_for_others(scorer: WordsScorer, text: str) -> None:
    assert look(scorer, text).findings == ()


SPELLINGS = [
    ("Sh1t happens", "profanity", "Sh1t"),
    ("what an a$$hole", "insult", "a$$hole"),
    ("f u c k you all", "insult", "f u c k you"),
    ("F.U.C.K this", "profanity", "F.U.C.K"),
    ("f**k this", "profanity", "f**k"),
    ("sh*t", "profanity", "sh*t"),
    ("what a f***ing day", "profanity", "f***ing"),
    ("fu*ck that", "profanity", "fu*ck"),
    ("fuuuuuck", "profanity", "fuuuuuck"),
    ("biiitch please", "insult", "biiitch"),
    ("b!tch please", "insult", "b!tch"),
    ("such a m0r0n", "insult", "m0r0n"),
    ("ｓｈｉｔ", "profanity", "ｓｈｉｔ"),  # noqa: RUF001 (wide letters)
    ("𝓼𝓱𝓲𝓽", "profanity", "𝓼𝓱𝓲𝓽"),  # noqa: RUF001 (mathematical letters)
    ("ѕhіt", "profanity", "ѕhіt"),  # noqa: RUF001 (Cyrillic letters)
    ("s\u200bh\u200bi\u200bt", "profanity", "s\u200bh\u200bi\u200bt"),
    ("s̶h̶i̶t̶", "profanity", "s̶h̶i̶t̶"),
    ("😀😀 you idiot 😀", "insult", "idiot"),
    ("you *idiot*", "insult", "idiot"),
    ("k y s", "threat", "k y s"),
    ("f u c k y o u", "insult", "f u c k y o u"),
    ("🖕", "profanity", "🖕"),
]


@pytest.mark.parametrize(("text", "code", "written"), SPELLINGS)
def test_spans_cover_the_word_as_it_was_written(scorer: WordsScorer, text: str, code: str, written: str) -> None:
    assert found(scorer, text)[code] == [written]


def _joined_by(sign: str) -> Callable[[str], str]:
    return lambda text: " ".join(sign.join(word) if len(word) > 2 else word for word in text.split(" "))


def _mapped(plain: str, fancy: str) -> Callable[[str], str]:
    return lambda text: text.translate(dict(zip(map(ord, plain), fancy, strict=True)))


LOWER = "abcdefghijklmnopqrstuvwxyz"
ATTACKS: dict[str, Callable[[str], str]] = {
    "leet": _mapped("aeiost", "4310$7"),
    "dots": _joined_by("."),
    "dashes": _joined_by("-"),
    "zero width": _joined_by("\u200b"),
    "soft hyphens": _joined_by("\u00ad"),
    "stacked marks": _joined_by("\u0336"),
    "wide": _mapped(LOWER, "".join(chr(0xFF41 + place) for place in range(26))),
    "mathematical": _mapped(LOWER, "".join(chr(0x1D5EE + place) for place in range(26))),
    "circled": _mapped(LOWER, "".join(chr(0x24D0 + place) for place in range(26))),
    "lookalikes": _mapped("aeopcyx", "аеорсух"),  # noqa: RUF001 (Cyrillic letters)
    "drawn out": lambda text: text.replace("i", "iiii").replace("u", "uuu"),
    "capitals": str.upper,
}
TOXIC = [
    "you are an idiot and a liar",
    "fuck you and your family",
    "i will kill you tomorrow",
    "you stupid bitch",
    "he is a filthy faggot",
    "shut your mouth asshole",
]
CLEAN = [
    "what a lovely picture of the harbour",
    "you are right about the second part",
    "i will visit you tomorrow",
    "the classic pass in the assessment",
    "my aunt cooked a pot of shiitake soup",
    "please send me the address of the shop",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("text", TOXIC)
def test_evasion_does_not_help(scorer: WordsScorer, attack: str, text: str) -> None:
    plainly, evasively = look(scorer, text).value, look(scorer, ATTACKS[attack](text)).value

    assert evasively >= 0.5
    assert evasively >= 0.6 * plainly


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("text", CLEAN)
def test_odd_spelling_alone_is_no_offence(scorer: WordsScorer, attack: str, text: str) -> None:
    assert look(scorer, ATTACKS[attack](text)).value < 0.1


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("I will kill you", "threat"),
        ("you idiot", "insult"),
        ("you filthy faggot", "identity_attack"),
        ("holy fuck", "obscene"),
        ("go kill yourself", "severe_toxicity"),
    ],
)
def test_attributes_say_what_kind_it_is(scorer: WordsScorer, text: str, attribute: str) -> None:
    attributes = look(scorer, text).attributes

    assert set(attributes) == set(ATTRIBUTES)
    assert attributes[attribute] > 0.4


def test_swearing_at_nobody_never_counts_as_an_attack(scorer: WordsScorer) -> None:
    assert look(scorer, "shit fuck crap damn bollocks cock tits wank " * 5).value <= 0.6
    assert look(scorer, "shit! fuck! crap! damn! " * 5).value <= 0.6


@pytest.mark.parametrize(
    "text", ["Du Arschloch", "hijo de puta", "ta gueule connard", "jij kutwijf", "sei uno stronzo", "filho da puta"]
)
def test_a_short_attack_in_another_language_is_heard(scorer: WordsScorer, text: str) -> None:
    assert look(scorer, text).value >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "Kiitos paljon hienosta kirjoituksesta, tykkäsin kovasti",
        "Das ist ein wirklich schöner Artikel, vielen Dank dafür",
        "Спасибо",
        "这篇文章写得很好",
    ],
)
def test_about_a_language_it_does_not_know_it_says_nothing(scorer: WordsScorer, text: str) -> None:
    assert scorer.look_at([Submission(text)]) == [None]


def test_answers_come_in_the_order_of_the_questions(scorer: WordsScorer) -> None:
    texts = ["Lovely photos!", "Спасибо большое", "you idiot"]

    answers = scorer.look_at([Submission(text) for text in texts])

    assert [answer and answer.value > 0.5 for answer in answers] == [False, None, True]
    assert answers[0] is not None
    assert answers[0].language == "en"


def test_every_finding_has_its_sentence(scorer: WordsScorer) -> None:
    text = "you idiot, I will kill you, shit, faggot, bukkake"

    assert {finding.code: finding.detail for finding in look(scorer, text).findings} == dict(DETAILS)


def test_both_scorers_are_shipped() -> None:
    scorers = shipped()

    assert {kind: scorer.kind for kind, scorer in scorers.items()} == {"spam": "spam", "toxicity": "toxicity"}
    assert all(scorer.patience.total_seconds() == 5 for scorer in scorers.values())


POISON = {
    "nothing": "",
    "one long word": "a" * 100_000,
    "swearing": "shit " * 20_000,
    "insults": "you idiot " * 10_000,
    "apart": "f u c k " * 12_500,
    "letters apart": "a " * 50_000,
    "apart again and again": "a b c word " * 9_000,
    "masks": "*" * 100_000,
    "masked": "f*" * 50_000,
    "masked words": "f**k " * 20_000,
    "doubles": "aabb" * 25_000,
    "marks": "a" + "\u0301\u0323" * 50_000,
    "halves of characters": "\ud800" * 100_000,
    "emoji": "👨‍👩‍👧😀" * 15_000,
    "links": "http://a.example.com/x " * 4_000,
    "wide": "ｆｕ" * 50_000,  # noqa: RUF001 (wide letters)
    "nearly a threat": "i will so " * 10_000,
    "no sentence end": "you " * 25_000,
}


@pytest.mark.parametrize("kind", POISON)
def test_poison_is_looked_at_quickly(scorer: WordsScorer, kind: str) -> None:
    began = time.process_time()

    scorer.look_at([Submission(POISON[kind])])

    assert time.process_time() - began < 5
