"""The first painting of a hundred comments: few bytes, and nothing that moves afterwards. How fast is nobody's test."""

from collections.abc import Iterator
from typing import Any

import pytest
from newspaper import Paper
from painting import COMMENTS, painted, published
from playwright.sync_api import Browser

SCRIPTS = 12_000
EVERYTHING = 50_000
LOOKS: dict[str, dict[str, Any]] = {
    "a desk": {"viewport": {"width": 1280, "height": 800}},
    "a phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


@pytest.fixture
def article(paper: Paper) -> Iterator[str]:
    with published(paper.world, paper.url) as url:
        yield url


def test_a_hundred_comments_are_few_bytes_and_stay_where_they_are(article: str, chromium: Browser) -> None:
    for look in LOOKS.values():
        seen = painted(chromium, article, **look)

        assert seen.shown == COMMENTS
        assert seen.scripts <= SCRIPTS
        assert seen.fetched <= EVERYTHING
        assert seen.shift == 0
