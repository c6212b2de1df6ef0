"""What was typed into an HTML form: UTF-8 and nothing else, and told field by field where it is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final
from urllib.parse import parse_qsl

from flask import request
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import MultiPartParser

from moderation.domain.errors import Fault, LengthRequired, ModerationError
from moderation.http.fields import FORMS, MOST_BYTES, raw_body
from moderation.http.submission import Submission

BYTES: Final = "latin-1"
"""Has one character for every byte, so that no byte is lost before its text is read."""
MOST_PARTS: Final = 50
GARBLED: Final = "Write it in UTF-8; what could not be read is marked with \N{REPLACEMENT CHARACTER}."


@dataclass(frozen=True, slots=True)
class Typed:
    """A form's fields, each once, and which of our own had bytes in them that are no text."""

    values: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[Fault] = ()


def read_form() -> Typed:
    """Read the form of this request; what cannot be read is marked where it stood.

    Raises TooLarge, Malformed for half of one, and LengthRequired where no half could be told from it.
    """
    if request.content_length is None:
        raise LengthRequired("Say how long the form is: send a Content-Length.")
    sent = _fields(raw_body())
    faults = [Fault(f"/{name}", "not-utf-8", GARBLED) for name in Submission.model_fields if _garbled(sent.get(name))]
    return Typed({name: value.encode(BYTES).decode(errors="replace") for name, value in sent.items()}, faults)


def what_could_be_read() -> Mapping[str, str]:
    """Give the fields of a form that was refused already, as far as there are any."""
    try:
        return read_form().values
    except (ModerationError, HTTPException):
        return {}


def _fields(raw: bytes) -> Mapping[str, str]:
    """Take a form apart into fields with one character for each byte; a body that is no form has none."""
    try:
        return _in_parts(raw) if request.mimetype == FORMS[1] else _in_pairs(raw)
    except ValueError:
        return {}


def _in_pairs(raw: bytes) -> Mapping[str, str]:
    return MultiDict(parse_qsl(raw.decode(BYTES), keep_blank_values=True, encoding=BYTES)).to_dict()


def _in_parts(raw: bytes) -> Mapping[str, str]:
    boundary = request.mimetype_params.get("boundary", "").encode("ascii")
    parser = _Parts(max_form_memory_size=MOST_BYTES, max_form_parts=MOST_PARTS)
    return parser.parse(BytesIO(raw), boundary, len(raw))[0].to_dict() if boundary else {}


class _Parts(MultiPartParser):
    """Leaves the reading of bytes to us, whatever a part says of itself."""

    def get_part_charset(self, headers: Headers) -> str:  # noqa: ARG002 (the parser's shape)
        return BYTES


def _garbled(value: str | None) -> bool:
    try:
        (value or "").encode(BYTES).decode()
    except UnicodeDecodeError:
        return True
    return False
