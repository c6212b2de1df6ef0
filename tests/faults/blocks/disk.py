"""F11: the disk of the database is full, and then it is not."""

from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from faults.blocks.database import only_not_now
from faults.field import Field
from faults.ledger import Outcome
from faults.scene import Scene
from faults.small_disk import NotPossibleHere, SmallDisk, with_mounts_of_our_own
from faults.waiting import until


def fill_disk(field: Field) -> None:
    """Fill the disk of an installation of its own: posts are refused or stored, and all is well once it is freed."""
    try:
        with_mounts_of_our_own()
        server = SmallDisk.started(fsync=True)
    except NotPossibleHere as reason:
        field.tally.touched("G7", "F11", F11=f"not possible here: {reason}")
        return
    with closing(server), TemporaryDirectory() as folder:
        _play(field, server, Path(folder))


def _play(field: Field, server: SmallDisk, folder: Path) -> None:
    seed = field.chance.getrandbits(32)
    with Scene.at(folder, server.fresh_database(), seed) as scene:
        there = Field(scene, server, field.line, field.chance, field.tally, field.size)
        scene.stack.start()
        window = there.window()
        with there.posting() as load:
            load.goes_on(40)
            server.fill()
            until(lambda: _refused(there), "somebody hears that there is no room")
            load.goes_on(120)
            server.free()
            _is_up(server)
            load.goes_on(40)
        only_not_now(there, "F11", window.refusals())
        field.tally.note("F11", scene.counted())


def _refused(there: Field) -> bool:
    return any(line["outcome"] == Outcome.REFUSED for line in there.scene.client.ledger.lines())


def _is_up(server: SmallDisk) -> None:
    """Start it again if it gave up for want of room, as a service manager would."""
    with suppress(psycopg.OperationalError), server._administrator():
        return
    server.restart()
