"""Notices: what somebody wants to be told of a site by mail, how often, and in which words."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from moderation.domain.voice import Voice

SCHEDULE: Final = tuple(timedelta(seconds=seconds) for seconds in (0, 60, 5 * 60, 30 * 60, 2 * 3600, 12 * 3600))
"""How long to wait before each attempt to send a mail; after the last one it is given up."""
KEPT: Final = timedelta(days=30)
MOST_COUNTED: Final = 1000


class How(StrEnum):
    """How somebody wants to be told that something waits."""

    AT_ONCE = "at-once"
    DIGEST = "digest"


PAUSE: Final = {How.AT_ONCE: timedelta(minutes=5), How.DIGEST: timedelta(days=1)}
"""For so long after a mail there is no other."""


class Kind(StrEnum):
    """What a mail is about."""

    WAITING = "waiting"
    CONFIRM = "confirm"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Notice:
    """One person's wish to hear of one site. The address is sealed; only the vault opens it."""

    id: UUID
    person_id: UUID
    site_id: UUID
    how: How
    email: bytes = field(repr=False)
    confirmed: bool
    """Whether somebody who reads what comes there, or the operator, said that it is theirs."""
    stamp: str
    """What links are signed with; another address has another one."""
    told: int
    """The position of the last event that was looked at for this."""
    next_at: datetime
    """Before that there is no mail."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for a person at a site."""

    waiting: int
    oldest: timedelta


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail on its way to whoever wants to be told."""

    id: UUID
    site_id: UUID
    notice_id: UUID
    kind: Kind
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is written: plain text, and nothing of what people wrote."""

    id: UUID
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    stop: str | None = field(default=None, repr=False)
    """The link by which there is no further mail."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of sending: nothing is wrong, or a word for it and whether trying again is of use."""

    failure: str | None = None
    final: bool = False


def again(attempts: int, posted: Posted) -> timedelta | None:
    """Say how long to wait after so many attempts that came to nothing; None where it is given up."""
    return None if posted.final or attempts >= len(SCHEDULE) else SCHEDULE[attempts]


def waiting_letter(
    mail: Mail, to: str, site: str, backlog: Backlog, how: How, *, desk: str, stop: str, voice: Voice
) -> Letter:
    """Tell a moderator that something waits, and for how long."""
    told = {"number": counted(backlog.waiting), "site": site}
    subject = voice.ngettext(
        "%(number)s comment waits at %(site)s", "%(number)s comments wait at %(site)s", backlog.waiting, **told
    )
    waits = voice.ngettext(
        "%(number)s comment waits for a moderator at %(site)s.",
        "%(number)s comments wait for a moderator at %(site)s.",
        backlog.waiting,
        **told,
    )
    look = voice.gettext("Look at what waits; you will be asked to sign in:")
    text = (
        f"{waits} {waited(backlog.oldest, voice)}\n\n{look}\n{desk}\n\n"
        f"-- \n{often(how, voice)} {voice.gettext('To get it no more:')}\n{stop}\n"
    )
    return Letter(mail.id, to, subject, text, stop)


def confirming_letter(mail: Mail, to: str, name: str, site: str, *, link: str, voice: Voice) -> Letter:
    """Ask whoever reads this whether the address is theirs."""
    asked = voice.gettext(
        "%(name)s asked to be told here when comments wait for a moderator at %(site)s.", name=name, site=site
    )
    confirm = voice.gettext("If that is you, say so on this page, which is good once:")
    nothing = voice.gettext("If it is not, do nothing, and nothing more comes.")
    subject = voice.gettext("Is this your address? (%(site)s)", site=site)
    return Letter(mail.id, to, subject, f"{asked}\n\n{confirm}\n{link}\n\n{nothing}\n")


def ended_letter(mail: Mail, to: str, site: str, *, desk: str, stop: str, voice: Voice) -> Letter:
    """Tell an owner that one of a site's endpoints was disabled by itself."""
    ended = voice.gettext(
        "An endpoint of %(site)s hears of events no more: it failed for five days, or said that it wants nothing. "
        "What waited for it is kept for thirty days.",
        site=site,
    )
    look = voice.gettext("Look at it, enable it, and send again what it missed; you will be asked to sign in:")
    why = voice.gettext("You get this as an owner who is told of %(site)s by mail. To get nothing more:", site=site)
    subject = voice.gettext("An endpoint of %(site)s was disabled", site=site)
    return Letter(mail.id, to, subject, f"{ended}\n\n{look}\n{desk}\n\n-- \n{why}\n{stop}\n", stop)


def often(how: How, voice: Voice) -> str:
    """Say how often somebody is told."""
    if how is How.AT_ONCE:
        return voice.gettext("You get this when something new waits, at most every five minutes.")
    return voice.gettext("You get this once a day while something waits.")


def counted(number: int) -> str:
    """Write how many comments there are, as far as they were counted."""
    return f"{number}{'+' if number >= MOST_COUNTED else ''}"


def waited(span: timedelta, voice: Voice) -> str:
    """Say how long the oldest has waited, in the largest unit that is full."""
    if days := span // timedelta(days=1):
        return voice.ngettext("The oldest has waited for %(num)s day.", "The oldest has waited for %(num)s days.", days)
    if hours := span // timedelta(hours=1):
        return voice.ngettext(
            "The oldest has waited for %(num)s hour.", "The oldest has waited for %(num)s hours.", hours
        )
    if minutes := span // timedelta(minutes=1):
        return voice.ngettext(
            "The oldest has waited for %(num)s minute.", "The oldest has waited for %(num)s minutes.", minutes
        )
    return voice.gettext("The oldest has waited for less than a minute.")
