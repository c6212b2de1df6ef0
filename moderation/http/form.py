"""The reply form as it is shown: where it goes, what was typed into it, and what is wrong with that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flask import url_for

from moderation.domain.comment import FormToken
from moderation.domain.errors import Fault
from moderation.domain.site import Site
from moderation.domain.text import Unfit
from moderation.domain.thread import thread_key
from moderation.http.context import deps
from moderation.http.signed_in import seated
from moderation.http.submission import Submission
from moderation.http.words import fault_sentence

TYPED: Final = ("text", "name", "email", "website", "notify", "notify_decision")
CARRIED: Final = ("thread", "thread_url", "thread_title", "parent", "receipt")
GIVEN: Final = frozenset({"name", "email"})
"""What a site says of its members, who type it no more."""
STILL_GOOD: Final = (FormToken.SOUND, FormToken.YOUNG)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyForm:
    """One showing of the form."""

    action: str
    language: str
    token: str
    required: frozenset[str]
    typed: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What is wrong, in sentences, by field."""
    refusal: str | None = None
    """Why all of it was refused."""
    answers: str | None = None
    """The name of whoever wrote the comment that this one answers."""
    tells: bool = False
    """Whether authors may be told by mail."""
    member: str | None = None
    """The name of whoever is signed in at the site, and types none."""


def reply_form(
    site: Site,
    sent: Submission,
    *,
    language: str,
    redirect_to: str,
    faults: Sequence[Fault] = (),
    refusal: str | None = None,
    answers: str | None = None,
) -> ReplyForm:
    """Make the form for a page, with everything that is in it already; a member's token, as long as it counts."""
    member = seated(site, sent.member)
    lost = {fault.pointer.removeprefix("/") for fault in faults if fault.code == "parent-not-found"}
    carried = {name: _shown(getattr(sent, name)) for name in CARRIED if getattr(sent, name) and name not in lost}
    if member and sent.member:
        carried["member"] = sent.member
    return ReplyForm(
        action=url_for("intake.submit", pk=site.key),
        language=language,
        token=_token(site, sent),
        required=frozenset((*site.required, "text")) - (GIVEN if member else frozenset()),
        typed={name: _shown(getattr(sent, name)) for name in TYPED},
        hidden={**carried, "redirect_to": redirect_to, "lang": language},
        faults=_by_field(faults, language),
        refusal=refusal,
        answers=answers,
        tells=site.tell_authors and deps().may_post and not member,
        member=member.name if member else None,
    )


def _shown(value: str | None) -> str:
    """Give what was typed, without the one sign that would be refused again."""
    return (value or "").replace("\0", "")


def _by_field(faults: Sequence[Fault], language: str) -> Mapping[str, Sequence[str]]:
    """Put what is wrong into sentences: what concerns no field first, then the fields as they stand."""
    found: dict[str, list[str]] = {}
    for fault in faults:
        found.setdefault(fault.pointer.removeprefix("/"), []).append(fault_sentence(language, fault))
    return dict(sorted(found.items(), key=lambda item: TYPED.index(item[0]) if item[0] in TYPED else -1))


def _token(site: Site, sent: Submission) -> str:
    """Keep the token of a form that was refused, so that a quick correction is no haste; else give a fresh one."""
    thread, now = _thread(sent), deps().now()
    reading = deps().seals.read_form_token(sent.form_token or "", site.id, thread, now)
    kept = sent.form_token if reading.state in STILL_GOOD else None
    return kept or deps().seals.form_token(site.id, thread, now)


def _thread(sent: Submission) -> str:
    """Give the page's key; empty, which stands for any page, where it is not said."""
    try:
        return thread_key(sent.thread, sent.thread_url)
    except Unfit:
        return ""
