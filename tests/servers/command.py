"""`lychgate` as a person types it: run to its end, or started and asked to end."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

LYCHGATE = (sys.executable, "-m", "moderation.cli")
PATIENCE = 60


def environment(others: Mapping[str, str]) -> dict[str, str]:
    """Give our own environment without any setting of ours in it, and with these."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LYCHGATE_")}
    return {**inherited, **others}


def lychgate(*words: str, folder: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*LYCHGATE, *words],
        cwd=folder,
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@contextmanager
def lasting(*words: str, folder: Path, name: str = "messages", **env: str) -> Iterator[subprocess.Popen[str]]:
    """Start a command that goes on until it is asked to end; whatever is left of it at the end is killed."""
    with (
        (folder / name).open("w") as messages,
        subprocess.Popen(
            [*LYCHGATE, *words],
            cwd=folder,
            env=environment(env),
            stdout=subprocess.PIPE,
            stderr=messages,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def said(process: subprocess.Popen[str]) -> str:
    """Wait for the first line of a command that goes on, and give it."""
    assert process.stdout
    poll = select.poll()
    poll.register(process.stdout, select.POLLIN)
    assert poll.poll(PATIENCE * 1000), f"it said nothing in {PATIENCE} s"
    return process.stdout.readline()


def ended(process: subprocess.Popen[str], how: signal.Signals) -> int:
    """Ask it to end, as Ctrl-C or a service manager does; give its exit code."""
    process.send_signal(how)
    return process.wait(PATIENCE)
