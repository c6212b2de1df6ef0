"""Sentences for people with values in them, which others may say in another language."""

from typing import Any, Self


class Sentence(str):
    """An English sentence that remembers its pattern and what was filled in: `%(limit)s` and the limit."""

    __slots__ = ("pattern", "values")

    pattern: str
    values: dict[str, Any]

    def __new__(cls, pattern: str, **values: Any) -> Self:
        """Fill the values in; without any, the pattern is the sentence, marked for translators."""
        made = super().__new__(cls, pattern % values if values else pattern)
        made.pattern, made.values = pattern, values
        return made
