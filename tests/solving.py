"""Solves challenges as a browser does, as ALTCHA's second protocol has it."""

import base64
import hashlib
import json
from collections.abc import Mapping
from itertools import count
from typing import Any


def counter_of(challenge: Mapping[str, Any]) -> int:
    """Find the counter whose key begins as it should."""
    asked = challenge["parameters"]
    nonce, salt = bytes.fromhex(asked["nonce"]), bytes.fromhex(asked["salt"])
    return next(
        counter
        for counter in count()
        if hashlib.pbkdf2_hmac("sha256", nonce + counter.to_bytes(4, "big"), salt, asked["cost"], asked["keyLength"])
        .hex()
        .startswith(asked["keyPrefix"])
    )


def written(challenge: Any, **solution: Any) -> str:
    """Write a challenge with its solution, or with something else."""
    return base64.b64encode(json.dumps({"challenge": challenge, "solution": solution}).encode()).decode()


def solved(challenge: Mapping[str, Any]) -> str:
    return written(challenge, counter=counter_of(challenge))
