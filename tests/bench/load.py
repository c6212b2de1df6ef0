"""The load: `python -m bench.load` reads what to send as JSON, sends it, and writes what came back.

A closed loop keeps every connection busy; an open loop begins so many requests a second however long
each takes, and counts the waiting for a free connection as part of the answer's time.
"""

import asyncio
import json
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from bench import writing
from bench.lines import Answered, Line

ACCEPTED: Final = frozenset({200, 201, 202, 304})
LINGER: Final = 20.0
"""Seconds that answers may still take when nothing more is sent."""


class Load:
    """Sends requests over a number of connections, and keeps what came back."""

    def __init__(self, port: int, requests: Iterator[bytes], *, connections: int, enough: int | None) -> None:
        """Send to this port, at most so many requests if a number is given."""
        self._port, self._requests = port, requests
        self._connections, self._enough = connections, enough
        self._lines: set[Line] = set()
        self._idle: list[Line] = []
        self._due: deque[float] = deque()
        self.begun = 0
        self.lost = 0
        self.answers: list[Answered] = []
        self._calls: set[asyncio.Future[None]] = set()
        self._closed, self._over = True, False
        self._enough_sent, self._all_answered = asyncio.Event(), asyncio.Event()

    @property
    def waiting(self) -> bool:
        """Whether something is to be sent or answered yet."""
        return bool(self._due) or self.lost + len(self.answers) < self.begun

    async def closed(self, seconds: float | None) -> None:
        """Keep every connection busy for so long, or until enough was sent."""
        for _ in range(self._connections):
            self._send(await self._connected(), time.time())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._enough_sent.wait(), seconds)
        await self._answered()

    async def open(self, seconds: float, rate: float) -> None:
        """Begin so many requests a second for so long."""
        self._closed = False
        began, due = time.time(), 0
        while (now := time.time() - began) < seconds:
            self._due.extend(began + number / rate for number in range(due, int(now * rate)))
            due = int(now * rate)
            await self._serve()
            await asyncio.sleep(0.001)
        await self._answered()

    async def _serve(self) -> None:
        """Send what is due, over what is idle or can still be opened."""
        while self._due and (self._idle or len(self._lines) < self._connections):
            line = self._idle.pop() if self._idle else await self._connected()
            if not line.open:
                continue
            if self._due:
                self._send(line, self._due.popleft())
            else:
                self._idle.append(line)

    async def _answered(self) -> None:
        """Wait for the answers that are still to come, and hang up."""
        self._over = True
        if self.waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_answered.wait(), LINGER)
        for line in list(self._lines):
            line.close()

    async def _connected(self) -> Line:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: Line(self._done), "127.0.0.1", self._port)
        self._lines.add(line)
        return line

    def _send(self, line: Line, intended: float) -> None:
        if self._enough is not None and self.begun >= self._enough:
            self._enough_sent.set()
            return
        self.begun += 1
        line.send(next(self._requests), intended)

    def _done(self, line: Line, answer: Answered | None) -> None:
        if answer is None:
            self.lost += 1
        else:
            self.answers.append(answer)
        if answer is None or answer.last:
            self._lines.discard(line)
            line.close()
            self._replace()
        else:
            self._go_on(line, answer.ended)
        if self._over and not self.waiting:
            self._all_answered.set()

    def _replace(self) -> None:
        """Call again where a connection ended, if there is more to send."""
        if self._due or not self._over:
            task = asyncio.ensure_future(self._call_again())
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)

    async def _call_again(self) -> None:
        with suppress(OSError):
            self._go_on(await self._connected(), time.time())

    def _go_on(self, line: Line, now: float) -> None:
        """Send the next request over a connection that is free, or lay it aside."""
        if self._due:
            self._send(line, self._due.popleft())
        elif not self._closed:
            self._idle.append(line)
        elif not self._over:
            self._send(line, now)


async def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Send what is described, and describe what came back."""
    load = Load(spec["port"], writing.of(spec), connections=spec["connections"], enough=spec.get("enough"))
    began, cpu = time.time(), time.process_time()
    if "rate" in spec:
        await load.open(spec["seconds"], spec["rate"])
    else:
        await load.closed(spec.get("seconds"))
    return {
        "began": began,
        "ended": max((answer.ended for answer in load.answers), default=time.time()),
        "cpu": time.process_time() - cpu,
        "begun": load.begun,
        "lost": load.begun - len(load.answers),
        "statuses": dict(Counter(str(answer.status) for answer in load.answers)),
        "accepted": [answer.seconds for answer in load.answers if answer.status in ACCEPTED],
        "refused": [answer.seconds for answer in load.answers if answer.status not in ACCEPTED],
        "told_when": sum(b"\r\nretry-after:" in answer.head.lower() for answer in load.answers),
        "sent": [[_id(answer), answer.intended] for answer in load.answers if spec.get("ids") and answer.status == 202],
    }


def _id(answer: Answered) -> str:
    return str(json.loads(answer.body)["id"])


if __name__ == "__main__":
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)
