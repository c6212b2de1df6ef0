"""What a site's own scorer may answer: read strictly, with a bound on everything, so that it can be kept and shown."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from moderation.domain.signal import REMOTE, Finding, Signal, Span
from moderation.domain.text import Unfit, clean_line

DETAIL_MAX = 200
Share = Annotated[float, Field(ge=0, le=1)]
Code = Annotated[str, Field(pattern=r"\A[a-z0-9-]{1,64}\z")]
Attribute = Annotated[str, Field(pattern=r"\A[a-z0-9_-]{1,64}\z")]
Place = Annotated[int, Field(ge=0)]


class WrongAnswer(Exception):
    """A scorer answered something that cannot be used; nothing here repeats it."""


class _Strict(BaseModel):
    """A part of an answer; other fields than these are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class _Finding(_Strict):
    """One observation, and where in the text it stands."""

    code: Code
    detail: str = Field(min_length=1, max_length=DETAIL_MAX)
    spans: Annotated[tuple[tuple[Place, Place], ...], Field(max_length=200)] = ()


class _Signal(_Strict):
    """What was seen in one comment; a value of null abstains."""

    value: Share | None
    findings: Annotated[tuple[_Finding, ...], Field(max_length=20)] = ()
    attributes: Annotated[dict[Attribute, Share], Field(max_length=20)] = {}


class _Answer(_Strict):
    """One signal for each comment, in order, and the name and version of who gave them."""

    scorer: str = Field(REMOTE, pattern=r"\A[A-Za-z0-9._-]{1,64}\z")
    signals: tuple[_Signal, ...]


def read_answer(content: bytes, texts: list[str]) -> list[Signal | None]:
    """Read one signal for each text, None where the scorer abstained; raises WrongAnswer for anything else."""
    try:
        answer = _Answer.model_validate_json(content)
        return [_signal(seen, text, answer.scorer) for seen, text in zip(answer.signals, texts, strict=True)]
    except (ValidationError, ValueError):  # Its message would hold what was sent.
        raise WrongAnswer from None


def _signal(seen: _Signal, text: str, scorer: str) -> Signal | None:
    if seen.value is None:
        return None
    findings = tuple(_finding(finding, text) for finding in seen.findings)
    return Signal(REMOTE, seen.value, scorer, findings, dict(seen.attributes))


def _finding(found: _Finding, text: str) -> Finding:
    detail = clean_line(found.detail, limit=DETAIL_MAX)
    if not detail:
        raise Unfit("detail-empty", "Say what was found.")
    return Finding(found.code, detail, tuple(_span(span, text) for span in found.spans))


def _span(span: Span, text: str) -> Span:
    start, end = span
    if not start < end <= len(text):
        raise Unfit("span-outside", "A span lies within the text.")
    return span
