"""`lychgate db`: migrations."""

import click

from moderation.adapters.db import migrate
from moderation.cli.console import as_json, console, tell
from moderation.cli.parts import settings


@click.group()
def db() -> None:
    """Bring the database to what this version needs, and look where it stands.

    Example: lychgate db current
    """


@db.command()
def upgrade() -> None:
    """Bring the database forward; safe to run twice, or from several machines at once.

    Example: lychgate db upgrade
    """
    migrate.upgrade(settings().database_url)
    console.print(f"The database is at {migrate.current(settings().database_url)}.")


@db.command()
@as_json
def current(*, as_json: bool) -> None:
    """Say which migration the database is at, and which this version wants.

    Example: lychgate db current --json
    """
    tell({"current": migrate.current(settings().database_url), "wanted": migrate.newest()}, as_json=as_json)


@db.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Say whether models and database agree; exits 1 where they do not.

    Example: lychgate db check
    """
    found = migrate.differences(settings().database_url)
    for difference in found:
        click.echo(difference)
    console.print("Models and database differ." if found else "Models and database agree.")
    context.exit(1 if found else 0)
