"""What answers are made of, and how failures are told."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"}, description="RFC 3339, in UTC.")]
Mask = Annotated[str, Field(description="An e-mail address as its mask, such as `a***@e***.com`.")]
Cursor = Annotated[str | None, Field(description="Where the next page begins; null where there is none.")]


class Shown(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="forbid")


class Fault(Shown):
    """One thing that is wrong with what was sent."""

    pointer: str = Field(description="A JSON pointer (RFC 6901) into what was sent, or to a name in the query.")
    code: str
    detail: str


class Problem(Shown):
    """A failure (RFC 9457)."""

    type: str = Field(description="Stable; leads to its sentence on the page of problems.")
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[Fault] = Field([], description="With a 422: everything that is wrong, at once.")
    comment: UUID | None = Field(None, description="With `duplicate`: the comment that says it already.")
