"""What somebody wants to see of the queue: the tab they are on, and how they narrowed it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self
from urllib.parse import urlencode
from uuid import UUID

from moderation.domain.comment import Status
from moderation.domain.person import Person
from moderation.http.console.speech import Spoken
from moderation.http.words import marked

TABS: Final = Spoken(
    {
        "held": marked("Held"),
        "flagged": marked("Flagged"),
        "appeals": marked("Appeals"),
        "spam": marked("Spam"),
        "rejected": marked("Rejected"),
        "approved": marked("Approved"),
        "all": marked("Everything"),
    }
)
"""In the order of the day's work."""
MIXED: Final = frozenset({"flagged", "appeals", "all"})
"""Tabs in which comments are of several statuses."""
SORTS: Final = Spoken(
    {
        "newest": marked("Newest first"),
        "oldest": marked("Oldest first"),
        "worth": marked("Most worth your time first"),
    }
)
LONGEST: Final = 254
MOST_IDS: Final = 50
NO_WAVE: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The queue as its address says it; what cannot be read narrows nothing."""

    tab: str = "held"
    site: str = ""
    thread: str = ""
    author: str = ""
    by: str = ""
    """Ids of comments, apart by commas, whose authors are meant: one of each site. An address is in no address."""
    lang: str = ""
    reason: str = ""
    spam: str = ""
    spam_to: str = ""
    toxicity: str = ""
    toxicity_to: str = ""
    since: str = ""
    until: str = ""
    wave: str = ""
    """The id of a wave, of which every comment is meant by itself."""
    q: str = ""
    sort: str = ""
    """What is not said is what the person chose last."""

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> Self:
        """Read it from an address or a form."""
        told = {item.name: sent.get(item.name, "").replace("\0", "").strip() for item in fields(cls)}
        told = {name: value if name == "by" else value[:LONGEST] for name, value in told.items()}
        wanted = cls(**{name: value for name, value in told.items() if value})
        return replace(wanted, tab=wanted.tab if wanted.tab in TABS else "held")

    @property
    def narrowed(self) -> bool:
        """Say whether anything but the tab and the order was chosen."""
        return bool(self.query(tab=None, sort=None))

    @property
    def folded(self) -> bool:
        """Say whether comments that say nearly the same are one card: in what waits, where nothing else is asked."""
        return self.tab == "held" and not self.query(tab=None, sort=None, site=None)

    @property
    def order(self) -> str:
        """Say which order the tab is in; only what is held is kept by its worth."""
        known = self.sort if self.sort in SORTS else "newest"
        return "newest" if known == "worth" and self.tab != "held" else known

    def query(self, **changes: Any) -> str:
        """Give the same as an address has it, with some of it changed; None leaves something out."""
        told = {item.name: getattr(self, item.name) for item in fields(self)} | changes
        plain = Wanted()
        return urlencode({k: v for k, v in told.items() if v and v != getattr(plain, k, None)})

    def chosen(self) -> list[tuple[str, str]]:
        """Name everything that differs from the plain queue, for a form to bring back."""
        plain = Wanted()
        told = [(item.name, str(getattr(self, item.name))) for item in fields(self)]
        return [(name, value) for name, value in told if value != getattr(plain, name)]

    def sites(self, person: Person) -> tuple[UUID, ...]:
        """Name the sites that are meant, among the person's own."""
        own = person.sites()
        return tuple(site_id for site_id in own if not self.site or str(site_id) == self.site)

    def filters(self) -> dict[str, Any]:
        """Say it as the store reads it."""
        told: dict[str, Any] = {"sort": self.order, "q": self.q, "reason": self.reason}
        told |= {"language": self.lang or None, "thread": self.thread or None}
        told |= {"flagged": self.tab == "flagged", "appealed": self.tab == "appeals"}
        told |= {} if self.tab in MIXED else {"status": Status(self.tab)}
        told |= {name: _share(getattr(self, name)) for name in ("spam", "spam_to", "toxicity", "toxicity_to")}
        told |= {"author": self.author or None}
        told |= {"by": _ids(self.by) if self.by else None}
        told |= {"wave": next(iter(_ids(self.wave)), NO_WAVE) if self.wave else None}
        return told | {"since": _day(self.since), "until": _day(self.until, timedelta(days=1))}


def _ids(typed: str) -> list[UUID]:
    """Read ids; what is none means nobody."""
    try:
        return [UUID(part) for part in typed.split(",")[:MOST_IDS]]
    except ValueError:
        return []


def _share(typed: str) -> float | None:
    try:
        share = float(typed)
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None


def _day(typed: str, later: timedelta = timedelta()) -> datetime | None:
    """Read a day; `until` means all of it."""
    try:
        return datetime.strptime(typed, "%Y-%m-%d").replace(tzinfo=UTC) + later
    except (ValueError, OverflowError):
        return None
