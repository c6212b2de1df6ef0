"""Training: from a folder of data to a folder of models, alike for the same seed and the same data."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from moderation.adapters.scorers import MODELS
from moderation.adapters.scorers.trained import blend
from moderation.adapters.scorers.trained.encoder import FILES
from moderation.adapters.scorers.trained.encoder import read as read_encoder
from moderation.adapters.scorers.trained.linear import Linear
from moderation.adapters.scorers.trained.linear import write as write_linear
from moderation.adapters.scorers.view import TRAINED
from moderation.domain.signal import TOXICITY
from moderation.lab import contrast, linear, mixture
from moderation.lab.blending import blends
from moderation.lab.corpora import Corpora, Row

EACH: Final = 20
"""How often each template of ours is filled."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one training: to learn from, to blend on, and to measure on; no text is in two of them."""

    train: list[Row]
    blend: list[Row]
    measure: list[Row]
    foreign: list[Row]
    """Rows whose licence does not let us learn from them, all for measuring."""


def rows_of(corpora: Corpora, seed: int) -> Rows:
    """Part the rows; half of the development split, by its text, is blended on, and the other half measured on."""
    own = contrast.sentences(EACH, seed)
    development = [*corpora.pick("dev"), *(row for row in own if row.split == "dev")]
    learnt = mixture.chosen([*corpora.pick("train"), *(row for row in own if row.split == "train")], seed)
    known = {row.text for row in (*learnt, *development)}
    return Rows(
        learnt,
        [row for row in development if is_blended_on(row.text)],
        [row for row in development if not is_blended_on(row.text)],
        [row for row in corpora.pick("dev", free=False) if row.text not in known],
    )


def lacking(rows: Rows) -> list[str]:
    """Name the scored languages of which no text can be blended on: they are blended like all others together."""
    known = {row.language for row in rows.blend if TOXICITY in row.labels}
    return sorted(TRAINED - known)


def is_blended_on(text: str) -> bool:
    """Say whether a text of the development split is one of the half that the blends are fitted on."""
    return hashlib.sha256(text.strip().lower().encode("utf-8", "surrogatepass")).digest()[0] % 2 == 0


def train(rows: Rows, folder: Path, *, version: str, seed: int, encoder: bool, told: Callable[[str], None]) -> Linear:
    """Train every tier and leave the models in a folder; `told` hears what is being done.

    The encoder is trained only if wanted; otherwise the one that ships goes into the folder, if none lies there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if encoder:
        _train_encoder(rows, folder, seed, told)
    else:
        _take_along(folder)
    told(f"{len(rows.train)} texts are folded")
    texts = linear.folded(rows.train)
    told("the linear tier is trained")
    tier = linear.train(rows.train, texts, lambda head: told(f"the linear tier knows {head}"))
    write_linear(tier, folder)
    told("the blends are fitted")
    blend.write(
        blends(
            tier,
            read_encoder(folder),
            rows.blend,
            lambda read: told(f"{read} of {len(rows.blend)} texts are blended on"),
        ),
        folder,
    )
    (folder / "VERSION").write_text(version + "\n", encoding="utf-8")
    return tier


def _train_encoder(rows: Rows, folder: Path, seed: int, told: Callable[[str], None]) -> None:
    from moderation.lab import encoder, export  # noqa: PLC0415 (extras of an hour's work)

    told("texts are read for the encoder")
    network = encoder.train(
        encoder.examples(rows.train, seed),
        seed=seed,
        told=lambda step, steps, loss: told(f"the encoder has made {step} of {steps} steps, loss {loss:.3f}"),
        kept=folder / "encoder.part",
    )
    export.export(network, folder)
    (folder / "encoder.part").unlink(missing_ok=True)


def _take_along(folder: Path) -> None:
    for name in FILES:
        if (MODELS / name).exists() and not (folder / name).exists():
            shutil.copyfile(MODELS / name, folder / name)
