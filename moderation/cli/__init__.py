"""The `lychgate` command: one file for each group of verbs, loaded when it is called."""

import ast
import sys
from importlib import import_module
from pathlib import Path
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
    "rules": "rules",
    "thread": "threads",
    "queue": "queue",
    "note": "notes",
    "ban": "bans",
    "lists": "listings",
    "webhook": "webhooks",
    "privacy": "privacy",
    "numbers": "numbers",
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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (the same)
        """Tell what each verb does in its own words, and load none."""
        room = formatter.width - 6 - max(map(len, VERBS))  # As click reckons.
        told = [(verb, click.Command(verb, help=_own_words(verb)).get_short_help_str(room)) for verb in VERBS]
        with formatter.section("Commands"):
            formatter.write_dl(told)


def _own_words(verb: str) -> str | None:
    """Read what a verb's file says that it does."""
    file = ast.parse(Path(__file__).with_name(f"{VERBS[verb]}.py").read_text(encoding="utf-8"))
    defined = (node for node in file.body if isinstance(node, ast.FunctionDef) and node.name == verb)
    return ast.get_docstring(next(defined))


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
