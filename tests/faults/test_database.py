"""G7: without its database nothing is accepted, everything says so, and it comes back by itself."""

from faults.scene import Scene
from servers.postgres import OwnPostgres


def test_a_database_that_is_down_is_said_and_comes_back_by_itself(scene: Scene, durable: OwnPostgres) -> None:
    scene.stack.start()
    scene.client.insist(scene.people.says())
    reply = scene.people.says()

    durable.crash()
    refusals = [
        scene.client.post(reply),
        scene.client.call("GET", scene.client.path),
        scene.client.call("GET", "/readyz"),
    ]
    durable.restart()

    for refused in refusals:
        assert refused is not None
        assert refused.status == 503
    for refused in refusals[:2]:
        assert refused is not None
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.json["type"].endswith("#temporarily-unavailable")
    assert scene.client.insist(reply).status == 202
    assert not scene.count().faults
