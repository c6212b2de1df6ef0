"""Link lists: domains, with all that is below them, and beginnings of addresses, found wherever a text names them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import idna
import regex

from moderation.domain.fold import plain
from moderation.domain.privacy import is_registrable
from moderation.domain.sentence import Sentence
from moderation.domain.signal import Span
from moderation.domain.text import Unfit

ENTRY_MAX: Final = 200
_LINK: Final = regex.compile(
    r"(?<![\w@.-])(?:https?://(?:[^\s/@]{0,64}+@)?+)?+(?P<host>[\w-]++(?:\.[\w-]++)++)(?::\d++)?+(?P<path>/[^\s<>\"'`]*+)?+"
)
_TRAILING: Final = ".,;:!?)»”"
_DOMAIN: Final = regex.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_SCHEME: Final = regex.compile(r"^(?:https?:)?//")


def parse_link(typed: str) -> str:
    """Give an entry as addresses are compared with it; raise `Unfit` for one that means no place or everybody's."""
    entry = _SCHEME.sub("", typed.strip().lower().removeprefix("*."))
    host, slash, path = entry.partition("/")
    host = _ascii(host.partition(":")[0].strip(".").removeprefix("www."))
    if len(typed) > ENTRY_MAX:
        raise Unfit("too-long", Sentence("Use at most %(limit)s characters.", limit=ENTRY_MAX))
    if not _DOMAIN.fullmatch(host):
        raise Unfit("link-entry", "Write a domain such as example.com, or the beginning of an address below it.")
    if not is_registrable(host):
        raise Unfit("link-entry", "Everybody may have a domain under this; write a whole one.")
    return host + (slash + path if path else "")


@dataclass(frozen=True)
class LinkList:
    """Entries as `parse_link` gives them; the time taken follows the length of a text and not that of the list."""

    entries: tuple[str, ...] = ()

    @cached_property
    def _paths(self) -> dict[str, tuple[str, ...]]:
        """Give the beginnings of paths that are meant under each domain; an empty one means all of it."""
        paths: defaultdict[str, list[str]] = defaultdict(list)
        for entry in self.entries:
            host, slash, path = entry.partition("/")
            paths[host].append(slash + path)
        return {host: tuple(several) for host, several in paths.items()}

    def spans(self, text: str) -> tuple[Span, ...]:
        """Give where listed links stand, in characters of the text as it was written."""
        return tuple(self._found(text)) if self.entries else ()

    def has(self, address: str | None) -> bool:
        """Say whether an address is listed."""
        return bool(address and self.spans(address))

    def _found(self, text: str) -> Iterator[Span]:
        readable = plain(text)
        for link in _LINK.finditer(readable.text):
            start, end = readable.span(*link.span())
            end -= len(text[start:end]) - len(text[start:end].rstrip(_TRAILING))
            hosts = {link["host"], _host(text[start:end])}
            if any(self._lists(host, link["path"] or "") for host in hosts):
                yield start, end

    def _lists(self, host: str, path: str) -> bool:
        labels = host.split(".")
        above = (".".join(labels[place:]) for place in range(len(labels)))
        return any(path.startswith(begins) for name in above for begins in self._paths.get(name, ()))


def _host(written: str) -> str:
    """Give the host of a link as it is written: without its accents, it would be another."""
    link = None if written.isascii() else _LINK.match(written.lower())
    return _ascii(link["host"]) if link else ""


def _ascii(host: str) -> str:
    """Give a host as the name system spells it; nothing for what it cannot spell."""
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:
        return ""


NO_LINKS: Final = LinkList()
