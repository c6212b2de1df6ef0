"""The queue in the order of what is most worth a person's time, over several sites and pages, by its own index."""

from contextlib import closing
from typing import Any

import pytest
from fakes.scorers import obedient
from makers import World
from sqlalchemy import event

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action
from moderation.services import desk, review, sites
from moderation.services.review import Moderator, Wish
from moderation.wiring import starting_policy

WANTED = {"sort": "worth", "status": Status.HELD}
FIRST_BY_INDEX = {"sqlite": (), "postgresql": ("SET LOCAL enable_seqscan = off", "SET LOCAL enable_sort = off")}
"""Among a handful of rows PostgreSQL would read them all and sort them."""


@pytest.fixture
def waiting(database_url: str) -> Any:
    """Give an installation that holds what is sure, what is in doubt, and what waits long."""
    with closing(World.at(database_url, scorers=obedient())) as world:
        yield world


def held(world: World, text: str, **others: Any) -> Comment:
    comment = world.has(text, **others)
    assert comment.status is Status.HELD
    return comment


def pages(world: World, *site_ids: Any) -> list[Any]:
    """Read the queue one comment at a time."""
    found, cursor = list[Any](), None
    while True:
        page = desk.queue(world.deps, site_ids, WANTED, cursor=cursor, limit=1)
        found += [row["id"] for row in page.rows]
        if page.next is None:
            return found
        cursor = page.next


def test_doubt_goes_ahead_until_something_has_waited_longer(waiting: World) -> None:
    world, news = waiting, waiting.site
    long_ago = held(world, "A no-spam-score remark about the long winter.")
    world.clock.forward(hours=48)
    sure = held(world, "A no-spam-score word of thanks to the choir.")
    world.site = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    doubted = held(world, "A maybe-toxicity remark.")

    assert pages(world, news.id, world.site.id) == [long_ago.id, doubted.id, sure.id]

    review.decide(world.deps, Moderator(news.id, news.id), Wish(sure.id, sure.version, Action.APPROVE))
    again = Wish(sure.id, sure.version + 1, Action.HOLD)
    review.decide(world.deps, Moderator(news.id, news.id), again)
    assert pages(world, news.id, world.site.id) == [long_ago.id, doubted.id, sure.id], "held again, it is back in place"


def test_a_page_is_read_from_the_index_of_worth(waiting: World) -> None:
    comment, heard = held(waiting, "A maybe-toxicity remark."), list[tuple[str, Any]]()
    with waiting.deps.views(waiting.site.id) as views:
        connection = views.connection  # type: ignore[attr-defined]
        dialect = connection.dialect.name
        event.listen(connection, "before_cursor_execute", lambda _c, _r, said, told, *_: heard.append((said, told)))
        views.queue(waiting.site.id, WANTED, after=comment.id, below=comment.worth, limit=40)
        statement, told = next(one for one in heard if "ORDER BY" in one[0])
        for hint in FIRST_BY_INDEX[dialect]:
            connection.exec_driver_sql(hint)
        ask = "EXPLAIN QUERY PLAN " if dialect == "sqlite" else "EXPLAIN "
        plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(ask + statement, told))

    assert "ix_comment_worth" in plan
    assert "(worth,id)<(?,?)" in plan or "ROW(" in plan, "it begins where the page before ended"
