"""The bell of delivery: events get their positions, so that publishers can follow them."""

from celery import shared_task

from moderation.services import events
from moderation.services.ports import Bell
from workers.app import deps
from workers.tasks.drain import drain


@shared_task(name=Bell.DELIVER, ignore_result=True)
def deliver() -> None:
    """Answer the bell: number events until none is without a position."""
    drain(lambda: events.number(deps()), again=Bell.DELIVER)
