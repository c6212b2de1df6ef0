"""A scene: an installation, people who post to it, readers, and the ledger it is all counted by."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from faults.canaries import Canaries
from faults.counting import Count, Installation
from faults.ledger import Client, Ledger, People
from faults.load import Load, Reader
from faults.stack import Stack
from faults.waiting import DEADLINE

from config.queues import QUEUES
from moderation.adapters.broker import queue_lengths


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that one fault test plays with."""

    stack: Stack
    people: People
    client: Client
    reader: Reader
    stored: Installation
    canaries: Canaries

    @classmethod
    @contextmanager
    def at(cls, folder: Path, database_url: str, seed: int, **settings: str) -> Iterator[Self]:
        """Set the scene on an empty database; when it ends, look for canaries in all that was left behind."""
        with Stack.at(folder, database_url, **settings) as stack:
            people, ledger = People(seed), Ledger(folder / "ledger.jsonl")
            client = Client(stack.url, stack.site.key, ledger, secret=stack.writer)
            stored = Installation(stack.database, stack.deps)
            canaries = Canaries(stack, client, people)
            with canaries.listening():
                yield cls(stack, people, client, cls.reader_of(stack, client), stored, canaries)
            stored.close()
            canaries.check()

    @staticmethod
    def reader_of(stack: Stack, client: Client) -> Reader:
        """Make whoever reads the site and its events."""
        return Reader(client, stack.site.key, stack.reader)

    def load(self, *, rate: float = 40) -> Load:
        """Make people who keep posting."""
        return Load(self.client, self.people, rate=rate)

    def count(self, *, within: float = DEADLINE) -> Count:
        """Wait until all is decided, at most so long, and count; the figures go to standard output."""
        counted = self.counted(within=within)
        self.say(
            acked=counted.acked, calls=self.client.ledger.outcomes(), states=self.stored.statuses(), **counted.faults
        )
        return counted

    def counted(self, *, within: float = DEADLINE) -> Count:
        """Wait until all is decided, at most so long, and count."""
        self.stored.all_decided(within)
        return self.stored.count(self.client.ledger, self.reader.catch_up(), self.reader.public)

    def jobs(self) -> Counter[str]:
        """Count the jobs that are to be done, by kind."""
        return self.stored.jobs()

    def reasons_of(self, comment_id: str) -> tuple[str, ...]:
        """Give why a comment stands where it stands."""
        with self.stack.deps.reading(None) as uow:
            found = uow.comments.find(UUID(comment_id))
        assert found is not None
        return found.reasons

    def bells(self) -> int:
        """Count the bells that lie unanswered in the broker."""
        return sum(queue_lengths(self.stack.broker.url, QUEUES)[1].values())

    def say_latencies(self, during: str) -> None:
        """Write how long posting took, in milliseconds."""
        times = sorted(round(seconds * 1000) for seconds in self.client.latencies)
        self.say(during=during, p50=times[len(times) // 2], p99=times[len(times) * 99 // 100], longest=times[-1])

    def say(self, **figures: Any) -> None:
        """Write one line of figures, with the seed."""
        sys.stdout.write(json.dumps({"seed": self.people.seed, **figures}) + "\n")
