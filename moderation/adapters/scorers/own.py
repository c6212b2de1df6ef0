"""The owner's own lists: files of words, of domains that links must not lead to, of throw-away services.

A file is UTF-8 with one entry a line; empty lines and those that begin with `#` say nothing. All faults of
all files are told together, each with its file and line, and none of them repeats what stands there.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import idna
import regex

from moderation.domain.errors import Fault, Invalid
from moderation.domain.fold import fold
from moderation.domain.wildcard import ADVICE, is_fit, is_wild
from moderation.domain.wordlist import NO_WORDS, WordList

ENTRY_MAX: Final = 200
ENTRIES_MAX: Final = 200_000
"""More entries than this take more memory than a worker is given."""
_DOMAIN: Final = regex.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]")


@dataclass(frozen=True)
class OwnLists:
    """What the owner of this installation lists beside what comes with us."""

    words: WordList = NO_WORDS
    domains: frozenset[str] = frozenset()
    throwaway: frozenset[str] = frozenset()

    def blocks(self, host: str) -> bool:
        """Say whether a host is a listed domain, or lies under one."""
        return lies_under(host, self.domains)


def lies_under(host: str, domains: Container[str]) -> bool:
    """Say whether a host is one of these domains, or lies under one."""
    labels = _ascii(host).split(".")
    return any(".".join(labels[place:]) in domains for place in range(len(labels)))


NO_LISTS: Final = OwnLists()


class Unlistable(ValueError):
    """An entry that cannot be used; the message says what to do."""


def read_lists(words: Iterable[str], domains: Iterable[str], throwaway: Iterable[str]) -> OwnLists:
    """Read the files of these names; raises Invalid with every fault in them."""
    faults: list[Fault] = []
    own = OwnLists(
        WordList(tuple(_entries(words, _word, faults))),
        frozenset(_entries(domains, _domain, faults)),
        frozenset(_entries(throwaway, _domain, faults)),
    )
    if faults:
        raise Invalid(faults, "These lists cannot be used yet.")
    return own


def _entries(names: Iterable[str], read: Callable[[str], str], faults: list[Fault]) -> Iterator[str]:
    """Give every entry of these files as it is compared, each once, and note what is wrong with the others."""
    seen: dict[str, None] = {}
    for name in names:
        for number, line in enumerate(_lines(name, faults), start=1):
            entry = line.strip()
            if not entry or entry.startswith("#"):
                continue
            try:
                seen[_short(entry, read)] = None
            except Unlistable as error:
                faults.append(Fault(f"{name}:{number}", "list-entry", str(error)))
        if len(seen) > ENTRIES_MAX:
            faults.append(Fault(name, "list-too-long", f"List at most {ENTRIES_MAX} entries in all."))
    yield from seen


def _lines(name: str, faults: list[Fault]) -> list[str]:
    try:
        return Path(name).read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        faults.append(Fault(name, "list-unreadable", f"This file cannot be read ({error.strerror})."))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.append(Fault(f"{name}:{line}", "list-unreadable", "This line is not written in UTF-8."))
    return []


def _short(entry: str, read: Callable[[str], str]) -> str:
    if len(entry) > ENTRY_MAX:
        raise Unlistable(f"Use at most {ENTRY_MAX} characters.")
    return read(entry)


def _word(entry: str) -> str:
    if is_wild(entry) and not is_fit(entry):
        raise Unlistable(ADVICE)
    if not fold(entry).text.strip():
        raise Unlistable("Write a word that people can see.")
    return entry


def _domain(entry: str) -> str:
    """Read a domain as hosts are compared; one covers what lies under it, with `*.` before it or without."""
    host = _ascii(entry.lower().removeprefix("*").removeprefix("."))
    if not _DOMAIN.fullmatch(host):
        raise Unlistable("Write a domain by itself, such as example.com, without https:// and without a path.")
    return host


def _ascii(host: str) -> str:
    """Give a host as the name system spells it; nothing for what it cannot spell."""
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:
        return ""
