"""Links in a text, however they are written: plain, bare, spoken ("example dot com") or defused ("hxxp")."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final

import regex
from tldextract import TLDExtract

from moderation.domain.fold import Folded
from moderation.domain.signal import Span

MOST: Final = 200
"""More links than this say nothing new; the rest of a text is not searched."""

_CANDIDATE: Final = regex.compile(
    r"(?P<scheme>(?:https?|ftp)\s?:\s?//)(?P<rest>[^\s<>\"'`\[\]{}|\\]++)"
    r"|(?P<defused>h(?:xx|\*\*)ps?\s?:\s?/\s?/\s?|https?\[:\]//)(?P<behind>[^\s<>\"'`{}|\\]++)"
    r"|(?<![\w@./-])(?P<bare>[\w-]++(?:\.[\w-]++)++)(?!@)(?P<path>(?::\d+)?/[^\s<>\"'`\[\]{}|\\]*+)?"
    r"|(?<![\w@./-])(?P<label>[\w-]{3,63}+)"
    r"(?:\s?[(\[{]\s?(?:\.|dot|punkt|punto|point)\s?[)\]}]\s?|\s+dot\s+|\s{1,2}\.\s{1,2})"
    r"(?P<ending>com|net|org|info|io|ru|biz|xyz|online|site|shop|top|club)\b"
)
_HINT: Final = regex.compile(r"[\w-]\.[\w-]|\s\.|/\s?/|[(\[{]\s?(?:\.|dot|punkt|punto|point)|\sdot\s|hxx|h\*\*|\[:\]")
"""What some part of every candidate looks like; where there is none, nobody need look closely."""
_TRAILING: Final = ".,;:!?)*_~'\"…»”"
_LINK_ENDING: Final = regex.compile(
    r"com|net|org|info|biz|edu|gov|io|co|dev|app|blog|news|xyz|online|site|website|store|shop|top|club|live|pro|vip|click|link|icu"
    r"|buzz|bet|casino|space|fun|cc|ly|gl|gg|gd|ws|tk|ml|ga|cf|tv|ru|su|de|uk|fr|es|nl|pl|cz|eu|us|ca|au|cn|jp|br"
)
"""Endings under which a bare name is taken for a link; under the others ("end.so") a path must follow."""
_NO_LABEL: Final = regex.compile(r"the|this|that|every|early|late|about|during|after|before")


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where it stands in the original, the host and its registered domain, whether it hides."""

    span: Span
    host: str
    domain: str
    disguised: bool = False


def find_links(text: Folded) -> list[Link]:
    """List the links of a text in order, at most `MOST`; the text is as `plain` leaves it."""
    return list(islice(_links(text), MOST))


@cache
def suffixes() -> TLDExtract:
    """Give the public suffix list that comes with the package; nothing is fetched and nothing is written."""
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def registered(host: str) -> str:
    """Give the domain that somebody registered to serve this host; a host without one stands for itself."""
    return suffixes()(host).top_domain_under_public_suffix or host


def _links(text: Folded) -> Iterator[Link]:
    if "." not in text.text and " dot " not in text.text and "//" not in text.text and "dot)" not in text.text:
        return
    if not _HINT.search(text.text):
        return
    for match in _CANDIDATE.finditer(text.text):
        start, end = match.span()
        end -= len(match[0]) - len(match[0].rstrip(_TRAILING))
        host = _host(match)
        if host is not None and end > start:
            yield Link(text.span(start, end), host, registered(host), bool(match["defused"] or match["label"]))


def _host(match: regex.Match[str]) -> str | None:
    if match["label"]:
        return None if _NO_LABEL.fullmatch(match["label"]) else f"{match['label']}.{match['ending']}"
    if match["bare"]:
        return _bare_host(match["bare"], followed=match["path"] is not None)
    authority = regex.split(r"[/?#]", match["rest"] or match["behind"], maxsplit=1)[0]
    host = authority.rpartition("@")[2].partition(":")[0].replace("[.]", ".").replace("(.)", ".").strip(_TRAILING)
    return host if any(map(str.isalnum, host)) else None


def _bare_host(name: str, *, followed: bool) -> str | None:
    ending = name.rpartition(".")[2]
    if name.startswith("www.") or _LINK_ENDING.fullmatch(ending) or followed:
        return name if suffixes()(name).top_domain_under_public_suffix else None
    return None
