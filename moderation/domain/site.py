"""Sites: the tenants of an installation, and what each of them has chosen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

REQUIRABLE: Final = ("name", "email", "text")


@dataclass(frozen=True, slots=True)
class Site:
    """One publication. `key` names it in browsers; origins are those pages its forms may stand on."""

    id: UUID
    key: str
    name: str
    origins: tuple[str, ...]
    required: tuple[str, ...]
    close_after_days: int | None
    """Pages close this many days after their first comment; None leaves them open."""
    policy: str
    """The policy as TOML, as its owner wrote it."""
    created_at: datetime
