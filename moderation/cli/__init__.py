"""The `lychgate` command: one file for each group of verbs, loaded when it is called."""

import sys
from importlib import import_module
from typing import Final

import click

VERBS: Final = {
    "up": "up",
    "say": "say",
    "web": "web",
    "worker": "worker",
    "sweep": "sweep",
    "db": "database",
    "site": "sites",
    "user": "users",
    "key": "keys",
    "thread": "threads",
    "webhook": "webhooks",
    "backtest": "backtest",
    "rescore": "rescore",
    "trial": "trial",
    "thresholds": "thresholds",
    "learned": "learned",
    "score": "score",
    "evaluate": "evaluate",
    "train": "train",
    "doctor": "soundness",
    "verify": "soundness",
}
"""Every verb, in the order of `--help`, with the file it lives in."""


class Verbs(click.Group):
    """Finds a verb's file when it is called, so that no process carries what only others need."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Name the verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        """Load a verb."""
        if cmd_name not in VERBS:
            return None
        found = getattr(import_module(f"moderation.cli.{VERBS[cmd_name]}"), cmd_name)
        return found if isinstance(found, click.Command) else None


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="lychgate")
def lychgate() -> None:
    """Comment moderation that publishers host themselves: nothing is public before it is judged.

    Example: lychgate up
    """


def main() -> None:
    """Run the command: 0 is done, 1 refused or failed, 2 wrong usage."""
    from moderation.cli.refusals import told  # noqa: PLC0415 (what a refusal needs, `--help` does not)

    with told():
        lychgate(prog_name="lychgate")
    sys.exit(0)
