"""G15: what people wrote, and who they are, is in no log, bell, metric or refusal, whatever goes wrong."""

import json
from collections.abc import Callable

import pytest
from faults.canaries import ADDRESS
from faults.ledger import CANARY, Client
from faults.odd import FAILS
from faults.scene import Scene
from servers.postgres import OwnPostgres


def test_nothing_that_people_wrote_leaks_when_everything_goes_wrong_at_the_highest_log_level(
    durable: OwnPostgres, durable_url: str, scene_at: Callable[..., Scene]
) -> None:
    scene = scene_at(durable_url, log_level="debug", trusted_proxies="1")
    scene.stack.odd_worker("faults.poisoned")
    scene.stack.sweep(every=0.1)
    scene.stack.web()
    person = Client(scene.stack.url, scene.stack.site.key, scene.client.ledger)
    from_there = {"X-Forwarded-For": ADDRESS}

    failing, calm = scene.people.says(FAILS), scene.people.says()
    for reply in (failing, calm, calm):
        assert person.insist(reply, **from_there).status == 202
    answers = [refused(scene, **sent) for sent in REFUSED]
    scene.stack.broker.kill()
    assert person.insist(scene.people.says(), **from_there).status == 202
    scene.stack.broker.restart()
    durable.crash()
    assert person.post(scene.people.says(), **from_there).status == 503  # type: ignore[union-attr]
    durable.restart()

    assert answers == [422, 400, 422, 401, 404]
    assert not scene.count().faults
    assert scene.canaries.commands
    assert b"attempt-failed" in scene.stack.logs()["worker"], "there was something to leak"
    assert b"bells-lost" in scene.stack.logs()["web"]


VALID = {"thread": "article-1", "name": CANARY, "email": f"{CANARY}@example.com", "text": CANARY}
REFUSED = (
    {"body": json.dumps({**VALID, "email": f"{CANARY} at example.com"})},
    {"body": json.dumps(VALID)[:-1]},
    {"body": json.dumps({**VALID, "score": CANARY})},
    {"body": json.dumps(VALID), "bearer": f"sk_{CANARY}"},
    {"body": json.dumps(VALID), "path": f"/v1/sites/{CANARY}/comments"},
)


def refused(scene: Scene, *, body: str, path: str | None = None, bearer: str | None = None) -> int:
    """Send what will not be taken, and keep the answer for the canaries."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    answer = scene.client.call("POST", path or scene.client.path, body.encode(), **headers)
    scene.client.refusals.append(answer.body)
    return answer.status


def test_a_leak_would_be_found(scene: Scene) -> None:
    scene.client.refusals.append(f"Who is Ann {CANARY.upper()}?".encode())

    with pytest.raises(AssertionError, match="things that people wrote are in refusals"):
        scene.canaries.check()
    scene.client.refusals.clear()
