"""One tier in a fresh process: says how long it took to start, then times the texts of each line that it is sent."""

import json
import sys
from pathlib import Path
from time import perf_counter

STARTED = perf_counter()

from bench.tiers import TIERS  # noqa: E402 (the clock runs before anything is loaded)


def main() -> None:
    """Answer each line, a JSON list of batches of texts, with a JSON list of the seconds that each batch took."""
    score = TIERS[sys.argv[1]]()
    score(["The first comment."])
    _say({"start": perf_counter() - STARTED})
    for line in sys.stdin:
        _say({"seconds": [_timed(score, batch) for batch in json.loads(line)], "memory": _memory()})


def _timed(score: object, batch: list[str]) -> float:
    began = perf_counter()
    score(batch)  # type: ignore[operator]
    return perf_counter() - began


def _memory() -> float:
    """Give what this process holds, in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _say(document: object) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
