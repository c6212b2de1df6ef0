"""Authors confirm that an address is theirs, are told by mail what they asked for, and of nothing that people wrote."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from hearing import hear
from makers import World
from servers.mail import Mailbox, mailbox
from sqlalchemy import text

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Actor, Ruling
from moderation.domain.errors import Conflict, NotFound
from moderation.domain.mailbox import Notify
from moderation.domain.notice import Posted
from moderation.services import author_mails, authors, mailboxes, sites, sweep
from moderation.services.correspondence import CONFIRM, STOP, VISIT
from moderation.services.decisions import settle
from moderation.services.mailboxes import Own
from moderation.services.ports import Bell

LINK = re.compile(r"http://\S+/embed/pk_[\w-]+/mail/(\S+)")
ADDRESS = "ada.particular@example.com"
WORDS = "A calm and friendly remark about the harvest, and https://phish.example too."


@dataclass
class Post:
    """An installation whose site writes to authors, and its mail server."""

    world: World
    box: Mailbox

    def writes(self, remark: str = WORDS, **others: object) -> Comment:
        """Let the author's comment arrive and be judged, and what it is worth leave."""
        comment = self.world.has(remark, **{"email": ADDRESS, "name": "Ada Particular", **others})
        self.leaves()
        return comment

    def leaves(self) -> list[str]:
        """Let the grace be over and everything that is due leave; give the subjects of what the author got by that."""
        before = len(self.mails)
        self.world.events()
        self.alters("UPDATE author_mail SET due_at = '2020-01-01 00:00:00' WHERE state = 'waiting'")
        while author_mails.send(self.world.deps):
            pass
        return [str(mail["Subject"]) for mail in self.mails[before:]]

    @property
    def mails(self) -> list[EmailMessage]:
        """Give what came to the author; whoever answers them is asked about their own address."""
        return [mail for mail in self.box.came if mail["To"] == ADDRESS]

    def alters(self, statement: str) -> None:
        with self.world.deps.uow(None) as uow:
            uow.connection.execute(text(statement))  # type: ignore[attr-defined]
            uow.commit()

    def states(self) -> list[tuple[str, str | None]]:
        with self.world.deps.reading(None) as uow:
            found = uow.connection.execute(text("SELECT state, failure FROM author_mail ORDER BY id"))  # type: ignore[attr-defined]
            return [(row[0], row[1]) for row in found]

    def token(self, at: int = -1, link: int = 0) -> str:
        return str(LINK.findall(self.mails[at].get_content())[link])

    def confirms(self) -> Own:
        """Let the author use the link that was sent."""
        self.writes("The first of my remarks.")
        what, own = mailboxes.follow(self.world.deps, self.world.site, self.token())
        assert what == CONFIRM
        assert own is not None
        return own

    def decides(self, comment: Comment, status: Status, *reasons: str) -> None:
        with self.world.deps.uow(comment.site_id) as uow:
            seen = self.world.look(comment).version
            assert settle(self.world.deps, uow, [Ruling(comment.id, seen, status, Actor.PERSON, reasons)])
            uow.commit()

    def answers(self, comment: Comment, remark: str = "An answer by somebody.", **others: object) -> Comment:
        return self.world.has(remark, parent=comment.id, **others)


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as known:
        yield known


@pytest.fixture
def post(world_with: Callable[..., World], box: Mailbox) -> Post:
    box.came.clear()
    box.tried.clear()
    box.says = "250 OK"
    world = world_with(mail_server=box.server, mail_from="lychgate@news.example")
    world.site = sites.change(world.deps, world.site.id, confirm=True, tell_authors=True, language="en")
    return Post(world, box)


def test_an_address_is_asked_once_and_a_link_makes_its_author_known(post: Post) -> None:
    comment = post.writes()

    (mail,) = post.box.came
    said = mail.get_content()
    assert (mail["To"], mail["Subject"]) == (ADDRESS, "Is this your address? (News)")
    assert mail.get_content_type() == "text/plain"
    assert not re.search("Particular|harvest|phish|ada", mail["Subject"] + said, re.IGNORECASE)
    assert comment.confirmed is False
    assert mailboxes.meant(post.world.deps, post.world.site, post.token()) == CONFIRM

    _, own = mailboxes.follow(post.world.deps, post.world.site, post.token())

    assert own is not None
    assert [each.id for each in own.comments] == [comment.id]
    with pytest.raises(NotFound):
        mailboxes.follow(post.world.deps, post.world.site, post.token())
    assert post.writes("Another remark of mine.", receipt=own.token).confirmed is True
    assert post.writes("One of somebody else's.", email="other@example.com", receipt=own.token).confirmed is False


def test_an_address_is_asked_once_a_day_and_few_because_of_one_network(post: Post) -> None:
    for number in range(3):
        post.world.receives(f"Remark number {number} of mine.", email=ADDRESS, address="192.0.2.7")
    post.leaves()
    assert len(post.box.came) == 1
    post.alters("UPDATE mailbox SET asked_at = '2020-01-01 00:00:00'")
    post.writes("A remark of the next day.", address="192.0.2.7")
    assert len(post.box.came) == 2

    for number in range(12):
        post.world.receives(f"A remark to victim {number}.", email=f"victim{number}@example.com", address="192.0.2.99")
    post.leaves()
    assert len(post.box.came) == 2 + 9, "with the first address, ten within the hour"


def test_nobody_is_asked_because_of_spam_a_trap_or_a_site_that_does_not_want_it(post: Post) -> None:
    post.writes("SPAM and nothing else.", email="one@example.com")
    post.writes("Something that a program filled in.", email="two@example.com", honeypot=True)
    post.world.site = sites.change(post.world.deps, post.world.site.id, confirm=False)
    assert post.writes("A remark on another day.", email="three@example.com").confirmed is None

    assert post.box.came == []


def test_whoever_wants_no_question_gets_none(post: Post) -> None:
    post.writes()
    assert post.box.came[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    confirm, stop = post.token(), post.token(link=1)

    assert mailboxes.follow(post.world.deps, post.world.site, stop) == (STOP, None)
    assert mailboxes.follow(post.world.deps, post.world.site, stop) == (STOP, None), "twice is the same as once"
    post.alters("UPDATE mailbox SET asked_at = '2020-01-01 00:00:00'")
    post.writes("A remark of the next day.")
    assert len(post.box.came) == 1

    assert mailboxes.follow(post.world.deps, post.world.site, confirm)[0] == CONFIRM, "who changes their mind may"


def test_only_comments_under_a_confirmed_address_make_a_record(post: Post) -> None:
    own = post.confirms()
    for number in range(2):
        comment = post.writes(f"Remark number {number} of mine.", receipt=own.token)
        assert comment.status is Status.APPROVED
    imposter = post.writes("A remark by somebody under that address.")
    receipt = post.world.deps.seals.receipt(imposter.id)
    again = post.writes("Another one of theirs.", receipt=receipt)
    mine = post.writes("One more of mine.", receipt=own.token)

    with post.world.deps.reading(None) as uow:
        assert uow.comments.vouched([mine, again]) == {mine.id: 3}
    with post.world.deps.views(post.world.site.id) as views:
        assert views.record(mine) == {"approved": 3}
        assert views.record(again) == {"approved": 3}, "those that nobody confirmed, the first of them too"


def test_a_token_vouches_as_a_receipt_does_where_the_site_asks_for_none(post: Post) -> None:
    own = post.confirms()
    post.world.site = sites.change(post.world.deps, post.world.site.id, confirm=False)

    comment = post.writes("Another remark of mine.", receipt=own.token)

    assert (comment.confirmed, comment.known_by) == (None, own.comments[0].id)


def test_a_reply_is_told_once_with_a_link_and_none_of_its_words(post: Post) -> None:
    own = post.confirms()
    comment = post.writes(receipt=own.token, replies=Notify.EACH)
    reply = post.answers(comment, "A phishing answer, https://phish.example", name="Mallory")

    assert post.leaves() == ["Your comment at News was answered"]
    mail = post.mails[-1]
    assert f"#comment-{reply.id}" in mail.get_content()
    assert not re.search("phish|Mallory|Ada", mail.as_string())
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    post.decides(reply, Status.HELD)
    post.decides(reply, Status.APPROVED)
    assert post.leaves() == []
    post.answers(comment, "An answer to myself.", email=ADDRESS)
    assert post.leaves() == []

    assert mailboxes.follow(post.world.deps, post.world.site, post.token())[0] == STOP
    post.answers(comment, "An answer that comes later.")
    assert post.leaves() == []


def test_what_is_taken_back_before_it_leaves_is_not_told_and_is_once_it_is_public_again(post: Post) -> None:
    own = post.confirms()
    comment = post.writes(receipt=own.token, replies=Notify.EACH)
    reply = post.answers(comment)
    post.world.events()
    assert author_mails.send(post.world.deps) == 0, "the grace is not over"
    post.decides(reply, Status.REJECTED)
    assert post.leaves() == []

    post.decides(reply, Status.APPROVED)
    assert post.leaves() == ["Your comment at News was answered"]


def test_an_address_that_nobody_confirmed_is_told_nothing(post: Post) -> None:
    comment = post.writes(replies=Notify.EACH, decision=True)
    post.answers(comment)
    assert post.leaves() == []

    mailboxes.follow(post.world.deps, post.world.site, post.token(0))
    assert post.leaves() == ["What became of your comment at News"], "it was asked for, and could not leave before"


def test_a_digest_tells_of_all_that_came_in_a_day(post: Post) -> None:
    own = post.confirms()
    comment = post.writes(receipt=own.token, replies=Notify.DAILY)
    replies = [post.answers(comment, f"Answer number {number}.") for number in range(3)]
    assert post.leaves() == ["Your comments at News were answered"]
    assert all(f"#comment-{reply.id}" in post.mails[-1].get_content() for reply in replies)

    post.answers(comment, "An answer on the same day.")
    assert post.leaves() == []
    assert post.states()[-1] == ("waiting", None)
    post.alters("UPDATE mailbox SET digest_at = '2020-01-01 00:00:00'")
    assert post.leaves() == ["Your comments at News were answered"]


def test_an_author_is_told_what_was_decided_once(post: Post) -> None:
    own = post.confirms()
    refused = post.writes("A maybe-toxicity remark.", receipt=own.token, decision=True)
    assert post.leaves() == [], "it waits"
    post.decides(refused, Status.REJECTED, "toxicity")
    assert post.leaves() == ["What became of your comment at News"]
    assert "was not published. It may hurt somebody." in post.mails[-1].get_content()

    post.decides(refused, Status.APPROVED)
    assert post.leaves() == []


def test_whoever_wants_nothing_more_hears_of_no_strangers_wish_and_again_of_their_own(post: Post) -> None:
    own = post.confirms()
    mailboxes.follow(post.world.deps, post.world.site, post.token(link=1))

    post.decides(post.writes("A maybe-toxicity stranger under my address.", decision=True), Status.REJECTED)
    assert post.leaves() == []
    post.decides(
        post.writes("A maybe-toxicity remark of mine, after all.", receipt=own.token, decision=True), Status.REJECTED
    )
    assert post.leaves() == ["What became of your comment at News"]


def test_whoever_withdrew_their_latest_comment_still_sees_the_others(post: Post) -> None:
    post.confirms()
    latest = post.writes("A remark that I regret.")
    authors.withdraw(post.world.deps, latest.id)

    mailboxes.invite(post.world.deps, post.world.site, ADDRESS, address=None)

    assert post.leaves() == ["Your comments at News"]


def test_mail_is_in_the_sites_language_else_in_that_of_the_comment(post: Post) -> None:
    sites.change(post.world.deps, post.world.site.id, language="fr")
    post.writes()
    assert post.box.came[-1]["Subject"] == "Est-ce votre adresse ? (News)"

    sites.change(post.world.deps, post.world.site.id, language=None)
    post.world.has("Eine freundliche Bemerkung.", email="another@example.com")
    post.alters("UPDATE comment SET language = 'de'")
    post.leaves()
    assert post.box.came[-1]["Subject"] == "Ist das Ihre Adresse? (News)"


def test_own_comments_are_shown_behind_a_link_that_is_good_once_and_not_for_long(post: Post) -> None:
    deps, site = post.world.deps, post.world.site
    comment = post.writes("A maybe-toxicity remark.")
    mailboxes.invite(deps, site, ADDRESS, address="192.0.2.1")
    mailboxes.invite(deps, site, ADDRESS, address="192.0.2.1")
    mailboxes.invite(deps, site, "nobody@example.com", address="192.0.2.1")

    assert post.leaves() == ["Your comments at News"], "once an hour, and nobody else's"
    token = post.token()
    assert mailboxes.meant(deps, site, token) == VISIT
    what, own = mailboxes.follow(deps, site, token)
    assert (what, own and [each.id for each in own.comments]) == (VISIT, [comment.id])
    with pytest.raises(NotFound):
        mailboxes.follow(deps, site, token)
    assert own is not None
    assert mailboxes.own(deps, site, own.token).comments == own.comments
    with pytest.raises(NotFound):
        mailboxes.own(deps, site, own.token[:-2] + "AA")

    post.alters("UPDATE mailbox SET visit_at = '2020-01-01 00:00:00'")
    mailboxes.invite(deps, site, ADDRESS, address=None)
    post.leaves()
    post.alters("UPDATE mailbox SET visit_at = '2020-01-01 00:00:00'")
    with pytest.raises(NotFound):
        mailboxes.meant(deps, site, post.token())


def test_a_mail_server_that_is_busy_gets_it_again_under_the_same_id_and_a_late_worker_changes_nothing(
    post: Post,
) -> None:
    post.box.says = "451 Not now"
    post.writes()
    assert post.states() == [("waiting", "recipient-refused")]
    late = post.world.deps.new_id()
    post.alters("UPDATE author_mail SET due_at = '2020-01-01 00:00:00'")
    with post.world.deps.uow(None) as uow:
        (held,) = uow.author_mails.claim(late, timedelta(minutes=6))
        uow.commit()
    post.box.says = "250 OK"
    assert author_mails.send(post.world.deps) == 0, "one is at it"

    assert post.leaves() == ["Is this your address? (News)"], "its lease is over, as when it was killed"
    with post.world.deps.uow(None) as uow:
        assert uow.author_mails.settle(late, Posted("unreached"), timedelta()) == 0
        uow.commit()
    assert post.states() == [("delivered", None)]
    assert post.box.came[0]["Message-ID"].startswith(f"<{held.id}@")


def test_the_sweep_rings_for_what_is_due(post: Post) -> None:
    post.world.has(WORDS, email=ADDRESS)
    post.world.events()
    assert Bell.MAIL not in sweep.due(post.world.deps)
    post.alters("UPDATE author_mail SET due_at = '2020-01-01 00:00:00'")
    assert Bell.MAIL in sweep.due(post.world.deps)


def test_who_is_forgotten_leaves_nothing_behind(post: Post) -> None:
    own = post.confirms()
    comment = post.writes(receipt=own.token, replies=Notify.EACH, decision=True)
    post.answers(comment, email=None)
    post.world.events()

    with post.world.deps.uow(post.world.site.id) as uow:
        assert comment.fingerprint
        uow.mailboxes.forget(post.world.site.id, comment.fingerprint)
        uow.commit()

    assert post.leaves() == []
    assert left(post) == {"mailbox": 0, "follow": 0, "author_mail": 0}
    with pytest.raises(NotFound):
        mailboxes.own(post.world.deps, post.world.site, own.token)


def test_what_was_deleted_for_a_day_is_told_no_more_and_idle_addresses_are_forgotten(post: Post) -> None:
    comment = post.writes(replies=Notify.EACH)
    authors.withdraw(post.world.deps, comment.id)
    post.alters("UPDATE comment SET deleted_at = '2020-01-01 00:00:00' WHERE status = 'deleted'")
    post.alters("UPDATE mailbox SET touched_at = '2020-01-01 00:00:00'")

    sweep.purge_deleted(post.world.deps)
    author_mails.purge(post.world.deps)

    assert left(post) == {"mailbox": 0, "follow": 0, "author_mail": 0}


def left(post: Post) -> dict[str, int]:
    with post.world.deps.reading(None) as uow:
        count = "SELECT count(*) FROM "
        tables = ("mailbox", "follow", "author_mail")
        return {name: uow.connection.execute(text(count + name)).scalar_one() for name in tables}  # type: ignore[attr-defined]


@pytest.mark.parametrize("wanted", [False, True])
def test_intake_asks_nothing_more_unless_a_token_or_a_wish_comes_along(post: Post, *, wanted: bool) -> None:
    post.world.site = sites.change(post.world.deps, post.world.site.id, confirm=wanted, tell_authors=wanted)

    plain = [said for said, _ in hear(post.world, post.world.receives)]
    assert any("INSERT INTO comment" in said for said in plain)
    assert not [said for said in plain if re.search("mailbox|follow|author_mail", said)]

    kept = [said for said, _ in hear(post.world, lambda: post.world.receives("Tell me.", replies=Notify.EACH))]
    assert len([said for said in kept if "INSERT INTO follow" in said]) == wanted


def test_without_a_mail_server_nothing_is_offered_or_planned(world: World) -> None:
    for choice in ({"confirm": True}, {"tell_authors": True}):
        with pytest.raises(Conflict):
            sites.change(world.deps, world.site.id, **choice)
    with pytest.raises(Conflict):
        mailboxes.invite(world.deps, world.site, ADDRESS, address=None)


def test_a_link_of_one_site_is_none_of_another(post: Post) -> None:
    post.writes()
    other = sites.create(post.world.deps, name="Elsewhere", origins=[], policy=post.world.site.policy)

    with pytest.raises(NotFound):
        mailboxes.meant(post.world.deps, other, post.token())
    with pytest.raises(NotFound):
        mailboxes.meant(post.world.deps, post.world.site, post.world.deps.seals.receipt(UUID(int=7)))
