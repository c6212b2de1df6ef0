"""The bell of mail: what is due is sent, one after the other, in a thread beside the rest of the work."""

from celery import shared_task

from moderation.services import author_mails, invitations, notices
from moderation.services.ports import Bell
from workers.app import abreast, deps


@shared_task(name=Bell.MAIL, ignore_result=True)
def mail() -> None:
    """Answer the bell: send what is due, however long the mail server takes."""
    abreast()[Bell.MAIL].begin("mail", _some, again=Bell.MAIL)


def _some() -> int:
    """Send a link that somebody waits for before what can wait; then one to a moderator and one to an author.

    So neither of those waits for all of the other.
    """
    return invitations.send(deps()) or notices.send(deps()) + author_mails.send(deps())
