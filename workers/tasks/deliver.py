"""The bells of delivery: events get their positions and are planned; what is due is sent, endpoint by endpoint."""

from functools import cache, partial

from celery import shared_task

from moderation.services import deliveries, events
from moderation.services.ports import Bell
from moderation.services.rounds import Rounds
from workers.app import abreast, deps
from workers.tasks.drain import drain


@shared_task(name=Bell.DELIVER, ignore_result=True)
def deliver() -> None:
    """Answer the bell: number events until none is without a position, and send what nobody was told yet."""
    drain(lambda: events.number(deps()), again=Bell.DELIVER)
    _send(Bell.DELIVER, tried=False)


@shared_task(name=Bell.REDELIVER, ignore_result=True)
def redeliver() -> None:
    """Answer the bell: send again what did not arrive and is due."""
    _send(Bell.REDELIVER, tried=True)


def _send(bell: Bell, *, tried: bool) -> None:
    """Be at each endpoint in a thread of its own, so that none waits for another."""
    for endpoint_id in deliveries.waiting(deps(), tried=tried):
        abreast()[bell].begin(endpoint_id, partial(_rounds(tried=tried).go, endpoint_id), again=bell)


@cache
def _rounds(*, tried: bool) -> Rounds:
    return Rounds(deps(), tried=tried)
