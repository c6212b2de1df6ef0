"""Rounds: a batch at an endpoint is claimed, sent and written down, beside those of other endpoints."""

from functools import partial
from uuid import UUID

from moderation.services import deliveries
from moderation.services.aside import lay_aside
from moderation.services.ports import Deps
from moderation.services.sending import Batch, Sent, send
from moderation.services.together import Together


class Rounds:
    """What endpoints are told for the first time, or again. May be used by several threads at once.

    While it is quiet each round has its own transactions; where many endpoints hear of the same events, most of what
    their rounds cost is shared.
    """

    def __init__(self, deps: Deps, *, tried: bool) -> None:
        """Send what was tried before, or the rest."""
        self._deps = deps
        self._claims = Together[UUID, Batch | None](partial(deliveries.claim, deps, tried=tried))
        self._ends = Together[Sent, bool](partial(deliveries.settle, deps, tried=tried))

    def go(self, endpoint_id: UUID) -> bool:
        """Send one batch of what is due at an endpoint; say whether more was due there as it was written down."""
        batch = self._claims.ask(endpoint_id)
        if batch is None:
            lay_aside(self._deps, endpoint_id)
            return False
        return self._ends.ask(send(self._deps, batch))
