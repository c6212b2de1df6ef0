"""Sites' house rules with every version of their words, and what moderators insert into notes to authors."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, Select, and_, delete, select, tuple_, update

from moderation.adapters.db.models import CannedNoteRow, HouseRuleRow, RuleWordingRow
from moderation.adapters.db.stores.base import Store, fields_of, table
from moderation.adapters.db.types import among
from moderation.domain.canned import CannedNote
from moderation.domain.house_rule import HouseRule

RULE, WORDING, CANNED = table(HouseRuleRow), table(RuleWordingRow), table(CannedNoteRow)
OF_RULE: Final = ("id", "site_id", "code", "reasons", "position", "active")
OF_WORDING: Final = ("version", "title", "text", "guidance", "created_at")
WORDED: Final = select(*(RULE.c[name] for name in OF_RULE), *(WORDING.c[name] for name in OF_WORDING)).join(
    WORDING, WORDING.c.rule_id == RULE.c.id
)
PRESENT: Final = WORDED.where(WORDING.c.version == RULE.c.version, RULE.c.retired_at.is_(None))
IN_FORCE: Final = PRESENT.where(among(RULE.c.site_id, "sites"), RULE.c.active).order_by(RULE.c.position, RULE.c.id)


class SqlHouseRules(Store):
    """Sites' rules."""

    def of(self, site_id: UUID) -> list[HouseRule]:
        """Give a site's rules as they are now, in their order; those that were removed are not among them."""
        return self._rules(PRESENT.where(RULE.c.site_id == site_id).order_by(RULE.c.position, RULE.c.id))

    def in_force(self, site_ids: Collection[UUID]) -> Mapping[UUID, list[HouseRule]]:
        """Give the rules that may be cited now at each of these sites, in their order."""
        found: defaultdict[UUID, list[HouseRule]] = defaultdict(list)
        for row in self.connection.execute(IN_FORCE, {"sites": list(site_ids)}).mappings():
            found[row["site_id"]].append(_rule(row))
        return found

    def worded(self, cited: Collection[tuple[UUID, int]]) -> Mapping[tuple[UUID, int], HouseRule]:
        """Give rules, also removed ones, in these versions."""
        rules = self._rules(WORDED.where(tuple_(WORDING.c.rule_id, WORDING.c.version).in_(cited)))
        return {(rule.id, rule.version): rule for rule in rules}

    def versions(self, rule_id: UUID) -> list[HouseRule]:
        """Give every version of a rule, the newest first."""
        return self._rules(WORDED.where(RULE.c.id == rule_id).order_by(WORDING.c.version.desc()))

    def add(self, rule: HouseRule) -> None:
        """Keep a new rule with its first words."""
        self.connection.execute(RULE.insert().values(id=rule.id, site_id=rule.site_id, code=rule.code, **_use(rule)))
        self._keep_words(rule)

    def save(self, rule: HouseRule) -> None:
        """Keep a rule as it is now; a version that is new is put beside the others."""
        self.connection.execute(update(RULE).where(RULE.c.id == rule.id).values(**_use(rule)))
        self._keep_words(rule)

    def retire(self, rule: HouseRule, when: datetime) -> None:
        """Remove a rule from all but what was cited."""
        gone = and_(RULE.c.id == rule.id, RULE.c.site_id == rule.site_id)
        self.connection.execute(update(RULE).where(gone).values(retired_at=when, active=False))

    def _keep_words(self, rule: HouseRule) -> None:
        words = {name: getattr(rule, name) for name in OF_WORDING}
        new = self.upsert(WORDING).values(rule_id=rule.id, site_id=rule.site_id, **words)
        self.connection.execute(new.on_conflict_do_nothing())

    def _rules(self, wanted: Select[Any]) -> list[HouseRule]:
        return [_rule(row) for row in self.connection.execute(wanted).mappings()]


class SqlCannedNotes(Store):
    """Texts that moderators insert."""

    def of(self, site_id: UUID) -> list[CannedNote]:
        """Give a site's canned notes, by what they are called."""
        found = select(CANNED).where(CANNED.c.site_id == site_id).order_by(CANNED.c.title, CANNED.c.id)
        return [CannedNote(**row) for row in self.connection.execute(found).mappings()]

    def keep(self, note: CannedNote) -> None:
        """Keep one, in the place of what it was before."""
        new = self.upsert(CANNED).values(**fields_of(note))
        words = {"title": note.title, "text": note.text}
        self.connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=words))

    def remove(self, site_id: UUID, note_id: UUID) -> None:
        """Forget one."""
        self.connection.execute(delete(CANNED).where(CANNED.c.id == note_id, CANNED.c.site_id == site_id))


def _use(rule: HouseRule) -> dict[str, Any]:
    """Give what is kept of a rule beside its words."""
    return {
        "version": rule.version,
        "reasons": list(rule.reasons),
        "position": rule.position,
        "active": rule.active,
    }


def _rule(row: RowMapping) -> HouseRule:
    return HouseRule(**{**row, "reasons": tuple(row["reasons"])})
