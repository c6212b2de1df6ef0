"""What readers are shown: every public comment once, a gap where one is missing, and counts that agree with both."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from api import PUBLIC_URL, Api
from fakes.scorers import obedient
from makers import World

from moderation.domain.comment import Comment
from moderation.services import authors, sites

SORTS = ["oldest", "newest"]


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with closing(World.at(database_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


def read(api: Api, query: str) -> list[dict[str, Any]]:
    """Follow a list page by page to its end, by its header; no page is empty, and none is too long."""
    path, found = f"/v1/sites/{api.site.key}/comments?{query}", []
    while path:
        page = api.get(path, secret=None)
        items = page.json["items"]
        assert len(items) == 1, "limit=1"
        found += items
        assert ("Link" in page.headers) == (page.json["next"] is not None)
        path = page.headers.get("Link", "").partition(">")[0].removeprefix(f"<{PUBLIC_URL}")
    return found


def ordered(comments: Sequence[Comment], sort: str) -> list[str]:
    return [str(comment.id) for comment in (comments if sort == "oldest" else comments[::-1])]


@pytest.mark.parametrize("sort", SORTS)
def test_a_thread_read_one_by_one_gives_everything_once_and_in_order(world: World, api: Api, sort: str) -> None:
    public = [world.has(f"Lovely photos, number {number}!") for number in range(5)]
    world.has("SPAM")
    world.has("On another page.", thread="article-2")
    world.receives("Nobody has looked at this yet.")

    found = read(api, f"thread=article-1&limit=1&sort={sort}")

    assert [item["id"] for item in found] == ordered(public, sort)
    assert not any("gone" in item for item in found)


@pytest.mark.parametrize("sort", SORTS)
def test_what_was_answered_and_is_gone_leaves_one_gap_in_its_place_wherever_a_page_ends(
    world: World, api: Api, sort: str
) -> None:
    comments = [world.has(f"Lovely photos, number {number}!") for number in range(4)]
    answers = [world.has(f"Yes, {parent.name}!", parent=parent.id) for parent in comments for _ in "ab"]
    for gone in (comments[0], comments[2], comments[3]):
        authors.withdraw(world.deps, gone.id)

    found = read(api, f"thread=article-1&limit=1&sort={sort}")

    assert [item["id"] for item in found] == ordered([*comments, *answers], sort)
    gaps = {item["id"] for item in found if item.get("gone")}
    assert gaps == {str(comments[place].id) for place in (0, 2, 3)}


def test_a_gap_tells_where_it_was_and_nothing_that_was_said_there(world: World, api: Api) -> None:
    first = world.has("Something that I regret.", name="Zoe", website="https://zoe.example")
    second = world.has("I answer that.", parent=first.id)
    third = world.has("And I answer the answer.", parent=second.id)
    for gone in (first, second):
        authors.withdraw(world.deps, gone.id)

    found = read(api, "thread=article-1&limit=1")

    assert found[:2] == [
        {"id": str(first.id), "parent": None, "depth": 0, "gone": True},
        {"id": str(second.id), "parent": str(first.id), "depth": 1, "gone": True},
    ]
    assert (found[2]["id"], found[2]["parent"], found[2]["depth"]) == (str(third.id), str(second.id), 2)


def test_what_nobody_can_see_a_reply_to_leaves_no_gap(world: World, api: Api) -> None:
    silent, answered = world.has("Nobody answers this."), world.has("This is answered, but not in public.")
    world.has("SPAM", parent=answered.id)
    left = world.has("This stays.")
    for gone in (silent, answered):
        authors.withdraw(world.deps, gone.id)

    assert [item["id"] for item in read(api, "thread=article-1&limit=1")] == [str(left.id)]


def test_answers_to_answers_say_how_deep_they_stand_and_under_whom(world: World, api: Api) -> None:
    parent: UUID | None = None
    for depth in range(5):
        parent = world.has(f"Answer number {depth}.", parent=parent).id

    found = read(api, "thread=article-1&limit=1")

    assert [item["depth"] for item in found] == [0, 1, 2, 3, 4]
    assert [item["parent"] for item in found] == [None, *(item["id"] for item in found[:-1])]


def test_many_pages_are_counted_at_once_merged_and_unknown_ones_too(world: World, api: Api) -> None:
    old, new = world.has("Lovely photos!", thread="old"), world.has("Lovely words!", thread="new")
    world.has("Lovely weather!", thread="new")
    world.has("SPAM", thread="new")
    world.has("Lovely music!", thread="https://news.example/story")
    world.receives("Nobody has looked at this yet.", thread="waiting")
    sites.merge_threads(world.deps, world.site.id, old.thread_id, new.thread_id)
    other = api.elsewhere()
    names = ["old", "new", "https://news.example/story?utm_source=x", "waiting", "never-seen"]

    asked = "&".join(f"thread={quote(name, safe='')}" for name in [*names, "old"])

    assert api.get(f"/v1/sites/{api.site.key}/counts?{asked}", secret=None).json == {
        "old": 3,
        "new": 3,
        "https://news.example/story?utm_source=x": 1,
        "waiting": 0,
        "never-seen": 0,
    }
    assert set(api.get(f"/v1/sites/{other.site.key}/counts?{asked}", secret=None).json.values()) == {0}


def test_a_page_is_sent_again_only_when_something_changed_in_public(world: World, api: Api) -> None:
    first, path = world.has("Lovely photos!"), f"/v1/sites/{api.site.key}/comments?thread=article-1"
    tag = api.get(path, secret=None).headers["ETag"]

    def changed() -> bool:
        """Ask with the last tag; what changed has another, what did not is not sent."""
        nonlocal tag
        answer = api.get(path, secret=None, headers={"If-None-Match": tag})
        before, tag = tag, answer.headers["ETag"]
        assert (answer.data == b"") == (answer.status_code == 304) == (tag == before)
        return answer.status_code == 200

    assert not changed()
    waiting = world.receives("Nobody has looked at this yet.")
    assert not changed(), "what waits is nobody's business"
    world.scores()
    assert changed(), "it is public now"
    authors.edit(world.deps, waiting.id, "Better said.")
    assert changed(), "its old words are not"
    world.scores()
    assert changed()
    world.has("On another page.", thread="article-2")
    assert not changed()
    authors.withdraw(world.deps, first.id)
    assert changed()
    sites.merge_threads(world.deps, world.site.id, world.has("And more.", thread="old").thread_id, first.thread_id)
    assert changed(), "what was elsewhere is here now"
    assert not changed()
