"""`lychgate db`: migrations."""

import click

from moderation.adapters.db import migrate
from moderation.cli.console import as_json, report, tell
from moderation.cli.parts import settings


@click.group()
def db() -> None:
    """Bring the database to what this version needs, and look where it stands.

    Example: lychgate db current
    """


@db.command()
@as_json
def upgrade(*, as_json: bool) -> None:
    """Bring the database forward; safe to run twice, or from several machines at once.

    Example: lychgate db upgrade
    """
    migrate.upgrade(settings().database_url)
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
