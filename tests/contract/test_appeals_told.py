"""Authors who want to hear of decisions hear once what became of their appeal, and nothing that anybody wrote."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from makers import World
from servers.mail import Mailbox, mailbox
from sqlalchemy import text

from moderation.domain.comment import Comment
from moderation.domain.decision import Action, Actor, Decision
from moderation.services import appeals, author_mails, review, sites
from moderation.services.review import Moderator, Wish

DECIDED = "What became of your comment at News"
HEARD = "Your appeal at News was decided"


@dataclass
class Post:
    """An installation whose site writes to authors, and its mail server."""

    world: World
    box: Mailbox

    def turns_down(self, action: Action = Action.REJECT) -> Comment:
        """Let a comment be turned down whose author wants to hear of it."""
        comment = self.world.has("A maybe-toxicity remark.")
        self.world.follows(comment)
        self.decides(comment, action)
        return comment

    def decides(self, comment: Comment, action: Action) -> Decision:
        moderator = Moderator(comment.site_id, self.world.deps.new_id(), Actor.PERSON)
        return review.decide(self.world.deps, moderator, Wish(comment.id, self.world.look(comment).version, action))

    def appeals(self, comment: Comment) -> None:
        appeals.appeal(self.world.deps, comment.id, "It is about a park.")

    def leaves(self) -> list[str]:
        """Let the grace be over and everything that is due leave; give the subjects."""
        before = len(self.box.came)
        self.world.events()
        with self.world.deps.uow(None) as uow:
            due = text("UPDATE author_mail SET due_at = '2020-01-01 00:00:00' WHERE state = 'waiting'")
            uow.connection.execute(due)  # type: ignore[attr-defined]
            uow.commit()
        while author_mails.send(self.world.deps):
            pass
        return [str(mail["Subject"]) for mail in self.box.came[before:]]


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as known:
        yield known


@pytest.fixture
def post(world_with: Callable[..., World], box: Mailbox) -> Post:
    box.came.clear()
    world = world_with(mail_server=box.server, mail_from="lychgate@news.example")
    world.site = sites.change(world.deps, world.site.id, tell_authors=True, language="en")
    return Post(world, box)


@pytest.mark.parametrize(("action", "said"), [(Action.APPROVE, "it is published"), (Action.SPAM, "stays unpublished")])
def test_an_author_is_told_once_what_became_of_their_appeal(post: Post, action: Action, said: str) -> None:
    comment = post.turns_down()
    assert post.leaves() == [DECIDED]
    assert "that somebody looks at it again" in post.box.came[-1].get_content()
    post.appeals(comment)
    assert post.leaves() == []

    post.decides(comment, action)

    assert post.leaves() == [HEARD]
    assert said in post.box.came[-1].get_content()
    assert not re.search("park|maybe", post.box.came[-1].get_content())
    post.decides(comment, Action.REJECT)
    assert post.leaves() == []


def test_who_was_not_told_of_the_decision_hears_of_the_appeal_alone(post: Post) -> None:
    comment = post.turns_down(Action.SPAM)
    assert post.leaves() == [], "of spam nobody is told"
    post.appeals(comment)

    post.decides(comment, Action.APPROVE)

    assert post.leaves() == [HEARD]


def test_what_is_taken_back_before_it_leaves_is_not_told(post: Post) -> None:
    comment = post.turns_down()
    post.leaves()
    post.appeals(comment)
    decided = post.decides(comment, Action.APPROVE)
    review.undo(post.world.deps, Moderator(comment.site_id, post.world.deps.new_id(), Actor.PERSON), decided.id)
    assert post.leaves() == []

    post.decides(comment, Action.REJECT)
    assert post.leaves() == [HEARD]
