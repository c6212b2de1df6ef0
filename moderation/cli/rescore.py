"""`lychgate rescore`: what the scorers of today say of what older ones saw."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import click

from moderation.cli.console import as_json, console, tell_whole
from moderation.cli.keys import site_option
from moderation.cli.parts import parts, settings
from moderation.cli.spans import since_option, until_now
from moderation.domain.policy import STRICTNESS
from moderation.services import sites
from moderation.services.ports import Deps
from moderation.services.rescoring import Proposal, Rescoring
from moderation.services.rescoring import rescore as score_again
from moderation.wiring import shipped_scorers


@click.command()
@site_option
@since_option
@click.option("--dry-run", is_flag=True, help="Tell what would differ, and change nothing.")
@as_json
def rescore(site_name: str, since: timedelta, *, dry_run: bool, as_json: bool) -> None:
    """Score a site's comments again with the scorers of this version; what is decided stays decided.

    New signals are stored for what waits. What policy decided and would decide otherwise is listed, for a
    person to look at.

    Example: lychgate rescore --site demo --since 30d --dry-run
    """
    site, period = sites.by_name(parts(), site_name), until_now(parts(), since)
    with console.status("Loading the scorers…") as status:
        deps = replace(parts(), scorers=shipped_scorers(settings()))
        found = score_again(
            deps, site, period, dry_run=dry_run, tell=lambda read: status.update(f"{read} comments are read…")
        )
    head = {"site": site.name, "since": period.since, "until": period.until, "dry_run": dry_run}
    tell_whole(head | _document(found, deps), as_json=as_json)


def _document(found: Rescoring, deps: Deps) -> dict[str, Any]:
    return {
        "comments": found.read,
        "scored": found.scored,
        "pending": found.pending,
        "unchanged": found.unchanged,
        "signals_stored": found.stored,
        "reasons_refreshed": found.refreshed,
        "scorers": [{"kind": kind, "scorer": scorer.name} for kind, scorer in deps.scorers.items()],
        "moves": list(_moves(found)),
        "proposals": [_proposal(one) for one in found.proposals],
        "left_out": [{"why": why, "comments": count} for why, count in sorted(found.left_out.items())],
    }


def _moves(found: Rescoring) -> Iterator[dict[str, Any]]:
    """Give the differences by reason, the most frequent of each kind first."""
    ordered = sorted(found.moves.items(), key=lambda item: (*(STRICTNESS[end] for end in item[0][:2]), -item[1], item))
    for (before, after, reasons), count in ordered:
        yield {"from": before, "to": after, "reasons": list(reasons), "comments": count}


def _proposal(one: Proposal) -> dict[str, Any]:
    return {
        "id": str(one.comment_id),
        "status": one.status,
        "verdict": one.verdict.outcome,
        "reasons": list(one.verdict.codes),
    }
