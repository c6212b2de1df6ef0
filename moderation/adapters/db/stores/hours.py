"""The hours of a window as a table that others are joined to, each with the ids that were made within it.

An id begins with its time, so that whatever is kept by site and id is counted by the hour in the order of an index.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CTE, JSON, ColumnElement, FromClause, Integer, Uuid, and_, column, func, text, true
from sqlalchemy.dialects.postgresql import JSONB

from moderation.adapters.db.stores.comments import first_id
from moderation.domain.window import Window

LAST: Final = UUID(int=(1 << 128) - 1)
_AS_TABLE: Final = {
    "postgresql": """
        SELECT CAST(value ->> 0 AS integer) AS place, CAST(value ->> 1 AS uuid) AS low,
               CAST(value ->> 2 AS uuid) AS high
        FROM jsonb_array_elements(CAST(:hours AS jsonb))""",
    "sqlite": """
        SELECT json_extract(value, '$[0]') AS place, json_extract(value, '$[1]') AS low,
               json_extract(value, '$[2]') AS high
        FROM json_each(:hours)""",
}


def hours_of(dialect: str, window: Window) -> CTE:
    """Give a window's hours: the place of each among them, and from which id to which it goes."""
    starts = [hour.start for hour in window.hours()]
    made = text(_AS_TABLE[dialect]).bindparams(hours=json.dumps(_spans(starts)))
    return made.columns(column("place", Integer), column("low", Uuid), column("high", Uuid)).cte("hour")


def _spans(starts: Sequence[datetime]) -> list[tuple[int, str, str]]:
    ids = [*(first_id(start) for start in starts), LAST]
    return [(place, low.hex, high.hex) for place, (low, high) in enumerate(pairwise(ids))]


def within(identity: ColumnElement[UUID], hour: CTE) -> ColumnElement[bool]:
    """Say that an id was made within an hour."""
    return and_(identity >= hour.c.low, identity < hour.c.high)


def items(dialect: str, array: Any, name: str, *, plain: bool = False) -> FromClause:
    """Give what is in a JSON array as rows of `value`: objects, or where they are plain, texts."""
    if dialect == "postgresql":
        each = func.jsonb_array_elements_text if plain else func.jsonb_array_elements
        return each(array).table_valued(column("value", None if plain else JSONB), name=name)
    return func.json_each(array).table_valued(column("value", None if plain else JSON), name=name)


ALWAYS: Final = true()
"""Joins what depends on the row before it."""
