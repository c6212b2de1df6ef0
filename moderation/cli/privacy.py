"""`lychgate privacy`: what is kept about somebody who comments, and that nothing is."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, TypeVar
from uuid import UUID

import click

from moderation.cli.console import as_json, console, tell_all
from moderation.cli.parts import parts
from moderation.domain.erasure import Erasure, Kept
from moderation.domain.errors import NotFound
from moderation.domain.site import Site
from moderation.services import erasing, exporting, sites
from moderation.services.identities import prints_of

Command = TypeVar("Command", bound=Callable[..., Any])
Known = list[tuple[Site, list[bytes]]]
OWNER_ONLY: Final = 0o600


def whose(command: Command) -> Command:
    """Let a command be about somebody: by an address, or by their site's own id for them."""
    options = (
        click.option("--email", help="Their address; - reads it from stdin, past the shell's history."),
        click.option("--member", help="The site's own id for somebody whom it signed in, instead of an address."),
        click.option("--site", "site_name", help="One site, by name, public key or id; else all of them."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def privacy() -> None:
    """Give people what is kept about them, or see to it that nothing is.

    Example: lychgate privacy export --email ann@example.com --site demo
    """


@privacy.command()
@whose
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A new file, for its owner's eyes alone.")
@click.option("--hide-staff", is_flag=True, help="Leave out what moderators and keys are called.")
@as_json
def export(*, out: Path | None, hide_staff: bool, as_json: bool, **asked: str | None) -> None:  # noqa: ARG001 (it is JSON)
    """Write down as JSON everything that is kept about somebody.

    Example: lychgate privacy export --email ann@example.com --site demo
    """
    known = _known(**asked)
    with _opened(out) as file, console.status("Reading what is kept…"):
        found = [exporting.export(parts(), site, prints, name_staff=not hide_staff) for site, prints in known]
        file.write(json.dumps(exporting.whole(parts(), found), ensure_ascii=False, indent=2) + "\n")
    if out:
        console.print(f"Everything is in {out}.", markup=False, soft_wrap=True)


@privacy.command()
@whose
@click.option("--keep-bans", is_flag=True, help="Go on banning them, by their fingerprint.")
@click.option("--dry-run", is_flag=True, help="Count what would go, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask whether this is meant.")
@as_json
def erase(*, keep_bans: bool, dry_run: bool, yes: bool, as_json: bool, **asked: str | None) -> None:
    """Leave nothing of what is kept about somebody; it cannot be undone.

    Example: lychgate privacy erase --email ann@example.com --dry-run
    """
    known = _known(**asked)
    counted = [(site, [erasing.count(parts(), site.id, each) for each in prints]) for site, prints in known]
    if not dry_run:
        if not yes:
            total = sum(kept.comments for _, each in counted for kept in each)
            click.confirm(f"Erase {total} comments and all that is kept with them, for good?", abort=True, err=True)
        _erased([one for site, prints in known for one in erasing.ask(parts(), site.id, prints, keep_bans=keep_bans)])
    rows = [_counted(site, each, erased=not dry_run) for site, each in counted]
    tell_all(rows, as_json=as_json, empty="There is no site yet.")


@privacy.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List whom this installation erased; keep it beside your backups, as JSON, for `replay`.

    It says by keyed fingerprints whom, which nobody can read without this installation's secret.

    Example: lychgate privacy list --json
    """
    rows = [_listed(erasure) for erasure in erasing.listed(parts())]
    tell_all(rows, as_json=as_json, empty="Nobody was erased, as far as backups reach.")


@privacy.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@as_json
def replay(file: IO[str], *, as_json: bool) -> None:
    """Erase again whom a list names that `list --json` printed, after a backup was brought back.

    Example: lychgate privacy replay erasures.json
    """
    anew = erasing.again(parts(), _read(file))
    _erased(anew)
    tell_all([_listed(each) for each in anew], as_json=as_json, empty="The list names nobody of a site that is here.")


def _known(*, email: str | None, member: str | None, site_name: str | None) -> Known:
    """Find under what somebody is known at the sites that are meant."""
    chosen = [sites.by_name(parts(), site_name)] if site_name else sites.listed(parts())
    if (email is None) == (member is None):
        raise click.UsageError("Say whom: --email ADDRESS, or --member ID.")
    typed = sys.stdin.readline() if email == "-" else email
    with console.status("Looking for them…"):
        return [(site, prints_of(parts(), site.id, email=typed, member=member)) for site in chosen]


def _opened(out: Path | None) -> AbstractContextManager[IO[str]]:
    """Open a file that was not there and that nobody else may read; where none is named, what is printed."""
    if out is None:
        return nullcontext(sys.stdout)
    return os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w", encoding="utf-8")


def _erased(wanted: Sequence[Erasure]) -> None:
    """Erase until nothing is left; whoever is stopped may begin anew, and workers go on meanwhile."""
    gone = 0
    with console.status("Erasing…") as status:
        for erasure in wanted:
            while piece := erasing.erase(parts(), erasure):
                gone += piece
                status.update(f"{gone} comments are gone…")


def _counted(site: Site, counts: Sequence[Kept], *, erased: bool) -> dict[str, Any]:
    found = [asdict(kept) for kept in counts]
    return {"site": site.name, **{name: sum(each[name] for each in found) for name in found[0]}, "erased": erased}


def _listed(erasure: Erasure) -> dict[str, Any]:
    return {
        "id": str(erasure.id),
        "site": str(erasure.site_id),
        "fingerprint": erasure.fingerprint.hex(),
        "asked_at": erasure.asked_at.isoformat(),
        "keep_bans": erasure.keep_bans,
        "finished_at": erasure.finished_at,
    }


def _read(file: IO[str]) -> list[Erasure]:
    """Read a list as it was printed; raises NotFound for a file that is none."""
    try:
        return [
            Erasure(
                UUID(row["id"]),
                UUID(row["site"]),
                bytes.fromhex(row["fingerprint"]),
                datetime.fromisoformat(row["asked_at"]),
                bool(row["keep_bans"]),
            )
            for row in json.load(file)
        ]
    except (ValueError, KeyError, TypeError):
        raise NotFound("This is no list that `lychgate privacy list --json` printed.") from None
