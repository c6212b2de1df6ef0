"""The mark of weights: what is learnt on top of some means nothing on top of others."""

from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final

FORMAT: Final = b"1"
"""How models of sites are written, and how texts become grams and vectors; another number outdates all of them."""
LENGTH: Final = 16
_SUFFIXES: Final = frozenset({".json", ".npy", ".onnx"})


@lru_cache(2)
def mark_of(folder: Path) -> bytes:
    """Give the mark of the weights in a folder: a digest of each of their files, and of the format."""
    found = sha256(FORMAT)
    for path in sorted(folder.iterdir()):
        if path.suffix in _SUFFIXES:
            with path.open("rb") as file:
                found.update(path.name.encode() + file_digest(file, "sha256").digest())
    return found.digest()[:LENGTH]
