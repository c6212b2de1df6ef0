"""The linear tier: one weight per gram and head, read straight from a file that is mapped into memory.

Weights are kept in eight bits as signed squares, which keeps small ones apart: a level q stands for
`sign(q) * (q / 127)**2` times the scale of its head.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from moderation.adapters.scorers.trained.grams import SIZE, Grams, Integers

Floats = npt.NDArray[np.float32]
STEPS: Final = 127
_ZERO: Final = np.int16(128)
_LEVELS: Final[Floats] = (np.sign(np.arange(-128, 128)) * (np.arange(-128, 128) / STEPS) ** 2).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of every head for every gram: `levels` is grams by heads, `scales` and `biases` are one per head.

    `rarity` says how rare each gram is, in 255ths of `rarest`, a logarithm: what everybody writes says little
    (the inverse document frequency of Spärck Jones 1972).
    """

    heads: tuple[str, ...]
    levels: npt.NDArray[np.int8]
    scales: Floats
    biases: Floats
    rarity: npt.NDArray[np.uint8]
    rarest: float

    def logits(self, found: Grams) -> Floats:
        """Give the logit of each text (rows) for each head (columns)."""
        _, numbers, counts, values = self.values(found)
        sums = np.zeros((found.texts, len(self.heads)), np.float32)
        some = np.flatnonzero(counts)
        if len(some):
            starts = (np.cumsum(counts) - counts)[some]
            sums[some] = np.add.reduceat(_LEVELS[self.levels[numbers] + _ZERO] * values[:, None], starts, axis=0)
        return sums * self.scales + self.biases

    def values(self, found: Grams) -> tuple[Integers, Integers, Integers, Floats]:
        """Give rows, numbers and values of the distinct grams, and how many each text has; a text has length one."""
        rows, numbers, counts = found.distinct()
        values = self.rarity[numbers] * np.float32(self.rarest / 255)
        lengths = np.sqrt(np.bincount(rows, values * values, found.texts)).clip(1e-6)
        return rows, numbers, counts, (values / lengths[rows]).astype(np.float32)

    def pull(self, found: Grams, row: int, head: str, length: int) -> Floats:
        """Give how much each of the `length` characters of a text pulls its logit for a head up or down."""
        column, mine = self.heads.index(head), found.rows == row
        begins, ends, numbers = found.begins[mine], found.ends[mine], found.numbers[mine]
        if not len(numbers):
            return np.zeros(length, np.float32)
        distinct, places, repeats = np.unique(numbers, return_inverse=True, return_counts=True)
        values = self.rarity[distinct] * np.float32(self.rarest / 255)
        weights = (
            _LEVELS[self.levels[distinct, column] + _ZERO]
            * self.scales[column]
            * values
            / np.linalg.norm(values).clip(1e-6)
        )
        shares = (weights / repeats)[places] / (ends - begins)
        changes = np.bincount(begins, shares, length + 1) - np.bincount(ends, shares, length + 1)
        return np.cumsum(changes)[:length].astype(np.float32)


def quantised(heads: tuple[str, ...], weights: Floats, biases: Floats, rarity: Floats) -> Linear:
    """Make a tier of eight bits from weights of grams by heads, and from the rarity of each gram."""
    scales = np.abs(weights).max(axis=0).clip(1e-9)
    levels = np.rint(np.sign(weights) * np.sqrt(np.abs(weights) / scales) * STEPS).astype(np.int8)
    rarest = float(rarity.max())
    small = np.rint(rarity / rarest * 255).astype(np.uint8)
    return Linear(heads, levels, scales.astype(np.float32), biases.astype(np.float32), small, rarest)


def read(folder: Path) -> Linear:
    """Open the tier that `write` left in a folder; raises ValueError where it is of another make."""
    told = json.loads((folder / "linear.json").read_text(encoding="utf-8"))
    levels = np.load(folder / "linear.npy", mmap_mode="r")
    if levels.shape != (SIZE, len(told["heads"])):
        raise ValueError(f"{folder / 'linear.npy'} does not fit linear.json: train the models anew.")
    rarity = np.load(folder / "rarity.npy", mmap_mode="r")
    scales, biases = np.array(told["scales"], np.float32), np.array(told["biases"], np.float32)
    return Linear(tuple(told["heads"]), levels, scales, biases, rarity, told["rarest"])


def write(tier: Linear, folder: Path) -> None:
    """Leave a tier in a folder."""
    np.save(folder / "linear.npy", tier.levels)
    np.save(folder / "rarity.npy", tier.rarity)
    told = {
        "heads": tier.heads,
        "scales": tier.scales.tolist(),
        "biases": tier.biases.tolist(),
        "rarest": tier.rarest,
    }
    (folder / "linear.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
