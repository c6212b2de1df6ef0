"""The example projects of frontends: copied, told which site is theirs as an owner would, and built by their own tools.

Node.js and Hugo come from `.venv`, like all that tests need; what a project pins is kept in `var/frontends/`.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree
from tempfile import mkdtemp
from typing import Final

ROOT: Final = Path(__file__).parents[1]
EXAMPLES: Final = ROOT / "examples" / "frontends"
INSTALLED: Final = ROOT / "var" / "frontends"
TOOLS: Final = Path(sys.prefix) / "bin"
SERVER, SITE = "https://comments.example.com", "pk_example"
"""What stands in the examples where an owner writes their own."""
BUILDS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "plain": ((), "."),
    "hugo": (("hugo", "--quiet"), "public"),
    "eleventy": (("npm", "run", "build"), "_site"),
    "react": (("npm", "run", "build"), "dist"),
    "vue": (("npm", "run", "build"), "dist"),
}
"""How each is built, and where the pages are then."""


def built(name: str, folder: Path, *, server: str, site: str) -> Path:
    """Build an example for a site; give the folder with its pages."""
    project = folder / name
    copytree(EXAMPLES / name, project, ignore=ignore_patterns("node_modules", "dist", "_site", "public"))
    for file in filter(Path.is_file, project.rglob("*")):
        said = file.read_text(encoding="utf-8")
        file.write_text(said.replace(SERVER, server).replace(SITE, site), encoding="utf-8")
    if (project / "package-lock.json").exists():
        (project / "node_modules").symlink_to(_installed(name))
    command, pages = BUILDS[name]
    if command:
        _run(*command, within=project)
    return project / pages


def _installed(name: str) -> Path:
    """Install what a project pins, unless that was done; two that do it at once take what was there first."""
    lock = (EXAMPLES / name / "package-lock.json").read_bytes()
    place = INSTALLED / f"{name}-{sha256(lock).hexdigest()[:12]}"
    if not place.exists():
        INSTALLED.mkdir(parents=True, exist_ok=True)
        fresh = Path(mkdtemp(dir=INSTALLED, prefix=".new-"))
        for file in ("package.json", "package-lock.json", ".npmrc"):
            (fresh / file).write_bytes((EXAMPLES / name / file).read_bytes())
        _run("npm", "ci", "--no-audit", "--no-fund", within=fresh)
        _unless_there(fresh, place)
    return place / "node_modules"


def _unless_there(fresh: Path, place: Path) -> None:
    try:
        fresh.rename(place)
    except OSError:
        rmtree(fresh)


def _run(*command: str, within: Path) -> None:
    """Run one of the tools; where it fails, say all that it said."""
    tools = {"PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}", "npm_config_cache": str(INSTALLED / "cache")}
    ran = subprocess.run(
        [TOOLS / command[0], *command[1:]],
        cwd=within,
        env=os.environ | tools,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
