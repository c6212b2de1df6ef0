"""The trail: what people, keys and operators did at a site, from the three tables that say so, the latest first."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, RowMapping, Select, Table, select

from moderation.adapters.db.models import AuditRow, DecisionRow, RevealRow
from moderation.adapters.db.stores.base import table
from moderation.domain.audit import KEPT_APART, Act, Doer
from moderation.domain.decision import HUMAN

AUDIT, DECISION, REVEAL = table(AuditRow), table(DecisionRow), table(RevealRow)
DECISIVE: Final = ("status", "previous", "reasons", "undoes")
Row = Mapping[str, Any]


def trail(
    connection: Connection, site_id: UUID, wanted: Mapping[str, Any], *, after: UUID | None, limit: int
) -> list[Row]:
    """Give a page of what was done; ids begin with their time, so that each table is read by its own index."""
    acts = wanted.get("acts") or tuple(Act)
    read = [one for one in (AUDIT, DECISION, REVEAL) if _is_asked(one, acts)]
    rows = [row for one in read for row in _rows(connection, one, site_id, wanted, after, limit)]
    return sorted(rows, key=itemgetter("id"), reverse=True)[:limit]


def _is_asked(source: Table, acts: Sequence[Act]) -> bool:
    if source is AUDIT:
        return bool(set(acts) - KEPT_APART)
    return (Act.DECIDED if source is DECISION else Act.ADDRESS_SHOWN) in acts


def _rows(
    connection: Connection, source: Table, site_id: UUID, wanted: Mapping[str, Any], after: UUID | None, limit: int
) -> list[Row]:
    found = _within(select(source).where(source.c.site_id == site_id), source, wanted, after)
    if source is DECISION:
        found = found.where(DECISION.c.by.in_(sorted(HUMAN)))
    elif source is AUDIT and wanted.get("acts"):
        found = found.where(AUDIT.c.act.in_(wanted["acts"]))
    rows = connection.execute(found.order_by(source.c.id.desc()).limit(limit)).mappings()
    return [_SHOWN[source](row) for row in rows]


def _within(found: Select[Any], source: Table, wanted: Mapping[str, Any], after: UUID | None) -> Select[Any]:
    conditions = [source.c.actor_id == wanted["actor"]] if wanted.get("actor") else []
    conditions += [source.c.created_at >= wanted["since"]] if wanted.get("since") else []
    conditions += [source.c.created_at < wanted["until"]] if wanted.get("until") else []
    conditions += [source.c.id < after] if after else []
    return found.where(*conditions)


def _noted(row: RowMapping) -> Row:
    return dict(row)


def _decided(row: RowMapping) -> Row:
    told = {name: row[name] if name == "reasons" else str(row[name]) for name in DECISIVE if row[name]}
    return {**_about_a_comment(row), "act": Act.DECIDED, "told": told}


def _looked(row: RowMapping) -> Row:
    return {**_about_a_comment(row), "act": Act.ADDRESS_SHOWN, "told": {"reason": row["reason"] or None}}


def _about_a_comment(row: RowMapping) -> Row:
    same = {name: row[name] for name in ("id", "site_id", "actor_id", "created_at")}
    return {**same, "by": Doer(row["by"]), "subject": row["comment_id"]}


_SHOWN: Final = {AUDIT: _noted, DECISION: _decided, REVEAL: _looked}
