"""Making a trained encoder small: to ONNX, then to eight bits, and measuring what that moved."""

import json
from pathlib import Path
from typing import Final

import numpy as np
import torch

from moderation.lab.encoder import Network, folder_of_base, padded

_OPSET: Final = 17
_OUTPUTS: Final = ("kinds", "words", "mean")


def export(network: Network, folder: Path) -> Path:
    """Write `encoder.onnx` in eight bits, and the tokenizer beside it; give the model's path."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    whole, small = folder / "encoder.float.onnx", folder / "encoder.onnx"
    ids, mask = padded([[101, 2023, 102], [101, 102]])
    torch.onnx.export(
        network.eval(),
        (ids, mask),
        str(whole),
        input_names=["ids", "mask"],
        output_names=list(_OUTPUTS),
        dynamic_axes={name: {0: "texts", 1: "tokens"} for name in ("ids", "mask", "words")}
        | {name: {0: "texts"} for name in ("kinds", "mean")},
        opset_version=_OPSET,
        dynamo=False,
    )
    quantize_dynamic(whole, small, weight_type=QuantType.QInt8, per_channel=True, reduce_range=False)
    whole.unlink()
    told = json.loads((folder_of_base() / "tokenizer.json").read_text(encoding="utf-8"))
    (folder / "tokenizer.json").write_text(json.dumps(told, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    return small


def moved(network: Network, path: Path, rows: list[list[int]]) -> float:
    """Give the most that any logit moved by making the network small."""
    import onnxruntime  # noqa: PLC0415

    ids, mask = padded(rows)
    with torch.inference_mode():
        before = network(ids, mask)[0].numpy()
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    after = session.run(["kinds"], {"ids": ids.numpy(), "mask": mask.numpy()})[0]
    return float(np.abs(before - after).max())
