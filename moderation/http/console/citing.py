"""What a card offers to explain a rejection with: the site's house rules, one chosen beforehand, and canned notes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from moderation.domain.canned import CannedNote
from moderation.domain.comment import REFUSED
from moderation.domain.decision import Action
from moderation.domain.house_rule import HouseRule, chosen

KEYED: Final = 9
"""So many rules have a number for a key."""


def choices(rules: Sequence[HouseRule], canned: Sequence[CannedNote], reasons: Sequence[str]) -> dict[str, Any]:
    """Give the rules with their keys, the one that a rejection for these reasons cites, and the canned notes."""
    rule = chosen(rules, reasons, by_person=True)
    return {
        "rules": [
            {
                "code": each.code,
                "title": each.title,
                "text": each.text,
                "guidance": each.guidance,
                "key": str(number) if number <= KEYED else "",
            }
            for number, each in enumerate(rules, 1)
        ],
        "chosen": rule.code if rule else "",
        "canned": [{"title": each.title, "text": each.text} for each in canned],
    }


def explained_in(form: Mapping[str, str], action: Action) -> dict[str, Any]:
    """Read what a form says beside a decision; where nothing is refused, there is nothing to explain.

    Without our script a canned note is chosen and stands before what was typed.
    """
    if action.status not in REFUSED:
        return {}
    parts = (form.get("canned", "").strip(), form.get("public_note", "").strip())
    rule = form.get("rule") or None if action is Action.REJECT else None
    return {"rule": rule, "public_note": "\n\n".join(part for part in parts if part)}
