"""What it costs to read and clean one comment, of the common kind and of the worst kinds that are let in."""

import json
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import uuid4

from api import app_over
from bench import writing
from flask import Flask, g
from makers import World

from moderation.domain.text import TEXT_MAX
from moderation.http.context import Caller
from moderation.http.submission import arrival_of, sent_json

_LABEL: Final = "bücher-und-zeitungen-aus-köln"
WORST: Final[Mapping[str, Mapping[str, str]]] = {
    "long": {"text": "A calm word. " * (TEXT_MAX // 13)},
    "marks": {"text": "e" + "\u0301\u0323\u0307\u0308" * (TEXT_MAX // 4 - 1)},
    "decomposed": {"text": "e\u0301" * (TEXT_MAX // 2)},
    "hangul": {"text": "\u1112\u1161\u11ab" * TEXT_MAX},
    "invisible": {"text": "w\u200b" * TEXT_MAX},
    "joiners": {"text": "a\u200d" * TEXT_MAX},
    "emoji": {"text": "\U0001f469\u200d\U0001f469\u200d\U0001f466" * (TEXT_MAX // 5)},
    "escapes": {"text": '\u00e9\\"' * (TEXT_MAX // 3)},
    "lines": {"text": "a\r\n" * (TEXT_MAX // 2)},
    "long name": {"name": "é" * 240},
    "long e-mail": {"email": f"{'a' * 64}@{'.'.join(['b' * 60] * 2)}.example.com"},
    "foreign e-mail": {"email": f"ann.müller@{_LABEL}.{_LABEL}.example"},
    "foreign website": {"website": f"https://{_LABEL}.{_LABEL}.example/{'ä' * 100}"},
    "foreign page": {"thread_url": f"https://{_LABEL}.{_LABEL}.example/{'ä/' * 90}?{'ü=1&' * 60}"},
    "many queries": {"thread_url": "https://news.example/a?" + "&".join(f"q{n}=%C3%A4" for n in range(140))},
}
"""Inputs built to cost as much as may be and still be taken."""


def costs(folder: Path, repeats: int) -> dict[str, Any]:
    """Give the seconds of CPU for the common comment, and for the worst of the others with its name."""
    with closing(World.at(f"sqlite:///{folder / f'validated-{uuid4().hex}.db'}")) as world:
        app, caller = app_over(world), Caller(site=world.site)
        common = median(_cost(app, caller, _common(number), repeats) for number in range(20))
        others = {name: _cost(app, caller, _common(0) | odd, max(3, repeats // 4)) for name, odd in WORST.items()}
    worst = max(others, key=others.__getitem__)
    return {"common": common, "worst": others[worst], "worst_name": worst, "others": others}


def _common(number: int) -> dict[str, str]:
    return writing.reply(next(writing.texts(number)), number)


def _cost(app: Flask, caller: Caller, document: Mapping[str, str], repeats: int) -> float:
    """Read and clean one document again and again; give the median of what each took."""
    body = json.dumps(document, ensure_ascii=False).encode()
    return median(_once(app, caller, body) for _ in range(repeats))


def _once(app: Flask, caller: Caller, body: bytes) -> float:
    with app.test_request_context("/", method="POST", data=body, content_type="application/json"):
        g.caller = caller
        began = time.thread_time()
        sent, faults = sent_json()
        arrival_of(sent, caller.site, faults)
        return time.thread_time() - began
