"""What somebody asks the queue for: as its address or a form says it, in the order that they chose last."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from moderation.domain.errors import NotFound
from moderation.http.console import rolling, shown
from moderation.http.console.gate import person
from moderation.http.console.wanted import SORTS, Wanted
from moderation.http.context import deps
from moderation.services import desk, waves, workplace


def asked_in(sent: Mapping[str, str]) -> Wanted:
    """Read it; an order that is not said is the person's own."""
    wanted = Wanted.of(sent)
    return wanted if wanted.sort in SORTS else replace(wanted, sort=workplace.order(deps(), person()) or "newest")


def card_of(card_id: UUID, sought: str = "") -> dict[str, Any]:
    """Gather the card of a comment, or of a wave; raises NotFound for what is neither here."""
    try:
        card = shown.card(desk.site_of(deps(), person(), card_id), card_id, sought)
    except NotFound:
        card = rolling.card(waves.site_of(deps(), person(), card_id), card_id)
    return card | {"reader": workplace.readers(deps(), person(), [card_id]).get(card_id, "")}


def seen_by(card_id: UUID) -> None:
    """Make sure that a comment, or a wave, is one that this person may see; raises NotFound."""
    try:
        desk.site_of(deps(), person(), card_id)
    except NotFound:
        waves.site_of(deps(), person(), card_id)
