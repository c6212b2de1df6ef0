"""Whatever is wrong with what was sent is told in sentences of ours."""

import re
from typing import Any, cast

import pytest
from api import PUBLIC_URL
from pydantic import BaseModel

from moderation.app import create_app
from moderation.domain.errors import Invalid
from moderation.http.context import Web
from moderation.http.described import description_of
from moderation.http.fields import Shape, fit
from moderation.services.ports import Deps

WRONG: list[Any] = [None, True, 1.5, 10**30, -1, "", " ", "x" * 200_000, [], [1], [None] * 200, {}, {"a": 1}]
FOREIGN = re.compile("should|valid|instance|Input|String|pydantic|_")
"""How somebody else's sentences are known."""


def shapes() -> list[type[Shape]]:
    """Give every shape that a route reads."""
    views = create_app(Web(cast("Deps", None), public_url=PUBLIC_URL, ready=dict)).view_functions.values()
    told = [description for view in views if (description := description_of(view))]
    found = {shape for one in told for shape in (one.body, one.query) if shape}
    return sorted(cast("set[type[Shape]]", found), key=lambda shape: shape.__name__)


def details_of(shape: type[Shape], document: Any) -> set[str]:
    """Give the sentence of every fault that a document has."""
    try:
        fit(shape, document)
    except Invalid as refused:
        return {fault.detail for fault in refused.faults}
    return set()


@pytest.mark.parametrize("shape", shapes(), ids=lambda shape: shape.__name__)
def test_a_fault_is_told_in_a_sentence_of_ours(shape: type[BaseModel]) -> None:
    fields = [{name: wrong} for name in shape.model_fields for value in WRONG for wrong in (value, [value])]
    told = {detail for document in [*fields, *WRONG] for detail in details_of(cast("type[Shape]", shape), document)}

    assert told
    assert [detail for detail in told if FOREIGN.search(detail) or not detail.endswith(".")] == []
