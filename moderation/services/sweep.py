"""The sweep: makes good every lost bell, gives up what cannot be scored, forgets what is over."""

from datetime import timedelta
from typing import Final

from moderation.domain.person import IDLE, LASTING
from moderation.services.ports import BELL_OF, Bell, Deps

DAY: Final = timedelta(days=1)
MONTH: Final = timedelta(days=30)
YEAR: Final = timedelta(days=365)
AUDITED: Final = timedelta(days=366)
"""The database lets nothing go that is younger than a year, and a year may be a day longer."""
PURGED: Final = 500


def due(deps: Deps) -> set[Bell]:
    """Name the bells that should be ringing now; rows decide, not what was rung before."""
    with deps.reading(None) as uow:
        bells = {BELL_OF[kind] for kind in uow.jobs.due_kinds(BELL_OF)}
        bells |= {Bell.DELIVER} if uow.events.unnumbered() else set()
        bells |= {Bell.WORDING} if uow.wordings.behind() else set()
        bells |= {Bell.REDELIVER if tried else Bell.DELIVER for tried in uow.deliveries.due()}
        waiting = uow.notices.mail_due() or uow.author_mails.due() or uow.invitations.mail_due()
        bells |= {Bell.MAIL} if deps.may_post and waiting else set()
        bells |= {Bell.HOUSEKEEPING} if uow.erasures.due() else set()
        return bells | ({Bell.HOUSEKEEPING} if uow.jobs.exhausted(1) else set())


def purge_once(deps: Deps) -> int:
    """Forget some of what may happen again after a day; say how much there was."""
    with deps.uow(None) as uow:
        gone = uow.once.purge(DAY, PURGED)
        uow.commit()
    return gone


def purge_echoes(deps: Deps) -> int:
    """Forget what some of the comments are like that are older than a day; say how many there were."""
    with deps.uow(None) as uow:
        gone = uow.echoes.purge(DAY, PURGED)
        uow.commit()
    return gone


def purge_sessions(deps: Deps) -> int:
    """Forget the sessions that let nobody in any more for their age; say how many there were."""
    with deps.uow(None) as uow:
        gone = uow.people.purge_sessions(idle_since=deps.now() - IDLE, begun_before=deps.now() - LASTING)
        uow.commit()
    return gone


def purge_spent(deps: Deps) -> int:
    """Forget what was used up and could come no more anyway; say how much there was."""
    with deps.uow(None) as uow:
        gone = uow.passkeys.purge_spent(deps.now())
        uow.commit()
    return gone


def purge_audit(deps: Deps) -> int:
    """Forget some of what was done at sites more than a year ago; say how much there was. Decisions stay."""
    with deps.uow(None) as uow:
        gone = uow.audit.purge(AUDITED, PURGED)
        uow.commit()
    return gone


def purge_bans(deps: Deps) -> int:
    """Forget some of the bans that ended a year ago; say how many there were."""
    with deps.uow(None) as uow:
        gone = uow.bans.purge(deps.now() - YEAR, PURGED)
        uow.commit()
    return gone


def purge_waves(deps: Deps) -> int:
    """Forget some of the waves that came to rest a month ago, with what was decided of them; comments stay."""
    with deps.uow(None) as uow:
        gone = uow.waves.recede(MONTH, PURGED)
        uow.commit()
    return gone


def purge_deleted(deps: Deps) -> int:
    """Empty some of the comments that were deleted a day ago; say how many there were."""
    with deps.uow(None) as uow:
        gone = uow.comments.forget_deleted(DAY, PURGED)
        uow.commit()
    return gone
