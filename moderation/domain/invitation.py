"""Invitations: links by which people give themselves a password, each good once and for a while."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from moderation.domain.notice import Letter
from moderation.domain.person import Person
from moderation.domain.voice import Voice


class Occasion(StrEnum):
    """Why somebody is written to."""

    WELCOME = "welcome"
    RESET = "reset"
    FORGOTTEN = "forgotten"
    """What they had beside a password was taken away; the mail says so, and holds no link that lets anybody in."""


LASTS: Final = {
    Occasion.WELCOME: timedelta(hours=24),
    Occasion.RESET: timedelta(hours=1),
    Occasion.FORGOTTEN: timedelta(days=2),
}
"""For so long a link is good, or a mail without one is kept."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link for somebody; or, while nobody looked whose address it is, that whoever reads mail there asked for one."""

    id: UUID
    person_id: UUID | None
    occasion: Occasion
    stamp: str
    """The person's when it was made: with the password it changes, and the link is dead."""
    expires_at: datetime
    asked: bytes | None = field(default=None, repr=False)
    """The fingerprint of the address that was typed."""
    attempts: int = 0

    def lets_in(self, person: Person, now: datetime) -> bool:
        """Say whether this link is good for this person."""
        if self.occasion is Occasion.FORGOTTEN:
            return False
        return person.active and person.id == self.person_id and person.stamp == self.stamp and now < self.expires_at


def welcome_letter(invitation: Invitation, to: str, name: str, *, link: str, desk: str, voice: Voice) -> Letter:
    """Tell somebody that they may work at the desk."""
    added = voice.gettext(
        "You were added to the moderators' desk at %(desk)s under the name %(name)s.", desk=desk, name=name
    )
    choose = voice.gettext("Choose a password on this page, within a day; it is good once:")
    nothing = voice.gettext("If you expect nothing of the kind, do nothing, and nothing more comes.")
    subject = voice.gettext("Your place at the moderators' desk")
    return Letter(invitation.id, to, subject, f"{added}\n\n{choose}\n{link}\n\n{nothing}\n")


def reset_letter(invitation: Invitation, to: str, name: str, *, link: str, desk: str, voice: Voice) -> Letter:
    """Give somebody the link that they asked for."""
    asked = voice.gettext(
        "Somebody asked for a new password of %(name)s at the moderators' desk at %(desk)s.", name=name, desk=desk
    )
    choose = voice.gettext("If that was you, choose one on this page, within an hour; it is good once:")
    then = voice.gettext(
        "Wherever you are signed in, you are signed out then; an authenticator is asked for as before. "
        "If it was not you, do nothing, and your password stays as it is."
    )
    subject = voice.gettext("A new password for the moderators' desk")
    return Letter(invitation.id, to, subject, f"{asked}\n\n{choose}\n{link}\n\n{then}\n")


def forgotten_letter(invitation: Invitation, to: str, name: str, *, desk: str, voice: Voice) -> Letter:
    """Tell somebody that a password alone lets them in again, whoever asked for that."""
    gone = voice.gettext(
        "The authenticator, the passkeys and the recovery codes of %(name)s were taken away at the moderators' desk at "
        "%(desk)s, as for somebody who lost them. Wherever you were signed in, you are signed out.",
        name=name,
        desk=desk,
    )
    sign_in = voice.gettext("Sign in with your password, and set up a second factor anew on this page:")
    not_me = voice.gettext("If you did not ask for this, tell whoever runs your site, and choose a new password now:")
    subject = voice.gettext("Your second factor at the moderators' desk was removed")
    text = f"{gone}\n\n{sign_in}\n{desk}/console/account\n\n{not_me}\n{desk}/console/forgotten\n"
    return Letter(invitation.id, to, subject, text)
