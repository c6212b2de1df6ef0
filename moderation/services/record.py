"""Records: how each decision about a comment came about, link by link, and whether that is still what was written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from moderation.domain.comment import Comment
from moderation.domain.decision import Decision
from moderation.domain.errors import NotFound
from moderation.domain.house_rule import HouseRule
from moderation.domain.tampering import Break, first_break
from moderation.services.citing import worded
from moderation.services.ports import Deps, Uow


@dataclass(frozen=True, slots=True)
class Record:
    """A comment's decisions, oldest first, with the names of who made them and the policies that they speak of."""

    comment: Comment
    decisions: Sequence[Decision]
    names: Mapping[UUID, str]
    policies: Mapping[str, str]
    rules: Mapping[UUID, HouseRule]
    """By decision, the house rule that it cites, as it was worded then."""
    broken: Break | None


def record(deps: Deps, site_id: UUID, comment_id: UUID) -> Record:
    """Give the record of a comment, checked; raises NotFound where the site has no such comment.

    All of it is read as it was at one moment: what somebody decides meanwhile is no break.
    """
    with deps.snapshot(site_id) as uow:
        comment = uow.comments.get(site_id, comment_id)
        if comment is None:
            raise NotFound("There is no such comment.")
        decisions = uow.log.of(comment.id)
        policies = uow.sites.policies(site_id, _digests(decisions))
        rules = worded(uow, decisions)
        broken = first_break(comment, decisions, uow.signals.of([comment])[comment.id])
        keys = {key.id: key.name for key in uow.keys.of(site_id)}
    actors = {decision.actor_id for decision in decisions if decision.actor_id}
    with deps.reading(None) as uow:
        names = {**keys, **uow.people.names(actors)}
    return Record(comment, decisions, names, policies, rules, broken)


def breaks(uow: Uow, comment_ids: Collection[UUID]) -> dict[UUID, Break]:
    """Say where the records of these comments break; whoever asks reads everything as it was at one moment."""
    comments = uow.comments.read(comment_ids)
    decisions, signals = uow.log.of_each(comment_ids), uow.signals.of(comments)
    found = {one.id: first_break(one, decisions[one.id], signals[one.id]) for one in comments}
    return {comment_id: broken for comment_id, broken in found.items() if broken}


def _digests(decisions: Sequence[Decision]) -> list[str]:
    told = [(decision.evidence or {}).get("policy") for decision in decisions]
    return sorted({digest for digest in told if digest})
