"""WordPress's comment form as it is: a theme changes its `action`, to `/<pk>/wp-comments-post.php`, and names its page.

What is asked, in which order, and with which status it is answered, is WordPress's; the verdict comes later and
is ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import regex
from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from moderation.domain.comment import Comment
from moderation.domain.errors import Conflict, Invalid, ModerationError, TooMany, Unauthenticated
from moderation.domain.privacy import SecretEmail
from moderation.domain.scope import Scope
from moderation.domain.site import Site
from moderation.domain.text import EMAIL_MAX, TEXT_MAX, Unfit, clean_website
from moderation.domain.thread import Thread, canonical_url, thread_key
from moderation.http import pages, problems
from moderation.http.context import deps, site
from moderation.http.conversation import answerable
from moderation.http.guard import for_site
from moderation.http.paper import page
from moderation.http.signed_in import signed_in
from moderation.http.submission import Submission, arrival_of
from moderation.http.typed import read_form
from moderation.http.unapproved import HASH, UNAPPROVED, moderation_hash
from moderation.http.words import language_of, marked, say
from moderation.services import intake, threads

blueprint = Blueprint("wordpress", __name__, url_prefix="/<pk>")

FIELDS: Final = {"author": "name", "email": "email", "url": "website", "comment": "text"}
"""WordPress's names for our fields."""
NAMED: Final = {"name": "author", "email": "email"}
"""Where somebody says who they are, which members need not."""
LONGEST: Final = {"author": 245, "email": 100, "url": 200, "comment": 65525}
"""How many bytes of each are taken, in the order in which they are looked at."""
LONG: Final = {
    "author": "comment_author_column_length",
    "email": "comment_author_email_column_length",
    "url": "comment_author_url_column_length",
    "comment": "comment_content_column_length",
}
REFUSALS: Final = {
    "comment_reply_to_unapproved_comment": (HTTPStatus.FORBIDDEN, marked("The comment you answer is no longer here.")),
    "comment_closed": (HTTPStatus.FORBIDDEN, marked("This page takes no more comments.")),
    "not_logged_in": (HTTPStatus.FORBIDDEN, marked("Only members may comment here. Please sign in.")),
    "require_name_email": (HTTPStatus.OK, marked("Enter your name and your e-mail address.")),
    "require_valid_email": (HTTPStatus.OK, marked("Enter an e-mail address such as name@example.com.")),
    "require_valid_comment": (HTTPStatus.OK, marked("Write your comment.")),
    "comment_author_column_length": (HTTPStatus.OK, marked("Your name is too long.")),
    "comment_author_email_column_length": (HTTPStatus.OK, marked("Your e-mail address is too long.")),
    "comment_author_url_column_length": (HTTPStatus.OK, marked("The address of your website is too long.")),
    "comment_content_column_length": (HTTPStatus.OK, marked("Your comment is too long.")),
    "comment_duplicate": (
        HTTPStatus.CONFLICT,
        marked("You have already said that here. It arrived, so there is no need to send it again."),
    ),
    "comment_flood": (
        HTTPStatus.TOO_MANY_REQUESTS,
        marked("That was a little fast. Wait a moment, then send it again."),
    ),
    "comment_save_error": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        marked("Your comment could not be taken in. Please send it again shortly."),
    ),
}
"""WordPress's codes, each with its status and what people read; many are 200, as they are there."""
UNFIT: Final = {
    "/parent": "comment_reply_to_unapproved_comment",
    "/name": LONG["author"],
    "/text": LONG["comment"],
}
"""What is said of our fields; a name and a text that got this far are too long once they are composed."""
ID_NOT_FOUND: Final = "comment_id_not_found"
CONSENT: Final = "wp-comments-cookies-consent"
HONEYPOT: Final = "ak_hp_textarea"
NAMES: Final = (*FIELDS, "comment_post_ID", "comment_parent", "redirect_to", HONEYPOT)
LOOKED_AT: Final = 2000
"""How many characters of a name are searched for tags; what is left of more is too long for a name."""
_TAG: Final = regex.compile(r"<[^<>]*>")


class Refused(Exception):
    """WordPress would not take this."""

    def __init__(self, code: str, headers: Mapping[str, str] | None = None) -> None:
        """Keep WordPress's word for it, and the headers that go with it."""
        super().__init__(code)
        self.code, self.headers = code, headers or {}


@dataclass(frozen=True, slots=True)
class Sent:
    """The form as it was sent, trimmed."""

    author: str
    email: str
    url: str
    comment: str
    post: str
    parent: str
    redirect_to: str
    consent: bool
    honeypot: str

    @classmethod
    def of(cls, typed: Mapping[str, str]) -> "Sent":
        """Trim everything, of NUL as well, which no database keeps; a name loses its tags."""
        texts = {name: typed.get(name, "").replace("\0", "").strip() for name in NAMES}
        author = _TAG.sub("", texts["author"][:LOOKED_AT]).strip()
        parent = texts["comment_parent"]
        return cls(
            author=author,
            email=texts["email"],
            url=texts["url"],
            comment=texts["comment"],
            post=_key(texts["comment_post_ID"].lstrip("0")),
            parent="" if parent == "0" else parent,
            redirect_to=texts["redirect_to"],
            consent=CONSENT in typed,
            honeypot=texts[HONEYPOT],
        )


def _key(typed: str) -> str:
    """Give the key of the page that a post's id names; empty for what names none."""
    try:
        return thread_key(typed, None)
    except Unfit:
        return ""


@blueprint.post("/wp-comments-post.php", provide_automatic_options=False)
@for_site(Scope.SUBMIT)
def submit(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Take in a comment from a theme's form, and lead back to the page on which it stands."""
    typed = read_form()
    sent = Sent.of(typed.values)
    try:
        thread = _asked(sent)
        comment = _stored(sent)
    except Refused as refused:
        return _refusal(refused, sent)
    return redirect(_onwards(site(), sent, comment, thread), HTTPStatus.FOUND)


def _asked(sent: Sent) -> Thread | None:
    """Ask everything that WordPress asks before it looks for repeats and haste, in its order; give the thread."""
    thread = threads.find(deps(), site(), sent.post) if sent.post else None
    if sent.parent and not answerable(sent.parent, thread):
        raise Refused("comment_reply_to_unapproved_comment")
    if not sent.post:
        raise Refused(ID_NOT_FOUND)
    if thread and thread.is_closed(site().close_after_days, deps().now()):
        raise Refused("comment_closed")
    if not _is_member() and any(not getattr(sent, NAMED[name]) for name in site().required if name in NAMED):
        raise Refused("require_name_email")
    if sent.email and len(sent.email) <= EMAIL_MAX and not _is_email(sent.email):
        raise Refused("require_valid_email")
    if not sent.comment:
        raise Refused("require_valid_comment")
    for name, most in LONGEST.items():
        if len(getattr(sent, name).encode()) > most:
            raise Refused(LONG[name])
    if len(sent.comment) > TEXT_MAX:
        raise Refused(LONG["comment"])
    return thread


def _is_member() -> bool:
    """Say whether the site signed the author in, who then types no name; it may take nobody else's comments."""
    try:
        return signed_in(site()) is not None
    except Unauthenticated:
        raise Refused("not_logged_in") from None


def _is_email(typed: str) -> bool:
    try:
        SecretEmail.parse(typed)
    except Unfit:
        return False
    return True


def _website(typed: str) -> str | None:
    """Give the address of a website; what is none is dropped without a word, as WordPress does."""
    try:
        return clean_website(typed) if typed else None
    except Unfit:
        return None


def _stored(sent: Sent) -> Comment:
    """Take the comment in; what we refuse is told in WordPress's words."""
    fields = {"thread": sent.post, "thread_url": _page(sent), "parent": sent.parent, "subject": sent.honeypot}
    author = {"name": sent.author, "email": sent.email, "website": _website(sent.url), "text": sent.comment}
    submission = Submission.model_validate({name: value for name, value in {**fields, **author}.items() if value})
    try:
        return intake.receive(deps(), site(), arrival_of(submission, site())).comment
    except ModerationError as error:
        raise Refused(_code_of(error), problems.headers_of(error)) from None


def _code_of(error: ModerationError) -> str:
    """Give WordPress's word for what was refused."""
    if isinstance(error, Invalid):
        first = error.faults[0]
        required = {"/name": "require_name_email", "/email": "require_name_email", "/text": "require_valid_comment"}
        if first.code == "required":
            return required.get(first.pointer, ID_NOT_FOUND)
        return UNFIT.get(first.pointer, "comment_save_error")
    known = {"duplicate": "comment_duplicate", "gone": "comment_duplicate", "thread-closed": "comment_closed"}
    if isinstance(error, Unauthenticated):
        return "not_logged_in"
    if isinstance(error, Conflict):
        return known.get(error.code, "comment_save_error")
    return "comment_flood" if isinstance(error, TooMany) else "comment_save_error"


def _page(sent: Sent) -> str | None:
    """Give the page of the site on which the form stood, as far as the form or the browser says so."""
    said = (sent.redirect_to, pages.page_before())
    return next((_bare(address) for address in said if _is_page(address)), None)


def _is_page(address: str) -> bool:
    """Say whether an address is one of the site's, and one that can be kept."""
    try:
        return pages.origin_of(address) in site().origins and bool(canonical_url(address))
    except Unfit:
        return False


def _bare(address: str) -> str:
    """Give a page's address without the place on it, and without what it says of an earlier comment."""
    parts = urlsplit(address)
    kept = [piece for piece in parts.query.split("&") if piece.partition("=")[0] not in {UNAPPROVED, HASH}]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "&".join(kept), ""))


def _onwards(here: Site, sent: Sent, comment: Comment, thread: Thread | None) -> str:
    """Say where the browser goes: to the comment on its page, and never anywhere but to the site's own pages.

    What waits can be seen once by its author, by a digest that tells nobody else anything.
    """
    known = thread.url if thread and pages.origin_of(thread.url or "") in here.origins else None
    where = _page(sent) or known or pages.thanks(here, {})
    if sent.email and not sent.consent:
        waits = urlencode({UNAPPROVED: comment.id, HASH: moderation_hash(comment)})
        where += ("&" if "?" in where else "?") + waits
    return f"{where}#comment-{comment.id}"


def _refusal(refused: Refused, sent: Sent) -> Response:
    """Say on a page why the comment was not taken in, with a way back; a page that is named by nothing says nothing."""
    if refused.code == ID_NOT_FOUND:
        return Response("", HTTPStatus.OK, mimetype="text/html")
    status, sentence = REFUSALS[refused.code]
    language = language_of(None, request.accept_languages)
    shown = page(
        "refused.html",
        language,
        status=status,
        frame_ancestors=site().origins,
        negotiated=True,
        sentence=say(language, sentence),
        text=sent.comment,
        back=_page(sent),
    )
    shown.headers.extend(refused.headers)
    return shown


@blueprint.errorhandler(Exception)
def unread(error: Exception) -> Response:
    """Answer with a page what could not even be read."""
    return pages.refusal(problems.answered(error))
