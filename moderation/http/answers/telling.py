"""What publishers are told, and where."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from moderation.domain.comment import Status
from moderation.domain.decision import Actor
from moderation.domain.delivery import State
from moderation.domain.endpoint import Ending, Format
from moderation.domain.event import EventType
from moderation.http.answers.base import Cursor, Fault, Instant, Shown


class ToldAuthor(Shown):
    """An author as publishers hear of them."""

    name: str
    url: str | None


class ToldComment(Shown):
    """A comment as publishers hear of it."""

    id: UUID
    site: UUID
    thread: str
    parent: UUID | None
    status: Status
    reasons: list[str]
    author: ToldAuthor
    text: str | None = Field(description="Null once it is another text than the event speaks of, or over 20 kB.")
    html: str | None
    created_at: Instant


class ToldData(Shown):
    """What happened."""

    comment: ToldComment
    previous: Status | None
    by: Actor
    rule: str = Field("", description="Only there where a house rule is cited: its code.")


class ToldEvent(Shown):
    """One event; the body of a webhook is the same."""

    type: EventType
    id: str = Field(pattern="^evt_")
    timestamp: Instant
    sequence: int = Field(description="Counts the events of one comment.")
    data: ToldData


class ToldNothing(Shown):
    """A ping says nothing."""


class ToldPing(Shown):
    """A ping, which shows that events arrive."""

    type: Literal["ping"]
    id: str = Field(pattern="^evt_")
    timestamp: Instant
    sequence: Literal[0]
    data: ToldNothing


class EndpointShown(Shown):
    """An address at which a publisher hears of events, and how it fares."""

    id: UUID
    url: str
    description: str
    events: list[EventType] = Field(description="None of them means all.")
    thread_prefix: str | None
    language: str | None
    headers: list[str] = Field(description="The names of the headers that go along.")
    format: Format = Field(description="In which words it hears of an event.")
    enabled: bool
    ended: Ending | None = Field(description="Why it is disabled: by itself, for failing, or by its owner.")
    failures: int = Field(description="How many attempts failed in a row.")
    failing_since: Instant | None
    rests_until: Instant | None = Field(description="Until when it is left alone, since it failed often in a row.")
    old_secret_until: Instant | None = Field(description="How long the secret before the last rotation signs too.")
    created_at: Instant


class EndpointMade(EndpointShown):
    """An endpoint with a new secret."""

    secret: str = Field(pattern="^whsec_", description="Shown this once.")


class EndpointChanged(EndpointShown):
    """An endpoint as it was saved."""

    warnings: list[Fault] = Field(description="What is odd and kept all the same, such as a name that nobody knows.")


class EndpointAdded(EndpointMade, EndpointChanged):
    """An endpoint as it was saved, with its secret."""


class EndpointPage(Shown):
    """The endpoints of a site."""

    items: list[EndpointShown]
    next: Cursor


class PingPlanned(Shown):
    """A ping is on its way."""

    delivery: UUID


class AttemptShown(Shown):
    """One try to deliver."""

    ended_at: Instant
    status: int | None = Field(description="What was answered; null where nothing was.")
    failure: str | None = Field(
        description="Why there was no answer: `refused`, `unreached`, `untrusted`, `too-slow`, …; null where there was."
    )
    latency_ms: int
    answer: str = Field(description="The beginning of what was answered, as text; show it as nothing else.")


class DeliveryShown(Shown):
    """One event on its way to one endpoint."""

    id: UUID
    event: str = Field(pattern="^evt_")
    type: EventType | Literal["ping"]
    state: State
    attempts: list[AttemptShown]
    planned_at: Instant
    due_at: Instant | None = Field(description="When it is tried the next time.")
    finished_at: Instant | None


class DeliveryPage(Shown):
    """A page of deliveries."""

    items: list[DeliveryShown]
    next: Cursor


class Replayed(Shown):
    """How much is sent once more."""

    planned: int
    next: Annotated[
        str | None, Field(description="Sent as `cursor` with the same choice, it leads on; null where nothing follows.")
    ]


class EventPage(Shown):
    """A page of the feed."""

    items: list[ToldEvent]
    next: Annotated[str | None, Field(description="Leads on from the last item; null where there is none.")]
