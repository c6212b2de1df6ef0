"""`lychgate db`: migrations."""

import click

from moderation.adapters.db import migrate
from moderation.cli.console import as_json, console, report, tell
from moderation.cli.parts import settings


@click.group()
def db() -> None:
    """Bring the database to what this version needs, and look where it stands.

    Example: lychgate db current
    """


@db.command()
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=migrate.PATIENCE / 60,
    show_default=True,
    help="Minutes for which each step waits for a table that others hold; on PostgreSQL.",
)
@as_json
def upgrade(patience: float, *, as_json: bool) -> None:
    """Bring the database forward; safe to run twice, or from several machines at once.

    On PostgreSQL others go on working meanwhile, and what was broken off is gone on with by the same command.

    Example: lychgate db upgrade
    """
    migrate.upgrade(settings().database_url, patience=patience * 60, tell=_progress)
    stands = _stands()
    report(f"The database is at {stands['current']}.", stands, as_json=as_json)


@db.command()
@as_json
def current(*, as_json: bool) -> None:
    """Say which migration the database is at, and which this version wants.

    Example: lychgate db current --json
    """
    tell(_stands(), as_json=as_json)


@db.command()
@as_json
@click.pass_context
def check(context: click.Context, *, as_json: bool) -> None:
    """Say whether models and database agree; exits 1 where they do not.

    Example: lychgate db check
    """
    found = migrate.differences(settings().database_url)
    if not as_json:
        click.echo("".join(f"{difference}\n" for difference in found), nl=False)
    sentence = "Models and database differ." if found else "Models and database agree."
    report(sentence, {"agree": not found, "differences": found}, as_json=as_json)
    context.exit(1 if found else 0)


def _stands() -> dict[str, str | None]:
    """Name the migration that the database is at, and the one that this version wants."""
    return {"current": migrate.current(settings().database_url), "wanted": migrate.newest()}


def _progress(sentence: str) -> None:
    console.print(sentence, markup=False, soft_wrap=True)
