"""The bells of scoring: one for each kind of signal, and one for rendering."""

from functools import partial

from celery import shared_task

from moderation.services import remote, scoring
from moderation.services.ports import Bell
from workers.app import abreast, deps
from workers.tasks.drain import drain


@shared_task(name=Bell.SPAM, ignore_result=True)
def score_spam() -> None:
    """Answer the bell: score for spam until nothing is due."""
    drain(lambda: scoring.score(deps(), "spam"), again=Bell.SPAM)


@shared_task(name=Bell.TOXICITY, ignore_result=True)
def score_toxicity() -> None:
    """Answer the bell: score for toxicity until nothing is due."""
    drain(lambda: scoring.score(deps(), "toxicity"), again=Bell.TOXICITY)


@shared_task(name=Bell.REMOTE, ignore_result=True)
def ask_remote() -> None:
    """Answer the bell: let each site's own scorer look at what waits for it, none of which waits for another."""
    for site in remote.asked(deps()):
        abreast()[Bell.REMOTE].begin(site.id, partial(scoring.ask, deps(), site), again=Bell.REMOTE)


@shared_task(name=Bell.RENDER, ignore_result=True)
def render() -> None:
    """Answer the bell: turn texts into HTML until nothing is due."""
    drain(lambda: scoring.render(deps()), again=Bell.RENDER)
