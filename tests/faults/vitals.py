"""What an installation weighs: memory, file handles, dead rows, the oldest transaction, the backlog, the logs."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from faults.scene import Scene
from servers.family import descendants_of
from sqlalchemy import text as sql

KILO: Final = 1024
PROC: Final = Path("/proc")
ROWS: Final = """
    SELECT (SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_user_tables) AS dead_rows,
           (SELECT coalesce(max(age(backend_xmin)), 0) FROM pg_stat_activity) AS oldest_xmin,
           (SELECT coalesce(extract(epoch FROM max(now() - waiting_since)), 0)
            FROM comment WHERE status = 'pending') AS backlog_s,
           (SELECT count(*) FROM comment) AS comments"""


def family_of(scene: Scene, *names: str) -> list[int]:
    """Name every process that these parts of an installation consist of."""
    leaders = [scene.stack.process(name).pid for name in names if scene.stack.runs(name)]
    return [pid for leader in leaders for pid in (leader, *descendants_of(leader))]


def memory_mb(pids: list[int]) -> float:
    """Give what these processes weigh together; what they share is counted once."""
    return round(sum(map(_pss, pids)) / KILO, 1)


def open_files(pids: list[int]) -> int:
    """Count the files, sockets and pipes that these processes hold."""
    return sum(map(_descriptors, pids))


def vitals(scene: Scene) -> dict[str, Any]:
    """Take every measure once."""
    pids = family_of(scene, "web", "worker", "sweep")
    return {
        "memory_mb": memory_mb(pids),
        "files": open_files(pids),
        **rows(scene),
        "broker_kb": broker_kb(scene),
        "log_kb": sum(map(len, scene.stack.logs().values())) // KILO,
    }


def rows(scene: Scene) -> dict[str, float]:
    """Ask the database for what it carries along."""
    with scene.stored.database.reading(None) as uow:
        found = uow.connection.execute(sql(ROWS)).mappings().one()
    return {name: round(float(value), 1) for name, value in found.items()}


def broker_kb(scene: Scene) -> int:
    """Ask the broker what it weighs."""
    with scene.stack.broker.client() as client:
        return int(client.info("memory")["used_memory"]) // KILO


def _pss(pid: int) -> int:
    """Give the proportional share of memory in kilobytes; 0 for a process that is gone, or where nobody can say."""
    with suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def _descriptors(pid: int) -> int:
    with suppress(OSError):
        return len(list((PROC / str(pid) / "fd").iterdir()))
    return 0
