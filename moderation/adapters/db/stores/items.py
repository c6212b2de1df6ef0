"""What is in a JSON array, as rows, on either database."""

from typing import Any

from sqlalchemy import JSON, FromClause, column, func
from sqlalchemy.dialects.postgresql import JSONB


def items(dialect: str, array: Any, name: str, *, plain: bool = False) -> FromClause:
    """Give what is in a JSON array as rows of `value`: objects, or where they are plain, texts."""
    if dialect == "postgresql":
        each = func.jsonb_array_elements_text if plain else func.jsonb_array_elements
        return each(array).table_valued(column("value", None if plain else JSONB), name=name)
    return func.json_each(array).table_valued(column("value", None if plain else JSON), name=name)
