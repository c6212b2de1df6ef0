"""The scorers' page names every reason, with its sentence, and every example that it writes out is one."""

import re
from pathlib import Path
from typing import Final

import pytest

from moderation.adapters.scorers.facts import FACTS
from moderation.adapters.scorers.spam import FactsScorer
from moderation.adapters.scorers.toxicity import DETAILS
from moderation.domain.comment import Submission
from moderation.domain.likeness import BANDS, BITS, FEWEST_WORDS, NEAR
from moderation.domain.privacy import SecretEmail

PAGE: Final = (Path(__file__).parents[2] / "docs" / "reference" / "scorers.md").read_text(encoding="utf-8")
LINES: Final = PAGE.splitlines()
RULE: Final = re.compile(r"\| `([a-z-]+)` \| ([\d.]+) \| (.+?) \| (.+) \|")
WRITTEN: Final = re.compile(r"(name |e-mail |)`(.+)`")
"""An example that is a text, a name or an address; the others say in words what happens."""
RULES: Final = {found[1]: found for found in map(RULE.fullmatch, LINES) if found}
EXAMPLES: Final = {code: found for code, row in RULES.items() if (found := WRITTEN.fullmatch(row[4]))}


def test_the_page_tells_every_rule_in_order() -> None:
    assert [(code, float(row[2]), row[3]) for code, row in RULES.items()] == [
        (code, fact.weight, fact.detail % {"count": "N"}) for code, fact in FACTS.items()
    ]


@pytest.mark.parametrize("code", DETAILS)
def test_the_page_tells_every_reason_for_toxicity(code: str) -> None:
    assert f"| `{code}` | {DETAILS[code]} |" in LINES


def test_most_rules_have_an_example_that_is_written_out() -> None:
    assert len(EXAMPLES) > len(FACTS) / 2


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_is_one(code: str) -> None:
    [signal] = FactsScorer().look_at([_submission(*EXAMPLES[code].groups())])

    assert signal is not None
    assert code in {finding.code for finding in signal.findings}


def _submission(kind: str, example: str) -> Submission:
    if kind == "name ":
        return Submission("I agree", name=example)
    return Submission("I agree", email=SecretEmail.parse(example)) if kind else Submission(example)


def test_the_page_gives_the_numbers_of_campaigns() -> None:
    words = " ".join(LINES)

    assert FEWEST_WORDS == 12
    assert "Each text of twelve words or more" in words
    assert f"a SimHash of {BITS} bits" in words
    assert f"in at most {NEAR} bits" in words
    assert f"one of its four pieces of {BITS // BANDS} bits" in words
