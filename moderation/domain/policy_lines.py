"""Lines of a policy: where in the text a fault is, so that whoever wrote it finds the place."""

from collections.abc import Iterable
from itertools import takewhile
from typing import Final

import regex

from moderation.domain.errors import Fault

_SAID: Final = regex.compile(r"at line (\d+)")
_AT_END: Final = "at end of document"
_RULE: Final = regex.compile(r"\s*\[\[\s*rules\s*\]\]")
_TABLE: Final = regex.compile(r"\s*\[")
Line = tuple[int, str]


def line_of(source: str, fault: Fault) -> int:
    """Give the line that a fault is in, counted from one; 0 where that cannot be told."""
    lines: list[Line] = list(enumerate(source.splitlines(), 1))
    if fault.code == "policy-not-toml":
        return _said(fault.detail, len(lines))
    keys = fault.pointer.split("/")[2:]
    if keys[:1] == ["rules"] and len(keys) > 1:
        return _in_rule(lines, int(keys[1]), keys[2:3])
    return _of_key(takewhile(lambda line: not _TABLE.match(line[1]), lines), keys[:1])


def _said(detail: str, last: int) -> int:
    """Read the line that the reader of TOML names."""
    found = _SAID.search(detail)
    return int(found[1]) if found else last * (_AT_END in detail)


def _in_rule(lines: list[Line], number: int, key: list[str]) -> int:
    """Give the line of a key in one of the rules, or that with which the rule begins."""
    heads = [place for place, text in lines if _RULE.match(text)]
    if number >= len(heads):
        return 0
    head = heads[number]
    return _of_key(takewhile(lambda line: not _TABLE.match(line[1]), lines[head:]), key) or head


def _of_key(lines: Iterable[Line], key: list[str]) -> int:
    named = regex.compile(rf"""\s*["']?{regex.escape("".join(key))}["']?\s*=""")
    return next((place for place, text in lines if key and named.match(text)), 0)
