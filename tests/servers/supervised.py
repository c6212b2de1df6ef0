"""A program under test: supervises the shell commands it is given as JSON, and says when all are ready."""

import json
import signal
import sys
from functools import partial

from moderation.embedded.process import CannotStart
from moderation.embedded.supervisor import Child, Supervisor


def main(commands: dict[str, str], *silent: str) -> None:
    """Run `{"name": "shell command", …}` until told to end; the silent never are ready, all lean on a broker."""
    children = [
        Child(
            name=name,
            argv=("/bin/sh", "-c", command),
            ready=partial(_speaks, name, silent),
            grace=2,
            leaned_on=name == "broker",
        )
        for name, command in commands.items()
    ]
    try:
        Supervisor(children).run(lambda: print("ready", flush=True))  # noqa: T201 (what it is for)
    except CannotStart as failure:
        sys.exit(str(failure))


def _speaks(name: str, silent: tuple[str, ...]) -> bool:
    return name not in silent


if __name__ == "__main__":
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # However the tests were started, by `nohup` perhaps.
    main(json.loads(sys.argv[1]), *sys.argv[2:])
