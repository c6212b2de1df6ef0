"""A site's secret keys: made, listed and ended by a key that may."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field

from moderation.domain.errors import Fault, Invalid
from moderation.domain.scope import ApiKey, Scope
from moderation.http.answers.running import KeyMade, KeyPage
from moderation.http.context import deps, key
from moderation.http.described import NOTHING, described
from moderation.http.fields import Shape, example, read
from moderation.http.guard import requires
from moderation.http.shapes import instant
from moderation.services import keys

blueprint = Blueprint("keys", __name__, url_prefix="/v1/keys")
PRIVATE = {"Cache-Control": "no-store"}


class NewKey(Shape):
    """What a key is for, and what it may do."""

    model_config = example(name="newsroom", scopes=["read", "moderate"])

    name: str = Field(
        min_length=1, max_length=keys.NAME_MAX, pattern=r"\S", description="What it is for; people read it."
    )
    scopes: tuple[Scope, ...] = Field(max_length=len(Scope), description="At least one.")


@blueprint.get("")
@requires(Scope.ADMIN)
@described({200: KeyPage})
def listed() -> ResponseReturnValue:
    """List the site's keys, revoked ones too; no secret is among them."""
    return {"items": [_shown(item) for item in keys.listed(deps(), key().site_id)], "next": None}, 200, PRIVATE


@blueprint.post("")
@requires(Scope.ADMIN)
@described({201: KeyMade}, body=NewKey)
def create() -> ResponseReturnValue:
    """Make a key; its secret is in this answer and nowhere else."""
    wanted = read(NewKey)
    _grantable(wanted.scopes)
    made, secret = keys.create(deps(), key().site_id, name=wanted.name, scopes=wanted.scopes)
    return {**_shown(made), "secret": secret}, 201, PRIVATE


@blueprint.delete("/<uuid:key_id>")
@requires(Scope.ADMIN)
@described({204: NOTHING})
def revoke(key_id: UUID) -> ResponseReturnValue:
    """End a key for good, at once."""
    keys.revoke(deps(), key().site_id, key_id)
    return "", 204, PRIVATE


def _grantable(scopes: tuple[Scope, ...]) -> None:
    refused = [
        Fault(f"/scopes/{place}", "scope-not-held", "Only a key that may do this itself can give it to another.")
        for place, scope in enumerate(scopes)
        if not key().may_give(scope)
    ]
    if not scopes:
        refused.append(Fault("/scopes", "required", "Name at least one thing that the key may do."))
    if refused:
        raise Invalid(refused)


def _shown(item: ApiKey) -> dict[str, Any]:
    return {
        "id": str(item.id),
        "name": item.name,
        "hint": item.hint,
        "scopes": sorted(item.scopes),
        "created_at": instant(item.created_at),
        "last_used_at": instant(item.last_used_at),
        "revoked_at": instant(item.revoked_at),
    }
