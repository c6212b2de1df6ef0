"""The guide for sites, followed word by word: its own lines on a page of another origin, under the policy it names."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.request import urlopen

import pytest
from flask import Flask, Response
from membership import claims_at, signed
from newspaper import TEXT, Paper, Reader
from playwright.sync_api import expect
from servers.web import served

from moderation.services import members, sites

GUIDE: Final = (Path(__file__).parents[2] / "docs" / "guide" / "sites.md").read_text(encoding="utf-8")
LINES: Final = re.findall(r"^```html\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
POLICIES: Final = re.findall(r"^\| (?:the widget|a frame|a form)[^|]* \| `([^`]+)`", GUIDE, re.MULTILINE)
TYPES: Final = re.findall(r"`(require-trusted-types-for [^`]+)`", GUIDE)
FIELDS: Final = """<textarea id="comment" name="comment"></textarea>
<input name="author"><input name="email"><input name="url">
<input type="hidden" name="comment_post_ID" value="7"><input type="hidden" name="comment_parent" value="0">
<input name="submit" type="submit" value="Post Comment"></form>"""
"""What a theme's form has anyway."""
Publishes = Callable[..., str]


def lines(with_: str, without: str = "\0") -> str:
    """Give the guide's lines in which this stands."""
    (found,) = [each for each in LINES if with_ in each and without not in each]
    return str(found)


@pytest.fixture
def publishes(paper: Paper) -> Iterator[Publishes]:
    """Let a publisher put lines on every page of theirs, with their own addresses and key in place of the guide's."""
    publisher, site, shown = Flask("publisher"), paper.world.site, list[str]()
    publisher.add_url_rule("/favicon.ico", "icon", lambda: ("", 204))

    @publisher.get("/<path:_>")
    def article(_: str) -> Response:
        policy = own("; ".join(["default-src 'none'", *POLICIES, *TYPES]))
        page = f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>The Harvest</title>{shown[-1]}</html>'
        return Response(page, headers={"Content-Security-Policy": policy})

    with served(lambda _: publisher) as url:
        sites.change(paper.world.deps, site.id, origins=[url])

        def own(said: str) -> str:
            told = {"https://comments.example.com": paper.url, "https://daily.example": url, "pk_…": site.key}
            for example, ours in told.items():
                said = said.replace(example, ours)
            return said

        def publish(said: str) -> str:
            shown.append(own(said))
            return f"{url}/article-42"

        yield publish


def test_the_pinned_widget_and_the_count_stand_under_the_policy(
    paper: Paper, publishes: Publishes, reader: Reader
) -> None:
    with urlopen(f"{paper.url}/embed/version") as answer:  # noqa: S310 (our own)
        version = json.load(answer)
    pinned = re.sub(r'src="[^"]+" integrity="[^"]+"', 'src="{src}" integrity="{integrity}"', lines("integrity="))
    element = lines("<lychgate-comments").partition("</script>")[2]
    page = reader.page

    page.goto(publishes(pinned.format(**version) + lines("<lychgate-count") + element))
    paper.takes(page)
    expect(reader.own).to_contain_text("In review")
    paper.world.scores()

    expect(page.get_by_role("heading", name="1 comment")).to_be_visible()
    expect(page.locator("lychgate-count")).to_have_text("1 comment")
    expect(page.locator("[part=text] em")).to_have_text("Edwin")


def test_the_frame_takes_a_comment(paper: Paper, publishes: Publishes, reader: Reader) -> None:
    page = reader.page
    page.goto(publishes(lines("<iframe", without="<form")))

    paper.takes(page.frames[1])

    expect(page.frame_locator("iframe").get_by_text("has arrived and is waiting")).to_be_visible()
    box = page.locator("iframe").bounding_box() or {}
    assert (box["width"] > 1000, box["height"]) == (True, 904)  # With its edge.


def test_a_form_leads_a_member_into_the_frame(paper: Paper, publishes: Publishes, reader: Reader) -> None:
    world, page = paper.world, reader.page
    _, secret = members.rotate(world.deps, world.site.id)
    token = signed(claims_at(world.site.key, world.clock()), secret)

    page.goto(publishes(lines('name="member"').replace("eyJ…", token)))
    page.get_by_role("button", name="Comment as Ann").click()

    expect(page.frame_locator("iframe").get_by_text("You write as Ann.")).to_be_visible()


def test_the_plain_form_leads_back_to_its_page(publishes: Publishes, reader: Reader) -> None:
    page = reader.page
    url = publishes(lines('name="website"'))
    page.goto(url)

    for name, value in {"name": "Bea", "email": "bea@example.com", "text": TEXT}.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Post Comment").click()

    expect(page).to_have_url(f"{url}?received=1")


def test_a_themes_form_leads_back_to_its_page(publishes: Publishes, reader: Reader) -> None:
    page = reader.page
    page.goto(publishes(lines("wp-comments-post.php") + FIELDS))

    for name, value in {"author": "Bea", "email": "bea@example.com", "comment": TEXT}.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Post Comment").click()

    expect(page).to_have_url(re.compile(r"/2026/11/the-harvest/\?unapproved=.+#comment-"))
