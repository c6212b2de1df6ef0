"""`lychgate score`: what the scorers say about texts, line by line, without any of the service."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from moderation.cli.console import as_json
from moderation.domain.comment import Submission
from moderation.domain.privacy import SecretEmail
from moderation.domain.signal import Finding
from moderation.domain.text import Unfit

if TYPE_CHECKING:
    from moderation.adapters.scorers.blended import SpamScorer, ToxicityScorer

_READ: Final = 1 << 16
_LONGEST: Final = 1_000_000
_TEXTS: Final = ("name", "website", "lang")


@click.command()
@click.argument("file", default="-", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--model", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A folder of models.")
@as_json
def score(file: str, model: Path | None, *, as_json: bool) -> None:  # noqa: ARG001 (answers are JSON in any case)
    """Read JSON lines {"text": …, "name", "email", "website", "lang"} and answer each with a line of scores.

    Without a FILE, lines are read from standard input as they come. Only the text is needed. A line that cannot be
    read is answered with {"error": …}, and the command ends with 1.

    Example: lychgate score labelled.jsonl
    """
    from moderation.adapters.scorers import MODELS, both  # noqa: PLC0415 (takes a second, which `--help` does not need)

    try:
        scorers, faults = both(model or MODELS), 0
    except (KeyError, ValueError):
        raise click.ClickException(f"The models in {model} cannot be used: train them anew.") from None
    for lines in _lines(file):
        asked = [_asked(line, number) for number, line in lines if line.strip()]
        submissions = [item for item in asked if isinstance(item, Submission)]
        answers = _answers(*scorers, submissions)
        for item in asked:
            click.echo(json.dumps(next(answers) if isinstance(item, Submission) else item, ensure_ascii=True))
            faults += not isinstance(item, Submission)
        sys.stdout.flush()
    sys.exit(1 if faults else 0)


def _lines(file: str) -> Iterator[list[tuple[int, bytes]]]:
    """Give the lines, numbered, as soon as any have arrived, so that a program may ask and wait for the answer."""
    parts: list[bytes] = []  # Of a line that has not ended; joined once, since it may be long.
    count = 0
    with click.open_file(file, "rb") as source:
        while chunk := os.read(source.fileno(), _READ):
            parts.append(chunk)
            if b"\n" in chunk:
                *lines, rest = b"".join(parts).split(b"\n")
                yield list(enumerate(lines, count + 1))
                parts, count = [rest], count + len(lines)
    yield [(count + 1, b"".join(parts))]


def _asked(line: bytes, number: int) -> Submission | dict[str, str]:
    """Read one line, or say what is wrong with it."""
    if len(line) > _LONGEST:
        return {"error": f"Line {number} is longer than a million bytes. Give less text."}
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return {"error": f'Line {number} is no JSON. Write {{"text": "…"}}.'}
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        return {"error": f'Line {number} has no "text". Write {{"text": "…"}}.'}
    wrong = [key for key in (*_TEXTS, "email") if not isinstance(asked.get(key), str | None)]
    if wrong:
        return {"error": f"Line {number}: {' and '.join(wrong)} must be text, or left out."}
    return _submission(asked)


def _submission(asked: Mapping[str, Any]) -> Submission:
    try:
        email = SecretEmail.parse(asked["email"]) if asked.get("email") else None
    except Unfit:
        email = None  # What is no address says nothing about the text.
    return Submission(asked["text"], asked.get("name") or "", email, asked.get("website"), asked.get("lang"))


def _answers(
    spam: "SpamScorer", toxicity: "ToxicityScorer", submissions: Sequence[Submission]
) -> Iterator[dict[str, Any]]:
    """Put together what both scorers say of each text."""
    for unwanted, harmful in zip(spam.estimate(submissions), toxicity.estimate(submissions), strict=True):
        signals = unwanted.signal, harmful.signal
        yield {
            "spam": round(unwanted.signal.value, 4),
            "toxicity": round(harmful.signal.value, 4),
            "attributes": {kind: round(value, 4) for kind, value in harmful.signal.attributes.items()},
            "language": harmful.signal.language,
            "scored": harmful.scored,
            "reasons": [_reason(signal.kind, finding) for signal in signals for finding in signal.findings],
            "spans": [list(span) for span in harmful.signal.spans],
        }


def _reason(kind: str, finding: Finding) -> dict[str, Any]:
    return {
        "kind": kind,
        "code": finding.code,
        "detail": finding.detail,
        "spans": [list(span) for span in finding.spans],
    }
