"""A small set of data files to train on."""

from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet


def small(folder: Path) -> Path:
    """Make a small set of data files: whoever is rotten is toxic, whoever sells is spam."""
    folder.mkdir(parents=True)
    free = {"licence_group": "permissive", "licence": "CC0"}
    things = ("goblin", "baker", "captain", "dancer", "farmer", "painter", "singer", "tailor")
    english = [
        {
            "text": f"you {word} {thing} number {number}",
            "toxic": float(word == "rotten"),
            **dict.fromkeys(("severe_toxic", "obscene", "threat", "insult", "identity_hate"), float(word == "rotten")),
            "source": "jigsaw_balanced",
            "split": "dev" if number % 4 == 0 else "train",
            "teacher_altpc": 0.9 if word == "rotten" else 0.1,
            **free,
        }
        for word in ("rotten", "kind")
        for thing in things
        for number in range(8)
    ]
    foreign = [
        {
            "text": f"{word} {thing} {number}",
            "toxic": int(word == "dummer"),
            "lang": lang,
            "source": "x",
            "split": split,
            **free,
        }
        for lang in ("de", "ko", "pt")
        for word in ("dummer", "lieber")
        for thing in things
        for number, split in enumerate(("train", "dev", "dev"))
    ]
    spam = [
        {
            "text": f"{word} {thing} {number}",
            "spam": float(word == "buy"),
            "lang": "en",
            "source": "sms_spam",
            "split": split,
            **free,
        }
        for word in ("buy", "meet")
        for thing in things
        for number, split in enumerate(("train", "dev", "dev"))
    ]
    templates = [{"text": f"{word} zijn", "toxic": 0, "lang": "nl", "template": word} for word in things]
    _write(folder / "toxicity_en.parquet", english)
    _write(folder / "toxicity_multilingual.parquet", foreign)
    _write(folder / "bias_templates_multilingual.parquet", templates)
    _write(folder / "spam.parquet", spam)
    _write(folder / "toxic_spans.parquet", [{"text": "you rotten goblin", "spans": "[4, 5, 6]"}])
    return folder


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    parquet.write_table(pa.Table.from_pylist(rows), path)
