"""Ten evasive spellings: what is toxic stays held and what is clean stays public, by the thresholds that ship."""

from typing import Final

import pytest

from moderation.adapters.scorers import both
from moderation.adapters.scorers.blended import ToxicityScorer
from moderation.domain.comment import Submission
from moderation.domain.policy import judge, parse_policy
from moderation.lab.attacks import ATTACKS, attacked
from moderation.wiring import starting_policy

TOXIC: Final = (
    "You are a stupid idiot and nobody likes you.",
    "Shut up you pathetic loser, go kill yourself.",
    "What a fucking moron this writer is.",
    "People like you are worthless garbage, you disgusting pig.",
)
CLEAN: Final = (
    "Thank you for this careful article about the harbour.",
    "The second paragraph has the wrong year, it was built in 1936.",
    "Does anybody know when the library opens again after the holidays?",
    "We grew tomatoes on the balcony and shared them with the neighbours.",
)


@pytest.fixture(scope="module")
def toxicity() -> ToxicityScorer:
    return both()[1]


def outcomes(toxicity: ToxicityScorer, texts: tuple[str, ...], attack: str) -> dict[str, bool]:
    """Say of each text whether the shipped policy has anything against its toxicity."""
    spelled = [attacked(text, attack) for text in texts]
    signals = [estimate.signal for estimate in toxicity.estimate([Submission(text, language="en") for text in spelled])]
    policy = parse_policy(starting_policy("default"))
    return {
        text: any(reason.code == "toxicity" for reason in judge([signal], policy).reasons)
        for text, signal in zip(texts, signals, strict=True)
    }


@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_what_is_toxic_stays_held(attack: str, toxicity: ToxicityScorer) -> None:
    assert outcomes(toxicity, TOXIC, attack) == dict.fromkeys(TOXIC, True)


@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_what_is_clean_stays_public(attack: str, toxicity: ToxicityScorer) -> None:
    assert outcomes(toxicity, CLEAN, attack) == dict.fromkeys(CLEAN, False)
