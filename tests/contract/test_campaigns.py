"""Campaigns are found on every database: by what texts are like, within a day, and across sites that agreed to it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from hearing import hear, plan
from makers import ORIGIN, World
from sqlalchemy import delete, text, update

from moderation.adapters.db.models import CommentRow, EchoRow
from moderation.adapters.db.stores.echoes import CANDIDATES, COUNTED
from moderation.domain.comment import Comment, Status
from moderation.domain.site import Site
from moderation.services import authors, scoring, sites, sweep
from moderation.wiring import starting_policy

TEXT = (
    "Everybody should really read what our neighbours wrote about the harvest in this valley, and then tell all of "
    "their friends and relatives about it before the summer is over, because it concerns each of us, see {}"
)
OTHER = "A calm and friendly remark about something else, which is long enough to have a sketch and like nothing else."


def copy(number: int) -> str:
    """The text with a link of its own, so that no two are the same."""
    return TEXT.format(f"http://site{number}.example/{number}")


def echoes(world: World, comment: Comment) -> int:
    return world.look(comment).circumstances.echoes


def other_site(world: World) -> Site:
    return sites.create(world.deps, name="Other", origins=[ORIGIN], policy=starting_policy("default"))


def on(world: World, site: Site, what: str, **others: Any) -> Comment:
    """Let a reply arrive at a site, and be judged."""
    here, world.site = world.site, site
    try:
        return world.has(what, **others)
    finally:
        world.site = here


def kept(world: World) -> int:
    with world.deps.reading(None) as uow:
        return int(uow.connection.execute(text("SELECT count(*) FROM echo")).scalar_one())  # type: ignore[attr-defined]


def test_copies_that_vary_are_counted_and_held_from_the_third_on(world: World) -> None:
    comments = [world.has(copy(number), thread=f"article-{number}") for number in range(5)]

    assert [echoes(world, comment) for comment in comments] == [0, 1, 2, 3, 4]
    assert [comment.status for comment in comments] == [*[Status.APPROVED] * 3, Status.HELD, Status.HELD]
    assert comments[-1].reasons == ("near-duplicate",)


def test_copies_in_one_batch_see_each_other(world: World) -> None:
    comments = [world.receives(copy(number), thread=f"article-{number}") for number in range(3)]
    world.scores()

    assert [echoes(world, comment) for comment in comments] == [2, 2, 2]


def test_others_are_counted_and_not_their_comments(world: World) -> None:
    for number in range(3):
        world.has(copy(number), thread=f"article-{number}", email="same@example.com")

    assert echoes(world, world.has(copy(3), thread="article-4")) == 1
    assert echoes(world, world.has(copy(4), thread="article-5", email="same@example.com")) == 1


def test_unrelated_and_short_texts_are_no_campaign(world: World) -> None:
    world.has(copy(0))
    short = [world.has("Thank you all for this", thread=f"article-{number}") for number in range(4)]

    assert echoes(world, world.has(OTHER)) == 0
    assert [(comment.sketch, comment.circumstances.echoes) for comment in short] == [(None, 0)] * 4


def test_after_a_day_nobody_is_compared_with_and_nothing_is_kept(world: World) -> None:
    world.has(copy(0))
    with world.deps.uow(None) as uow:
        earlier = world.clock() - timedelta(hours=25)
        for table in (CommentRow.__table__, EchoRow.__table__):
            uow.connection.execute(update(table).values(received_at=earlier))  # type: ignore[attr-defined, arg-type]
        uow.commit()

    late = world.has(copy(1))

    assert echoes(world, late) == 0
    assert (kept(world), sweep.purge_echoes(world.deps), sweep.purge_echoes(world.deps)) == (2, 1, 0)
    assert kept(world) == 1


def test_sites_keep_to_themselves_until_both_owners_agree(world: World) -> None:
    other = other_site(world)
    on(world, other, copy(0))
    assert echoes(world, world.has(copy(1))) == 0

    sites.change(world.deps, world.site.id, share_campaigns=True)
    assert echoes(world, world.has(copy(2), thread="article-2")) == 1  # The site's own, and no other's.

    sites.change(world.deps, other.id, share_campaigns=True)
    shared = on(world, other, copy(3), thread="article-2")
    assert echoes(world, shared) == 2  # What the other owner agreed to before, and the site's own.
    assert echoes(world, world.has(copy(4), thread="article-3")) == 3


def test_who_no_longer_shares_is_found_no_more_and_begins_anew(world: World) -> None:
    other = other_site(world)
    for site in (world.site, other):
        sites.change(world.deps, site.id, share_campaigns=True)
    on(world, other, copy(0))
    assert echoes(world, world.has(copy(1))) == 1

    sites.change(world.deps, other.id, share_campaigns=False)
    assert echoes(world, world.has(copy(2), thread="article-2")) == 1
    assert echoes(world, on(world, other, copy(3), thread="article-2")) == 0
    assert echoes(world, on(world, other, copy(4), thread="article-3")) == 1


def test_an_edit_is_like_its_new_text(world: World) -> None:
    comment = world.has(copy(0))
    authors.edit(world.deps, comment.id, OTHER)
    assert kept(world) == 0
    world.scores()

    assert kept(world) == 1
    assert world.look(comment).sketch not in {None, comment.sketch}
    assert echoes(world, world.has(copy(1))) == 0
    assert echoes(world, world.has(OTHER + " Really.", thread="article-2")) == 1


def test_an_edit_away_from_a_campaign_has_no_echoes_left(world: World) -> None:
    world.has(copy(0))
    comment = world.has(copy(1))
    assert echoes(world, comment) == 1

    authors.edit(world.deps, comment.id, OTHER)
    world.scores()

    assert echoes(world, comment) == 0


def test_what_is_erased_leaves_no_sketch(world: World) -> None:
    comment = world.has(copy(0))
    authors.withdraw(world.deps, comment.id)
    with world.deps.uow(None) as uow:
        gone = update(CommentRow.__table__).values(deleted_at=world.clock() - timedelta(days=2))  # type: ignore[arg-type]
        uow.connection.execute(gone)  # type: ignore[attr-defined]
        uow.commit()

    assert sweep.purge_deleted(world.deps) == 1

    assert world.look(comment).sketch is None
    assert kept(world) == 0


def test_a_comment_that_goes_takes_its_sketch_along(world: World) -> None:
    comment = world.receives(copy(0))
    world.scores("spam")
    assert kept(world) == 1

    with world.deps.uow(None) as uow:
        for name in ("once", "event"):
            uow.connection.execute(text(f"DELETE FROM {name}"))  # type: ignore[attr-defined]  # noqa: S608
        uow.connection.execute(delete(CommentRow).where(CommentRow.id == comment.id))  # type: ignore[attr-defined]
        uow.commit()

    assert kept(world) == 0


def test_a_hasty_author_is_noticed_and_a_calm_one_is_not(world: World) -> None:
    hasty = [world.has(f"My remark {number}", email="hasty@example.com") for number in range(6)]
    world.clock.forward(minutes=11)
    calm = world.has("Another remark, later", email="hasty@example.com")

    assert [comment.circumstances.pace for comment in hasty] == [0, 0, 0, 0, 4, 5]
    assert world.look(calm).circumstances.pace == 0


def test_a_batch_costs_three_statements_however_large_it_is(world: World) -> None:
    for number in range(8):
        world.receives(copy(number), thread=f"article-{number}")
    heard = hear(world, lambda: scoring.score(world.deps, "spam"))

    assert len([statement for statement, _ in heard if "echo" in statement and "signal" not in statement]) == 3


def test_a_large_campaign_is_counted_to_a_bound(world: World) -> None:
    model = world.receives(copy(0))
    with world.deps.uow(None) as uow:
        uow.echoes.keep([model.id])
        uow.commit()
    flood(world, 3 * CANDIDATES)

    assert echoes(world, world.has(copy(1), thread="article-2")) == COUNTED


def flood(world: World, times: int) -> None:
    """Put so many copies of the one sketch that is there beside it, each by another author."""
    columns = "site_id, pool, sketch, band_1, band_2, band_3, band_4, received_at"
    series = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :times)"
    with world.deps.uow(None) as uow:
        connection: Any = uow.connection  # type: ignore[attr-defined]
        made, by = MADE[connection.dialect.name]
        copies = f"SELECT {made}, {by}, {columns} FROM (SELECT * FROM echo LIMIT 1) AS model CROSS JOIN n"  # noqa: S608
        comments = comment_copies(made)
        connection.execute(text(f"{series} {comments}"), {"times": times})
        connection.execute(
            text(f"{series} INSERT INTO echo (comment_id, author, {columns}) {copies}"), {"times": times}
        )
        uow.commit()


MADE = {
    "sqlite": ("printf('%032x', n)", "CAST(n AS blob)"),
    "postgresql": ("CAST(lpad(to_hex(n), 32, '0') AS uuid)", "CAST(CAST(n AS text) AS bytea)"),
}
"""An id and a fingerprint of the copy of this number."""


def comment_copies(made: str) -> str:
    columns = [column.name for column in CommentRow.__table__.columns if column.name not in {"id", "text_print"}]
    listed = ", ".join(columns)
    model = "(SELECT * FROM comment LIMIT 1) AS model"
    return f"INSERT INTO comment (id, {listed}) SELECT {made}, {listed} FROM {model} CROSS JOIN n"  # noqa: S608


@pytest.mark.parametrize("share", [False, True])
def test_looking_up_asks_indexes_alone(world: World, share: bool) -> None:  # noqa: FBT001
    sites.change(world.deps, world.site.id, share_campaigns=share)
    world.receives(copy(0))
    world.scores("spam")
    flood(world, 2000)
    world.receives(copy(1), thread="article-2")
    heard = hear(world, lambda: scoring.score(world.deps, "spam"))
    around, kin = (statement for statement in heard if "bit" in statement[0] and "found" in statement[0])
    found = [*plan(world, around), *plan(world, kin)]

    whole = ("SCAN comment", "SCAN other", "SCAN own", "Seq Scan on echo", "Seq Scan on comment")
    assert [line for line in found if any(part in line for part in whole)] == []
    bands = re.findall(r"ix_echo_band_(\d)", "\n".join(found))
    assert len(bands) >= 4  # PostgreSQL 15 may find a site's few by another band's index.
