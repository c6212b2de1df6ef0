"""WordPress's comment form as it is: a theme changes its `action`, to `/<pk>/wp-comments-post.php`, and names its page.

What is asked, in which order, and with which status it is answered, is WordPress's; the verdict comes later and
is ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from moderation.domain.comment import Comment
from moderation.domain.scope import Scope
from moderation.domain.site import Site
from moderation.domain.text import EMAIL_MAX
from moderation.domain.thread import Thread
from moderation.http import pages, problems
from moderation.http.compat.submitted import (
    ID_NOT_FOUND,
    Refused,
    is_email,
    is_member,
    page_among,
    page_key,
    refuse_long,
    taken_in,
    untagged,
    website_of,
)
from moderation.http.context import deps, site
from moderation.http.conversation import answerable
from moderation.http.guard import for_site
from moderation.http.paper import page
from moderation.http.typed import read_form
from moderation.http.unapproved import HASH, UNAPPROVED, moderation_hash
from moderation.http.words import language_of, marked, say
from moderation.services import numbers, threads

blueprint = Blueprint("wordpress", __name__, url_prefix="/<pk>")

FIELDS: Final = {"author": "name", "email": "email", "url": "website", "comment": "text"}
"""WordPress's names for our fields."""
NAMED: Final = {"name": "author", "email": "email"}
"""Where somebody says who they are, which members need not."""
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
CONSENT: Final = "wp-comments-cookies-consent"
MOST_DIGITS: Final = 16
"""No number that a comment has is longer."""
HONEYPOT: Final = "ak_hp_textarea"
NAMES: Final = (*FIELDS, "comment_post_ID", "comment_parent", "redirect_to", "member", HONEYPOT)


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
    member: str

    @classmethod
    def of(cls, typed: Mapping[str, str]) -> "Sent":
        """Trim everything, of NUL as well, which no database keeps; a name loses its tags."""
        texts = {name: typed.get(name, "").replace("\0", "").strip() for name in NAMES}
        parent = texts["comment_parent"]
        return cls(
            author=untagged(texts["author"]),
            email=texts["email"],
            url=texts["url"],
            comment=texts["comment"],
            post=page_key(texts["comment_post_ID"].lstrip("0")),
            parent="" if parent == "0" else parent,
            redirect_to=texts["redirect_to"],
            consent=CONSENT in typed,
            honeypot=texts[HONEYPOT],
            member=texts["member"],
        )


def _parent(typed: str) -> str:
    """Give the id of the comment that is answered where it is named by its number; anything else stays what it is."""
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS
    row = numbers.find(deps(), site(), int(typed)) if is_number else None
    return str(row["id"]) if row else typed


@blueprint.post("/wp-comments-post.php", provide_automatic_options=False)
@for_site(Scope.SUBMIT)
def submit(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Take in a comment from a theme's form, and lead back to the page on which it stands."""
    typed = read_form()
    sent = Sent.of(typed.values)
    sent = replace(sent, parent=_parent(sent.parent))
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
    if not is_member(sent.member) and any(not getattr(sent, NAMED[name]) for name in site().required if name in NAMED):
        raise Refused("require_name_email")
    if sent.email and len(sent.email) <= EMAIL_MAX and not is_email(sent.email):
        raise Refused("require_valid_email")
    if not sent.comment:
        raise Refused("require_valid_comment")
    refuse_long({name: getattr(sent, name) for name in FIELDS})
    return thread


def _stored(sent: Sent) -> Comment:
    """Take the comment in; what we refuse is told in WordPress's words."""
    fields = {"thread": sent.post, "thread_url": _page(sent), "parent": sent.parent, "subject": sent.honeypot}
    author = {"name": sent.author, "email": sent.email, "website": website_of(sent.url), "text": sent.comment}
    return taken_in({**fields, **author, "member": sent.member})


def _page(sent: Sent) -> str | None:
    """Give the page of the site on which the form stood, as far as the form or the browser says so."""
    return page_among(sent.redirect_to, pages.page_before())


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
