"""The examples for frontends come to the widget's own tag, with nothing on it that the widget does not read."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from frontends import BUILDS, EXAMPLES

TAG: Final = re.compile(r"<lychgate-comments\s([^>]*)></lychgate-comments>")
KNOWN: Final = {"site", "thread", "sort", "lang", "theme", "server"}


def sources(example: str) -> Iterator[str]:
    """Give what an example's files say, without what was installed or built there."""
    for path in (EXAMPLES / example).rglob("*.*"):
        if path.is_file() and not {"node_modules", "dist", "_site", "public"} & set(path.parts):
            yield path.read_text(encoding="utf-8")


@pytest.mark.parametrize("example", BUILDS)
def test_each_example_has_one_tag_with_attributes_that_the_widget_reads(example: str) -> None:
    said = list(sources(example))
    (attributes,) = [found for source in said for found in TAG.findall(source)]
    named = set(re.findall(r"(?:^|\s):?(\w+)=", attributes)) - {"key"}

    assert {"site", "thread"} <= named <= KNOWN
    assert any("/embed.js" in source for source in said)


def test_every_example_is_built_by_a_test() -> None:
    assert {path.name for path in EXAMPLES.iterdir() if path.is_dir()} == set(BUILDS)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/package-lock.json")), ids=lambda path: path.parent.name)
def test_what_an_example_installs_is_pinned_by_its_content_and_not_by_where_it_lies(path: Path) -> None:
    packages = {name: said for name, said in json.loads(path.read_text())["packages"].items() if name}

    assert packages
    assert [name for name, said in packages.items() if "resolved" in said or "integrity" not in said] == []
