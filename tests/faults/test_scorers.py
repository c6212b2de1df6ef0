"""G4, G10: nothing is public before its checks; what kills, stalls or fails its scorer goes to a person, alone."""

from collections.abc import Callable

import pytest
from faults.odd import CRASHES, FAILS, HANGS, POISONS
from faults.scene import Scene
from faults.waiting import until
from servers.scorer import hangs, obedient, outsider

from moderation.domain.comment import Status
from moderation.services import intake, sites
from moderation.services.intake import Arrival
from moderation.wiring import starting_policy

TROUBLE = (b"attempt-failed", b"TimeLimit", b"Traceback", b"WorkerLost")
"""What a worker logs of a task that fails, that takes too long, or that kills its process."""


def test_nothing_is_public_while_a_scorer_is_dead(scene: Scene) -> None:
    scene.stack.worker("half", "--queues", "spam,deliver,housekeeping")
    scene.stack.sweep()
    scene.stack.web()

    with scene.reader.reading():
        for _ in range(20):
            scene.client.insist(scene.people.says())
        until(lambda: scene.jobs() == {"toxicity": 20}, "everything but the dead scorer's part is done")
        scene.reader.look()
        assert not scene.reader.public
        assert scene.stored.statuses() == {Status.PENDING: 20}

        scene.stack.worker("other half", "--queues", "toxicity")
        until(lambda: len(scene.reader.public) == 20, "all is public once the scorer lives")

    assert not scene.count().faults


@pytest.mark.parametrize("poison", [CRASHES, HANGS, FAILS], ids=["crashes", "hangs", "fails"])
def test_what_its_scorer_cannot_bear_is_held_after_three_attempts_and_its_neighbours_go_on(
    scene: Scene, poison: str
) -> None:
    scene.stack.odd_worker("faults.poisoned")
    scene.stack.sweep(every=0.1)
    scene.stack.web()

    with scene.reader.reading(), scene.load(rate=20).posting() as load:
        load.goes_on(10)
        poisoned = scene.client.insist(scene.people.says(poison)).json["id"]
        load.goes_on(10)
        until(lambda: held(scene, poisoned), "the poisoned comment is held")

    counted = scene.count()
    assert not counted.faults
    assert scene.stored.statuses() == {Status.HELD: 1, Status.APPROVED: load.begun}
    assert scene.reasons_of(poisoned) == ("scoring-failed",)
    assert poisoned not in scene.reader.public


def test_texts_made_to_be_expensive_are_scored_in_time_and_so_is_the_next_comment(scene: Scene) -> None:
    deps, site = scene.stack.deps, scene.stack.site
    poisons = [
        intake.receive(deps, site, Arrival(f"article-{name}", text, name="Bo")).comment.id
        for name, text in POISONS.items()
    ]
    scene.stack.worker()
    scene.stack.sweep()
    until(lambda: not scene.stored.waiting, "every one of them is decided")
    calm = intake.receive(deps, site, Arrival("article", "A calm and friendly remark.", name="Bo")).comment.id
    until(lambda: not scene.stored.waiting, "the next comment is decided")

    assert not [one for one in (*poisons, calm) if "scoring-failed" in scene.reasons_of(str(one))]
    assert not [word for word in TROUBLE if word in scene.stack.logs()["worker"]]


def test_a_sites_own_scorer_that_hangs_keeps_no_other_site_waiting(
    durable_url: str, scene_at: Callable[..., Scene]
) -> None:
    scene = scene_at(durable_url, outbound_allow="127.0.0.0/8")
    with outsider(hangs) as hanging, outsider(obedient) as well:
        deps, ours = scene.stack.deps, scene.stack.site
        theirs = sites.create(deps, name="Slow", origins=[], policy=starting_policy("default"))
        theirs = sites.change(deps, theirs.id, scorer_url=hanging.url)
        sites.change(deps, ours.id, scorer_url=well.url)
        scene.stack.worker("worker", "--concurrency", "1")  # One process for all of it.
        scene.stack.sweep()
        scene.stack.web()
        waiting = intake.receive(deps, theirs, Arrival("article-1", "Will it ever answer?", name="Bo")).comment
        until(lambda: hanging.asked, "the scorer that hangs is asked")

        with scene.reader.reading():
            for _ in range(10):
                scene.client.insist(scene.people.says())
            until(lambda: len(scene.reader.public) == 10, "all of another site is public")

        assert sum(map(len, well.texts)) == 10
        with deps.reading(None) as uow:
            found = uow.comments.find(waiting.id)
        assert found is not None
        assert found.status is Status.PENDING


def held(scene: Scene, poisoned: str) -> bool:
    """Tell whether it is; until then, let nobody wait for its lease. That of its neighbours is as long as ever."""
    scene.stored.lease_runs_out(poisoned)
    return scene.stored.statuses()[Status.HELD] > 0
