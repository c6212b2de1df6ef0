"""What policy proposed and people then said of the same text, counted by what it had been made of."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from moderation.adapters.db.models import DecisionRow
from moderation.adapters.db.stores.base import Store, table
from moderation.adapters.db.stores.items import items
from moderation.adapters.db.stores.statistics import (
    DONE,
    EARLIER,
    JUDGED,
    NEXT,
    by_people,
    followed,
    is_edit,
    made_in,
)
from moderation.domain.comment import DECIDED, Status
from moderation.domain.decision import Actor
from moderation.domain.window import Stretch

MACHINE = table(DecisionRow).alias("machine")
Row = Mapping[str, Any]
KINDS: Final = ("proposal", "reason", "rule", "model", "policy")
"""By what proposals are counted."""
NAMES: Final = ("name", "second", "third")


class SqlProposals(Store):
    """Holds what policy proposed against the last word of people; nothing here changes anything."""

    def counted(self, site_id: UUID, stretch: Stretch) -> list[Row]:
        """Count what people judged within a stretch of time, and what they turned, by each of `KINDS`.

        Their last word on a text counts, once, on its day; one on a whole wave is one look at many, and does not.
        """
        judged = _judged(site_id, stretch).cte("judged")  # Read several times, so that it is worked out once.
        each = union_all(*(_part(self.connection.dialect.name, kind, judged) for kind in KINDS)).subquery()
        names = (each.c.kind, *(each.c[name] for name in NAMES))
        turned = case((each.c.turned, each.c.machine))
        counted = select(*names, func.count(each.c.machine.distinct()), func.count(turned.distinct()))
        found = counted.where(each.c[NAMES[0]].is_not(None)).group_by(*names)
        return [_row(line) for line in self.connection.execute(found)]


def _part(dialect: str, kind: str, judged: CTE) -> Any:
    """Select what is counted by one of the kinds; what has fewer names than others leaves the rest empty."""
    found, told = _by(dialect, kind, judged)
    names = (*(cast(name, String) for name in told), *(cast(null(), String) for _ in NAMES[len(told) :]))
    labelled = (name.label(label) for name, label in zip(names, NAMES, strict=True))
    return select(literal(kind, String).label("kind"), *labelled, judged.c.machine, judged.c.turned).select_from(found)


def _row(line: Any) -> Row:
    kind, *names, judged, overturned = line
    told = tuple(name for name in names if name is not None)
    return {"kind": kind, "names": told, "judged": judged, "overturned": overturned}


def _judged(site_id: UUID, stretch: Stretch) -> Any:
    """Select what policy proposed of which a person said the last word in it, and whether that was another."""
    taken_back = DONE.c.undoes == MACHINE.c.id
    other = (MACHINE.c.status == Status.APPROVED) != (DONE.c.status == Status.APPROVED)
    turned = or_(taken_back, and_(DONE.c.undoes.is_(None), other))
    told = (MACHINE.c.status, MACHINE.c.reasons, MACHINE.c.evidence)
    proposed = and_(MACHINE.c.comment_id == DONE.c.comment_id, MACHINE.c.version == _proposed_at())
    known = select(MACHINE.c.id.label("machine"), *told, turned.label("turned"))
    own = (DONE.c.site_id == site_id, by_people(DONE), *made_in(DONE.c.id, stretch), DONE.c.stance.is_(None))
    last = or_(NEXT.c.id.is_(None), is_edit(NEXT))
    word = or_(and_(DONE.c.undoes.is_(None), DONE.c.status.in_(JUDGED)), taken_back)
    found = known.select_from(followed(DONE.join(MACHINE, proposed)))
    return found.where(*own, last, word, MACHINE.c.by == Actor.POLICY, MACHINE.c.status.in_(sorted(DECIDED)))


def _proposed_at() -> Any:
    """Find the latest version before a decision at which policy decided the same text; an edit where it did not."""
    before = and_(EARLIER.c.comment_id == DONE.c.comment_id, EARLIER.c.version < DONE.c.version)
    found = select(func.max(EARLIER.c.version)).where(before, or_(EARLIER.c.by == Actor.POLICY, is_edit(EARLIER)))
    return found.correlate(DONE).scalar_subquery()


def _by(dialect: str, kind: str, judged: CTE) -> tuple[Any, tuple[ColumnElement[Any], ...]]:
    """Say what is counted apart: from where it is read, and by which names it goes."""
    if kind == "proposal":
        return judged, (judged.c.status,)
    if kind == "policy":
        return judged, (judged.c.evidence["policy"].as_string(),)
    if kind == "reason":
        code = items(dialect, judged.c.reasons, "code", plain=True)
        return judged.join(code, true()), (code.c.value,)
    fired = items(dialect, judged.c.evidence["fired"], "fired")
    found = judged.join(fired, true())
    if kind == "rule":
        return found, tuple(fired.c.value[name].as_string() for name in ("code", "signal", "outcome"))
    check = items(dialect, judged.c.evidence["checks"], "seen")
    asked = check.c.value["kind"].as_string() == fired.c.value["signal"].as_string()
    return found.join(check, asked), (check.c.value["scorer"].as_string(),)
