"""How long review takes: told to whoever waits, from what people decided lately, where enough was."""

from datetime import timedelta

import pytest
from api import Api, app_over
from makers import World

from moderation.domain.comment import Comment
from moderation.http.unapproved import HASH, moderation_hash
from moderation.services.waiting import FEWEST, usual_minutes

WAITING = "maybe-spam, a word that waits."


@pytest.fixture
def api(world: World) -> Api:
    return Api.over(world)


def decided(api: Api, minutes: float, action: str = "approve") -> Comment:
    """Let a comment wait for so many minutes until somebody decides it."""
    comment = api.world.has(f"{WAITING} {api.world.count}")
    api.world.clock.forward(minutes=minutes)
    api.decide(comment, action)
    return comment


def told(api: Api, comment: Comment) -> dict[str, int] | None:
    receipt = {"Authorization": f"Receipt {api.world.deps.seals.receipt(comment.id)}"}
    shown = api.get(f"/v1/comments/{comment.id}", headers=receipt, secret=None).json
    review: dict[str, int] | None = shown.get("review")
    return review


def test_who_waits_is_told_the_median_of_what_people_decided(api: Api) -> None:
    for turn in range(1, FEWEST):
        decided(api, 2 * turn)
    waits = api.world.has(WAITING)
    assert told(api, waits) is None

    done = decided(api, 1000, "reject")
    api.app = app_over(api.world)
    assert told(api, waits) == {"usually_minutes": FEWEST + 1}
    assert told(api, done) is None
    assert told(api, api.world.has("Published at once.")) is None


def test_nothing_but_the_wait_for_a_person_counts(api: Api) -> None:
    world = api.world
    for _ in range(FEWEST - 1):
        decided(api, 10)
    published = world.has("Published by policy, and taken back much later.")
    world.clock.forward(days=9)
    api.decide(published, "reject")
    assert usual_minutes(world.deps, world.site.id) is None

    undone = decided(api, 30)
    decision = world.log_of(undone)[-1]
    world.clock.forward(hours=9)
    api.post(f"/v1/moderation/decisions/{decision.id}/undo")
    assert usual_minutes(world.deps, world.site.id) == 10
    assert usual_minutes(world.deps, api.elsewhere().site.id) is None


def test_only_the_latest_are_looked_at(api: Api) -> None:
    for minutes in (100, 7, 9):
        decided(api, minutes)

    with api.world.deps.views(api.site.id) as views:
        assert views.waits(api.site.id, 2) == [timedelta(minutes=9), timedelta(minutes=7)]


def test_the_pages_without_script_say_it_in_their_language(api: Api) -> None:
    for _ in range(FEWEST):
        decided(api, 12)
    waits = api.world.has(WAITING)
    page = f"/embed/{api.site.key}/thread?thread=article-1&lang=de"
    client = app_over(api.world).test_client()
    with client.application.test_request_context():
        shown = f"{page}&unapproved={waits.id}&{HASH}={moderation_hash(waits)}"

    assert "dauert das meist 12 Minuten" in client.get(shown).text
    assert "12 minutes" in client.get(f"/embed/{api.site.key}/received?lang=en").text
    assert "dauert das meist" not in client.get(page).text
