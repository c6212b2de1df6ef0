"""The bell of learning: what moderators decided since becomes the next version of their site's model."""

from celery import shared_task

from config.queues import LEARNING_LIMITS
from moderation.services import learning
from moderation.services.ports import Bell
from workers.app import deps
from workers.tasks.drain import drain

SOFT, HARD = LEARNING_LIMITS


@shared_task(name=Bell.LEARN, ignore_result=True, soft_time_limit=SOFT, time_limit=HARD)
def learn() -> None:
    """Answer the bell: learn for one site after another, until none has decided enough since."""
    drain(lambda: learning.learn(deps()), again=Bell.LEARN)
