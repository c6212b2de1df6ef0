"""Power checks: installations that break a promise on purpose, each of which the counting must report."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from faults.counting import Count
from faults.odd import DAWDLES, GATE, Gate
from faults.proxy import Harm, Proxy
from faults.scene import Scene
from faults.waiting import until
from servers.postgres import OwnPostgres

MANY: Final = 10
OK: Final = 200


class Sabotage(NamedTuple):
    """What is broken on purpose, as what it must be reported, and how to bring it about."""

    name: str
    reported_as: str
    play: Callable[[Scene, OwnPostgres], Count]


def without_sweep(scene: Scene, _server: OwnPostgres) -> Count:
    """Let the broker forget its bells while nobody sweeps."""
    scene.stack.web()
    for _ in range(MANY):
        scene.client.insist(scene.people.says())
    until(scene.bells, "the bells have rung")
    scene.stack.kill("web")  # It rings a moment after it has answered, and shall not ring again.
    scene.stack.broker.flush()
    scene.stack.restart("web")
    scene.stack.worker()
    return scene.counted(within=3)


def without_key(scene: Scene, server: OwnPostgres) -> Count:
    """Lose the answer of a COMMIT where the server has forgotten what an Idempotency-Key is."""
    with Proxy(server.socket) as link:
        link_url = link.in_front_of(scene.stack.database_url)
        scene.stack.odd_web("faults.keyless:application", LYCHGATE_DATABASE_URL=link_url)
        trap = link.trap(b"COMMIT", Harm.LOSE_ANSWER)
        scene.client.insist(scene.people.says())
        trap.wait_sprung()
        return scene.counted(within=0)


def answering_before_storing(scene: Scene, _server: OwnPostgres) -> Count:
    """Post to a web process that says 202 and stores nothing yet; it is killed before it does."""
    scene.stack.odd_web("faults.hasty:application")
    for _ in range(MANY):
        scene.client.insist(scene.people.says())
    scene.stack.kill("web")
    scene.stack.web()
    return scene.counted(within=0)


def without_token(scene: Scene, _server: OwnPostgres) -> Count:
    """Let a worker come back after its lease ran out, where nobody asks for its token."""
    return come_back_late(scene, "faults.unfenced")


def come_back_late(scene: Scene, app: str) -> Count:
    """Let such a worker's lease run out over a text whose author writes another meanwhile."""
    with Gate.at(scene.stack.folder / "gate") as gate:
        scene.stack.odd_worker(app, concurrency=1, queues="toxicity", limit=120, **{GATE: str(gate.path)})
        scene.stack.worker("other", "--queues", "spam,deliver,housekeeping")
        scene.stack.sweep(every=0.1)
        scene.stack.web()
        reply = scene.people.says(DAWDLES)
        taken = scene.client.insist(reply)
        until(scene.stored.claimed, "the scorer looks at the first text")
        scene.stored.lease_runs_out(taken.json["id"])
        edited = scene.client.edit(reply, taken, "TOXICITY in capitals, by the same author.")
        assert edited.status == OK, f"the second text was answered {edited.status} {edited.body.decode()}"
        gate.let_one_through()
        return scene.counted()


SABOTAGES: Final = (
    Sabotage("the sweep is off", "stuck", without_sweep),
    Sabotage("keys are ignored", "doubled", without_key),
    Sabotage("202 comes before the commit", "lost", answering_before_storing),
    Sabotage("nobody asks for the token of a lease", "wrong", without_token),
)


def power_of(sabotage: Sabotage, server: OwnPostgres, seed: int) -> dict[str, object]:
    """Play a sabotage on an installation of its own; say whether the counting reported it, and how often."""
    try:
        with _scene(server, seed) as scene:
            found = sabotage.play(scene, server).faults
    except Exception as error:  # noqa: BLE001 (a check that breaks off has seen nothing; the others are still made)
        return {"power": sabotage.name, "kept": False, "broke_off": f"{type(error).__name__}: {error}"}
    reported = found.get(sabotage.reported_as, [])
    return {
        "power": sabotage.name,
        "kept": bool(reported),
        "reported": {name: len(broken) for name, broken in found.items()},
    }


@contextmanager
def _scene(server: OwnPostgres, seed: int) -> Iterator[Scene]:
    url = server.fresh_database()
    with TemporaryDirectory() as folder, Scene.at(Path(folder), url, seed) as scene:
        yield scene
    server.drop(url)
