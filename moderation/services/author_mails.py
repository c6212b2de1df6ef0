"""Mails to authors: written when they leave, from what is true then, and of nothing that commenters wrote."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urldefrag, urlencode
from uuid import UUID

import structlog

from moderation.domain.appeal import ANSWERED
from moderation.domain.comment import Comment, Status, public_reason
from moderation.domain.mailbox import DIGEST, FORGOTTEN, AuthorMail, Cause, Mailbox
from moderation.domain.notice import KEPT, Letter, Posted, again
from moderation.domain.site import Site
from moderation.services.addresses import address_of
from moderation.services.citing import told_of
from moderation.services.correspondence import CONFIRM, STOP, VISIT, link
from moderation.services.hearings import appeal_of
from moderation.services.ports import Deps, Uow

LEASE: Final = timedelta(minutes=6)
"""Longer than a mail server may take to answer."""
SOME: Final = 200
OUTCOMES: Final = (Cause.DECISION, Cause.APPEAL)
"""Mails to whoever wants to hear what became of a comment."""
LATEST: Final = 20
"""Among so many of somebody's comments one is looked for that is left."""
log = structlog.get_logger()


def send(deps: Deps) -> int:
    """Send one mail that is due; return whether there was one. Nothing is open while we talk.

    A claim is a lease: whoever dies with it leaves the mail to be sent again, under the same id.
    """
    if not deps.may_post:
        return 0
    token = deps.new_id()
    with deps.uow(None) as uow:
        mails = uow.author_mails.claim(token, LEASE)
        letter = None if not mails or _too_soon(uow, token, mails) else _letter(deps, uow, token, mails)
        uow.commit()
    if letter:
        posted = deps.post(letter)
        _write_down(deps, token, mails, posted)
    return len(mails)


def purge(deps: Deps) -> int:
    """Forget some of the mails that ended a month ago, and of the addresses that nobody uses; say how many."""
    with deps.uow(None) as uow:
        gone = uow.author_mails.purge(KEPT, SOME) + uow.mailboxes.purge(FORGOTTEN, deps.lasting.mailboxes, SOME)
        uow.commit()
    return gone


def _too_soon(uow: Uow, token: UUID, mails: Sequence[AuthorMail]) -> bool:
    """Put off a digest that comes before the day is over; one that was tried goes on being tried."""
    fresh = all(mail.attempts == 1 for mail in mails)
    return mails[0].daily and fresh and uow.author_mails.put_off(token, mails[0])


def _write_down(deps: Deps, token: UUID, mails: Sequence[AuthorMail], posted: Posted) -> None:
    if posted.failure:
        log.warning("mail-failed", mail=str(mails[0].id), reason=posted.failure)
    pause = again(max(mail.attempts for mail in mails), posted) if posted.failure else None
    with deps.uow(None) as uow:
        uow.author_mails.settle(token, posted, pause)
        uow.commit()


def _letter(deps: Deps, uow: Uow, token: UUID, mails: Sequence[AuthorMail]) -> Letter | None:
    """Write what was claimed as one letter; what there is nothing to say of is over with that."""
    site, box = uow.sites.get(mails[0].site_id), uow.mailboxes.of(mails[0].site_id, mails[0].fingerprint)
    writer = Writer(deps, uow, site, box) if site and box else None
    told = {mail.id: comment for mail in mails if writer and (comment := writer.subject(mail))}
    uow.author_mails.drop(token, [mail.id for mail in mails if mail.id not in told])
    live = [mail for mail in mails if mail.id in told]
    if not live or writer is None:
        return None
    if live[0].daily:
        uow.mailboxes.wait_a_day(live[0].site_id, live[0].fingerprint, DIGEST)
    letter = writer.written(live, list(told.values()))
    if letter is None:
        uow.author_mails.drop(token, list(told))
    return letter


class Writer:
    """Writes to one author of one site."""

    def __init__(self, deps: Deps, uow: Uow, site: Site, box: Mailbox) -> None:
        """Know to whom it is written."""
        self.deps, self.uow, self.site, self.box = deps, uow, site, box
        self.language = site.language or ""

    def subject(self, mail: AuthorMail) -> Comment | None:
        """Give the comment of which there is something to say still; None where there is nothing."""
        own = self._own(mail)
        if own is None or own.status is Status.DELETED:
            return None
        if mail.cause is Cause.CONFIRM:
            open_ = self.box.confirmed_at is None and not self.box.silent and own.status is not Status.SPAM
            return own if open_ else None
        if mail.cause is Cause.VISIT:
            return own if self.box.visit else None
        follow = self.uow.mailboxes.followed(own.id)
        if follow is None or self.box.confirmed_at is None or self.box.silent or not self.site.tell_authors:
            return None
        if mail.cause in OUTCOMES:
            return own if follow.decision and self._is_news(mail, own) else None
        reply = self.uow.comments.get(self.site.id, mail.about_id) if mail.about_id and follow.replies else None
        return reply if reply and reply.status is Status.APPROVED else None

    def _is_news(self, mail: AuthorMail, own: Comment) -> bool:
        """Say whether a decision is still to be told: that on an appeal by itself, and all else only before it."""
        appeal = appeal_of(self.uow, own.id)
        answered = appeal is not None and appeal.outcome in ANSWERED
        if mail.cause is Cause.APPEAL:
            return answered
        return not answered and own.status in {Status.APPROVED, Status.REJECTED}

    def _own(self, mail: AuthorMail) -> Comment | None:
        """Give the author's comment with which the address is sealed; the latest one left where the mail is of none."""
        if mail.comment_id:
            return self.uow.comments.get(self.site.id, mail.comment_id)
        latest = self.uow.comments.read(self.uow.mailboxes.comments(self.site.id, self.box.fingerprint, LATEST))
        left = [comment for comment in latest if comment.status is not Status.DELETED and comment.email]
        return max(left, key=lambda comment: comment.id, default=None)

    def written(self, mails: Sequence[AuthorMail], about: Sequence[Comment]) -> Letter | None:
        """Write the letter; None where the address does not open any more."""
        own = self._own(mails[0])
        address = address_of(self.deps, own) if own else None
        if own is None or address is None:
            return None
        self.language = self.site.language or own.language or ""
        subject, paragraphs, stop = self._words(mails, about)
        if stop:
            paragraphs[-1] += f"\n\n-- \n{self._say('mail-stop')}\n{stop}"
        elif mails[0].cause is Cause.CONFIRM:
            stop = self._link(STOP, self.box.stamp)
        return Letter(mails[0].id, address.reveal(), subject, "\n\n".join(paragraphs) + "\n", stop)

    def _words(self, mails: Sequence[AuthorMail], about: Sequence[Comment]) -> tuple[str, list[str], str | None]:
        """Give the subject, the paragraphs, and the link by which there is nothing more."""
        match mails[0].cause:
            case Cause.CONFIRM:
                return self._say("mail-confirm-subject"), self._confirming(), None
            case Cause.VISIT:
                return self._say("mail-visit-subject"), self._inviting(), None
            case Cause.DECISION:
                return self._say("mail-decision-subject"), self._deciding(about[0]), self._link(STOP, self.box.stamp)
            case Cause.APPEAL:
                return self._say("mail-appeal-subject"), self._hearing(about[0]), self._link(STOP, self.box.stamp)
            case Cause.REPLY:
                word = "mail-digest" if mails[0].daily else "mail-reply"
                pages = "\n".join(self._page(reply) for reply in about)
                said = [f"{self._say(word)}\n{pages}"]
                return self._say(f"{word}-subject"), said, self._link(STOP, self.box.stamp)

    def _confirming(self) -> list[str]:
        confirm, stop = (self._link(what, self.box.stamp) for what in (CONFIRM, STOP))
        asked = f"{self._say('mail-confirm-link')}\n{confirm}"
        return [self._say("mail-confirm"), asked, f"{self._say('mail-confirm-stop')}\n{stop}"]

    def _inviting(self) -> list[str]:
        self.uow.mailboxes.leave(self.box.id)
        shown = f"{self._say('mail-visit-link')}\n{self._link(VISIT, self.box.visit or '')}"
        return [self._say("mail-visit"), shown, self._say("mail-visit-else")]

    def _deciding(self, comment: Comment) -> list[str]:
        own = f"{self._say('mail-own')}\n{self.deps.public_url}/embed/{self.site.key}/own"
        if comment.status is Status.APPROVED:
            return [f"{self._say('mail-approved')}\n{self._page(comment)}", own]
        refused = f"{self._say('mail-rejected')} {self._say(public_reason(comment) or '')}".strip()
        appeal = [self._say("mail-may-appeal")] if self.deps.appealing else []
        return [refused, *self._explaining(comment), own, *appeal]

    def _explaining(self, comment: Comment) -> Iterator[str]:
        """Give the house rule that was not kept, as it was worded then, and what a moderator wrote."""
        told = told_of(self.uow, [comment]).get(comment.id)
        if told and told.rule:
            yield f"{self._say('mail-rule')}\n{told.rule.title}\n{told.rule.text}"
        if told and told.note:
            yield f"{self._say('mail-note')}\n{told.note}"

    def _hearing(self, comment: Comment) -> list[str]:
        own = f"{self._say('mail-own')}\n{self.deps.public_url}/embed/{self.site.key}/own"
        if comment.status is Status.APPROVED:
            return [f"{self._say('mail-upheld')}\n{self._page(comment)}", own]
        return [self._say("mail-refused"), own]

    def _say(self, word: str) -> str:
        return self.deps.say(self.language, word, site=self.site.name)

    def _link(self, what: str, secret: str) -> str:
        return link(self.deps, self.site, what, self.box.id, secret)

    def _page(self, comment: Comment) -> str:
        """Give the address of a comment: on its page where that is known, else on ours."""
        thread = self.uow.threads.get(self.site.id, comment.thread_id)
        ours = f"{self.deps.public_url}/embed/{self.site.key}/thread?{urlencode({'thread': comment.thread})}"
        page = urldefrag(thread.url).url if thread and thread.url else ours
        return f"{page}#comment-{comment.id}"
