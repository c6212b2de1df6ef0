"""Bans by key: whose comments a site rejects, or lets a person read first. No address ever leaves."""

from typing import Annotated
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field, StrictInt

from moderation.domain.ban import REASON_MAX, VALUE_MAX, Effect, Mark, parse_reason
from moderation.domain.member import ID_MAX
from moderation.domain.scope import Scope
from moderation.http.answers.review import BanPage, RecordedBan
from moderation.http.author_shapes import ban_on_record
from moderation.http.context import deps
from moderation.http.described import Answer, described
from moderation.http.fields import Shape, example, fitting, read, read_query
from moderation.http.guard import requires
from moderation.http.paging import Paged, listed
from moderation.services import bans
from moderation.services.bans import DAYS, BanWish, Whom

blueprint = Blueprint("bans", __name__, url_prefix="/v1/sites/<uuid:site_id>/bans")
PRIVATE = {"Cache-Control": "no-store"}


class NewBan(Shape):
    """What is to become of whose comments, for how long, and why."""

    model_config = example(effect="ban", mark="domain", pattern="spam.example", reason="Nothing else comes from there.")

    effect: Effect = Field(description="`ban` rejects what comes; `premoderate` lets a person read it first.")
    mark: Mark = Field(description="By what an author is known again.")
    reason: Annotated[str, fitting(parse_reason)] = Field(
        max_length=REASON_MAX, description="For whoever lifts this later; authors are not told."
    )
    comment: UUID | None = Field(
        None, description="A comment of theirs: with the marks `address` and `network` its author's are meant."
    )
    email: str | None = Field(
        None,
        description="With the mark `address`: whoever comments with it and is not signed in by the site; "
        "name members by `member`. It is hashed at once, and never kept.",
    )
    member: str | None = Field(
        None,
        min_length=1,
        max_length=ID_MAX,
        description="With the mark `address`: the site's own id for somebody it signed in.",
    )
    pattern: str = Field(
        "", max_length=VALUE_MAX, description="With `name` and `domain`: a name, in which `*` is anything, or a domain."
    )
    days: StrictInt | None = Field(None, ge=DAYS[0], le=DAYS[-1], description="For so many; null is without an end.")

    def wish(self) -> BanWish:
        """Say it as the service reads it."""
        return BanWish(self.effect, self.mark, self.reason, self.pattern, self.days)


@blueprint.get("")
@requires(Scope.MODERATE)
@described({200: Answer(BanPage, headers=("Link",))}, query=Paged)
def show(site_id: UUID) -> ResponseReturnValue:
    """List a site's bans, the newest first; those that ended are kept for a year."""
    wanted = read_query(Paged)
    page = bans.listed(deps(), [site_id], cursor=wanted.cursor, limit=wanted.limit)
    document, status, headers = listed(page, lambda row: ban_on_record(row["ban"]))
    return document, status, headers | PRIVATE


@blueprint.post("")
@requires(Scope.ADMIN)
@described({201: RecordedBan}, body=NewBan, problems=["already-banned", "too-many-bans"])
def add(site_id: UUID) -> ResponseReturnValue:
    """Ban somebody from the next comment on; what was decided stays as it is."""
    wanted = read(NewBan)
    whom = Whom(wanted.comment, wanted.email, wanted.member)
    return ban_on_record(bans.put(deps(), site_id, whom, wanted.wish())), 201, PRIVATE


@blueprint.post("/<uuid:ban_id>/lift")
@requires(Scope.ADMIN)
@described({200: RecordedBan}, problems=["ban-lifted"])
def lift(site_id: UUID, ban_id: UUID) -> ResponseReturnValue:
    """End a ban from now on; it stays on record, and what it rejected stays rejected."""
    return ban_on_record(bans.end(deps(), site_id, ban_id)), 200, PRIVATE
