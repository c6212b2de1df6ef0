"""The model card: what the models were made from, how good they are, and what they cannot do (Mitchell et al. 2019)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from moderation.lab.corpora import Row
from moderation.lab.evaluation import Line
from moderation.lab.training import Rows

_LIMITS: Final = """\
- Toxicity is scored in English, German, Korean and Portuguese. In other languages nothing is said of it, and the policy decides who looks.
- The encoder reads English alone, and the first 96 tokens of it; elsewhere weights know words and their neighbours, not what a sentence
  says. Hate without a single hard word is still missed now and then, swearing at nobody and quotations flagged.
- Naming a group raises the score, for some groups more than for others: the lines "names …" say how much (the last column, lower is worse).
- Spam corpora are of videos, messages and one chat; spam that is only a link under praise is mostly left to the named facts.
- What people called toxic differs between sources. The probability is that of their mixture; a site's own readers may see it otherwise.
- For ordering a queue and for holding doubtful comments. Nobody should be banned by a number.
"""


def card(
    version: str, seed: int, rows: Rows, digests: Mapping[str, str], made: Mapping[str, str], lines: Sequence[Line]
) -> str:
    """Write the card as Markdown."""
    return (
        f"# Models {version}\n\n"
        f"A linear tier of hashed words and letter sequences, an encoder of English sentences (MiniLM-L6, Apache-2.0, fine-tuned, in eight bits) "
        f"and blends of them with word rules and named facts. Made by `lychgate train` with seed {seed}.\n\n"
        f"## What they learnt from\n\n{_sources(rows.train)}\n"
        f"Sentences of our own (`contrast`) are among them. Half of the development split ({len(rows.blend)} texts) fitted the blends; "
        f"the other half ({len(rows.measure)}) is what the figures below are measured on.\n\n"
        f"## Files\n\nWhat they were made from:\n\n{_files(digests)}\nWhat they are:\n\n{_files(made)}\n## Figures\n\n{_table(lines)}\n## Limits\n\n{_LIMITS}"
    )


def _sources(rows: Sequence[Row]) -> str:
    counts = Counter((row.source, row.language) for row in rows)
    head = "| source | language | texts |\n|---|---|---:|\n"
    return head + "".join(
        f"| {source} | {language} | {count} |\n" for (source, language), count in sorted(counts.items())
    )


def _files(digests: Mapping[str, str]) -> str:
    return "| file | SHA-256 |\n|---|---|\n" + "".join(
        f"| `{name}` | `{digest}` |\n" for name, digest in sorted(digests.items())
    )


def _table(lines: Sequence[Line]) -> str:
    head = (
        "| question | texts | rows | positive | AUC | recall at 1 % | precision | recall | calibration error | BPSN AUC |\n"
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
    )
    return head + "".join(
        f"| {line.question} | {line.texts} | {line.rows} | {line.positives} | {_number(line.auc)} | {_number(line.recall_at_1)} "
        f"| {_number(line.precision)} | {_number(line.recall)} | {_number(line.calibration_error)} | {_number(line.bpsn_auc)} |\n"
        for line in lines
    )


def _number(value: float) -> str:
    return f"{value:.3f}" if value == value else "-"  # noqa: PLR0124 (NaN alone differs from itself)
