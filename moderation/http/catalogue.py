"""Every type of problem there is, with its sentence: what `/docs/problems` shows and `type` leads to."""

from http import HTTPStatus
from typing import Final

PROBLEMS: Final[dict[str, tuple[HTTPStatus, str]]] = {
    "malformed": (
        HTTPStatus.BAD_REQUEST,
        "The body cannot be read: it is no JSON, names a field twice or is nested too deeply.",
    ),
    "bad-request": (HTTPStatus.BAD_REQUEST, "The request cannot be read."),
    "unauthenticated": (
        HTTPStatus.UNAUTHORIZED,
        "The call needs a secret key or a receipt and carries none, or one that is unknown or revoked.",
    ),
    "members-only": (
        HTTPStatus.UNAUTHORIZED,
        "The site takes comments of its own members alone; send the token that it gives them.",
    ),
    "member-token-invalid": (
        HTTPStatus.UNAUTHORIZED,
        "The site did not sign this token, or a claim in it cannot be accepted; `detail` says which.",
    ),
    "member-token-expired": (HTTPStatus.UNAUTHORIZED, "The token is over; get a new one from the site."),
    "member-token-used": (
        HTTPStatus.UNAUTHORIZED,
        "The token has a `jti` and was used for another comment; get a new one from the site.",
    ),
    "not-found": (HTTPStatus.NOT_FOUND, "There is no such thing, or none that this caller may see."),
    "method-not-allowed": (
        HTTPStatus.METHOD_NOT_ALLOWED,
        "This address does not take that method; `Allow` lists those it takes.",
    ),
    "already-appealed": (HTTPStatus.CONFLICT, "There was an appeal already; a comment has one."),
    "already-banned": (HTTPStatus.CONFLICT, "The same ban is in force; lift it first to give it another end."),
    "ban-lifted": (HTTPStatus.CONFLICT, "The ban was lifted before."),
    "conflict": (HTTPStatus.CONFLICT, "The thing is not in a state that allows this."),
    "deleted": (HTTPStatus.CONFLICT, "The comment is deleted; undo that first."),
    "duplicate": (HTTPStatus.CONFLICT, "The same author said the same in the same place within a day."),
    "edit-window-closed": (HTTPStatus.CONFLICT, "The time for changing the comment is over; it can be withdrawn."),
    "endpoint-disabled": (HTTPStatus.CONFLICT, "The endpoint hears nothing; enable it first."),
    "disabled": (HTTPStatus.CONFLICT, "The person is let in no more; let them in again first."),
    "gone": (HTTPStatus.CONFLICT, "The text this is about was deleted and is not kept any more."),
    "idempotency-in-progress": (
        HTTPStatus.CONFLICT,
        "The same `Idempotency-Key` is being worked on; send the request again in a moment.",
    ),
    "last-owner": (HTTPStatus.CONFLICT, "The site would have no owner; make somebody else one first."),
    "waves-merged": (HTTPStatus.CONFLICT, "One of the two waves was merged already, or others were merged into it."),
    "not-merged": (HTTPStatus.CONFLICT, "The wave is a card of its own already."),
    "merged-meanwhile": (HTTPStatus.PRECONDITION_FAILED, "The wave was merged with another since it was shown."),
    "name-taken": (HTTPStatus.CONFLICT, "There is another site, or somebody else, of that name."),
    "newer-decision": (HTTPStatus.CONFLICT, "A newer decision stands; only the latest can be undone."),
    "no-mail": (HTTPStatus.CONFLICT, "The installation sends no mail; its operator has to name a mail server first."),
    "not-appealable": (
        HTTPStatus.CONFLICT,
        "The comment was not turned down, or longer ago than its author may appeal.",
    ),
    "not-editable": (HTTPStatus.CONFLICT, "The comment is decided in a way that its author cannot change."),
    "not-pinnable": (HTTPStatus.CONFLICT, "Only a public comment that answers nobody can be pinned."),
    "not-undoable": (
        HTTPStatus.CONFLICT,
        "An author's new text or appeal cannot be undone; decide the comment instead.",
    ),
    "own-decision": (
        HTTPStatus.CONFLICT,
        "The decision that is appealed is the caller's own; somebody else at the site decides the appeal.",
    ),
    "pins-full": (HTTPStatus.CONFLICT, "As many comments are pinned to the page as can be; unpin one of them first."),
    "parent-hidden": (HTTPStatus.CONFLICT, "The comment that is answered is not public; approve it with the reply."),
    "thread-closed": (HTTPStatus.CONFLICT, "The page takes no more comments."),
    "thread-merged": (HTTPStatus.CONFLICT, "One of the two threads was merged before."),
    "rule-code-taken": (HTTPStatus.CONFLICT, "There is another house rule of that code; choose another one."),
    "too-many-bans": (
        HTTPStatus.CONFLICT,
        "The site has as many bans by names and domains as one can have; lift some first.",
    ),
    "too-many-canned-notes": (
        HTTPStatus.CONFLICT,
        "The site has as many canned notes as one can have; remove one first.",
    ),
    "too-many-endpoints": (HTTPStatus.CONFLICT, "The site has as many endpoints as one can have; remove one first."),
    "too-many-rules": (HTTPStatus.CONFLICT, "The site has as many house rules as one can have; remove one first."),
    "works-elsewhere": (
        HTTPStatus.CONFLICT,
        "The person works at other sites too, so this is for whoever runs the installation.",
    ),
    "length-required": (
        HTTPStatus.LENGTH_REQUIRED,
        "A form must say how long it is (`Content-Length`), since half of one cannot be told from all of it.",
    ),
    "stale": (
        HTTPStatus.PRECONDITION_FAILED,
        "What is to be changed did so since the version that `If-Match` names; read it again and decide anew.",
    ),
    "too-large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than 128 kB."),
    "unsupported-media-type": (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The body is of a type that is not read here; send JSON as `application/json`.",
    ),
    "invalid": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The input can be read but not accepted; `errors` lists everything that is wrong, at once.",
    ),
    "precondition-required": (
        HTTPStatus.PRECONDITION_REQUIRED,
        "The call must say which version it has seen: send the `ETag` of what it read as `If-Match`.",
    ),
    "rate-limited": (HTTPStatus.TOO_MANY_REQUESTS, "A limit is reached; `Retry-After` says when to come back."),
    "unexpected": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The fault is ours; it was noted under the `request_id` of the answer.",
    ),
    "unreadable": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "A stored address does not open with the keys that are configured; its key must be kept until it is rotated.",
    ),
    "temporarily-unavailable": (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Something we lean on is away; the same call may work after `Retry-After`.",
    ),
    "busy": (HTTPStatus.SERVICE_UNAVAILABLE, "Somebody else is changing the same thing; try again in a moment."),
}
