"""The bell of wording: comments become findable by their words."""

from celery import shared_task

from moderation.services import wording
from moderation.services.ports import Bell
from workers.app import deps
from workers.tasks.drain import drain


@shared_task(name=Bell.WORDING, ignore_result=True)
def keep_wording() -> None:
    """Answer the bell: keep the words of what events tell of, until none was overlooked."""
    drain(lambda: wording.fill(deps()), again=Bell.WORDING)
