"""The examples for frontends all come to the widget's own tag, with nothing on it that the widget does not read."""

import re
from pathlib import Path
from typing import Final

import pytest
from jinja2 import Environment

EXAMPLES: Final = Path(__file__).parents[2] / "examples" / "frontends"
TAG: Final = re.compile(r"<lychgate-comments\s([^>]*)></lychgate-comments>")
KNOWN: Final = {"site", "thread", "sort", "lang", "theme", "server"}


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_each_example_is_one_tag_with_attributes_that_the_widget_reads(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    (attributes,) = TAG.findall(source)
    named = set(re.findall(r"(?:^|\s):?(\w+)=", attributes)) - {"key"}

    assert {"site", "thread"} <= named <= KNOWN
    assert "/embed.js" in source


def test_the_include_prints_the_tag_with_what_its_page_says() -> None:
    template = Environment(autoescape=True).from_string((EXAMPLES / "eleventy.njk").read_text(encoding="utf-8"))
    said = {"server": "https://comments.example.com", "site": "pk_1"}

    printed = template.render(lychgate=said, page={"url": '/a"b/'}, lang="de")

    assert '<lychgate-comments site="pk_1" thread="/a&#34;b/" lang="de"></lychgate-comments>' in printed
    assert '<script src="https://comments.example.com/embed.js" async></script>' in printed
