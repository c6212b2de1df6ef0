"""Every code block in the documentation is run: what a reader pastes works."""

import json
import os
import re
import signal
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.waiting import until
from recipes import RECIPES
from servers.command import ended, environment, lasting

from moderation.domain.policy import parse_policy

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXPORT = re.compile(r"^export .*\n", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
MAKE = """
set -euo pipefail
make() { command make --dry-run "$@" >/dev/null; }  # The targets are there; running them is what runs this.
"""


def blocks(page: Path, *languages: str) -> list[str]:
    return [body for language, body in BLOCK.findall(page.read_text(encoding="utf-8")) if language in languages]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which `lychgate up` runs, as a person started it."""
    folder = tmp_path_factory.mktemp("docs")
    with lasting("up", "--port", "0", folder=folder, LYCHGATE_RATE_LIMITS="off") as process:
        until(lambda: exported(folder), "the line that readers paste", within=60)
        yield folder
        assert ended(process, signal.SIGINT) == 0


def exported(folder: Path) -> str:
    """Give the line that `up` says readers should paste; nothing before it is there."""
    found = EXPORT.search((folder / "messages").read_text(encoding="utf-8"))
    return found[0] if found else ""


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "sh")], ids=named)
def test_shell_blocks_run_from_top_to_bottom(page: Path, installed: Path) -> None:
    say = 'lychgate say "A first remark for this page." --email "$RANDOM@example.com" >/dev/null\n'
    script = MAKE + exported(installed) + say + "\n".join(blocks(page, "sh"))
    path, data = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}", str(installed / "var")
    ran = subprocess.run(
        ["bash"],
        input=script,
        env=environment({"PATH": path, "LYCHGATE_DATA": data}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    assert '"status":4' not in ran.stdout.replace(" ", ""), ran.stdout


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "json")], ids=named)
def test_json_blocks_are_json(page: Path) -> None:
    assert all(json.loads(block) for block in blocks(page, "json"))


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "toml")], ids=named)
def test_toml_blocks_can_be_used(page: Path) -> None:
    for block in blocks(page, "toml"):
        if "rules" in tomllib.loads(block):
            parse_policy(block)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=named)
def test_python_blocks_run(page: Path) -> None:
    for block in blocks(page, "python"):
        exec(compile(block, named(page), "exec"), {})  # noqa: S102 (our own pages)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_what_a_page_points_to_is_there(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert missing == []


def test_every_kind_of_block_is_tested() -> None:
    known = {"sh", "json", "toml", "python", "html", *RECIPES}
    assert {language for page in PAGES for language, _ in BLOCK.findall(page.read_text(encoding="utf-8"))} <= known
