"""Making a trained encoder small: to ONNX and to eight bits, and measuring what that moved."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch

from moderation.adapters.scorers.trained.encoder import OUTPUTS
from moderation.lab.corpora import KINDS
from moderation.lab.encoder import TOKENS, Network, folder_of_base, padded

_OPSET: Final = 17
_ANY: Final = {0: "texts", 1: "tokens"}


def export(network: Network, folder: Path) -> None:
    """Write the network in eight bits, its tokenizer and what its outputs mean.

    Weights keep to seven of the eight bits: processors without VNNI would overflow otherwise, and score differently.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415 (takes a second)

    whole, small = folder / "encoder.float.onnx", folder / "encoder.onnx"
    torch.onnx.export(
        network.eval(),
        padded([[101, 2023, 102], [101, 102]]),
        str(whole),
        input_names=["ids", "mask"],
        output_names=[*OUTPUTS, "mean"],
        dynamic_axes=dict.fromkeys(("ids", "mask", "words"), _ANY) | {name: {0: "texts"} for name in ("kinds", "mean")},
        opset_version=_OPSET,
        dynamo=False,
    )
    quantize_dynamic(whole, small, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    whole.unlink()
    told = json.loads((folder_of_base() / "tokenizer.json").read_text(encoding="utf-8"))
    (folder / "tokenizer.json").write_text(
        json.dumps(told, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
    )
    (folder / "encoder.json").write_text(json.dumps({"heads": KINDS, "tokens": TOKENS}) + "\n", encoding="utf-8")


def moved(network: Network, path: Path, rows: Sequence[Sequence[int]]) -> float:
    """Give the most that any logit of a text moved by making the network small."""
    import onnxruntime  # noqa: PLC0415

    ids, mask = padded(rows)
    with torch.inference_mode():
        before = network(ids, mask)[0].numpy()
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    after = session.run(["kinds"], {"ids": ids.numpy(), "mask": mask.numpy()})[0]
    return float(np.abs(before - after).max())
