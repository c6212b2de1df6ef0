"""Isso, the peer that is a package: installed in a folder of its own, served as its documentation says."""

import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

from bench.sending import Came, send
from faults.stack import answers
from servers.valkey import free_port

from moderation.embedded.process import Process

VERSION: Final = "0.14.0"
WANTED: Final = (f"isso=={VERSION}", "gunicorn==23.0.0", "setuptools<81")
HOME: Final = Path(__file__).parents[2] / "var" / "bench" / f"isso-{VERSION}"
PROCESSES: Final = 2
PATIENCE: Final = 30.0
HUNDRED: Final = "/hundred/"
_CONFIGURATION: Final = """
[general]
dbpath = {folder}/isso.db
host = https://news.example/
[guard]
enabled = false
"""


class Isso:
    """A running Isso that takes whatever is sent, without moderation and without limits."""

    def __init__(self, folder: Path) -> None:
        """Start it on an empty database in this folder."""
        self.port = free_port()
        configuration = folder / "isso.cfg"
        configuration.write_text(_CONFIGURATION.format(folder=folder), encoding="utf-8")
        bound = ["-b", f"127.0.0.1:{self.port}", "-w", str(PROCESSES)]
        argv = [str(_python()), "-m", "gunicorn", *bound, "--keep-alive", "30", "--preload", "isso.run"]
        self.process = Process.start(argv, env={"ISSO_SETTINGS": str(configuration)}, output=folder / "isso.log")
        self.process.wait_until(lambda: answers(f"http://127.0.0.1:{self.port}/info"), patience=PATIENCE)

    def close(self) -> None:
        """End it."""
        self.process.stop()

    def post(self, *, uri: str = "/article/", **spec: float) -> Came:
        """Let people post to one page."""
        return send(self.port, f"/new?uri={uri}", first=1, more={"title": "An article", "author": "Ann"}, **spec)

    def read(self, seconds: float) -> Came:
        """Read the page of a hundred comments again and again."""
        return send(self.port, f"/?uri={HUNDRED}&limit=100", seconds=seconds)


def _python() -> Path:
    """Install it once, by the ordinary installer, where nothing of ours is."""
    python = HOME / "bin" / "python"
    if not python.exists():
        sys.stderr.write(f"Installing Isso {VERSION} into {HOME.relative_to(HOME.parents[2])}.\n")
        venv.create(HOME, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *WANTED], check=True)
    return python
