"""What WordPress's REST interface says when it refuses: its codes and statuses, in sentences of ours."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from flask import Response, json

from moderation.http import problems
from moderation.http.compat.submitted import ID_NOT_FOUND, LONG, Refused
from moderation.http.problems import TYPE

PARENT: Final = "comment_reply_to_unapproved_comment"
SAVE_ERROR: Final = "comment_save_error"
CODE_OF: Final = {
    "require_name_email": "rest_comment_author_data_required",
    "require_valid_comment": "rest_comment_content_invalid",
    "comment_closed": "rest_comment_closed",
    SAVE_ERROR: "rest_comment_failed_create",
    ID_NOT_FOUND: "rest_comment_invalid_post_id",
    "not_logged_in": "rest_comment_login_required",
}
"""Where the form and the REST interface have different words for the same."""
REFUSALS: Final = {
    "rest_comment_invalid_author": (HTTPStatus.UNAUTHORIZED, "Nobody can be named as the author by an account."),
    "rest_comment_invalid_author_ip": (
        HTTPStatus.UNAUTHORIZED,
        "Where a comment comes from is not for its sender to say.",
    ),
    "rest_comment_invalid_status": (HTTPStatus.UNAUTHORIZED, "What becomes of a comment is not for its sender to say."),
    "rest_comment_exists": (HTTPStatus.BAD_REQUEST, "A new comment has no id yet."),
    "rest_invalid_comment_type": (HTTPStatus.BAD_REQUEST, "Only comments are taken here."),
    "rest_comment_invalid_post_id": (HTTPStatus.FORBIDDEN, "Name the page in post."),
    "rest_comment_login_required": (HTTPStatus.UNAUTHORIZED, "Sign in at the site; only its members may comment."),
    "rest_comment_closed": (HTTPStatus.FORBIDDEN, "This page takes no more comments."),
    "rest_comment_content_invalid": (HTTPStatus.BAD_REQUEST, "Write the comment in content."),
    PARENT: (HTTPStatus.FORBIDDEN, "The comment you answer is no longer here."),
    "rest_comment_author_data_required": (
        HTTPStatus.BAD_REQUEST,
        "This site asks for a name and an e-mail address: author_name and author_email.",
    ),
    LONG["author"]: (HTTPStatus.BAD_REQUEST, "The name is too long."),
    LONG["email"]: (HTTPStatus.BAD_REQUEST, "The e-mail address is too long."),
    LONG["url"]: (HTTPStatus.BAD_REQUEST, "The address of the website is too long."),
    LONG["comment"]: (HTTPStatus.BAD_REQUEST, "The comment is too long."),
    "comment_duplicate": (HTTPStatus.CONFLICT, "The same was said here before, and it arrived."),
    "comment_flood": (HTTPStatus.BAD_REQUEST, "That was a little fast; wait a moment, then send it again."),
    "rest_comment_failed_create": (HTTPStatus.INTERNAL_SERVER_ERROR, "The comment could not be taken in; try again."),
    "rest_comment_invalid_id": (HTTPStatus.NOT_FOUND, "There is no such comment."),
    "rest_cannot_read": (HTTPStatus.UNAUTHORIZED, "Comments without a page are not for everybody."),
    "rest_forbidden_context": (HTTPStatus.UNAUTHORIZED, "Only what everybody may see is shown here."),
    "rest_forbidden_param": (HTTPStatus.UNAUTHORIZED, "This is not for everybody to ask for."),
}
"""WordPress's codes, each with its status there; haste is 400, other than with its form."""
FORBIDDEN: Final = {
    "author": "rest_comment_invalid_author",
    "author_ip": "rest_comment_invalid_author_ip",
    "status": "rest_comment_invalid_status",
    "id": "rest_comment_exists",
}
"""What a sender may not say of a comment, in the order in which it is looked at."""
WORDS: Final = {"malformed": "rest_invalid_json", "invalid": "rest_invalid_param", "not-found": "rest_no_route"}
"""Where WordPress has a word for what can go wrong anywhere; the others are made of ours."""


def refused(error: Exception) -> Response:
    """Answer a failure of whatever kind in WordPress's shape."""
    if not isinstance(error, Refused):
        return _translated(problems.answered(error))
    code = CODE_OF.get(error.code, error.code)
    if error.code == SAVE_ERROR and error.error is not None:
        return _translated(problems.refused(error.error), unnamed=code)
    status, sentence = REFUSALS[code]
    return _answer(code, sentence, {"status": int(status)}, error.headers)


def _translated(answer: Response, unnamed: str | None = None) -> Response:
    """Tell a problem of ours in WordPress's shape, with what HTTP asks for beside it."""
    document = answer.get_json(force=True)
    ours = document["type"].removeprefix(TYPE)
    code = WORDS.get(ours) or unnamed or f"rest_{ours.replace('-', '_')}"
    params = {
        fault["pointer"].split("/")[1] if fault["pointer"] else "body": fault["detail"]
        for fault in document.get("errors", ())
    }
    status = HTTPStatus.BAD_REQUEST if params else document["status"]
    kept = {name: value for name, value in answer.headers if name not in {"Content-Type", "Content-Length"}}
    return _answer(code, document["detail"], {"status": int(status), **({"params": params} if params else {})}, kept)


def _answer(code: str, message: str, data: dict[str, Any], headers: Mapping[str, str]) -> Response:
    document = {"code": code, "message": message, "data": data}
    answer = Response(json.dumps(document), status=data["status"], mimetype="application/json", headers=dict(headers))
    answer.headers["Cache-Control"] = "no-store"
    return answer
