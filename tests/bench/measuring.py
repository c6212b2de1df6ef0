"""What processes use: CPU and memory as the kernel counts them, over a process and all that it started."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from servers.family import descendants_of

PROC: Final = Path("/proc")
TICK: Final = 1 / os.sysconf("SC_CLK_TCK")
MEASURABLE: Final = (PROC / "self" / "smaps_rollup").exists()
"""Whether this system tells what processes use; Linux does."""


def family(pid: int) -> list[int]:
    """Name a process and all that it started."""
    return [pid, *descendants_of(pid)]


def cpu_of(pids: Iterable[int]) -> float:
    """Give the seconds of CPU that these processes and their children that ended have used so far."""
    return sum(_cpu(pid) for pid in pids)


def memory_of(pids: Iterable[int]) -> float:
    """Give the megabytes that these processes hold, what they share counted in proportion (PSS)."""
    return sum(_memory(pid) for pid in pids) / 1000


def command_of(pid: int) -> str:
    """Give the words a process was started with."""
    with suppress(OSError):
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _cpu(pid: int) -> float:
    with suppress(OSError):
        fields = (PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
        return sum(map(int, fields[11:15])) * TICK
    return 0.0


def _memory(pid: int) -> float:
    with suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1]) * 1.024
    return 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which this share of all values lies; nothing measured is no time at all."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
