"""The fault plan: every fault in turn on one installation under load, and then the promises, counted.

Run by `make faults`. One JSON line for each promise and each power check goes to standard output; what happens
meanwhile is told on standard error, if somebody watches.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from platform import python_version
from random import Random, SystemRandom
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, Final, NamedTuple

import celery
import kombu
from faults.blocks import broker, database, disk, flood, kills, poison, receivers, rolling, stale
from faults.field import Field
from faults.line import Line
from faults.promises import Tally
from faults.sabotage import SABOTAGES, power_of
from faults.scene import Scene
from servers.postgres import OwnPostgres
from sqlalchemy import text as sql

from config.queues import QUEUES
from moderation.adapters.broker import queue_lengths

KEPT_SECRETS: Final = 100
"""Of so many people the hashed address and the receipt are looked for; what all of them wrote is looked for anyway."""

LOOKS_EVERY: Final = 0.2
"""Seconds between two looks at what is public, so that looking leaves the machine to what is looked at."""


class Block(NamedTuple):
    """One kind of fault."""

    name: str
    what: str
    play: Callable[[Field], None]


BLOCKS: Final = (
    Block("F1", "web killed in the middle of requests", kills.kill_web),
    Block("F2", "everything killed at once", kills.kill_everything),
    Block("F3", "workers killed as they begin", kills.kill_workers),
    Block("F4", "the broker dies, and forgets", broker.lose_bells),
    Block("F5", "the broker freezes, goes silent, resets", broker.lose_touch),
    Block("F6", "the database crashes", database.crash),
    Block("F7", "answers to COMMIT are lost", database.lose_commits),
    Block("F8", "sessions killed, rows held, no connections left", database.hold_up),
    Block("F9", "receivers that fail, hang, drip and lead elsewhere", receivers.endure),
    Block("F10", "everything restarted in turn", rolling.restart_in_turn),
    Block("F11", "the disk is full", disk.fill_disk),
    Block("F12", "texts that kill and starve their scorer", poison.poison),
    Block("F14", "bells over and over, workers that come back late", stale.come_back_late),
    Block("F16", "a flood while no worker runs", flood.flood),
    Block("F18", "the database freezes", database.freeze),
)
COARSE: Final = {"encoder": "off"}
"""What a text is worth is not what is tried here; a flood that is read whole takes minutes."""
POWER: Final = "power"
"""What the power checks are called, among the names of blocks."""
SHORT: Final = ("F1", "F3", "F4", "F9", "F14")
"""What the short version plays; it stays inside `make test`."""


def run(
    server: OwnPostgres, seed: int, *, only: Sequence[str] = (), size: float = 1.0, power: bool = True
) -> Iterator[dict[str, Any]]:
    """Play the blocks and the power checks; give one line for each promise and check, and a closing one."""
    tally, began = Tally(), monotonic()
    with on_a_field(server, seed, tally, size, **COARSE) as field:
        versions = versions_of(field.scene)
        for block in BLOCKS:
            if not only or block.name in only:
                _play(field, block)
        _look_for_leaks(field)
    lines = list(tally.lines())
    lines += [power_of(sabotage, server, seed) for sabotage in SABOTAGES if power]
    about = {"seed": seed, "sigkills": tally.sigkills, "versions": versions}
    yield from (line | about for line in lines)
    failed = sum(not line["kept"] for line in lines)
    yield {"passed": len(lines) - failed, "failed": failed, **about, "seconds": round(monotonic() - began)}


def versions_of(scene: Scene) -> dict[str, str]:
    """Say which versions of everything were tried."""
    with scene.stored.database.reading(None) as uow:
        postgres = uow.connection.execute(sql("SHOW server_version")).scalar_one()
    return {
        "postgresql": str(postgres).split()[0],
        "broker": queue_lengths(scene.stack.broker.url, QUEUES)[0],
        "celery": celery.__version__,
        "kombu": kombu.__version__,
        "python": python_version(),
    }


@contextmanager
def on_a_field(server: OwnPostgres, seed: int, tally: Tally, size: float = 1.0, **settings: str) -> Iterator[Field]:
    """Make the installation that all blocks are played on; everybody reaches the broker over a link that can fail."""
    url = server.fresh_database()
    with TemporaryDirectory() as folder, Line() as line:
        broker_url = f"redis://127.0.0.1:{line.port}/0"
        with Scene.at(Path(folder), url, seed, broker_url=broker_url, **settings) as scene:
            line.leads_to(scene.stack.broker.port)
            scene.reader.every = LOOKS_EVERY
            scene.stack.start()
            yield Field(scene, server, line, Random(seed), tally, size)  # noqa: S311 (the same run again is wanted)
            _keep_some_secrets(scene)
    server.drop(url)


def _play(field: Field, block: Block) -> None:
    """Play one block, heal, wait until all is decided, and count."""
    tell(f"{block.name:4}{block.what:50}")
    began, before = monotonic(), field.tally.sigkills
    try:
        block.play(field)
    except Exception as error:  # noqa: BLE001 (a block that breaks off has failed; the others are still played)
        field.tally.broke_off(block.name, error)
    field.heal()
    count = field.scene.counted()
    broken = field.tally.note(block.name, count)
    kills = field.tally.sigkills - before
    tell(f"{monotonic() - began:6.1f} s {count.acked:6} taken {kills:3} kills {broken:3} broken\n")


def _look_for_leaks(field: Field) -> None:
    """Look for what people wrote in every log, bell, metric and refusal."""
    scene = field.scene
    _keep_some_secrets(scene)
    field.tally.touched("G15", "all", log_kb=sum(map(len, scene.stack.logs().values())) // 1024)
    try:
        scene.canaries.check()
    except AssertionError as leak:
        field.tally.broke("G15", "all", str(leak))


def _keep_some_secrets(scene: Scene) -> None:
    """Look for a hundred people's in particular: looking for everybody's takes longer than the run."""
    del scene.people.addresses[KEPT_SECRETS:], scene.client.receipts[KEPT_SECRETS:]


def tell(words: str) -> None:
    """Say how it goes, to a person who watches."""
    if sys.stderr.isatty():
        sys.stderr.write(words)
        sys.stderr.flush()


def main() -> int:
    """Run the whole plan; 1 if a promise was broken or a power check saw nothing."""
    seed = int(os.environ.get("SEED") or SystemRandom().getrandbits(32))
    only = os.environ.get("ONLY", "").split()
    tell(f"seed {seed}\n")
    with closing(OwnPostgres.started(fsync=True)) as server:
        for line in run(server, seed, only=only, power=not only or POWER in only):
            print(json.dumps(line) if "kept" in line else _closing(line), flush=True)  # noqa: T201 (what it is for)
    return 1 if line["failed"] else 0


def _closing(line: dict[str, Any]) -> str:
    about = f"seed {line['seed']}, {line['sigkills']} SIGKILLs, {line['seconds']} s"
    return f"{line['passed']} passed, {line['failed']} failed ({about})"


if __name__ == "__main__":
    sys.exit(main())
