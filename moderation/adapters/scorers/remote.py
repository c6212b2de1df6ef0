"""A site's own scorer: a batch goes there as one signed request, and its answer is believed as far as it is sound."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import uuid4

from moderation.adapters.breaker import Breaker
from moderation.adapters.outbound import Outbound
from moderation.adapters.scorers.answer import WrongAnswer, read_answer
from moderation.adapters.signing import signed
from moderation.domain.comment import Submission
from moderation.domain.signal import REMOTE, Signal
from moderation.services.ports import Remotes, RemoteScorer

MOST: Final = 32
JSON: Final = "application/json"


class HttpScorer:
    """Asks the scorer at one address, and remembers how it fared."""

    kind = REMOTE
    name = REMOTE
    patience = timedelta(seconds=15)
    """Longer than looking up its name and waiting for it take together."""

    def __init__(self, outbound: Outbound, breaker: Breaker, address: str, secret: Callable[[], str]) -> None:
        """Ask at this address; the secret is asked for each time."""
        self._outbound = outbound
        self._breaker = breaker
        self._address = address
        self._secret = secret

    @property
    def rest(self) -> timedelta:
        """For how long it is to be left alone, since it failed several times in a row; zero where it may be asked."""
        return self._breaker.rest(self._address)

    @property
    def most(self) -> int:
        """How many comments it may be given at once: a single one, to see whether it is back after a rest."""
        return 1 if self._breaker.doubts(self._address) else MOST

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Send a text with its language and page, nothing of its author; raises where there is no sound answer."""
        try:
            signals = self._ask(submissions)
        except Exception:
            self._breaker.failed(self._address)
            raise
        self._breaker.succeeded(self._address)
        return signals

    def _ask(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        body = json.dumps({"comments": [_told(each) for each in submissions]}, ensure_ascii=False).encode()
        headers = signed([self._secret()], f"msg_{uuid4().hex}", body, datetime.now(UTC))
        answer = self._outbound.post(self._address, body, {"Content-Type": JSON, "Accept": JSON, **headers})
        if answer.status != HTTPStatus.OK:
            raise WrongAnswer
        return read_answer(answer.body, [each.text for each in submissions])


def _told(submission: Submission) -> dict[str, str | None]:
    return {"text": submission.text, "language": submission.language, "thread": submission.thread}


def remotes(outbound: Outbound, breaker: Breaker) -> Remotes:
    """Give whoever knows the scorers of all sites: they share a way out, and a memory of who fails."""

    def scorer(address: str, secret: Callable[[], str]) -> RemoteScorer:
        return HttpScorer(outbound, breaker, address, secret)

    return scorer
