"""The bell of housekeeping: what waits too long goes to a person, what is over is forgotten."""

from celery import shared_task

from moderation.services import author_mails, deliveries, erasing, invitations, notices, scoring, sweep, tallies, waves
from moderation.services.ports import Bell
from workers.app import deps
from workers.tasks.drain import drain


@shared_task(name=Bell.HOUSEKEEPING, ignore_result=True)
def keep_house() -> None:
    """Answer the bell: give up what failed or waits too long, forget or count what is over, tell moderators."""
    drain(_some, again=Bell.HOUSEKEEPING)
    notices.plan(deps())


def _some() -> int:
    """Do a little of everything, so that no kind of it waits for another."""
    held = scoring.give_up(deps()) + scoring.hold_overdue(deps())
    forgotten = sweep.purge_once(deps()) + sweep.purge_echoes(deps()) + sweep.purge_deleted(deps())
    held += waves.ebb(deps()) + waves.carry_on(deps())
    forgotten += sweep.purge_waves(deps())
    forgotten += sweep.purge_sessions(deps()) + sweep.purge_audit(deps()) + sweep.purge_bans(deps())
    forgotten += sweep.purge_spent(deps())
    forgotten += notices.purge(deps()) + author_mails.purge(deps()) + invitations.purge(deps())
    forgotten += deliveries.purge(deps()) + erasing.purge(deps())
    erased = erasing.carry_on(deps())  # After the rest: each piece of it is a large one.
    return held + forgotten + erased + tallies.keep(deps())
