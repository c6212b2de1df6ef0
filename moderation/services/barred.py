"""Barred: which bans of their sites hold for the authors of comments, asked once for a whole batch."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from moderation.domain.ban import Ban, Mark, Traits
from moderation.domain.comment import Comment
from moderation.domain.fold import fold
from moderation.services.addresses import address_of
from moderation.services.ports import Deps, Uow


def bars(deps: Deps, uow: Uow, comments: Sequence[Comment]) -> Mapping[UUID, Sequence[Ban]]:
    """Give the bans that hold for each comment now; of most there is nothing to say, and they are left out.

    An address is opened only where its site bans domains, to look at the domain, and goes no further.
    """
    known = {value for comment in comments for value in (fingerprint_of(comment), comment.network) if value}
    bans: defaultdict[UUID, list[Ban]] = defaultdict(list)
    for ban in uow.bans.about({comment.site_id for comment in comments}, known, deps.now()):
        bans[ban.site_id].append(ban)
    found = {comment.id: _met(deps, comment, bans[comment.site_id]) for comment in comments if bans[comment.site_id]}
    return {comment_id: met for comment_id, met in found.items() if met}


def fingerprint_of(comment: Comment) -> str | None:
    """Spell an author's fingerprint as a ban has it."""
    return None if comment.fingerprint is None else comment.fingerprint.hex()


def _met(deps: Deps, comment: Comment, bans: Sequence[Ban]) -> list[Ban]:
    address = address_of(deps, comment) if any(ban.mark is Mark.DOMAIN for ban in bans) else None
    domain = None if address is None else address.domain
    name = fold(comment.name).text if any(ban.mark is Mark.NAME for ban in bans) else ""
    traits = Traits(fingerprint_of(comment), comment.network, name, domain)
    return [ban for ban in bans if ban.meets(traits)]
