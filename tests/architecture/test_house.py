"""What holds the house together, and is easily forgotten in a review."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[2]
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS: Final = sorted((ROOT / "requirements").glob("*.txt"))
WEIGHT: Final = 1_000_000  # Bytes; what is heavier than that is data, and only models may be.
UNLOCKED: Final = {"encoder-lab", "peers"}
"""Extras for training and comparing, of gigabytes; neither `make run` nor `make test` needs them."""
MODELS: Final = (".onnx", ".model", ".npz", ".npy", ".bin")


def kept() -> list[Path]:
    """Every file of ours: what tools and runs leave behind is not looked at."""
    tops = [path for path in ROOT.iterdir() if not path.name.startswith(".") and path.name not in {"var", "dist"}]
    return [path for top in (*tops, ROOT / ".ci") for path in (top, *top.rglob("*")) if path.is_file()]


def pins(lock: Path) -> dict[str, Requirement]:
    """What a lock installs: each line that starts one, without its hashes."""
    lines = (line.removesuffix("\\").strip() for line in lock.read_text().splitlines() if re.match(r"[a-z0-9]", line))
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def wanted() -> dict[str, list[str]]:
    """What pyproject.toml asks for, by the lock that must answer it."""
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    locked = [name for extra, names in extras.items() if extra not in UNLOCKED for name in names]
    return {
        "build.txt": PROJECT["build-system"]["requires"],
        "run.txt": project["dependencies"] + extras["encoder"],
        "dev.txt": project["dependencies"] + locked,
    }


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_pins_by_hash_and_names_no_address(lock: Path) -> None:
    text = lock.read_text()

    assert not re.search(r"://|\bindex-url|--find-links|--trusted-host|/tmp/|/home/", text)
    for block in re.split(r"\n(?=[a-z0-9])", text)[1:]:
        assert "==" in block, block
        assert "--hash=sha256:" in block, block


@pytest.mark.parametrize("name", wanted())
def test_every_dependency_is_locked_at_a_version_we_ask_for(name: str) -> None:
    locked = pins(ROOT / "requirements" / name)

    for asked in map(Requirement, wanted()[name]):
        pin = locked[canonicalize_name(asked.name)]
        (version,) = (item.version for item in pin.specifier)
        assert asked.specifier.contains(version, prereleases=True), f"{name}: {pin} is not {asked}; run `make lock`"


def test_the_locks_agree_wherever_they_meet() -> None:
    development = pins(ROOT / "requirements/dev.txt")

    for lock in LOCKS:
        for name, pin in pins(lock).items():
            assert development.get(name, pin).specifier == pin.specifier, f"{lock.name}: {name}; run `make lock`"


def test_the_build_lock_is_made_from_what_the_project_says() -> None:
    lines = (ROOT / "requirements/build.in").read_text().splitlines()

    assert [line for line in lines if line and not line.startswith("#")] == PROJECT["build-system"]["requires"]


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))

    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert {"setup", "run", "test", "lint", "fix"} <= targets
    assert set(re.findall(r"^  make ([a-z-]+) +\S", listed.stdout, re.MULTILINE)) == targets


def test_nothing_heavy_but_models_is_kept() -> None:
    heavy = [path for path in kept() if path.stat().st_size > WEIGHT and path.suffix not in MODELS]

    assert heavy == []


@pytest.mark.parametrize("package", ["moderation", "workers", "config"])
def test_every_package_says_what_it_is_for(package: str) -> None:
    # Alembic loads migrations by path; that folder is no package.
    folders = {path.parent for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts}

    for folder in sorted(folders):
        initial = folder / "__init__.py"
        assert initial.is_file(), f"{folder} is no package"
        assert ast.get_docstring(ast.parse(initial.read_text())), f"{initial} says nothing"
