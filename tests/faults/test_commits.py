"""G2: the same key gives one comment and the same answer, also when the first answer was lost on its way."""

from dataclasses import replace

import pytest
from faults.ledger import Client, Reply
from faults.proxy import Harm, Proxy
from faults.scene import Scene
from servers.postgres import OwnPostgres


@pytest.mark.parametrize("harm", [Harm.LOSE_ANSWER, Harm.LOSE_REQUEST])
def test_a_commit_whose_answer_is_lost_gives_one_comment(scene: Scene, durable: OwnPostgres, harm: Harm) -> None:
    with Proxy(durable.socket) as link:
        scene.stack.web(database_url=link.in_front_of(scene.stack.database_url))
        reply = scene.people.says()
        trap = link.trap(b"COMMIT", harm)

        unsure = scene.client.post(reply)

        trap.wait_sprung()
        assert unsure is not None
        assert unsure.status == 503
        assert scene.stored.statuses().total() == (1 if harm is Harm.LOSE_ANSWER else 0)
        gives_one_answer_from_now_on(scene, reply)


def test_an_answer_lost_on_the_way_to_the_client_is_given_again(scene: Scene) -> None:
    scene.stack.web()
    with Proxy(("127.0.0.1", scene.stack.port)) as link:
        far = Client(f"http://127.0.0.1:{link.port}", scene.stack.site.key, scene.client.ledger)
        reply = scene.people.says()
        trap = link.trap(b"POST /v1/sites/", Harm.LOSE_ANSWER, through=20)

        assert far.post(reply) is None

        trap.wait_sprung()
        gives_one_answer_from_now_on(scene, reply)


def gives_one_answer_from_now_on(scene: Scene, reply: Reply) -> None:
    first, again = scene.client.insist(reply), scene.client.insist(reply)
    other = scene.client.post(replace(reply, text="Something else altogether."))

    assert first.status == 202
    assert first.json == again.json
    assert other is not None
    assert other.status == 422
    assert [fault["code"] for fault in other.json["errors"]] == ["idempotency-key-reused"]
    counted = scene.count(within=0)
    assert counted.acked == 1
    assert not {"lost", "doubled", "broken"} & counted.faults.keys()
    assert scene.stored.statuses().total() == 1
