"""`lychgate backtest`: what another policy would have decided."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from moderation.cli.console import as_json, console, tell_whole
from moderation.cli.keys import site_option
from moderation.cli.parts import parts
from moderation.cli.sites import policy_in
from moderation.cli.spans import since_option, until_now
from moderation.domain.comment import REFUSED
from moderation.domain.policy import STRICTNESS, Policy, parse_policy
from moderation.domain.share import Share
from moderation.services import sites
from moderation.services.backtest import HELD, PUBLISHED, UNJUDGED, Agreement, Backtest, Move
from moderation.services.backtest import backtest as judge_again


@click.command()
@site_option
@click.option(
    "--policy",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The other policy, a TOML file.",
)
@since_option
@as_json
def backtest(site_name: str, file: Path, since: timedelta, *, as_json: bool) -> None:
    """Tell what another policy would have decided on the comments of a site; scores nothing, changes nothing.

    Example: lychgate backtest --site demo --policy strict.toml --since 30d
    """
    site, policy = sites.by_name(parts(), site_name), parse_policy(policy_in(file))
    period = until_now(parts(), since)
    with console.status("Reading comments…") as status:
        found = judge_again(
            parts(), site, policy, period, tell=lambda read: status.update(f"{read} comments are read…")
        )
    head = {"site": site.name, "policy": policy.name, "since": period.since, "until": period.until}
    tell_whole(head | _document(found, policy), as_json=as_json)


def _document(found: Backtest, policy: Policy) -> dict[str, Any]:
    moves = sorted(found.moves.items(), key=lambda item: [STRICTNESS[status] for status in item[0]])
    return {
        "comments": found.read,
        "compared": found.compared,
        "edited": found.edited,
        "moves": [{"from": before, "to": after, "comments": count} for (before, after), count in moves],
        "agreement": [
            _agreement("as decided", found.before, found.compared),
            _agreement(policy.name, found.after, found.compared),
        ],
        "rules": _rules(found, policy),
        "notable": [_notable(move) for move in found.notable],
        "left_out": [{"why": why, "comments": count} for why, count in sorted(found.left_out.items())],
        "scorers": [
            {"kind": kind, "scorer": scorer, "comments": count}
            for (kind, scorer), count in sorted(found.scorers.items())
        ],
        "notes": list(_notes(found, policy)),
    }


def _agreement(name: str, of: Agreement, compared: int) -> dict[str, Any]:
    return {
        "policy": name,
        "held": Share(of.held, compared),
        "published_and_refused_by_people": of.share(PUBLISHED, REFUSED),
        "refused_and_published_by_people": of.share(REFUSED, PUBLISHED),
        "held_and_refused_by_people": of.share(HELD, REFUSED),
    }


def _rules(found: Backtest, policy: Policy) -> list[dict[str, Any]]:
    """Give the rules in the order in which the policy has them, and then what fired without one."""
    order = {(rule.code, rule.outcome): place for place, rule in reversed(list(enumerate(policy.rules)))}
    ruled = sorted(found.rules.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
    return [
        {
            "code": code,
            "outcome": outcome,
            "fired": rule.fired,
            "refused_by_people": rule.upheld,
            "published_by_people": rule.overruled,
        }
        for (code, outcome), rule in ruled
    ]


def _notable(move: Move) -> dict[str, Any]:
    return {
        "id": str(move.comment_id),
        "from": move.before,
        "to": move.verdict.outcome,
        "person": move.word,
        "reasons": list(move.verdict.codes),
    }


def _notes(found: Backtest, policy: Policy) -> Iterator[str]:
    """Say what cannot be known from what is stored."""
    yield "`from` is what policy decided first about the present text; a person's word is the last one, unless undone."
    yield "People read what is held, and rarely what is public: what nobody looked at counts for no side."
    kinds = [kind for kind, _ in found.scorers]
    if len(set(kinds)) < len(kinds):
        yield "Several scorers gave these signals; nothing was scored again, so their numbers stand side by side."
    if found.edited:
        yield "Of an edited comment only the present text is judged; the signals of earlier ones are gone."
    if any(rule.signal in {"known-author", "first-comment"} or rule.unless_known for rule in policy.rules):
        yield "Whether an author was known is told as it is today, not as it was when they wrote."
    if found.left_out[UNJUDGED]:
        yield f"`{UNJUDGED}`: a person decided before policy did, so there is nothing to compare."
