"""What deciding costs by itself, with scorers that cost nothing; and what scoring and rendering cost by themselves."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar
from uuid import uuid4

from bench import writing
from bench.measuring import cpu_of, family
from makers import World
from servers.postgres import OwnPostgres

from moderation.domain.comment import Submission
from moderation.domain.signal import SCORED, Signal
from moderation.services import scoring
from moderation.services.ports import Deps
from moderation.wiring import shipped_scorers

T = TypeVar("T")
SAMPLE: Final = 200
BATCH: Final = 64


class Free:
    """Finds everything harmless without looking."""

    patience = timedelta(seconds=5)

    def __init__(self, kind: str) -> None:
        self.kind, self.name = kind, f"free-{kind}"
        self._signal = Signal(kind, 0.01, self.name, language="en")

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Give the same signal for each."""
        return [self._signal] * len(submissions)


def decided_per_core(folder: Path, postgres: OwnPostgres | None, comments: int) -> dict[str, float]:
    """Give how many comments one core decides a second before any scoring; the database's own CPU is counted."""
    url = postgres.fresh_database() if postgres else f"sqlite:///{folder / f'drained-{uuid4().hex}.db'}"
    server = [postgres.process.pid] if postgres else []
    with closing(World.at(url, scorers={kind: Free(kind) for kind in SCORED})) as world:
        deps = replace(world.deps, render=lambda text: text)
        for text in islice(writing.texts(1), comments):
            world.receives(text)
        before = _used(server)
        _drain(deps)
        return {"decided_per_core": comments / (_used(server) - before)}


def costs() -> dict[str, float]:
    """Give the seconds of CPU that each scorer, and the renderer, takes for a comment."""
    from moderation.adapters.render import render  # noqa: PLC0415 (its parser is made when it is needed)

    texts = list(islice(writing.texts(1), SAMPLE))
    submissions = [Submission(text=text, name="Ann Miller") for text in texts]
    scorers = {f"{kind}_cpu": _each(scorer.look_at, submissions) for kind, scorer in shipped_scorers().items()}
    return scorers | {"render_cpu": _each(lambda batch: [render(text) for text in batch], texts)}


def _each(work: Callable[[Sequence[T]], object], items: Sequence[T]) -> float:
    """Do the work once to be warm and once to be measured."""
    work(items[:BATCH])
    began = time.process_time()
    work(items)
    return (time.process_time() - began) / len(items)


def _used(server: list[int]) -> float:
    return time.process_time() + sum(cpu_of(family(pid)) for pid in server)


def _drain(deps: Deps) -> None:
    while any([*(scoring.score(deps, kind, BATCH) for kind in SCORED), scoring.render(deps, BATCH)]):
        pass
