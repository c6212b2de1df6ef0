"""The `lychgate` command: one file for each group of verbs."""

import sys

import click

from config.settings import SettingsError
from moderation.cli import database, keys, processes, say, sites, soundness, threads, up
from moderation.cli.console import console
from moderation.domain.errors import Invalid, ModerationError
from moderation.embedded.process import CannotStart

VERBS = (
    up.up,
    say.say,
    processes.web,
    processes.worker,
    processes.sweep,
    database.db,
    sites.site,
    keys.key,
    threads.thread,
)
SOUNDNESS = (soundness.doctor, soundness.verify)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="lychgate")
def lychgate() -> None:
    """Comment moderation that publishers host themselves: nothing is public before it is judged."""


for verb in (*VERBS, *SOUNDNESS):
    lychgate.add_command(verb)


def main() -> None:
    """Run the command: 0 is done, 1 refused or failed, 2 wrong usage."""
    try:
        lychgate(prog_name="lychgate")
    except SettingsError as error:
        console.print("[bold]These settings cannot be used:[/]", style="red")
        console.print(str(error), markup=False)
        sys.exit(2)
    except Invalid as error:
        console.print(error.detail, markup=False)
        for fault in error.faults:
            console.print(f"  {fault.pointer}: {fault.detail} ({fault.code})", markup=False)
        sys.exit(1)
    except (ModerationError, CannotStart) as error:
        console.print(str(error), markup=False)
        sys.exit(1)
