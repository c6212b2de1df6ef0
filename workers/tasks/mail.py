"""The bell of mail: what is due is sent, one after the other, in a thread beside the rest of the work."""

from celery import shared_task

from moderation.services import author_mails, notices
from moderation.services.ports import Bell
from workers.app import abreast, deps


@shared_task(name=Bell.MAIL, ignore_result=True)
def mail() -> None:
    """Answer the bell: send what is due, however long the mail server takes."""
    abreast()[Bell.MAIL].begin("mail", _some, again=Bell.MAIL)


def _some() -> int:
    """Send one to a moderator and one to an author, so that neither waits for all of the others."""
    return notices.send(deps()) + author_mails.send(deps())
