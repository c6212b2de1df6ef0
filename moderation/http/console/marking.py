"""Marking the words that moved a score: a text in pieces, each with what was found in it."""

from collections.abc import Collection, Iterable, Sequence
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
    veiled: bool = False
    """Whether it is blurred until somebody looks at it."""


def pieces(text: str, findings: Iterable[Finding], veiled: Collection[str] = ()) -> list[Piece]:
    """Cut a text wherever a finding begins or ends; put together again, the pieces are the text.

    Words of findings with one of the codes in `veiled` are blurred.
    """
    spans = [(start, end, finding) for finding in findings for start, end in finding.spans]
    fit = [(start, end, finding) for start, end, finding in spans if 0 <= start < end <= len(text)]
    cuts = sorted({0, len(text), *(edge for start, end, _ in fit for edge in (start, end))})
    return [_piece(text[start:end], _over(fit, start, end), veiled) for start, end in pairwise(cuts)]


def sought_in(text: str, typed: str) -> list[Finding]:
    """Find what somebody looks for."""
    hits = tuple(Search.of(typed).hits(text)) if typed else ()
    return [Finding(SOUGHT, YOURS, hits)] if hits else []


def _over(spans: Sequence[tuple[int, int, Finding]], start: int, end: int) -> list[Finding]:
    return [finding for begins, ends, finding in spans if begins <= start and end <= ends]


def _piece(text: str, over: Sequence[Finding], veiled: Collection[str]) -> Piece:
    """Make one piece, with each reason once for which it stands out."""
    why, codes = tuple(dict.fromkeys(spoken(item.detail) for item in over)), {item.code for item in over}
    return Piece(text, why, SOUGHT in codes, not codes.isdisjoint(veiled))
