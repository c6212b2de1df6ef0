"""People at the desk: browsers of the test client that sign in, and comments that wait for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from api import app_over
from flask import Flask
from makers import World
from passlib.totp import TOTP
from werkzeug.test import Client, TestResponse

from moderation.domain.person import Person, Role
from moderation.services import people

PASSWORD = "correct horse battery"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LOGIN = "/console/login"
TYPED = re.compile(r"<code>([A-Z2-7-]{20,})</code>")
"""What somebody types into an authenticator who scans nothing."""


def hires(world: World, name: str, roles: Mapping[UUID, Role] | None = None) -> Person:
    """Add somebody, who moderates the world's site unless said otherwise."""
    wanted = {world.site.id: Role.MODERATOR} if roles is None else roles
    return people.create(world.deps, name=name, roles=wanted, password=PASSWORD)[0]


@dataclass
class Moderator:
    """Somebody with a browser, without our script."""

    app: Flask
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    @classmethod
    def of(cls, world: World, name: str, roles: Mapping[UUID, Role] | None = None) -> Self:
        """Add somebody and let them sign in."""
        hires(world, name, roles)
        somebody = cls(app_over(world))
        assert somebody.signs_in(name).status_code == 302
        return somebody

    def signs_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        return self.sends(LOGIN, {"username": name, "password": password}, on=LOGIN)

    def sees(self, path: str = "/console/", **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def sends(
        self, path: str, typed: Mapping[str, Any] | None = None, *, on: str = "/console/account", **options: Any
    ) -> TestResponse:
        """Send a form as it stands on a page of the desk."""
        token = TOKEN.search(self.sees(on).text)
        return self.client.post(path, data={"csrf_token": token[1] if token else "", **(typed or {})}, **options)

    def decides(self, comment_id: UUID, action: str, version: int, **options: Any) -> TestResponse:
        path = f"/console/comments/{comment_id}/decisions"
        return self.sends(path, {"action": action, "version": version}, **options)


def authenticator_of(somebody: Moderator) -> TOTP:
    """Let somebody set up an authenticator, and give it."""
    shown = somebody.sends("/console/tf-setup", {"setup": "authenticator"}, on="/console/tf-setup").text
    secret, onwards = TYPED.search(shown), re.search(r'action="(/console/tf-setup/[^"]+)"', shown)
    assert secret
    assert onwards
    codes = TOTP(secret[1].replace("-", ""))
    assert somebody.sends(onwards[1], {"code": codes.generate().token}, on="/console/tf-setup").status_code == 302
    return codes
