"""PostgreSQL on a disk of a chosen size, which can be filled: a tmpfs that only this program and its children see."""

import ctypes
import os
import pwd
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from servers.postgres import UNPRIVILEGED, OwnPostgres

SIZE_MB: Final = 400
NEW_MOUNTS: Final = 0x00020000
"""CLONE_NEWNS: mounts of our own, which nobody else sees and which are gone when we are."""
BLOCK: Final = 64 * 1024


class NotPossibleHere(Exception):
    """This machine does not let us make a small disk; the message says why."""


class SmallDisk(OwnPostgres):
    """A server whose data lie on a small disk of their own."""

    def _initialise(self) -> None:
        """Make the disk before anything is written."""
        data = self.folder / "data"
        data.mkdir()
        account = pwd.getpwnam(UNPRIVILEGED)
        options = f"size={SIZE_MB}m,mode=0700,uid={account.pw_uid},gid={account.pw_gid}"
        _mounted("-t", "tmpfs", "-o", options, "tmpfs", str(data))
        super()._initialise()

    @property
    def _ballast(self) -> Path:
        return self.folder / "data" / "ballast"

    def fill(self) -> None:
        """Leave no room, not even for one more page."""
        with self._ballast.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(BLOCK))

    def free(self) -> None:
        """Make room again."""
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop it, and take the disk away."""
        self.stop()
        subprocess.run(["umount", "--lazy", str(self.folder / "data")], check=False, capture_output=True)
        super().close()


def with_mounts_of_our_own() -> None:
    """See from now on only mounts that are ours to make; raises NotPossibleHere."""
    if os.geteuid() != 0:
        raise NotPossibleHere("only root may mount a small disk")
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_MOUNTS):
        raise NotPossibleHere(f"mounts cannot be kept apart: {os.strerror(ctypes.get_errno())}")
    _mounted("--make-rprivate", "/")


def _mounted(*words: str) -> None:
    done = subprocess.run(["mount", *words], check=False, capture_output=True, text=True)
    if done.returncode:
        raise NotPossibleHere(f"a small disk cannot be mounted: {done.stderr.strip()}")
