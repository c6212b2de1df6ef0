"""Where tests keep what none of them needs after the machine went down: in memory, where there is room for it."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

SHARED: Final = Path("/dev/shm")  # noqa: S108 (what is made in it has names of its own, and is closed to others)
ROOM: Final = 2_000_000_000
"""Bytes that must be free there; containers often have next to nothing."""


def memory() -> Path | None:
    """Give a folder that lies in memory; None where the system has none with enough room."""
    there = SHARED.is_dir() and os.access(SHARED, os.W_OK | os.X_OK)
    return SHARED if there and shutil.disk_usage(SHARED).free >= ROOM else None


def keep_in_memory() -> None:
    """Let this process and those it starts put temporary files there, unless somebody chose a place for them."""
    place = memory()
    if place is not None and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = str(place)
        tempfile.tempdir = None  # It is looked for again.
