"""What `up` tells people once everything runs."""

from pathlib import Path

import pytest

from moderation.cli.up import lines
from moderation.embedded.credentials import Credentials

KNOWN = Credentials("secret", "key", console_user="owner", console_password="shown-once", url="http://127.0.0.1:1")


@pytest.mark.parametrize("first", [True, False])
def test_the_password_of_the_desk_is_shown_once(*, first: bool) -> None:
    told = "\n".join(lines(KNOWN, Path("var"), first=first))

    assert ("shown-once" in told) is first
    assert ("var/credentials.json" in told) is not first
