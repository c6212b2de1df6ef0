"""What the card of a wave shows: how much of it there is, some that differ, what they share, what was decided of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from moderation.domain.likeness import distance, links
from moderation.domain.signal import Finding
from moderation.domain.wave import Stance, varied
from moderation.http.console.citing import choices
from moderation.http.console.meanings import DONE, meaning
from moderation.http.console.speech import gettext
from moderation.http.console.veil import plain
from moderation.http.context import deps
from moderation.services import people, spacing, waves
from moderation.services.ports import Row
from moderation.services.waves import Roll

SHOWN: Final = 5
MOST_REASONS: Final = 4


def card(site_id: UUID, wave_id: UUID) -> dict[str, Any]:
    """Gather everything that the card of a wave shows."""
    roll = waves.look(deps(), site_id, wave_id)
    some = varied(roll.some, SHOWN, _apart)
    severe = spacing.severe(deps(), [(site_id, row["id"]) for row in some])
    names = people.names(deps(), {stance.actor_id for stance in roll.stances})
    return {
        "rolls": True,
        "id": str(roll.family.root.id),
        "version": max((each.number for each in roll.stances if each.wave_id == roll.family.root.id), default=0),
        "waiting": roll.waiting,
        "networks": roll.networks,
        "nowhere": roll.nowhere,
        "since": roll.since,
        "published": roll.published,
        "some": [_sample(row, severe.get(row["id"], ())) for row in some],
        "looked_at": len(roll.some),
        "shared": list(_shared(roll)),
        "reasons": [meaning(code) for code, _ in _often(_reasons(roll.some), len(roll.some), most=MOST_REASONS)],
        "closed": roll.family.closed,
        "merged": [{"id": str(wave.id), "at": wave.merged_at} for wave in roll.family.merged],
        "history": _history(roll, names),
        **choices(roll.rules, roll.canned, [code for code, _ in _reasons(roll.some).most_common(MOST_REASONS)]),
    }


def _sample(row: Row, severe: Sequence[Finding]) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "name": row["name"] or gettext("Nobody"),
        "text": plain(row["text"], severe),
        "language": row["language"],
        "page": row["thread_title"] or row["thread"],
        "at": row["received_at"],
    }


def _apart(one: Row, other: Row) -> float:
    """Say how different two are; in the same words they are not, whoever wrote them."""
    if one["text"] == other["text"]:
        return 0
    if one["sketch"] is None or other["sketch"] is None:
        return 1
    return 1 + distance(one["sketch"], other["sketch"])


def _shared(roll: Roll) -> Iterator[str]:
    """Say what most of a wave have in common, of those that were looked at; of a network, only that it is one."""
    if not roll.some:
        return
    yield _likeness(roll)
    for name, times in _often(_names(roll.some), len(roll.some)):
        whole = times == len(roll.some)
        yield (
            gettext("All with the name %(name)s", name=name)
            if whole
            else gettext("Most with the name %(name)s", name=name)
        )
    for host, times in _often(_hosts(roll.some), len(roll.some)):
        whole = times == len(roll.some)
        yield (
            gettext("All with a link to %(host)s", host=host)
            if whole
            else gettext("Most with a link to %(host)s", host=host)
        )
    if roll.networks == 1 and roll.waiting > 1 and not roll.nowhere:
        yield gettext("All from one network")


def _likeness(roll: Roll) -> str:
    """Say by what they were found to be alike; those that somebody merged are so only among themselves."""
    if roll.family.merged:
        return gettext("Several texts, which somebody merged")
    if roll.family.root.sketch is not None:
        return gettext("Nearly the same words")
    return gettext("The same words, or the same links in few words")


def _often(found: Counter[str], of: int, most: int = 2) -> list[tuple[str, int]]:
    """Give those that are there most often, where more than half have them and there is more than one."""
    return [(thing, times) for thing, times in found.most_common(most) if times * 2 > of > 1]


def _names(rows: Sequence[Row]) -> Counter[str]:
    return Counter(row["name"] for row in rows if row["name"])


def _hosts(rows: Sequence[Row]) -> Counter[str]:
    return Counter(host for row in rows for host in {_host(link) for link in links(row["text"])} if host)


def _host(link: str) -> str | None:
    try:
        return urlsplit(link if "://" in link else f"//{link}").hostname
    except ValueError:
        return None


def _reasons(rows: Sequence[Row]) -> Counter[str]:
    return Counter(code for row in rows for code in set(row["reasons"]))


def _history(roll: Roll, names: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """Tell what was decided, the latest first; of what stands on waves that were merged, only the latest goes on."""
    standing = [stance.id for stance in roll.stances if stance.stands(deps().now())]
    told = [_told(stance, names) for stance in roll.stances]
    return [{**one, "until": None} if UUID(one["id"]) in standing[1:] else one for one in told]


def _told(stance: Stance, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "id": str(stance.id),
        "word": DONE[stance.status],
        "status": str(stance.status),
        "by": names.get(stance.actor_id, gettext("somebody")),
        "at": stance.created_at,
        "until": stance.until,
        "undone": stance.undone_at,
        "unfinished": stance.unfinished,
    }
