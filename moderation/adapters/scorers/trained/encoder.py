"""The encoder: a small transformer that reads whole sentences, for texts that single words leave uncertain.

It is run by ONNX Runtime in eight bits and on one thread, as every worker process has a core of its own. The
packages it needs are the extra `encoder`; without them, or without its file, there simply is no such tier.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
FILES: Final = ("encoder.onnx", "encoder.json", "tokenizer.json")
OUTPUTS: Final = ("kinds", "words")
"""What the network gives: logits of texts by heads, and of texts by tokens."""
_NEEDED: Final = ("onnxruntime", "tokenizers")
_TOGETHER: Final = 16
_SILENCE: Final = 3  # Errors only: warnings are about what this machine lacks.


@dataclass(frozen=True, slots=True)
class Understood:
    """What the encoder makes of one text: a logit for each head, and one for each character it read."""

    logits: dict[str, float]
    pull: Floats


class Encoder:
    """Reads folded texts, cut after as many tokens as it was trained on."""

    def __init__(self, folder: Path) -> None:
        """Load the network from a folder, which takes a quarter of a second."""
        import onnxruntime  # noqa: PLC0415 (an extra)
        from tokenizers import Tokenizer  # noqa: PLC0415 (an extra)

        told = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
        self._heads: tuple[str, ...] = tuple(told["heads"])
        self._tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokens.enable_truncation(told["tokens"])
        self._tokens.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _SILENCE
        self._network = onnxruntime.InferenceSession(
            folder / "encoder.onnx", options, providers=["CPUExecutionProvider"]
        )

    def read(self, texts: Sequence[str]) -> list[Understood]:
        """Read every text; those of like length go together, so that little is computed for nothing."""
        found = [self._tokens.encode(_sound(text)) for text in texts]
        order = sorted(range(len(texts)), key=lambda place: len(found[place].ids))
        understood: dict[int, Understood] = {}
        for begin in range(0, len(order), _TOGETHER):
            places = order[begin : begin + _TOGETHER]
            kinds, words = self._run([found[place].ids for place in places])
            for place, logits, tokens in zip(places, kinds.tolist(), words, strict=True):
                pull = _spread(tokens, found[place].offsets, len(texts[place]))
                understood[place] = Understood(dict(zip(self._heads, logits, strict=True)), pull)
        return [understood[place] for place in range(len(texts))]

    def _run(self, rows: Sequence[Sequence[int]]) -> tuple[Floats, Floats]:
        width = max(map(len, rows))
        ids, mask = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.int64)
        for place, row in enumerate(rows):
            ids[place, : len(row)], mask[place, : len(row)] = row, 1
        answer: Any = self._network.run(list(OUTPUTS), {"ids": ids, "mask": mask})
        return answer[0], answer[1]


def _sound(text: str) -> str:
    """Put a sign for each half of a pair that stands alone, which the tokenizer cannot take; the length stays."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _spread(tokens: Floats, offsets: Sequence[tuple[int, int]], length: int) -> Floats:
    """Give each character the logit of its token; what was not read is far below nothing."""
    pull = np.full(length, -np.inf, np.float32)
    for logit, (begin, end) in zip(tokens, offsets, strict=False):
        pull[begin:end] = logit
    return pull


def read(folder: Path) -> Encoder | None:
    """Load the encoder of a folder; None where it, or what runs it, is not there."""
    if not all(find_spec(name) for name in _NEEDED) or not all((folder / name).exists() for name in FILES):
        return None
    return Encoder(folder)
