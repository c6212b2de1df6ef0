"""What is shown of house rules: all of them to whoever runs the site, the public part to whom one is told."""

from typing import Any
from uuid import UUID

from pydantic import Field

from moderation.domain.canned import CannedNote
from moderation.domain.house_rule import HouseRule
from moderation.http.answers.base import Instant, Shown
from moderation.http.shapes import instant


class RuleVersion(Shown):
    """The words of a rule as they went from some moment on."""

    version: int
    title: str
    text: str = Field(description="What authors read.")
    guidance: str = Field(description="What moderators read, and nobody else.")
    created_at: Instant


class RuleShown(RuleVersion):
    """A house rule as it is now."""

    id: UUID
    code: str = Field(description="Its stable word; it travels in events.")
    reasons: list[str] = Field(description="Codes of reasons for which it is chosen where nobody names a rule.")
    position: int
    active: bool = Field(description="Whether it may be cited.")


class WholeRule(RuleShown):
    """A house rule with every version of its words, the newest first."""

    versions: list[RuleVersion]


class RulePage(Shown):
    """A site's house rules, in their order."""

    items: list[RuleShown]
    next: None


class CannedNoteShown(Shown):
    """A text that moderators put into a note to an author."""

    id: UUID
    title: str
    text: str
    created_at: Instant


class CannedNotePage(Shown):
    """A site's canned notes."""

    items: list[CannedNoteShown]
    next: None


def rule(found: HouseRule) -> dict[str, Any]:
    """Show a house rule to whoever runs its site."""
    return {
        "id": str(found.id),
        "code": found.code,
        "reasons": list(found.reasons),
        "position": found.position,
        "active": found.active,
        **version(found),
    }


def version(found: HouseRule) -> dict[str, Any]:
    """Show the words of one version."""
    return {
        "version": found.version,
        "title": found.title,
        "text": found.text,
        "guidance": found.guidance,
        "created_at": instant(found.created_at),
    }


def canned_note(found: CannedNote) -> dict[str, Any]:
    """Show a canned note."""
    return {
        "id": str(found.id),
        "title": found.title,
        "text": found.text,
        "created_at": instant(found.created_at),
    }
