"""The browser that the tests drive: found on this machine, or fetched, never silently done without.

Run as a program it makes sure that there is one and prints where it is; tests ask `find` for the same path.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

CHOICE: Final = "LYCHGATE_TEST_BROWSER"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS: Final = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
DOWNLOADS: Final = Path(sys.prefix) / "browsers"  # Inside .venv: a download leaves no trace elsewhere.
LAST_LINES: Final = 5
ADVICE: Final = f"No browser for the tests: install Chromium, or set {CHOICE} to the path of one."


class NoBrowserError(RuntimeError):
    """There is none, and none could be had."""


def find() -> Path:
    """Answer with a Chromium that starts; the one named in the environment goes before all others."""
    chosen = os.environ.get(CHOICE)
    if chosen:
        if starts(Path(chosen)):
            return Path(chosen)
        raise NoBrowserError(f"{CHOICE} names {chosen}, which does not start.")
    for path in candidates():
        if starts(path):
            return path
    raise NoBrowserError(ADVICE)


def candidates() -> Iterator[Path]:
    """Every place where one is usually found, the system's own before what was downloaded."""
    yield from (Path(path) for path in map(shutil.which, NAMES) if path)
    yield from APPLICATIONS
    for name in ("chrome", "Chromium", "Google Chrome for Testing"):
        yield from sorted(DOWNLOADS.glob(f"chromium-*/**/{name}"), reverse=True)


def starts(path: Path) -> bool:
    """Whether it runs at all: a downloaded browser may lack the libraries it needs."""
    if not os.access(path, os.X_OK):
        return False
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def obtain() -> Path:
    """Find a browser, or install one: by apt where we may, else by Playwright's own download."""
    if os.environ.get(CHOICE):
        return find()  # Whoever chose one wants that one and no other.
    for install in (install_by_apt, download):
        with suppress(NoBrowserError):
            return find()
        install()
    return find()


def install_by_apt() -> None:
    """Ask Debian's package manager, where there is one and we are root; else do nothing."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    note("Installing Chromium with apt (about a minute).")
    quietly("apt-get", "--quiet", "update")
    quietly("apt-get", "--quiet", "--yes", "--no-install-recommends", "install", "chromium")


def download() -> None:
    """Let Playwright fetch the browser it was built for."""
    note("Downloading Chromium with Playwright (about a minute).")
    quietly(sys.executable, "-m", "playwright", "install", "chromium", PLAYWRIGHT_BROWSERS_PATH=str(DOWNLOADS))


def quietly(*command: str, **environment: str) -> None:
    """Run it; show its last lines only if it failed, for the next step may still succeed."""
    extra = {"DEBIAN_FRONTEND": "noninteractive"} | environment
    ran = subprocess.run(
        command,
        env=os.environ | extra,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if ran.returncode != 0:
        note("\n".join(ran.stdout.splitlines()[-LAST_LINES:]))


def note(sentence: str) -> None:
    """Tell whoever waits; the path alone goes to standard output."""
    sys.stderr.write(f"{sentence.rstrip()}\n")


def main() -> int:
    """Print the path of a browser, or say why there is none."""
    try:
        path = obtain()
    except NoBrowserError as missing:
        note(str(missing))
        return 1
    sys.stdout.write(f"Browser for the tests: {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
