"""Threads: which page a comment belongs to, however its address was written, and until when it is open.

Two addresses name one page when they differ only in scheme (http, https), the case of scheme and
host, a default port, a trailing slash, the fragment, the order of the query, the spelling of
percent-escapes or parameters that say where a reader came from. The case of a path and `www.` are
kept, because on most servers they tell pages apart.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

import idna
import regex

from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit, clean_line, refuse_unstorable

THREAD_MAX: Final = 512
THREAD_URL_MAX: Final = 2000

_WEB: Final = regex.compile(r"https?://", regex.IGNORECASE)
_CONTROL: Final = regex.compile(r"[\x00-\x1F\x7F-\x9F\uD800-\uDFFF]")
_HOST: Final = regex.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_RESPELLED: Final = regex.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORTS: Final = (None, 80, 443)

_TRACKING_FAMILIES: Final = ("utm_", "hsa_", "mtm_")
_TRACKING: Final = frozenset(
    {"_ga", "_gl", "_hsenc", "_hsmi", "dclid", "fbclid", "gad_source", "gbraid", "gclid", "gclsrc", "igsh", "igshid"}
    | {"li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "moderation-hash", "msclkid", "oly_anon_id", "oly_enc_id", "ref_src"}
    | {"replytocom", "unapproved"}  # With `moderation-hash`, what WordPress adds for one reader.
    | {"s_cid", "srsltid", "ttclid", "twclid", "vero_id", "wbraid", "wickedid", "yclid"}
)


TITLE_MAX: Final = 300
MOST_PINNED: Final = 5
"""So many comments of one page stand before all others."""


@dataclass(frozen=True, slots=True)
class Thread:
    """One page with comments. `version` counts what changed in public, `approved` what can be read there."""

    id: UUID
    site_id: UUID
    key: str
    opened_at: datetime
    url: str | None = None
    title: str | None = None
    version: int = 1
    approved: int = 0
    closed_at: datetime | None = None
    merged_into: UUID | None = None
    pins: Sequence[str] = ()
    """The ids of the comments that stand before all others, the latest first; what is not public is passed over."""

    def is_closed(self, close_after_days: int | None, now: datetime) -> bool:
        """Say whether new comments are refused here."""
        return is_closed(self.closed_at, self.opened_at, close_after_days, now)


def is_closed(
    closed_at: datetime | None, first_comment_at: datetime | None, close_after_days: int | None, now: datetime
) -> bool:
    """Say whether a page takes no more comments: closed by hand, or so many days after its first one."""
    if closed_at is not None and closed_at <= now:
        return True
    if first_comment_at is None or close_after_days is None:
        return False
    return now - first_comment_at >= timedelta(days=close_after_days)


def thread_key(thread: str | None, thread_url: str | None) -> str:
    """Give the key of the page a comment names; the site's own id goes before its address.

    An id that is itself a web address is treated as one, so that both ways lead to the same page.
    """
    own = clean_line(thread or "", limit=THREAD_URL_MAX)
    if _WEB.match(own):
        return canonical_url(own)
    if len(own) > THREAD_MAX:
        raise Unfit("too-long", Sentence("Use at most %(limit)s characters.", limit=THREAD_MAX))
    if own:
        return own
    if not thread_url or not thread_url.strip():
        raise Unfit("missing", "Name the page: send its id as thread, or its address as thread_url.")
    refuse_unstorable(thread_url)
    return canonical_url(thread_url)


def canonical_url(url: str) -> str:
    """Give the one spelling of a page's address; doing it twice changes nothing more.

    Raises `Unfit` with the code `thread-url-invalid`, and nothing else, for what is no web address.
    """
    typed = url.strip()
    if len(typed) > THREAD_URL_MAX:
        raise _unfit(f"Use the page's address in at most {THREAD_URL_MAX} characters.")
    parts = _split(typed)
    netloc = _netloc(parts) if parts else None
    if parts is None or netloc is None:
        raise _unfit("Use the page's whole address, such as https://example.com/an-article.")
    found = SplitResult("https", netloc, _path(parts.path), _query(parts.query), "").geturl()
    if len(found) > THREAD_URL_MAX:  # Escaping makes it longer.
        raise _unfit(f"Use the page's address in at most {THREAD_URL_MAX} characters.")
    return found


def _unfit(detail: str) -> Unfit:
    return Unfit("thread-url-invalid", detail)


def _split(typed: str) -> SplitResult | None:
    """Take a web address apart; None for everything that is none, or that hides a password or a control."""
    if not _WEB.match(typed) or _CONTROL.search(typed):
        return None
    try:
        parts = urlsplit(typed)
    except ValueError:
        return None
    return None if "@" in parts.netloc else parts


def _netloc(parts: SplitResult) -> str | None:
    try:
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError:
        return None
    return host if host is None or port in _DEFAULT_PORTS else f"{host}:{port}"


def _host(name: str) -> str | None:
    """Spell a host as the name system does; raises a ValueError or gives None where there is none."""
    if ":" in name:
        return None if "%" in name else f"[{ipaddress.IPv6Address(name)}]"
    spelled = name if name.isascii() else idna.encode(name, uts46=True).decode("ascii")
    spelled = spelled.removesuffix(".")
    return spelled if _HOST.fullmatch(spelled) else None


def _path(path: str) -> str:
    """Resolve `.` and `..`, escaped or not, and drop the slash at the end."""
    kept: list[str] = []
    for segment in _respelled(path).split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept).rstrip("/")


def _query(query: str) -> str:
    """Sort by name, without what only says where a reader came from; repeated names keep their order."""
    pieces = [_respelled(piece.replace("+", "%20")) for piece in query.split("&") if piece]
    return "&".join(sorted((piece for piece in pieces if not _tracks(_name(piece))), key=_name))


def _name(piece: str) -> str:
    return piece.partition("=")[0]


def _tracks(name: str) -> bool:
    plain = unquote(name).lower()
    return plain in _TRACKING or plain.startswith(_TRACKING_FAMILIES)


def _respelled(part: str) -> str:
    """Escape what must be escaped, in capitals, and nothing else."""
    return _RESPELLED.sub(lambda found: _escape(found.group()), part)


def _escape(piece: str) -> str:
    octets = bytes.fromhex(piece[1:]) if len(piece) > 1 else piece.encode()
    return "".join(chr(octet) if octet in _UNRESERVED else f"%{octet:02X}" for octet in octets)
