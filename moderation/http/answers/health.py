"""How the service is, and its own document."""

from typing import Any, Literal

from pydantic import Field, RootModel

from moderation.http.answers.base import Shown


class Alive(Shown):
    """This process answers."""

    status: Literal["alive"]


class Readiness(Shown):
    """Whether comments can be taken in."""

    status: Literal["ready", "not-ready"]
    checks: dict[str, str] = Field({}, description="What is wrong, with a sentence each.")


class OpenApi(RootModel[dict[str, Any]]):
    """This document."""
