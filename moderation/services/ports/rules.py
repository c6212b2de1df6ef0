"""Stores of what a site asks of its commenters, and of what its moderators write to them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from moderation.domain.canned import CannedNote
from moderation.domain.house_rule import HouseRule


class HouseRules(Protocol):
    """Sites' rules, with every version of their words."""

    def of(self, site_id: UUID) -> list[HouseRule]:
        """Give a site's rules as they are now, in their order; those that were removed are not among them."""
        ...

    def in_force(self, site_ids: Collection[UUID]) -> Mapping[UUID, list[HouseRule]]:
        """Give the rules that may be cited now at each of these sites, in their order."""
        ...

    def worded(self, cited: Collection[tuple[UUID, int]]) -> Mapping[tuple[UUID, int], HouseRule]:
        """Give rules, also removed ones, in these versions."""
        ...

    def versions(self, rule_id: UUID) -> list[HouseRule]:
        """Give every version of a rule, the newest first."""
        ...

    def add(self, rule: HouseRule) -> None: ...
    def save(self, rule: HouseRule) -> None:
        """Keep a rule as it is now; a version that is new is put beside the others."""
        ...

    def retire(self, rule: HouseRule, when: datetime) -> None:
        """Remove a rule from all but what was cited."""
        ...


class CannedNotes(Protocol):
    """Texts that moderators insert."""

    def of(self, site_id: UUID) -> list[CannedNote]: ...
    def keep(self, note: CannedNote) -> None: ...
    def remove(self, site_id: UUID, note_id: UUID) -> None: ...
