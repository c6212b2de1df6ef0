"""Loads as the benchmark asks for them: each in a process of its own, with what came back."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.measuring import percentile

TESTS: Final = Path(__file__).parents[1]
CONNECTIONS: Final = 32
LOAD: Final = (sys.executable, "-m", "bench.load")
WITHIN: Final = 900
"""Seconds after which a load is given up."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came back for a load."""

    began: float
    ended: float
    cpu: float
    """Seconds of CPU that sending took."""
    begun: int
    lost: int
    statuses: dict[str, int]
    accepted: list[float] = field(repr=False)
    refused: list[float] = field(repr=False)
    told_when: int
    """How many answers had a Retry-After."""
    sent: list[tuple[str, float]] = field(repr=False)
    """The id of each comment that was taken, and when it was sent; only where that was asked for."""

    @property
    def rate(self) -> float:
        """How many were accepted a second."""
        return len(self.accepted) / (self.ended - self.began) if self.accepted else 0.0

    @property
    def p99(self) -> float:
        """Milliseconds within which all but one in a hundred were accepted."""
        return percentile(self.accepted, 0.99) * 1000


def send(port: int, path: str, *, connections: int = CONNECTIONS, **spec: Any) -> Came:
    """Send a load and wait for all of it; see `bench.load` for what can be described."""
    described = {"port": port, "path": path, "connections": connections, **spec}
    done = subprocess.run(
        LOAD,
        input=json.dumps(described),
        cwd=TESTS,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The load failed: {done.stderr[-2000:]}")
    return Came(**json.loads(done.stdout))
