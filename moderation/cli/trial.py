"""`lychgate trial`: labelled comments through a service that runs, and what it made of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from moderation.adapters.running import Running
from moderation.cli.console import as_json, console, data_option, tell_whole
from moderation.cli.extras import with_lab
from moderation.cli.figures import SEED
from moderation.cli.keys import site_option
from moderation.cli.labelled import Misread, labels_in, lines_of
from moderation.domain.comment import Status
from moderation.domain.errors import Fault
from moderation.domain.label import Label
from moderation.embedded.credentials import Credentials
from moderation.embedded.process import CannotStart
from moderation.services.trial import PUT_ASIDE, Labelled, Outcome, Pace
from moderation.services.trial import trial as try_out


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--development",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Instead of FILE: comments, mixed by chance, of the data that the models were made from.",
)
@site_option
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(1), help="Rows that are read at most.")
@click.option("--rate", default=20.0, show_default=True, type=click.FloatRange(0.1, 100), help="Comments in a second.")
@click.option(
    "--patience", default=120.0, show_default=True, type=click.FloatRange(1), help="Seconds without decision."
)
@click.option("--url", help="Where the service runs; what `up` runs here, unless said.")
@click.option("--key", help="A key of that site with the scopes `moderate` and `admin`.")
@data_option
@as_json
def trial(  # noqa: PLR0913 (each is an option)
    file: Path | None,
    development: Path | None,
    site_name: str,
    limit: int,
    rate: float,
    patience: float,
    *,
    url: str | None,
    key: str | None,
    data: Path,
    as_json: bool,
) -> None:
    """Evaluate a running service end to end: post labelled comments, and hold its decisions against the labels.

    FILE has JSON lines: {"text": …, "spam": 0, 1 or null, "toxic": 0, 1 or null}, and "lang" where it is known.
    Everything goes the way that a reader's comment goes, and stays on the site; use one that is there for it.
    Without a FILE, --development names the folder that `lychgate train` reads; what is drawn, nothing was fitted on.

    Example: lychgate trial labelled.jsonl --site demo --limit 50
    """
    if (file is None) == (development is None):
        raise click.UsageError("Give a file, or --development.")
    comments = list(lines_of(file, _labelled, limit)) if file else _drawn(development, limit)
    service = Running.of(*_reached(url, key, data), site_name)
    with console.status("Posting…") as status, service.as_server() as unhindered:
        if not unhindered:
            console.print("Without the scope `admin` this posts as one reader does: twenty comments in ten minutes.")
        outcome = try_out(
            service,
            comments,
            Pace(rate, patience),
            tell=lambda posted, open_: status.update(f"{posted} of {len(comments)} are posted, {open_} undecided…"),
        )
    tell_whole({"site": site_name, "comments": len(comments)} | _document(outcome), as_json=as_json)


def _labelled(line: int, row: Mapping[str, Any]) -> Labelled:
    """Read one row; what else stands in it is nobody's business here."""
    labels, text, language = labels_in(row), row.get("text"), row.get("lang")
    if not isinstance(text, str) or not text.strip():
        raise Misread(Fault("/text", "required", "Give the text of the comment."))
    return Labelled(line, text, labels, language if isinstance(language, str) else None)


def _drawn(data: Path | None, limit: int) -> list[Labelled]:
    """Draw comments of the development data; the same ones each time."""
    with with_lab():
        from moderation.lab import development  # noqa: PLC0415 (an extra that only this needs)

        rows = development.mixed(development.comments(Path(data or ""), SEED), limit, SEED)
    return [Labelled(place, row.text, development.labels_of(row), row.language) for place, row in enumerate(rows, 1)]


def _reached(url: str | None, key: str | None, data: Path) -> tuple[str, str]:
    """Say where the service is and with which key it is asked: as told, or as `up` keeps it in its folder."""
    if url and key:
        return url, key
    kept = Credentials.of(data)
    found = (url or kept.url, key or kept.api_key)
    if found[0] is None or found[1] is None:
        raise CannotStart(f"Nothing has run on {data} yet; start it with `lychgate up`, or give --url and --key.")
    return found[0], found[1]


def _document(outcome: Outcome) -> dict[str, Any]:
    rows = [_row(label, outcome.labelled(label)) for label in Label]
    missing = [result for result in outcome.results if result.missing]
    return {
        "decisions": [row for row in rows if row["comments"]] + [_row("all", outcome)],
        "reasons": list(_reasons(outcome)),
        "languages": _languages(outcome),
        "without_decision": [{"line": result.of.line, "why": result.missing} for result in missing],
    }


def _row(name: str, outcome: Outcome) -> dict[str, Any]:
    """Count how comments of one label were decided; a share that its label gives no meaning is of none."""
    ends = Counter(result.status for result in outcome.results)
    return {
        "label": name,
        "comments": len(outcome.results),
        **{str(status): ends[status] for status in (Status.APPROVED, Status.HELD, Status.SPAM, Status.REJECTED)},
        "no_decision": ends[None],
        "queue": outcome.decided(Status.HELD),
        "put_aside": outcome.decided(*sorted(PUT_ASIDE)),
        "false_approvals": outcome.false_approvals,
        "false_holds": outcome.false_holds,
        "false_rejections": outcome.false_rejections,
    }


def _reasons(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """Count the reasons of what was not published, by label."""
    found = Counter((code, result.of.labels.label) for result in outcome.results for code in result.reasons)
    for code in sorted({code for code, _ in found}):
        yield {"reason": code, **{str(label): found[code, label] for label in Label}}


def _languages(outcome: Outcome) -> list[dict[str, Any]]:
    """Tell the languages apart where the file names any."""
    spoken = sorted({result.of.language for result in outcome.results if result.of.language})
    of = {name: Outcome([one for one in outcome.results if one.of.language == name]) for name in spoken}
    return [
        {
            "language": name,
            "comments": len(own.results),
            "published": own.decided(Status.APPROVED),
            "queue": own.decided(Status.HELD),
        }
        for name, own in of.items()
    ]
