"""Marking the words that moved a score: a text in pieces, each with what was found in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from moderation.domain.signal import Finding
from moderation.http.console.speech import spoken


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a text, and why they stand out; most do not."""

    text: str
    why: tuple[str, ...] = ()


def pieces(text: str, findings: Iterable[Finding]) -> list[Piece]:
    """Cut a text wherever a finding begins or ends; put together again, the pieces are the text."""
    spans = [(start, end, finding) for finding in findings for start, end in finding.spans]
    fit = [(start, end, finding) for start, end, finding in spans if 0 <= start < end <= len(text)]
    cuts = sorted({0, len(text), *(edge for start, end, _ in fit for edge in (start, end))})
    return [Piece(text[start:end], _over(start, end, fit)) for start, end in pairwise(cuts)]


def _over(start: int, end: int, spans: Sequence[tuple[int, int, Finding]]) -> tuple[str, ...]:
    """Name, each once, what covers this range wholly."""
    return tuple(dict.fromkeys(spoken(item.detail) for begins, ends, item in spans if begins <= start and end <= ends))
