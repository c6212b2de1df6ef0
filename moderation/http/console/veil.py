"""The veil: words that degrade people are blurred until somebody looks at them, for whoever reads so."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Final

import regex

from moderation.domain.signal import Finding
from moderation.domain.spacing import VEILED
from moderation.http.console.gate import person
from moderation.http.console.marking import Piece, pieces

BLANKS: Final = regex.compile(r"\s+")


def veiled() -> Collection[str]:
    """Give the codes of findings whose words are blurred for whoever looks."""
    return VEILED if person().reading.veiled else ()


def plain(text: str, findings: Iterable[Finding]) -> list[Piece]:
    """Cut a text into what is blurred and what is not, and mark nothing else in it."""
    codes = veiled()
    return pieces(text, [finding for finding in findings if finding.code in codes], codes)


def excerpt(text: str, findings: Iterable[Finding], most: int) -> Iterator[Piece]:
    """Give the beginning of a text on one line, cut like `plain`."""
    left = most
    for piece in plain(text, findings):
        said = BLANKS.sub(" ", piece.text)[:left]
        left -= len(said)
        if said:
            yield replace(piece, text=said)
