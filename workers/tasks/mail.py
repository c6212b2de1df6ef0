"""The bell of mail: what is due is sent, one after the other, in a thread beside the rest of the work."""

from celery import shared_task

from moderation.services import invitations, notices
from moderation.services.ports import Bell
from workers.app import abreast, deps


@shared_task(name=Bell.MAIL, ignore_result=True)
def mail() -> None:
    """Answer the bell: send what is due, however long the mail server takes."""
    abreast()[Bell.MAIL].begin("mail", _one, again=Bell.MAIL)


def _one() -> int:
    """Send one mail, a link that somebody waits for before what can wait."""
    return invitations.send(deps()) or notices.send(deps())
