"""What the API, the command line and the guide say of choices whose meaning is easily told too narrowly."""

import re
from pathlib import Path

import click
import pytest

from moderation.cli import bans as bans_typed
from moderation.cli import sites as sites_typed
from moderation.http.answers.running import SiteShown
from moderation.http.v1.bans import NewBan
from moderation.http.v1.sites import SiteChoices

ROOT = Path(__file__).parents[2]
ROOMS = re.compile(r'href="/console/[a-z]+">{{ _\("(\w+)"\) }}')


def help_of(command: click.Command, name: str) -> str:
    (option,) = (each for each in command.params if isinstance(each, click.Option) and each.name == name)
    return option.help or ""


@pytest.mark.parametrize(
    "told",
    [
        SiteChoices.model_fields["language"].description,
        SiteShown.model_fields["language"].description,
        help_of(sites_typed.set_, "language"),
    ],
)
def test_a_sites_language_is_told_to_be_that_of_mails_to_its_people_too(told: str) -> None:
    assert "authors" in told
    assert "moderators and invited people" in told


def test_a_ban_by_an_address_is_told_to_meet_no_members() -> None:
    guide = (ROOT / "docs" / "guide" / "moderators.md").read_text()
    api = NewBan.model_fields["email"].description or ""

    assert "not signed in by the site" in api
    assert "not signed in by the site" in help_of(bans_typed.add, "email")
    assert "name members by `member`" in api
    assert "name members by `member`" in guide


def test_the_guide_for_owners_names_every_room_that_they_are_led_to() -> None:
    bar = (ROOT / "moderation" / "http" / "templates" / "console" / "queue.html").read_text()
    guide = (ROOT / "docs" / "guide" / "owners.md").read_text()
    rooms = ROOMS.findall(bar)

    assert {"Bans", "Sites", "Webhooks"} <= set(rooms)
    assert [room for room in rooms if f"*{room}*" not in guide] == []
