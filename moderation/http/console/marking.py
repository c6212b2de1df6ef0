"""Marking the words that moved a score: a text in pieces, each with what was found in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from moderation.domain.search import Search
from moderation.domain.signal import Finding
from moderation.http.console.speech import spoken
from moderation.http.words import marked

SOUGHT: Final = "sought"
YOURS: Final = marked("You look for this.")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a text, and why they stand out; most do not."""

    text: str
    why: tuple[str, ...] = ()
    sought: bool = False
    """Whether it is what somebody looks for."""


def pieces(text: str, findings: Iterable[Finding]) -> list[Piece]:
    """Cut a text wherever a finding begins or ends; put together again, the pieces are the text."""
    spans = [(start, end, finding) for finding in findings for start, end in finding.spans]
    fit = [(start, end, finding) for start, end, finding in spans if 0 <= start < end <= len(text)]
    cuts = sorted({0, len(text), *(edge for start, end, _ in fit for edge in (start, end))})
    return [_piece(text, start, end, fit) for start, end in pairwise(cuts)]


def sought_in(text: str, typed: str) -> list[Finding]:
    """Find what somebody looks for."""
    hits = tuple(Search.of(typed).hits(text)) if typed else ()
    return [Finding(SOUGHT, YOURS, hits)] if hits else []


def _piece(text: str, start: int, end: int, spans: Sequence[tuple[int, int, Finding]]) -> Piece:
    """Cut one piece, with each reason once for which it stands out."""
    over = [item for begins, ends, item in spans if begins <= start and end <= ends]
    why = tuple(dict.fromkeys(spoken(item.detail) for item in over))
    return Piece(text[start:end], why, any(item.code == SOUGHT for item in over))
