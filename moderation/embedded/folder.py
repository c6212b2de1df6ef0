"""Temporary folders: short, closed to others, and gone when we are."""

import os
import pwd
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Final

from moderation.embedded.lifeline import LIFELINE

_SHORT: Final = 60
"""A socket's path may have 107 bytes, on macOS 103; a system folder longer than this is passed over."""
_SYSTEM: Final = "/tmp"  # noqa: S108 (what is made in it has a name nobody guesses, is new and is closed)


def temporary_folder(*, owner: str | None = None, within: Path | None = None) -> Path:
    """Make a folder that fits a socket and only its owner may enter; it is removed even if we are killed."""
    usual = tempfile.gettempdir()
    reachable = owner is None and len(os.fsencode(usual)) <= _SHORT
    folder = Path(within or (usual if reachable else _SYSTEM), f"lychgate-{secrets.token_hex(8)}")
    LIFELINE.clear(folder)  # Before it is there, so that there is no moment in which being killed leaves it behind.
    folder.mkdir(mode=0o700)
    if owner is not None:
        account = pwd.getpwnam(owner)
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def remove(folder: Path) -> None:
    """Remove a temporary folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)
    LIFELINE.cleared(folder)
