"""A comment as WordPress's two doors take it in: what is asked of its fields, and the words for what is refused."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import regex

from moderation.domain.comment import Comment
from moderation.domain.errors import Conflict, Invalid, ModerationError, TooMany, Unauthenticated
from moderation.domain.privacy import SecretEmail
from moderation.domain.text import TEXT_MAX, Unfit, clean_website
from moderation.domain.thread import canonical_url, thread_key
from moderation.http import pages, problems
from moderation.http.context import deps, site
from moderation.http.signed_in import signed_in
from moderation.http.submission import Submission, arrival_of
from moderation.http.unapproved import HASH, UNAPPROVED
from moderation.services import intake

LONGEST: Final = {"author": 245, "email": 100, "url": 200, "comment": 65525}
"""How many bytes of each are taken, in the order in which they are looked at."""
LONG: Final = {
    "author": "comment_author_column_length",
    "email": "comment_author_email_column_length",
    "url": "comment_author_url_column_length",
    "comment": "comment_content_column_length",
}
UNFIT: Final = {
    "/parent": "comment_reply_to_unapproved_comment",
    "/name": LONG["author"],
    "/text": LONG["comment"],
}
"""What is said of our fields; a name and a text that got this far are too long once they are composed."""
ID_NOT_FOUND: Final = "comment_id_not_found"
LOOKED_AT: Final = 2000
"""How many characters of a name are searched for tags; what is left of more is too long for a name."""
_TAG: Final = regex.compile(r"<[^<>]*>")


class Refused(Exception):
    """WordPress would not take this."""

    def __init__(self, code: str, error: ModerationError | None = None) -> None:
        """Keep WordPress's word for it, and our own where we have one."""
        super().__init__(code)
        self.code, self.error = code, error

    @property
    def headers(self) -> dict[str, str]:
        """What goes with it."""
        return problems.headers_of(self.error) if self.error else {}


def page_key(typed: str) -> str:
    """Give the key of the page that a post's id names; empty for what names none."""
    try:
        return thread_key(typed, None)
    except Unfit:
        return ""


def untagged(name: str) -> str:
    """Give a name without its tags."""
    return str(_TAG.sub("", name[:LOOKED_AT])).strip()


def refuse_long(sent: Mapping[str, str]) -> None:
    """Raise Refused for the first field that has more bytes than WordPress takes, or a text longer than ours may be."""
    for name, most in LONGEST.items():
        if len(sent[name].encode()) > most:
            raise Refused(LONG[name])
    if len(sent["comment"]) > TEXT_MAX:
        raise Refused(LONG["comment"])


def is_email(typed: str) -> bool:
    """Say whether this is an address."""
    try:
        SecretEmail.parse(typed)
    except Unfit:
        return False
    return True


def is_member(token: str = "") -> bool:
    """Say whether the site signed the author in, who then types no name; it may take nobody else's comments."""
    try:
        return signed_in(site(), token) is not None
    except Unauthenticated:
        raise Refused("not_logged_in") from None


def website_of(typed: str) -> str | None:
    """Give the address of a website; what is none is dropped without a word, as WordPress does."""
    try:
        return clean_website(typed) if typed else None
    except Unfit:
        return None


def taken_in(fields: Mapping[str, str | None]) -> Comment:
    """Take a comment in; raises Refused with WordPress's word for what we refuse."""
    submission = Submission.model_validate({name: value for name, value in fields.items() if value})
    try:
        return intake.receive(deps(), site(), arrival_of(submission, site())).comment
    except ModerationError as error:
        raise Refused(_code_of(error), error) from None


def _code_of(error: ModerationError) -> str:
    """Give WordPress's word for what was refused."""
    if isinstance(error, Invalid):
        first = error.faults[0]
        required = {"/name": "require_name_email", "/email": "require_name_email", "/text": "require_valid_comment"}
        if first.code == "required":
            return required.get(first.pointer, ID_NOT_FOUND)
        return UNFIT.get(first.pointer, "comment_save_error")
    if isinstance(error, Unauthenticated):
        return "not_logged_in"
    known = {"duplicate": "comment_duplicate", "gone": "comment_duplicate", "thread-closed": "comment_closed"}
    if isinstance(error, Conflict):
        return known.get(error.code, "comment_save_error")
    return "comment_flood" if isinstance(error, TooMany) else "comment_save_error"


def page_among(*said: str) -> str | None:
    """Give the first of these addresses that is a page of the site, as it is for every reader."""
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
