"""What every table is made over, and the conditions of partial indexes."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    LargeBinary,
    MetaData,
    text,
)
from sqlalchemy.orm import DeclarativeBase

from moderation.adapters.db.types import Instant, Json, Words
from moderation.domain.appeal import Outcome
from moderation.domain.audit import Act, Doer
from moderation.domain.ban import Effect, Mark
from moderation.domain.comment import Status
from moderation.domain.decision import Actor
from moderation.domain.delivery import State
from moderation.domain.endpoint import Ending, Format
from moderation.domain.event import EventType
from moderation.domain.invitation import Occasion
from moderation.domain.lesson import ModelState
from moderation.domain.mailbox import Cause, Notify
from moderation.domain.notice import How, Kind
from moderation.domain.person import Role
from moderation.domain.site import Proof

PENDING = text("status = 'pending'")
APPROVED = text("status = 'approved'")
HELD = text("status = 'held'")
ANSWERS = text("parent_id IS NOT NULL")
PEOPLE = text("by IN ('person', 'key')")
DELETED = text("status = 'deleted' AND text <> ''")
WAITING = text("state = 'waiting'")
DEAD = text("state = 'dead'")
SPENT = text("attempts >= 3")
LIVE = text("lifted_at IS NULL")
UNRETIRED = text("retired_at IS NULL")
ALONE = text("status = 'held' AND wave IS NULL")
ROLLING = text("wave IS NOT NULL")
LINKED = text("link_print IS NOT NULL")
FOLLOWS = text("stance IS NOT NULL")
ROLLS_IN = text("waiting")
MERGED = text("merged_into IS NOT NULL")
UNFINISHED = text("unfinished")
UNCOUNTED = text("due_at IS NOT NULL")
UNDECIDED = text("outcome IS NULL")
UNFINISHED_ERASURE = text("finished_at IS NULL")
MEMBER = text("member")
ECHO_BANDS = ("band_1", "band_2", "band_3", "band_4")


class Base(DeclarativeBase):
    """What all tables share: types by annotation, and names for every constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        dict[str, Any]: Json,
        list[str]: Json,
        list[Any]: Json,
        bytes: LargeBinary,
        Status: Words(Status),
        Actor: Words(Actor),
        Act: Words(Act),
        Doer: Words(Doer),
        EventType: Words(EventType),
        ModelState: Words(ModelState),
        Role: Words(Role),
        State: Words(State),
        Ending: Words(Ending),
        Format: Words(Format),
        How: Words(How),
        Notify: Words(Notify),
        Cause: Words(Cause),
        Kind: Words(Kind),
        Proof: Words(Proof),
        Occasion: Words(Occasion),
        Effect: Words(Effect),
        Outcome: Words(Outcome),
        Mark: Words(Mark),
    }
