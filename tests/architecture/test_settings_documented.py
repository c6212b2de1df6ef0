"""Every setting is described, and the page that lists them is made from them."""

import re
from pathlib import Path

import pytest

from config import reference
from config.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "settings.md"
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
OTHERS = {"DATA", "TEST_DATABASE_URL", "TEST_BROKER_URL", "TEST_SERVERS"}
"""Variables that are no settings of an installation: where commands look for one, and what tests run against."""


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_in_a_sentence_what_it_is(name: str) -> None:
    assert re.fullmatch(r"[A-Z`].*\.", Settings.model_fields[name].description or "")


def test_the_page_is_what_the_settings_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference.page(), (
        "python -m config.reference > docs/reference/settings.md"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_variable_that_a_page_names_is_there(page: Path) -> None:
    named = {
        found.removesuffix("_FILE") for found in re.findall(rf"{PREFIX}([A-Z_]+)\b", page.read_text(encoding="utf-8"))
    }

    assert named <= {name.upper() for name in Settings.model_fields} | OTHERS
