"""The scorers' page names every reason, with its sentence."""

from pathlib import Path

import pytest

from moderation.adapters.scorers.facts import FACTS
from moderation.adapters.scorers.toxicity import DETAILS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "scorers.md"
ROWS = [f"| `{code}` | {fact.weight} | {fact.detail} |" for code, fact in FACTS.items()]
ROWS += [f"| `{code}` | {detail} |" for code, detail in DETAILS.items()]


@pytest.mark.parametrize("row", ROWS)
def test_the_page_tells_every_reason(row: str) -> None:
    assert row in PAGE.read_text(encoding="utf-8").splitlines()
