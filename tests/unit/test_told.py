"""What the documentation shows of an event is what is sent, and what it says of receivers works."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from moderation.adapters.signing import signed
from moderation.domain.event import encoded
from moderation.domain.remote import new_secret
from moderation.http.told import EXAMPLES, TOLD

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "publishers.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(json|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = dict(reversed(BLOCK.findall(PAGE)))
"""The first block of each kind."""


@pytest.mark.parametrize("kind", TOLD)
def test_an_example_has_the_shape_that_the_document_says(kind: str) -> None:
    shown = TOLD[kind].model_validate_json(encoded(EXAMPLES[kind]))

    assert shown.model_dump(mode="json")["type"] == kind


def test_the_guide_shows_the_documents_own_example() -> None:
    assert json.loads(SHOWN["json"]) == EXAMPLES["comment.approved"]


@pytest.fixture(scope="module")
def verify() -> Any:
    found: dict[str, Any] = {}
    exec(SHOWN["python"], found)  # noqa: S102 (our own page)
    return found["verify"]


def test_the_guides_receiver_takes_what_we_sign_also_while_two_secrets_sign(verify: Any) -> None:
    old, new, body = new_secret(), new_secret(), encoded(EXAMPLES["ping"])
    headers = signed([new, old], "evt_1", body, datetime.now(UTC))

    assert verify(new, headers, body)
    assert verify(old, headers, body)


def test_the_guides_receiver_refuses_what_was_changed_recorded_or_signed_by_another(verify: Any) -> None:
    secret, body = new_secret(), encoded(EXAMPLES["ping"])
    headers = signed([secret], "evt_1", body, datetime.now(UTC))
    old = signed([secret], "evt_1", body, datetime.now(UTC) - timedelta(minutes=6))

    assert not verify(secret, headers, body + b" ")
    assert not verify(secret, {**headers, "webhook-id": "evt_2"}, body)
    assert not verify(secret, old, body)
    assert not verify(new_secret(), headers, body)
    assert not verify(secret, {}, body)
