"""What the documentation shows of an event is what is sent."""

import json
import re
from pathlib import Path

import pytest

from moderation.domain.event import encoded
from moderation.http.told import EXAMPLES, TOLD

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "publishers.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("kind", TOLD)
def test_an_example_has_the_shape_that_the_document_says(kind: str) -> None:
    shown = TOLD[kind].model_validate_json(encoded(EXAMPLES[kind]))

    assert shown.model_dump(mode="json")["type"] == kind


def test_the_guide_shows_the_documents_own_example() -> None:
    assert json.loads(BLOCK.findall(PAGE)[0]) == EXAMPLES["comment.approved"]
