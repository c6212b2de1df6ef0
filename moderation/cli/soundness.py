"""`lychgate doctor` and `verify`: is this installation sound; does what it stores agree with itself."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO
from uuid import UUID

import click
from redis.exceptions import RedisError

from config.queues import QUEUES
from moderation.adapters.broker import queue_lengths
from moderation.adapters.db import chains, heads, health, verification
from moderation.adapters.db.heads import Head
from moderation.adapters.db.uow import Database
from moderation.cli.console import as_json, console, tell_all
from moderation.cli.parts import settings
from moderation.domain.errors import Invalid, TemporaryFailure
from moderation.wiring import own_lists

Finding = tuple[str, bool, str]


@click.command()
@as_json
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> None:
    """Look at everything this installation leans on; exits 1 if something is not sound.

    Example: lychgate doctor
    """
    found = [*_database(), *_broker(), *_lists()]
    rows = [{"check": name, "sound": sound, "what": sentence} for name, sound, sentence in found]
    tell_all(rows, as_json=as_json, empty="")
    context.exit(0 if all(sound for _, sound, _ in found) else 1)


@click.command()
@click.option(
    "--keep", type=click.File("w", lazy=True), help="Write what each site's events come to, to be kept elsewhere."
)
@click.option("--against", type=click.File("r"), help="A file that was kept: what it tells must still be so.")
@as_json
@click.pass_context
def verify(context: click.Context, keep: IO[str] | None, against: IO[str] | None, *, as_json: bool) -> None:
    """Check every stored state against the decision log and the events, and every record; exits 1 if they disagree.

    Example: lychgate verify --json
    """
    kept = _heads(against) if against else []
    with console.status("Reading every comment, decision and event…"):
        database = Database(settings().database_url)
        found = verification.broken(database) | chains.broken(database)
        found |= heads.broken(database, kept) if against else {}
        if keep:
            keep.writelines(f"{json.dumps(asdict(head), default=str)}\n" for head in heads.heads(database))
    rows = [{"promise": promise, "kept": not ids, "broken_by": ids} for promise, ids in found.items()]
    tell_all(rows, as_json=as_json, empty="")
    context.exit(1 if any(found.values()) else 0)


def _heads(file: IO[str]) -> list[Head]:
    """Read what was kept before; raises BadParameter for a file that was not."""
    try:
        told = [json.loads(line) for line in file]
        return [Head(UUID(one["site"]), int(one["position"]), str(one["head"])) for one in told]
    except (ValueError, KeyError, TypeError):
        raise click.BadParameter(
            "This is no file that `lychgate verify --keep` wrote.", param_hint="--against"
        ) from None


def _database() -> Iterator[Finding]:
    try:
        yield from health.examine(Database(settings().database_url), settings().database_url)
    except TemporaryFailure as error:
        yield "database", False, error.detail


def _broker() -> Iterator[Finding]:
    try:
        version, lengths = queue_lengths(settings().broker_url, QUEUES)
    except RedisError as error:
        yield "broker", False, f"cannot be reached ({type(error).__name__}); comments are taken in, and wait"
    else:
        yield "broker", True, version
        yield from (("queue " + name, True, f"{length} bells lie unanswered") for name, length in lengths.items())


def _lists() -> Iterator[Finding]:
    """Look at the owner's own lists, where there are any."""
    if not (settings().word_lists or settings().domain_lists or settings().throwaway_lists):
        return
    try:
        own = own_lists(settings())
    except Invalid as error:
        yield "lists", False, " ".join(f"{fault.pointer}: {fault.detail}" for fault in error.faults)
    else:
        found = (len(own.words.words), "words"), (len(own.domains), "domains"), (len(own.throwaway), "services")
        yield "lists", True, ", ".join(f"{count} {what}" for count, what in found)
