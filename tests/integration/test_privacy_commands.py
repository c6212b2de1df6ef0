"""`lychgate privacy`: what an operator shows to people and erases of them, also where the command dies half-way."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fakes.scorers import obedient
from makers import KEY, SECRET, World
from servers.command import LYCHGATE, environment, lychgate

from moderation.adapters.db import chains, verification
from moderation.domain.audit import Act, Doer
from moderation.domain.comment import Status
from moderation.services import audit, sites
from moderation.wiring import starting_policy

ADDRESS = "canary@example.com"
MANY = 450


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """An installation on SQLite, or on both databases where a test says so."""
    both = "database_url" in request.fixturenames
    url = request.getfixturevalue("database_url" if both else "sqlite_url")
    with closing(World.at(url, scorers=obedient())) as world:
        yield world


def settings(world: World) -> dict[str, str]:
    values = {"DATABASE_URL": world.settings.database_url, "SECRET_KEY": SECRET, "ENCRYPTION_KEYS": KEY}
    return {f"LYCHGATE_{name}": value for name, value in values.items()}


def privacy(world: World, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command, and type this."""
    return subprocess.run(
        [*LYCHGATE, "privacy", *words],
        env=environment(settings(world)),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def told(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def left(world: World) -> int:
    """Count the author's comments that are not emptied yet."""
    with world.deps.reading(None) as uow:
        counted = "SELECT count(*) FROM comment WHERE fingerprint IS NOT NULL AND name = 'Canaria'"
        return int(uow.connection.exec_driver_sql(counted).scalar_one())  # type: ignore[attr-defined]


def broken(world: World) -> dict[str, list[str]]:
    database = world.deps.uow.__self__  # type: ignore[attr-defined]
    found = verification.broken(database) | chains.broken(database)
    return {promise: ids for promise, ids in found.items() if ids}


def writes(world: World, number: int, **others: Any) -> UUID:
    text = f"Remark {number} of many."
    return world.receives(text, **{"email": ADDRESS, "name": "Canaria", "thread": f"t-{number}", **others}).id


def test_an_export_is_for_its_owners_eyes_and_over_nothing_that_is_there(world: World, tmp_path: Path) -> None:
    writes(world, 1)
    other = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    out = tmp_path / "export.json"

    done = privacy(world, "export", "--email", "-", "--out", str(out), typed=f"{ADDRESS.upper()}\n")

    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert out.stat().st_mode & 0o777 == 0o600
    shown = json.loads(out.read_text())
    assert [(site["site"]["name"], len(site["comments"])) for site in shown["sites"]] == [("News", 1), ("Elsewhere", 0)]
    assert shown["sites"][0]["comments"][0]["email"] == ADDRESS
    assert shown["not_here"]
    assert privacy(world, "export", "--email", ADDRESS, "--out", str(out)).returncode == 1
    for site_id in (world.site.id, other.id):
        (entry,) = audit.trail(world.deps, [site_id], {"acts": (Act.AUTHOR_EXPORTED,)}).rows
        assert entry["by"] is Doer.OPERATOR


def test_nothing_is_erased_before_somebody_says_that_it_is_meant(world: World) -> None:
    writes(world, 1)
    for words, typed in (("--dry-run", ""), ("", "n\n"), ("", "")):
        done = privacy(world, "erase", "--email", ADDRESS, *words.split(), typed=typed)
        assert done.returncode == (0 if words else 1)
        assert left(world) == 1
    (counted,) = told(privacy(world, "erase", "--email", ADDRESS, "--dry-run", "--json"))
    assert (counted["site"], counted["comments"], counted["erased"]) == ("News", 1, False)

    done = privacy(world, "erase", "--email", ADDRESS, typed="y\n")

    assert done.returncode == 0, done.stderr
    assert "Erase 1 comments" in done.stderr
    assert left(world) == 0
    assert told(privacy(world, "erase", "--email", ADDRESS, "--yes", "--json"))[0]["comments"] == 0
    rows = audit.trail(world.deps, [world.site.id], {"acts": (Act.AUTHOR_ERASED,)}).rows
    assert len(rows) == 2
    assert ADDRESS not in str(rows)


def test_one_site_is_one_site_and_a_member_is_known_by_the_sites_own_id(world: World) -> None:
    other = sites.create(world.deps, name="Elsewhere", origins=[], policy=starting_policy("default"))
    here, news = writes(world, 1), world.site
    world.site = other
    there = writes(world, 2)

    (row,) = told(privacy(world, "erase", "--email", ADDRESS, "--site", "Elsewhere", "--yes", "--json"))

    assert (row["site"], row["comments"]) == ("Elsewhere", 1)
    assert (world.status_of(here), world.status_of(there)) == (Status.PENDING, Status.DELETED)
    assert told(privacy(world, "erase", "--member", "42", "--site", news.name, "--yes", "--json"))[0]["comments"] == 0


@pytest.mark.parametrize("words", [(), ("--email", ADDRESS, "--member", "42")])
def test_whom_is_to_be_said_in_one_way(world: World, words: tuple[str, ...]) -> None:
    for verb in ("export", "erase"):
        done = privacy(world, verb, *words)
        assert (done.returncode, "Say whom" in done.stderr) == (2, True)


def test_what_is_no_address_is_refused_and_not_repeated(world: World) -> None:
    done = privacy(world, "export", "--email", "canary at example")

    assert (done.returncode, done.stdout) == (1, "")
    assert "canary" not in done.stderr


def killed_half_way(world: World) -> int:
    """Let a command that erases be killed while it is at it; say how many comments there were until one was."""
    written = 0
    while not 0 < left(world) < MANY:  # One may be too fast for us.
        for _ in range(MANY):
            written += 1
            writes(world, written)
        words = ["privacy", "erase", "--email", ADDRESS, "--yes"]
        command = subprocess.Popen([*LYCHGATE, *words], env=environment(settings(world)), stderr=subprocess.DEVNULL)
        while left(world) == MANY and command.poll() is None:
            pass
        command.send_signal(signal.SIGKILL)
        command.wait(10)
        assert written < 5 * MANY, "none was ever caught at it"
    return written


@pytest.mark.usefixtures("database_url")
def test_a_command_that_is_killed_half_way_is_finished_by_the_next(world: World) -> None:
    written = killed_half_way(world)
    assert broken(world) == {}

    (row,) = told(privacy(world, "erase", "--email", ADDRESS, "--yes", "--json"))

    assert 0 < row["comments"] < MANY
    assert left(world) == 0
    assert broken(world) == {}
    assert len(world.events()) == 2 * written, "each was heard of, and each erased once"


@pytest.mark.usefixtures("database_url")
def test_a_list_that_was_kept_erases_again_what_a_backup_brought_back(world: World, tmp_path: Path) -> None:
    writes(world, 1)
    told(privacy(world, "erase", "--email", ADDRESS, "--yes", "--json"))
    listed = privacy(world, "list", "--json")
    kept = tmp_path / "erasures.json"
    kept.write_text(listed.stdout)
    assert len(told(listed)) == 1
    assert ADDRESS not in listed.stdout
    with world.deps.uow(None) as uow:  # As a backup from before knows nothing of it.
        uow.connection.exec_driver_sql("DELETE FROM erasure")  # type: ignore[attr-defined]
        uow.commit()
    world.clock.forward(days=-1)
    brought_back = writes(world, 2)

    (row,) = told(privacy(world, "replay", str(kept), "--json"))

    assert row["asked_at"] == told(listed)[0]["asked_at"]
    assert world.status_of(brought_back) is Status.DELETED
    assert left(world) == 0
    kept.write_text('[{"site": 1}]')
    assert lychgate("privacy", "replay", str(kept), **settings(world)).returncode == 1
