"""What a site asks of its commenters: house rules, which rejections cite, and texts that explain them."""

from typing import Annotated
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field, StrictBool, StrictInt, WithJsonSchema

from moderation.domain import canned
from moderation.domain.canned import PUBLIC_NOTE_MAX
from moderation.domain.house_rule import (
    CODE,
    GUIDANCE_MAX,
    MOST_REASONS,
    MOST_RULES,
    TITLE_MAX,
    WORDS_MAX,
    parse_code,
    parse_guidance,
    parse_title,
    parse_words,
)
from moderation.domain.scope import Scope
from moderation.http.context import deps
from moderation.http.described import NOTHING, described
from moderation.http.fields import Shape, example, fitting, read
from moderation.http.guard import requires
from moderation.http.rule_shapes import (
    CannedNotePage,
    CannedNoteShown,
    RulePage,
    RuleShown,
    WholeRule,
    canned_note,
    rule,
    version,
)
from moderation.services import canned_notes, house_rules

blueprint = Blueprint("rules", __name__, url_prefix="/v1/sites/<uuid:site_id>")
PRIVATE = {"Cache-Control": "no-store"}
Code = Annotated[str, fitting(parse_code), WithJsonSchema({"type": "string", "pattern": f"^{CODE.pattern}$"})]
Title = Annotated[str, fitting(parse_title)]
Words = Annotated[str, fitting(parse_words)]
Guidance = Annotated[str, fitting(parse_guidance)]


class RuleChoices(Shape):
    """What of a rule is to change; what is left out stays as it is. Other words make another version."""

    model_config = example(text="Argue with what somebody says, and not with who they are.", position=1)

    title: Title = Field("", max_length=TITLE_MAX)
    text: Words = Field("", max_length=WORDS_MAX, description="What authors read.")
    guidance: Guidance = Field("", max_length=GUIDANCE_MAX, description="For moderators alone, with examples.")
    reasons: tuple[Code, ...] = Field(
        (), max_length=MOST_REASONS, description="Codes of reasons for which it is chosen where nobody names a rule."
    )
    active: StrictBool = Field(default=True, description="Whether it may be cited.")
    position: StrictInt = Field(1, ge=1, le=MOST_RULES, description="Its place among the others; the first is 1.")


class NewRule(Shape):
    """A rule, which is put behind the others."""

    model_config = example(
        title="Be civil", text="Argue with what somebody says, and not with who they are.", reasons=["toxicity"]
    )

    code: Code | None = Field(None, description="Its stable word, for good; without it, one is made of the title.")
    title: Title = Field(max_length=TITLE_MAX)
    text: Words = Field(max_length=WORDS_MAX, description="What authors read.")
    guidance: Guidance = Field("", max_length=GUIDANCE_MAX, description="For moderators alone, with examples.")
    reasons: tuple[Code, ...] = Field(
        (), max_length=MOST_REASONS, description="Codes of reasons for which it is chosen where nobody names a rule."
    )
    active: StrictBool = Field(default=True, description="Whether it may be cited.")


class CannedText(Shape):
    """A text that moderators may put into a note to an author."""

    model_config = example(title="Try again", text="Without the first sentence we publish this gladly.")

    title: Annotated[str, fitting(canned.parse_title)] = Field(max_length=canned.TITLE_MAX)
    text: Annotated[str, fitting(canned.parse_text)] = Field(max_length=PUBLIC_NOTE_MAX)


@blueprint.get("/rules")
@requires(Scope.ADMIN)
@described({200: RulePage})
def listed(site_id: UUID) -> ResponseReturnValue:
    """List a site's house rules, in their order."""
    return {"items": [rule(each) for each in house_rules.listed(deps(), site_id)], "next": None}, 200, PRIVATE


@blueprint.post("/rules")
@requires(Scope.ADMIN)
@described({201: RuleShown}, body=NewRule, problems=["rule-code-taken", "too-many-rules"])
def add(site_id: UUID) -> ResponseReturnValue:
    """Add a house rule behind the others."""
    return rule(house_rules.add(deps(), site_id, **read(NewRule).model_dump(exclude_unset=True))), 201, PRIVATE


@blueprint.get("/rules/<uuid:rule_id>")
@requires(Scope.ADMIN)
@described({200: WholeRule})
def show(site_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    """Show a house rule with every version of its words; decisions name the version that went then."""
    found = house_rules.get(deps(), site_id, rule_id)
    versions = [version(each) for each in house_rules.versions(deps(), site_id, rule_id)]
    return rule(found) | {"versions": versions}, 200, PRIVATE


@blueprint.patch("/rules/<uuid:rule_id>")
@requires(Scope.ADMIN)
@described({200: RuleShown}, body=RuleChoices)
def change(site_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    """Change a house rule; whoever was told it in other words reads those still."""
    choices = read(RuleChoices).model_dump(exclude_unset=True)
    return rule(house_rules.change(deps(), site_id, rule_id, **choices)), 200, PRIVATE


@blueprint.delete("/rules/<uuid:rule_id>")
@requires(Scope.ADMIN)
@described({204: NOTHING})
def remove(site_id: UUID, rule_id: UUID) -> ResponseReturnValue:
    """Remove a house rule; whoever was told it reads it still."""
    house_rules.remove(deps(), site_id, rule_id)
    return "", 204, PRIVATE


@blueprint.get("/canned-notes")
@requires(Scope.ADMIN)
@described({200: CannedNotePage})
def canned_listed(site_id: UUID) -> ResponseReturnValue:
    """List the texts that moderators may put into a note to an author."""
    return {"items": [canned_note(each) for each in canned_notes.listed(deps(), site_id)], "next": None}, 200, PRIVATE


@blueprint.post("/canned-notes")
@requires(Scope.ADMIN)
@described({201: CannedNoteShown}, body=CannedText, problems=["too-many-canned-notes"])
def canned_add(site_id: UUID) -> ResponseReturnValue:
    """Keep another such text."""
    wanted = read(CannedText)
    return canned_note(canned_notes.keep(deps(), site_id, wanted.title, wanted.text)), 201, PRIVATE


@blueprint.put("/canned-notes/<uuid:note_id>")
@requires(Scope.ADMIN)
@described({200: CannedNoteShown}, body=CannedText)
def canned_change(site_id: UUID, note_id: UUID) -> ResponseReturnValue:
    """Put another text in the place of one."""
    wanted = read(CannedText)
    return canned_note(canned_notes.keep(deps(), site_id, wanted.title, wanted.text, note_id=note_id)), 200, PRIVATE


@blueprint.delete("/canned-notes/<uuid:note_id>")
@requires(Scope.ADMIN)
@described({204: NOTHING})
def canned_remove(site_id: UUID, note_id: UUID) -> ResponseReturnValue:
    """Remove such a text; what was written with it stays."""
    canned_notes.remove(deps(), site_id, note_id)
    return "", 204, PRIVATE
