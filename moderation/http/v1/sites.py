"""Running a site by key: what it has chosen, its policy, and its threads."""

from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field, StrictBool, StrictInt

from moderation.domain.errors import Fault
from moderation.domain.policy import POLICY_MAX
from moderation.domain.remote import SECRET_MAX, URL_MAX, parse_secret, parse_url
from moderation.domain.scope import Scope
from moderation.domain.site import NAME_MAX, Proof, Site, parse_name, parse_origin
from moderation.domain.text import clean_line
from moderation.domain.thread import TITLE_MAX, Thread
from moderation.http.answers.running import (
    MemberSecret,
    PolicyShown,
    SiteChanged,
    SitePage,
    SiteShown,
    ThreadPage,
    ThreadShown,
)
from moderation.http.context import deps, key, web
from moderation.http.described import NOTHING, Answer, described
from moderation.http.fields import Shape, example, fitting, read, read_query
from moderation.http.guard import requires
from moderation.http.paging import Paged, listed
from moderation.http.shapes import instant
from moderation.services import members, sites

blueprint = Blueprint("sites", __name__, url_prefix="/v1/sites")
PRIVATE = {"Cache-Control": "no-store"}


def _title(sent: str) -> str:
    return clean_line(sent, limit=TITLE_MAX)


class SiteChoices(Shape):
    """What of a site is to change; what is left out stays as it is."""

    model_config = example(origins=["https://example.com"], close_after_days=30)

    name: Annotated[str, fitting(parse_name)] = Field("", max_length=NAME_MAX)
    origins: tuple[Annotated[str, fitting(parse_origin)], ...] = Field(
        (), max_length=100, description="Pages its forms may stand on: `https://example.com`."
    )
    required: tuple[Literal["name", "email", "text"], ...] = Field((), max_length=3, description="Text always is.")
    close_after_days: StrictInt | None = Field(None, ge=1, le=36_500, description="Null leaves threads open.")
    share_campaigns: StrictBool = Field(
        default=False,
        description="Whether comments are compared with those of other sites here that share, to find campaigns.",
    )
    learn: StrictBool = Field(
        default=True,
        description="Whether its moderators' decisions teach the scorers; false erases what was learnt.",
    )
    confirm: StrictBool = Field(
        default=False, description="Whether authors are asked by mail to confirm their address, once a day at most."
    )
    tell_authors: StrictBool = Field(
        default=False, description="Whether authors may be told by mail of replies and of what was decided."
    )
    language: Literal["en", "de", "fr", "es"] | None = Field(
        None,
        description="The language of mails to authors, null for that of their comment; "
        "and of mails to moderators and invited people who chose none.",
    )
    members_only: StrictBool = Field(
        default=False, description="Whether only members may comment, whom the site signed in; it needs their secret."
    )
    proof: Proof = Field(Proof.OFF, description="When a browser has to work before its comment may be published.")
    scorer_url: Annotated[str, fitting(parse_url)] | None = Field(
        None, max_length=URL_MAX, description="Where a scorer of the site's own is asked; null for none."
    )
    scorer_secret: Annotated[str, fitting(parse_secret)] | None = Field(
        None, max_length=SECRET_MAX, description="Signs what is sent there: `whsec_…`; null makes a new one."
    )


class PolicyText(Shape):
    """A policy, as TOML."""

    model_config = example(policy='otherwise = "held"\n')

    policy: str = Field(max_length=POLICY_MAX)


class ThreadChoices(Shape):
    """What of a thread is to change; what is left out stays as it is."""

    model_config = example(title="A good harvest", closed=True)

    title: Annotated[str, fitting(_title)] | None = Field(None, description="At most 300 characters; null removes it.")
    closed: StrictBool = Field(default=False, description="Closed by hand; pages also close by age.")


class Merge(Shape):
    """Into which thread this one goes."""

    model_config = example(into="0197f1c2-8d3e-7cc4-9d5a-6f0f3a1b2c3d")

    into: UUID


@blueprint.get("")
@requires(Scope.ADMIN)
@described({200: SitePage})
def sites_of_key() -> ResponseReturnValue:
    """List the sites that this key may run: its own."""
    return {"items": [_site(sites.get(deps(), key().site_id))], "next": None}, 200, PRIVATE


@blueprint.get("/<uuid:site_id>")
@requires(Scope.ADMIN)
@described({200: SiteShown})
def show(site_id: UUID) -> ResponseReturnValue:
    """Show what a site has chosen."""
    return _site(sites.get(deps(), site_id)), 200, PRIVATE


@blueprint.patch("/<uuid:site_id>")
@requires(Scope.ADMIN)
@described({200: SiteChanged}, body=SiteChoices, problems=["name-taken", "no-mail"])
def change(site_id: UUID) -> ResponseReturnValue:
    """Change what a site has chosen; readers see it at once here, within two seconds everywhere.

    Where a secret was made for a scorer, it is in this answer and nowhere else.
    """
    choices, warnings = read(SiteChoices).model_dump(exclude_unset=True), list[Fault]()
    changed, secret = sites.change_and_tell(deps(), site_id, warn=warnings.append, **choices)
    web().forget(changed.key)
    told = {"scorer_secret": secret} if secret else {}
    return {**_site(changed), **told, "warnings": [asdict(each) for each in warnings]}, 200, PRIVATE


@blueprint.post("/<uuid:site_id>/member-secret")
@requires(Scope.ADMIN)
@described({201: MemberSecret})
def new_member_secret(site_id: UUID) -> ResponseReturnValue:
    """Make a secret that signs the tokens of members; in this answer and nowhere else.

    For a day the one before it counts too.
    """
    changed, secret = members.rotate(deps(), site_id)
    web().forget(changed.key)
    return {"secret": secret, "old_secret_until": instant(changed.old_member_until)}, 201, PRIVATE


@blueprint.delete("/<uuid:site_id>/member-secret")
@requires(Scope.ADMIN)
@described({204: NOTHING})
def end_member_secret(site_id: UUID) -> ResponseReturnValue:
    """Forget the secrets of members at once: no token counts any more; what members wrote stays theirs."""
    web().forget(members.end(deps(), site_id).key)
    return "", 204, PRIVATE


@blueprint.get("/<uuid:site_id>/policy")
@requires(Scope.ADMIN)
@described({200: PolicyShown})
def policy(site_id: UUID) -> ResponseReturnValue:
    """Show a site's policy, as its owner wrote it."""
    return {"policy": sites.get(deps(), site_id).policy}, 200, PRIVATE


@blueprint.put("/<uuid:site_id>/policy")
@requires(Scope.ADMIN)
@described({200: PolicyShown}, body=PolicyText)
def replace_policy(site_id: UUID) -> ResponseReturnValue:
    """Replace a site's policy; what is judged from now on is judged by the new one."""
    return {"policy": sites.change(deps(), site_id, policy=read(PolicyText).policy).policy}, 200, PRIVATE


@blueprint.get("/<uuid:site_id>/threads")
@requires(Scope.ADMIN)
@described({200: Answer(ThreadPage, headers=("Link",))}, query=Paged)
def threads(site_id: UUID) -> ResponseReturnValue:
    """List a site's threads, the newest first."""
    wanted, site = read_query(Paged), sites.get(deps(), site_id)
    page = sites.threads(deps(), site_id, cursor=wanted.cursor, limit=wanted.limit)
    document, status, headers = listed(page, lambda row: _thread(Thread(**row), site))
    return document, status, headers | PRIVATE


@blueprint.get("/<uuid:site_id>/threads/<uuid:thread_id>")
@requires(Scope.ADMIN)
@described({200: ThreadShown})
def thread(site_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Show one thread."""
    return _shown(sites.thread(deps(), site_id, thread_id))


@blueprint.patch("/<uuid:site_id>/threads/<uuid:thread_id>")
@requires(Scope.ADMIN)
@described({200: ThreadShown}, body=ThreadChoices)
def change_thread(site_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Title, close or open a thread."""
    choices = read(ThreadChoices).model_dump(exclude_unset=True)
    if "title" in choices:
        choices["title"] = choices["title"] or ""
    return _shown(sites.change_thread(deps(), site_id, thread_id, **choices))


@blueprint.post("/<uuid:site_id>/threads/<uuid:thread_id>/close")
@requires(Scope.ADMIN)
@described({200: ThreadShown})
def close_thread(site_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Take no more comments on a page; what is there stays readable."""
    return _shown(sites.change_thread(deps(), site_id, thread_id, closed=True))


@blueprint.post("/<uuid:site_id>/threads/<uuid:thread_id>/open")
@requires(Scope.ADMIN)
@described({200: ThreadShown})
def open_thread(site_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Take comments again on a page that was closed by hand."""
    return _shown(sites.change_thread(deps(), site_id, thread_id, closed=False))


@blueprint.post("/<uuid:site_id>/threads/<uuid:thread_id>/merge")
@requires(Scope.ADMIN)
@described({200: ThreadShown}, body=Merge, problems=["thread-merged"])
def merge_thread(site_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Move a thread's comments into another one; the answer is that other one."""
    return _shown(sites.merge_threads(deps(), site_id, thread_id, read(Merge).into))


def _shown(found: Thread) -> ResponseReturnValue:
    return _thread(found, sites.get(deps(), found.site_id)), 200, PRIVATE


def _site(site: Site) -> dict[str, Any]:
    return {
        "id": str(site.id),
        "site_key": site.key,
        "name": site.name,
        "origins": list(site.origins),
        "required": list(site.required),
        "close_after_days": site.close_after_days,
        "share_campaigns": site.share_campaigns,
        "learn": site.learn,
        "confirm": site.confirm,
        "tell_authors": site.tell_authors,
        "language": site.language,
        "members": site.member_secret is not None,
        "members_only": site.members_only,
        "proof": site.proof,
        "scorer_url": site.scorer_url,
        "created_at": instant(site.created_at),
    }


def _thread(found: Thread, site: Site) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "site": str(site.id),
        "thread": found.key,
        "url": found.url,
        "title": found.title,
        "comments": found.approved,
        "closed": found.is_closed(site.close_after_days, deps().now()),
        "closed_at": instant(found.closed_at),
        "opened_at": instant(found.opened_at),
        "merged_into": None if found.merged_into is None else str(found.merged_into),
    }
