"""Endpoints: the addresses at which a publisher hears of events, and what each of them wants to hear."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import regex

from moderation.domain.event import EventType
from moderation.domain.remote import sound_url
from moderation.domain.sentence import Sentence
from moderation.domain.text import Unfit, clean_line

OVERLAP: Final = timedelta(hours=24)
"""For so long after a rotation the secret before signs too."""
DESCRIPTION_MAX: Final = 200
PREFIX_MAX: Final = 500
LANGUAGE_MAX: Final = 16
MOST_ENDPOINTS: Final = 20
MOST_HEADERS: Final = 10
VALUE_MAX: Final = 500
RESERVED: Final = frozenset(
    {
        *("accept", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "date"),
        *("expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"),
    }
)
"""Headers that say how a request is to be read, which is for us to say."""
OURS: Final = ("webhook-", "proxy-", "sec-")
_NAME: Final = regex.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_VALUE: Final = regex.compile(r"[!-~](?:[ -~]*[!-~])?")
_LANGUAGE: Final = regex.compile(r"[a-z]{2,3}")


class Ending(StrEnum):
    """Why an endpoint hears nothing any more."""

    GONE = "gone"
    FAILING = "failing"
    OWNER = "owner"


class Format(StrEnum):
    """In which words an endpoint hears of an event."""

    STANDARD = "standard"
    SLACK = "slack"
    MATRIX = "matrix"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of a site. Its secrets and headers are sealed; only the vault opens them."""

    id: UUID
    site_id: UUID
    url: str
    description: str
    events: tuple[EventType, ...]
    """What it wants to hear of; nothing here means everything."""
    thread_prefix: str | None
    language: str | None
    created_at: datetime
    secret: bytes = field(repr=False)
    old_secret: bytes | None = field(default=None, repr=False)
    old_until: datetime | None = None
    headers: bytes | None = field(default=None, repr=False)
    header_names: tuple[str, ...] = ()
    enabled: bool = True
    ended: Ending | None = None
    """Why it is not enabled."""
    failures: int = 0
    """How many attempts failed in a row."""
    failing_since: datetime | None = None
    rests_until: datetime | None = None
    format: Format = Format.STANDARD

    @property
    def hears(self) -> frozenset[EventType]:
        """Name the kinds of events that it hears of: all of them where none was asked for.

        Whoever hears of what was deleted hears of what was erased: it is to be taken out as well.
        """
        asked = frozenset(self.events or EventType)
        return asked | {EventType.ERASED} if EventType.DELETED in asked else asked

    def wants(self, kind: EventType, thread: str, language: str | None) -> bool:
        """Say whether it is to hear of such an event; a language that nobody knows yet is none that was asked for."""
        return (
            kind in self.hears
            and (self.thread_prefix is None or thread.startswith(self.thread_prefix))
            and (self.language is None or language == self.language)
        )


def parse_url(typed: str) -> str:
    """Give the address of an endpoint; raise `Unfit` for what is none. Whether it may be reached is asked later."""
    url = sound_url(typed)
    if url is None:
        raise Unfit(
            "url-invalid",
            "Write the whole address, such as https://www.example.com/hooks, in ASCII "
            "and without a password or a fragment.",
        )
    return url


def parse_description(typed: str) -> str:
    """Give what an endpoint is for, on one line."""
    return clean_line(typed, limit=DESCRIPTION_MAX)


def parse_language(typed: str) -> str:
    """Give a language as comments have it; raise `Unfit` for what is none."""
    language = typed.strip().lower()
    if not _LANGUAGE.fullmatch(language):
        raise Unfit("language-invalid", "Write the language's code, such as en.")
    return language


def parse_header(name: str, value: str) -> tuple[str, str]:
    """Give a header that goes along with every event; raise `Unfit` for what none may be."""
    small = name.lower()
    if not _NAME.fullmatch(name) or small in RESERVED or small.startswith(OURS):
        raise Unfit("header-refused", "Choose a header of your own, such as X-Newsroom or Authorization.")
    if len(value) > VALUE_MAX or not _VALUE.fullmatch(value):
        raise Unfit(
            "header-invalid", Sentence("Write at most %(limit)s characters of ASCII on one line.", limit=VALUE_MAX)
        )
    return name, value
