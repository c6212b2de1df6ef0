"""The queue is searched by the databases' own indexes, in one's own site, and only while a text is there."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fakes.scorers import obedient
from makers import World
from sqlalchemy import text

from moderation.domain.comment import Comment
from moderation.domain.decision import Action
from moderation.services import authors, desk, review, sites, wording
from moderation.services.review import Moderator, Wish
from moderation.wiring import starting_policy

FOUND = {
    "harvest": "A calm remark about the harvest.",
    '"calm remark"': "A calm remark about the harvest.",
    "harv* -moon": "A calm remark about the harvest.",
    "本語": "これは日本語です",
    "كتاب": "قرأت الكِتَاب",
    "cafe": "Le CAFÉ du coin",
    "zoë": "Signed by Zoë alone",
    "🍉": "tasty 🍉",
}
HOSTILE = ("'", '"', "\\", "a'b", "(", "a & | !", "*", "-", "a:* <-> b", "NEAR(a b)", "words : a", "^a", "%", "\ud800")


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with closing(World.at(database_url, scorers=obedient())) as made:
        yield made


def found(world: World, typed: str, site_id: UUID | None = None, **others: Any) -> set[str]:
    wanted = {"q": typed, **others}
    return {row["text"] for row in desk.queue(world.deps, [site_id or world.site.id], wanted).rows}


def says_all(world: World) -> None:
    for said in sorted(set(FOUND.values())):
        world.receives(said, name="Zoë" if "Zoë" in said else "Ann")
    world.receives("Quite another matter.")
    world.words()


def is_searched(world: World) -> None:
    """Look for everything that was said, and for what is no search at all."""
    assert {typed: found(world, typed) for typed in FOUND} == {typed: {said} for typed, said in FOUND.items()}
    assert len(found(world, "-harvest")) == len(set(FOUND.values()))
    for typed in HOSTILE:
        found(world, typed)
    assert desk.count(world.deps, [world.site.id], {"q": "harvest"}) == 1


def test_words_are_found_in_every_script_whatever_is_typed(world: World) -> None:
    says_all(world)

    is_searched(world)


def test_without_fts5_the_words_are_read_through(sqlite_url: str) -> None:
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        says_all(world)
        without_fts5(world)

        is_searched(world)


def without_fts5(world: World) -> None:
    """Leave the database as one is made where SQLite has no FTS5."""
    with world.deps.uow(None) as uow:
        connection = uow.connection  # type: ignore[attr-defined]
        for thing in ("TRIGGER wording_kept", "TRIGGER wording_gone", "TABLE wording_fts"):
            connection.execute(text(f"DROP {thing}"))
        uow.commit()


def test_common_words_are_found_as_rare_ones_are(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moderation.adapters.db.stores.seeking.FEW", 1)
    for number in ("first", "second", "third"):
        world.receives(f"Harvest number {number}")
    world.receives("Another")
    world.words()

    assert len(found(world, "harvest")) == 3
    assert len(found(world, "harvest -second")) == 2


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_a_page_ends_where_enough_was_looked_at_and_the_next_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr("moderation.services.paging.LOOKED_AT", (1, 1))
    mine = world.site
    world.site = elsewhere = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    expected = list[UUID]()
    for number in range(9):
        world.site = (mine, elsewhere)[number % 2]
        comment = world.receives(f"Remark number {number}.", name="Zoe" if number % 3 == 0 else "Ann")
        expected += [comment.id] if number % 3 == 0 else []

    seen, short, cursor = list[UUID](), 0, None
    while True:
        page = desk.queue(world.deps, [mine.id, elsewhere.id], {"author": "Zoe", "sort": sort}, cursor=cursor, limit=2)
        seen += [row["id"] for row in page.rows]
        short += len(page.rows) < 2
        cursor = page.next
        if cursor is None:
            break

    assert seen == (expected if sort == "oldest" else expected[::-1])
    assert short > 1


def test_a_search_stays_in_its_own_site(world: World) -> None:
    world.receives("A harvest here.")
    news = world.site
    world.site = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    world.receives("A harvest there.")
    world.words()

    assert found(world, "harvest", news.id) == {"A harvest here."}
    assert found(world, "harvest") == {"A harvest there."}


def test_row_level_security_holds_while_something_is_sought(postgres_url: str) -> None:
    with closing(World.at(postgres_url, scorers=obedient())) as world:
        world.receives("A harvest here.")
        world.words()
        other = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))

        with world.deps.views(other.id) as views:
            connection = views.connection  # type: ignore[attr-defined]
            assert connection.execute(text("SELECT count(*) FROM wording")).scalar_one() == 0
            connection.execute(text("SELECT set_config('lychgate.sought', '''harvest''', true)"))
            assert connection.execute(text("SELECT count(*) FROM wording")).scalar_one() == 0


def test_what_was_taken_back_erased_or_edited_is_no_longer_found(world: World) -> None:
    deleted, edited, kept = (world.has(f"A harvest of {what}.") for what in ("plums", "pears", "nuts"))
    world.words()
    delete(world, deleted)
    assert found(world, "harvest") == {edited.text, kept.text}

    with world.deps.uow(None) as uow:
        uow.comments.forget_deleted(timedelta(0), 10)
        uow.commit()
    authors.edit(world.deps, edited.id, "Something else was said of cherries.")
    assert kept_words(world) == 1
    assert found(world, "harvest") == {kept.text}

    world.words()
    assert found(world, "cherries") == {"Something else was said of cherries."}
    assert found(world, "pears") == set()


def test_what_was_deleted_by_mistake_is_found_once_it_is_back(world: World) -> None:
    comment = world.has("A harvest of plums.")
    world.words()
    decision = delete(world, comment)

    review.undo(world.deps, Moderator(world.site.id, world.site.id), decision)

    assert found(world, "plums") == {comment.text}


def delete(world: World, comment: Comment) -> UUID:
    moderator, now = Moderator(world.site.id, world.site.id), world.look(comment)
    return review.decide(world.deps, moderator, Wish(comment.id, now.version, Action.DELETE)).id


def kept_words(world: World) -> int:
    with world.deps.reading(None) as uow:
        count: int = uow.connection.execute(  # type: ignore[attr-defined]
            text("SELECT count(*) FROM wording")
        ).scalar_one()
    return count


def test_of_two_that_follow_the_events_one_keeps_the_words(world: World) -> None:
    world.receives("A harvest.")
    world.events()
    with world.deps.reading(None) as uow:
        stretch = uow.wordings.told(10)
    assert wording.fill(world.deps) == stretch.until > 0

    with world.deps.uow(None) as uow:
        assert not uow.wordings.advance(stretch.since, stretch.until)
    with world.deps.reading(None) as uow:
        assert not uow.wordings.behind()
    assert kept_words(world) == 1
