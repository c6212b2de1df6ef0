"""Threads that nobody changed are read past Flask: the answer that was last sent stands, and is sent again.

It stands while its site's choices and its thread's version are what they were; both are asked about for each reader, so
that nobody is shown what is no longer public. Take this away, and every answer is the same, only later.
"""

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

from werkzeug.http import parse_etags

from moderation.domain.errors import ModerationError
from moderation.http import measure
from moderation.http.context import Web
from moderation.http.kept import Headers, Kept, Shown
from moderation.http.packed import SHOWS, unpacks

ROUTE: Final = "/v1/sites/<pk>/comments"
BEGINNING, _, ENDING = ROUTE.partition("<pk>")
OF_CONTENT: Final = frozenset({"content-type", "content-length", "content-encoding", "link"})
"""Headers that go with what is not sent twice."""
Environment = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environment, Start], Iterable[bytes]]


class Standing:
    """Sends again what stands, and keeps what the application behind it says it may."""

    def __init__(self, others: Application, web: Web) -> None:
        """Stand before this application."""
        self._others, self._web = others, web

    def __call__(self, environ: Environment, start: Start) -> Iterable[bytes]:
        """Answer one request."""
        asked = _asked(environ)
        if asked is None:
            return self._others(environ, start)
        began = perf_counter()
        kept = self._web.pages.get(asked)
        unchanged = kept is not None and _has_it(environ, kept.headers)
        if kept is None or (kept.body is None and not unchanged) or not self._stands(kept.shown):
            return self._read(asked, environ, start)
        measure.count(ROUTE, "GET", 304 if unchanged else 200, began)
        if unchanged:
            start("304 NOT MODIFIED", _named([pair for pair in kept.headers if pair[0].lower() not in OF_CONTENT]))
            return []
        start("200 OK", _named(kept.headers))
        return [kept.body or b""]

    def _stands(self, shown: Shown) -> bool:
        """Tell whether this is still what is public; where nobody can say, the application finds out why."""
        try:
            site = self._web.site(shown.site.key)
            return shown == Shown.now(site, shown.key, self._web.thread(site, shown.key))
        except ModerationError:
            return False

    def _read(self, asked: str, environ: Environment, start: Start) -> Iterable[bytes]:
        """Let the application answer, and keep what it sent where that shows a thread."""
        sent: Headers = []
        stands = False

        def noting(status: str, headers: Headers, *more: Any) -> Any:
            nonlocal stands
            stands = status[:3] in {"200", "304"}
            sent[:] = headers
            return start(status, headers, *more)

        body = self._others(environ, noting)
        shown = environ.get(SHOWS)
        if shown is None or not stands:
            return body
        whole = b"".join(body)
        getattr(body, "close", lambda: None)()
        has_body = any(name.lower() == "content-type" for name, _ in sent)
        self._web.pages.keep(asked, Kept(shown, sent, whole if has_body else None))
        return [whole]


def _asked(environ: Environment) -> str | None:
    """Name what is asked for, if it is a thread and by nobody in particular: whether a key is good is not kept."""
    path: str = environ["PATH_INFO"]
    if not path.startswith(BEGINNING) or not path.endswith(ENDING):
        return None
    if environ["REQUEST_METHOD"] != "GET" or "HTTP_AUTHORIZATION" in environ:
        return None
    packed = unpacks(environ.get("HTTP_ACCEPT_ENCODING", ""))
    return repr((path, environ.get("QUERY_STRING"), environ.get("HTTP_ORIGIN"), packed))


def _has_it(environ: Environment, headers: Headers) -> bool:
    """Tell whether the reader has this answer already."""
    theirs = environ.get("HTTP_IF_NONE_MATCH")
    if not theirs:
        return False
    return any(
        parse_etags(theirs).contains_weak(value.removeprefix("W/").strip('"'))
        for name, value in headers
        if name == "ETag"
    )


def _named(headers: Headers) -> Headers:
    """Give these headers with a request id of their own."""
    return [*(pair for pair in headers if pair[0] != "X-Request-Id"), ("X-Request-Id", uuid4().hex)]
