"""Which pictures the page of numbers has: rows of figures on their way to bars, points and cells."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from babel.dates import get_day_names

from moderation.domain.statistics import DAY, HOUR, MINUTE
from moderation.http.console.pictures import Picture, Piece, Whisker, bars, heat, whiskers
from moderation.http.console.speech import Spoken, gettext, language
from moderation.http.words import marked
from moderation.services.figures import length

Row = Mapping[str, Any]
STACK: Final = {
    "approved_by_machine": "approved light",
    "approved_by_person": "approved",
    "held_by_machine": "held light",
    "held_by_person": "held",
    "rejected_by_machine": "rejected light",
    "rejected_by_person": "rejected",
    "spam_by_machine": "spam light",
    "spam_by_person": "spam",
    "deleted": "gone",
    "pending": "gone light",
}
"""The pieces of a bar of arrivals from the ground up, and their classes."""
PIECES: Final = Spoken(
    {
        "approved_by_machine": marked("approved by the machine"),
        "approved_by_person": marked("approved by a person"),
        "held_by_machine": marked("held by the machine"),
        "held_by_person": marked("held by a person"),
        "rejected_by_machine": marked("rejected by the machine"),
        "rejected_by_person": marked("rejected by a person"),
        "spam_by_machine": marked("called spam by the machine"),
        "spam_by_person": marked("called spam by a person"),
        "deleted": marked("deleted"),
        "pending": marked("not judged yet"),
    }
)
BY: Final = Spoken(
    {
        "proposal": marked("By what policy proposed"),
        "reason": marked("By reason"),
        "rule": marked("By rule"),
        "model": marked("By model"),
        "policy": marked("By policy"),
    }
)
MOST_ROWS: Final = 12
MONTH: Final = len("2026-03")


def graphs(told: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """Draw every section."""
    return {
        "queue": bars([ages(row) for row in told["queue"]], [[_waiting(row)] for row in told["queue"]]),
        "waits": _waits(told["waits"]),
        "arrivals": bars(_slots(told["arrivals"]), [_arrived(row) for row in told["arrivals"]]),
        "people": _people(told["people"]),
        "rates": {kind: _rates([row for row in told["rates"] if row["by"] == kind]) for kind in BY},
        "arrived": _heat(told["hours"], "arrived"),
        "approved": _heat(told["hours"], "approved"),
        "flags": _rates([row | {"name": row["reason"]} for row in map(dict, told["flags"])]),
    }


def ages(row: Row) -> str:
    """Name a step of age."""
    if row["to"] is None:
        return gettext("over %(length)s", length=_step(row["from"]))
    return gettext("under %(length)s", length=_step(row["to"]))


def _step(seconds: int) -> str:
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"


def _waiting(row: Row) -> Piece:
    return Piece(row["comments"], "held", f"{ages(row)}: {row['comments']}")


def _waits(rows: Sequence[Row]) -> Picture:
    """Draw the median of each day, and upon it how much longer the slow tenth begins; in the largest fitting unit."""
    longest = max((row["p90"] or 0 for row in rows), default=0)
    unit, name = next(
        ((unit, name) for unit, name in ((HOUR, " h"), (MINUTE, " min")) if longest >= 2 * unit), (1, " s")
    )
    stacks = [
        [
            Piece(
                (row["median"] or 0) / unit,
                "median",
                f"{row['slot']}: {gettext('half within %(length)s', length=length(row['median']))}",
            ),
            Piece(
                ((row["p90"] or 0) - (row["median"] or 0)) / unit,
                "slow",
                gettext("nine of ten within %(length)s", length=length(row["p90"])),
            ),
        ]
        for row in rows
    ]
    return bars(_slots(rows), stacks, name)


def _slots(rows: Sequence[Row]) -> list[str]:
    """Name hours by themselves, days and weeks without their year, and months with it."""
    return [row["slot"][11:] or row["slot"][5:] if len(row["slot"]) > MONTH else row["slot"] for row in rows]


def _arrived(row: Row) -> list[Piece]:
    return [Piece(row[name], kind, f"{row['slot']}: {row[name]} {PIECES[name]}") for name, kind in STACK.items()]


def _people(rows: Sequence[Row]) -> Picture | None:
    return _rates([{**row, "name": row["name"] or gettext("all others")} for row in rows])


def _rates(rows: Sequence[Row]) -> Picture | None:
    """Draw shares with their intervals; nothing where none was judged."""
    known = [row for row in rows if row["share"] is not None][:MOST_ROWS]
    made = [_whisker(row) for row in known]
    return whiskers(made) if made else None


def _whisker(row: Row) -> Whisker:
    """Name a row with how many of how many; of a policy, the beginning of its hash."""
    name = row["name"][:12] if row.get("by") == "policy" else row["name"]
    hits, of = (row["overturned"], row["of"]) if "of" in row else (row["confirmed"], row["confirmed"] + row["refuted"])
    counted = f"{name} · {hits}/{of}"
    return Whisker(counted, row["low"], row["share"], row["high"], f"{counted}: {percent(row)}")


def percent(row: Row) -> str:
    """Write a share with its ends: 12 % (8 to 17); a dash where there is nothing to share."""
    if row["share"] is None:
        return "-"
    ends = gettext("%(low)s to %(high)s", low=round(row["low"] * 100), high=round(row["high"] * 100))
    return f"{row['share'] * 100:.0f} % ({ends})"


def week() -> list[str]:
    """Name the days of a week, Monday first, in few letters."""
    names = get_day_names("abbreviated", locale=language())
    return [names[day] for day in range(7)]


def _heat(rows: Sequence[Row], name: str) -> Picture:
    counts = [[row[name] for row in rows if row["weekday"] == day] for day in range(7)]
    return heat(week(), counts)
