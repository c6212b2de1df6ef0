"""The lifeline: whatever we started ends with us, however we end."""

import os
import pwd
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

_WATCH: Final = """
trap '' HUP INT TERM
groups=
while read -r verb what; do
  case $verb in
    keep) groups="$groups $what" ;;
    spare) kept=; for group in $groups; do [ "$group" = "$what" ] || kept="$kept $group"; done; groups=$kept ;;
    clear) set -- "$@" "$what" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
[ $# -eq 0 ] || exec rm -rf -- "$@"
"""
_SHELL: Final = ("/bin/sh", "-c", _WATCH)
_ENLIST: Final = 'echo "keep $$" >&0 && exec "$@" </dev/null'

_MESSAGES: Final = 2
"""Standard error: standard output is for results."""


class Lifeline:
    """Makes sure that nothing we started outlives us.

    A small shell in a session of its own reads a pipe that only we hold open for writing.
    When we end, even by SIGKILL, the pipe closes: the shell kills every process group it was
    told of, grandchildren included, and removes the folders that we would have removed. It
    runs while there is something to watch. Unlike Linux's parent-death signal this reaches
    grandchildren, does not hang on the thread that forked, and works on every Unix.
    """

    def __init__(self) -> None:
        """Watch nothing yet; the first process or folder brings the shell."""
        self._lock = threading.Lock()
        self._shell: subprocess.Popen[bytes] | None = None
        self._end: int | None = None
        self._groups: set[int] = set()
        self._folders: set[Path] = set()

    @property
    def pid(self) -> int | None:
        """The shell that watches, while something is watched."""
        return self._shell.pid if self._shell else None

    def start(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        output: IO[bytes] | None = None,
        user: str | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a process, in a group of its own, that ends with us.

        It enlists itself with the shell before it becomes what it shall be, so that there is
        no moment in which nobody watches it. What it says goes to a file, or where our messages go.
        """
        with self._lock:
            started = subprocess.Popen(  # noqa: S603 (what is started is the caller's to say)
                ["/bin/sh", "-c", _ENLIST, "sh", *argv],
                stdin=self._pipe(),
                stdout=output or _MESSAGES,
                stderr=subprocess.STDOUT,
                env=env,
                user=user,
                group=user and pwd.getpwnam(user).pw_gid,
                extra_groups=user and (),
                process_group=0,
            )
            self._groups.add(started.pid)
        return started

    def spare(self, group: int) -> None:
        """Forget a group that is gone, before its number can become somebody else's."""
        with self._lock:
            self._groups.discard(group)
            self._say(f"spare {group}")
            self._rest()

    def clear(self, folder: Path) -> None:
        """Remove this temporary folder when we end without having done so ourselves."""
        with self._lock:
            self._say(f"clear {folder}")
            self._folders.add(folder)

    def cleared(self, folder: Path) -> None:
        """Forget a folder that is gone; removing nothing is harmless, so the shell need not hear of it."""
        with self._lock:
            self._folders.discard(folder)
            self._rest()

    def renew(self) -> None:
        """See to it that somebody watches, in case the shell was killed."""
        with self._lock:
            if self._groups or self._folders:
                self._pipe()

    def _say(self, line: str) -> None:
        with suppress(BrokenPipeError):  # The next shell is told everything when it starts.
            os.write(self._pipe(), f"{line}\n".encode())

    def _pipe(self) -> int:
        """Give the way to the shell; starts one if none runs, and tells it what there is to watch."""
        if self._end is None or self._shell is None or self._shell.poll() is not None:
            self._close()
            read, self._end = os.pipe()
            nowhere = subprocess.DEVNULL
            self._shell = subprocess.Popen(_SHELL, stdin=read, stdout=nowhere, stderr=nowhere, start_new_session=True)  # noqa: S603 (ours)
            os.close(read)
            lines = [f"keep {group}\n" for group in self._groups] + [f"clear {path}\n" for path in self._folders]
            os.write(self._end, "".join(lines).encode())
        return self._end

    def _rest(self) -> None:
        """Let the shell go when there is nothing left to watch."""
        if self._shell and not (self._groups or self._folders):
            self._shell.kill()
            self._shell.wait()
            self._shell = None
            self._close()

    def _close(self) -> None:
        if self._end is not None:
            os.close(self._end)
            self._end = None


LIFELINE: Final = Lifeline()
"""The one that watches what this process starts."""
