"""Corpora: the labelled comments that models are trained and measured on, read from a folder of parquet files.

Nothing of them is part of the project; `lychgate train --data FOLDER` names where they lie. What ships is
trained on rows whose licence allows it, and rows of the others are measured on, whole, as texts of foreign origin.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

KINDS: Final = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack", "spam")
"""What a text is labelled for, in the order of every table of labels."""

_COLUMNS: Final = {
    "severe_toxic": "severe_toxicity",
    "obscene": "obscene",
    "threat": "threat",
    "insult": "insult",
    "identity_hate": "identity_attack",
}
_FREE: Final = frozenset({"permissive", "sharealike"})
_HATE: Final = frozenset({"stormfront", "edos_sexism"})  # What is toxic there is an attack on identity.
_POSITIVES_ONLY: Final = frozenset({"edos_sexism"})  # Its negatives are not sexist, and may be anything else.
_MARKED: Final = frozenset({"civil_toxic_spans"})
_NOTHING_MARKED: Final = frozenset({"civil_balanced", "wikipedia_cat_gc", "jigsaw_balanced"})


_LABELLED: Final = frozenset({"source", "split", "licence_group", "text"})
_NEEDED: Final[Mapping[str, frozenset[str]]] = {
    "toxicity_en.parquet": _LABELLED | {"toxic", "teacher_altpc", *_COLUMNS},
    "toxicity_multilingual.parquet": _LABELLED | {"toxic", "lang"},
    "bias_templates_multilingual.parquet": frozenset({"text", "toxic", "lang", "template"}),
    "spam.parquet": _LABELLED | {"spam", "lang"},
    "toxic_spans.parquet": frozenset({"text", "spans"}),
}


class Unreadable(ValueError):
    """A file is not what it should be; the message is a sentence that says how."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text with what is known of it: each kind of `KINDS` that was annotated, 0 or 1."""

    text: str
    labels: dict[str, float]
    source: str
    split: str
    language: str = "en"
    free: bool = True
    """Whether its licence lets a model that ships be trained on it."""
    teacher: float | None = None
    """What another model thinks of the text's toxicity, between 0 and 1."""
    group: str = ""
    marks: tuple[tuple[int, int], ...] | None = None
    """The ranges of characters that people marked as toxic; None where nobody was asked."""


@dataclass(frozen=True, slots=True)
class Corpora:
    """All rows, with the digest of every file that they came from."""

    rows: list[Row]
    digests: dict[str, str] = field(default_factory=dict)

    def pick(self, split: str, *, free: bool = True) -> list[Row]:
        """Give the rows of one split whose licence is free, or those whose is not, of every split."""
        return [row for row in self.rows if row.free is free and (not free or row.split == split)]


def load(folder: Path) -> Corpora:
    """Read every file; raises FileNotFoundError or Unreadable that names what is missing."""
    marks = {raw["text"]: _ranges(json.loads(raw["spans"])) for raw in _read(folder / "toxic_spans.parquet")}
    english = [_english(row, marks) for row in _read(folder / "toxicity_en.parquet")]
    foreign = [_foreign(row) for row in _read(folder / "toxicity_multilingual.parquet")]
    templates = [_template(row) for row in _read(folder / "bias_templates_multilingual.parquet")]
    spam = [_spam(row) for row in _read(folder / "spam.parquet")]
    rows = [row for row in (*english, *foreign, *templates, *spam) if row is not None and row.text.strip()]
    return Corpora(rows, digests_of(sorted(folder.glob("*.parquet"))))


def _read(path: Path) -> Iterable[dict[str, Any]]:
    from pyarrow import ArrowInvalid, parquet  # noqa: PLC0415 (an extra: whoever only scores does without)

    try:
        table = parquet.read_table(path)
    except ArrowInvalid:
        raise Unreadable(f"{path} is no parquet file.") from None
    if missing := sorted(_NEEDED[path.name] - set(table.column_names)):
        raise Unreadable(f"{path} has no column {', '.join(missing)}.")
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _english(raw: dict[str, Any], marks: dict[str, tuple[tuple[int, int], ...]]) -> Row | None:
    source, text, toxic = raw["source"], raw["text"], float(raw["toxic"])
    if source in _POSITIVES_ONLY and not toxic:
        return None
    labels = {"toxicity": toxic} | {
        kind: float(raw[column])
        for column, kind in _COLUMNS.items()
        if raw[column] is not None and raw[column] == raw[column]
    }
    if source in _HATE:
        labels["identity_attack"] = toxic
    marked = marks.get(text) if source in _MARKED else () if source in _NOTHING_MARKED and not toxic else None
    free = raw["licence_group"] in _FREE
    return Row(text, labels, source, raw["split"], "en", free, raw["teacher_altpc"], marks=marked)


def _ranges(characters: list[int]) -> tuple[tuple[int, int], ...]:
    """Turn a list of characters into ranges."""
    ranges: list[tuple[int, int]] = []
    for place in sorted(set(characters)):
        if ranges and ranges[-1][1] == place:
            ranges[-1] = (ranges[-1][0], place + 1)
        else:
            ranges.append((place, place + 1))
    return tuple(ranges)


def _foreign(raw: dict[str, Any]) -> Row:
    free = raw["licence_group"] in _FREE
    return Row(raw["text"], {"toxicity": float(raw["toxic"])}, raw["source"], raw["split"], raw["lang"], free)


def _template(raw: dict[str, Any]) -> Row:
    """Give a sentence of a template; the words of a template fall in one split together."""
    held_out = int(hashlib.sha256(str(raw["template"]).encode()).hexdigest(), 16) % 10 == 0
    labels = {"toxicity": float(raw["toxic"])}
    return Row(
        raw["text"],
        labels,
        f"bias_{raw['lang']}",
        "dev" if held_out else "train",
        raw["lang"],
        group=str(raw["template"]),
    )


def _spam(raw: dict[str, Any]) -> Row:
    free = raw["licence_group"] in _FREE
    return Row(raw["text"], {"spam": float(raw["spam"])}, raw["source"], raw["split"], raw["lang"] or "und", free)


def digests_of(paths: Sequence[Path]) -> dict[str, str]:
    """Give the SHA-256 of each file by its name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
