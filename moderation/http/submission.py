"""A reply as it is sent: its fields, cleaned one by one, with every fault reported at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar
from uuid import UUID

import regex
from flask import request
from pydantic import Field

from moderation.domain.errors import Fault, Invalid
from moderation.domain.mailbox import parse_notify, parse_yes
from moderation.domain.privacy import SecretEmail
from moderation.domain.scope import Scope
from moderation.domain.site import Site
from moderation.domain.text import Unfit, clean_line, clean_name, clean_text, clean_website, refuse_unstorable
from moderation.domain.thread import TITLE_MAX, thread_key
from moderation.http.context import address, caller, deps
from moderation.http.fields import Shape, body, example, fit
from moderation.http.signed_in import signed_in
from moderation.services.intake import Arrival, Staff

T = TypeVar("T")
KEY_MAX: Final = 255
IDEMPOTENCY_KEY: Final = regex.compile(rf'("?)(?P<key>[!#-~]{{1,{KEY_MAX}}})\1')
"""A key, bare or in quotes, as the draft for this header has it."""


class Submission(Shape):
    """A reply. Which of name, e-mail and text are required is the site's choice."""

    model_config = example(thread="a-good-harvest", name="Ann", email="ann@example.com", text="Lovely photos!")

    thread: str | None = Field(None, description="The site's own id for the page.")
    thread_url: str | None = Field(None, description="The page's address, where there is no id.")
    thread_title: str | None = Field(None, description="What the page is called.")
    parent: str | None = Field(None, description="The comment that this one answers.")
    name: str | None = None
    email: str | None = Field(None, description="Never published, not even as a hash.")
    website: str | None = None
    text: str | None = None
    receipt: str | None = Field(
        None, description="The receipt of an earlier comment by the same author, or the token of a confirmed address."
    )
    notify: str | None = Field(
        None, description="`none`, `each` or `daily`: mail about replies, if the site tells authors, once confirmed."
    )
    notify_decision: str | None = Field(None, description="`yes` or `no`: one mail about what becomes of the comment.")
    member: str | None = Field(
        None, description="For forms: the site's token for whoever is signed in there. Programs send it in a header."
    )
    form_token: str | None = Field(None, description="From the form that was shown; says how long it was open.")
    proof: str | None = Field(None, description="The solution of a challenge, in base64, where the site asks for one.")
    subject: str | None = Field(None, description="Leave it empty: people do not see this field.")


class Faults:
    """Collects what is wrong with each field, so that all of it is said at once."""

    def __init__(self, known: Sequence[Fault] = ()) -> None:
        """Begin with those that are known already."""
        self.found = list(known)

    def tried(self, pointer: str, read: Callable[[], T], otherwise: T) -> T:
        """Read one field, or note what is wrong with it."""
        try:
            return read()
        except Unfit as error:
            self._note(Fault(pointer, "required" if error.code == "missing" else error.code, error.detail))
            return otherwise

    def required(self, pointer: str) -> None:
        """Note that a field is missing, unless something else is wrong with it already."""
        self._note(Fault(pointer, "required", "This field is required."))

    def _note(self, fault: Fault) -> None:
        """Keep the first fault of each field."""
        if all(known.pointer != fault.pointer for known in self.found):
            self.found.append(fault)


def sent_json() -> tuple[Submission, Sequence[Fault]]:
    """Read a reply from JSON; where its shape is wrong, give what can be read of it, and every fault of shape.

    What is left is cleaned all the same, so that a sender hears of everything at once.
    """
    document = body()
    try:
        return fit(Submission, document), ()
    except Invalid as error:
        if not isinstance(document, dict):
            raise
        texts = {name: document[name] for name in Submission.model_fields if isinstance(document.get(name), str)}
        return Submission.model_construct(**texts), error.faults


def arrival_of(sent: Submission, site: Site, known: Sequence[Fault] = ()) -> Arrival:
    """Clean what was sent; raises Invalid with every fault in it, those of its shape that are known among them.

    A member's name and address are those that the site says, whatever was sent; raises
    Unauthenticated for a token that does not count, and for none where one is needed.
    """
    member, faults, key = signed_in(site, sent.member), Faults(known), caller().key
    arrival = Arrival(
        thread=faults.tried(page_pointer(sent.thread, sent.thread_url), lambda: _page(sent), ""),
        thread_url=_believed_url(site, faults.tried("/thread_url", lambda: _url(sent.thread_url), None)),
        thread_title=_believed_title(faults.tried("/thread_title", lambda: _title(sent.thread_title), None)),
        parent=faults.tried("/parent", lambda: _parent(sent.parent), None),
        name=member.name if member else faults.tried("/name", lambda: clean_name(sent.name or ""), ""),
        email=member.email if member else faults.tried("/email", lambda: _email(sent.email), None),
        website=faults.tried("/website", lambda: clean_website(sent.website or ""), None) if sent.website else None,
        text=faults.tried("/text", lambda: clean_text(sent.text or ""), ""),
        receipt=sent.receipt or None,
        honeypot=bool((sent.subject or "").strip()),
        idempotency_key=faults.tried("/Idempotency-Key", _idempotency_key, None),
        address=None if key else address(),
        staff=Staff(key.id) if key and caller().may(Scope.MODERATE) else None,
        replies=faults.tried("/notify", lambda: parse_notify(sent.notify or ""), None),
        decision=faults.tried("/notify_decision", lambda: parse_yes(sent.notify_decision or ""), otherwise=False),
        member=member,
        served=key is not None,
        proof=sent.proof or None,
    )
    for name in dict.fromkeys((*site.required, "text")):
        if not getattr(arrival, name) and not (name == "email" and (arrival.staff or member)):
            faults.required(f"/{name}")
    if faults.found:
        raise Invalid(faults.found)
    return _with_form(arrival, sent, site) if sent.form_token else arrival


def _with_form(arrival: Arrival, sent: Submission, site: Site) -> Arrival:
    reading = deps().seals.read_form_token(sent.form_token or "", site.id, arrival.thread, deps().now())
    return replace(arrival, form=reading)


def _email(sent: str | None) -> SecretEmail | None:
    if not sent or not sent.strip():
        return None
    refuse_unstorable(sent)
    return SecretEmail.parse(sent)


def page_pointer(thread: str | None, thread_url: str | None) -> str:
    """Say by which of its two names a page is named, so that what is wrong with that is told there and only there."""
    return "/thread_url" if thread_url and not (thread or "").strip() else "/thread"


def asked_key(thread: str | None, thread_url: str | None) -> str:
    """Give the key of the page that a reader names; raises Invalid."""
    try:
        return thread_key(thread, thread_url)
    except Unfit as error:
        code = "required" if error.code == "missing" else error.code
        raise Invalid([Fault(page_pointer(thread, thread_url), code, error.detail)]) from None


def _page(sent: Submission) -> str:
    return thread_key(sent.thread, sent.thread_url)


def _url(sent: str | None) -> str | None:
    return thread_key(None, sent) if sent and sent.strip() else None


def _title(sent: str | None) -> str | None:
    return clean_line(sent, limit=TITLE_MAX) or None if sent else None


def _believed_url(site: Site, url: str | None) -> str | None:
    """Keep what leads moderators to a page only if it leads to the site, or a server of the site says so."""
    return url if url and (caller().key or site.has_page(url)) else None


def _believed_title(title: str | None) -> str | None:
    """Keep what a page is called if a server says so, or a page: the guard let in only the site's and ours."""
    return title if title and (caller().key or request.headers.get("Origin")) else None


def _parent(sent: str | None) -> UUID | None:
    if not sent:
        return None
    refuse_unstorable(sent)
    try:
        return UUID(sent)
    except ValueError:
        raise Unfit("parent-not-found", "The comment you answer is no longer here.") from None


def _idempotency_key() -> str | None:
    sent = request.headers.get("Idempotency-Key")
    if sent is None:
        return None
    key = IDEMPOTENCY_KEY.fullmatch(sent.strip(" \t"))
    if key is None:
        raise Unfit("idempotency-key-invalid", f"Use 1 to {KEY_MAX} visible ASCII characters.")
    return str(key["key"])
