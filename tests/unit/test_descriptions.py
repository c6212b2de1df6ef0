"""What the API, the command line and the guide say of choices whose meaning is easily told too narrowly."""

from pathlib import Path

import click

from moderation.cli import bans as bans_typed
from moderation.http.v1.bans import NewBan

ROOT = Path(__file__).parents[2]


def help_of(command: click.Command, name: str) -> str:
    (option,) = (each for each in command.params if isinstance(each, click.Option) and each.name == name)
    return option.help or ""


def test_a_ban_by_an_address_is_told_to_meet_no_members() -> None:
    guide = (ROOT / "docs" / "guide" / "moderators.md").read_text()
    api = NewBan.model_fields["email"].description or ""

    assert "not signed in by the site" in api
    assert "not signed in by the site" in help_of(bans_typed.add, "email")
    assert "name members by `member`" in api
    assert "name members by `member`" in guide
