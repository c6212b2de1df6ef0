"""The goals of PostgreSQL and SQLite alike, each read from what the rounds came to."""

from collections.abc import Callable
from typing import Any, Final

from bench.goals import Goal

Measures = dict[str, Any]


def aims(name: str, measures: Measures) -> list[Goal]:
    """Hold one database's figures against what is wanted of it."""
    return [goal for read in _READ for goal in read(name, measures[name], measures)]


def _cpu(name: str, found: Measures, measures: Measures) -> list[Goal]:
    """Rendering is apart: what it costs by itself is taken off."""
    costs, empty = measures["costs"], measures["empty"]["cpu"]
    whole = found["cpu"] - costs["render_cpu"]
    unscored = whole - costs["spam_cpu"] - costs["toxicity_cpu"]
    note = f"{whole * 1000:.2f} ms beside {empty * 1000:.2f}; without the scorers' own share {unscored / empty:.1f}"
    title = f"CPU for each comment until decided, {name}"
    return [Goal(number="P1", name=title, measured=whole / empty, most=4, unit="empty views", note=note)]


def _accepts(name: str, found: Measures, measures: Measures) -> list[Goal]:
    ceiling = 1 / (1 / measures["empty"]["rate"] + 1 / found["bare_rate"])
    note = f"{found['rate']:.0f}/s of {ceiling:.0f}, p99 {found['p99']:.0f} ms, deciding meanwhile"
    title, least = f"Durable accepts, {name}", {"SQLite": 0.40, "PostgreSQL": 0.30}[name]
    share = found["rate"] / ceiling
    return [Goal(number="P2", name=title, measured=share, least=least, unit="of the ceiling", note=note)]


def _reads(name: str, found: Measures, _: Measures) -> list[Goal]:
    empty = found["empty_read_rate"]
    wanted = {"A page of 100": ("read_rate", 0.8), "A page of 100, unchanged": ("same_rate", 0.9)}
    return [
        Goal(
            number="P4",
            name=f"{what}, {name}",
            measured=found[rate] / empty,
            least=least,
            unit="of the empty view",
            note=f"{found[rate]:.0f}/s of {empty:.0f}",
        )
        for what, (rate, least) in wanted.items()
    ]


def _decisions(name: str, found: Measures, _: Measures) -> list[Goal]:
    wanted = {"steady": ("at 200/s", {"SQLite": 100, "PostgreSQL": 150}[name]), "saturated": ("at saturation", 250)}
    return [
        Goal(
            number="P5",
            name=f"POST to decision {when}, p99, {name}",
            measured=found[f"{kind}_p99"],
            most=most,
            unit="ms",
            note=f"p50 {found[f'{kind}_p50']:.0f}, p95 {found[f'{kind}_p95']:.0f}, at {found[f'{kind}_rate']:.0f}/s",
        )
        for kind, (when, most) in wanted.items()
    ]


def _shape(name: str, found: Measures, _: Measures) -> list[Goal]:
    note = f"{found['decided_rate']:.0f}/s beside {found['twin_decided_rate']:.0f}; "
    note += f"CPU {found['cpu'] * 1000:.2f} ms beside {found['twin_cpu'] * 1000:.2f}"
    ratio = found["decided_rate"] / found["twin_decided_rate"]
    core = f"Decided on one core before scoring, {name}"
    return [
        Goal(number="P6", name=f"End to end, {name}", measured=ratio, least=8, unit="naive twins", note=note),
        Goal(number="P6", name=core, measured=found["decided_per_core"], least=1500, unit="/s"),
        Goal(number="P6", name=f"Messages for each comment, {name}", measured=found["messages"], most=0.05),
    ]


def _overload(name: str, found: Measures, _: Measures) -> list[Goal]:
    counts = f"{found['accepted']:.0f} accepted, {found['refused']:.0f} refused, {found['unanswered']:.0f} unanswered"
    refused = found["refused_p99"] if found["refused"] else found["accepted_p99"]
    counts += "" if found["refused"] else ": what is too much waits"
    grown = found["memory_after"] / found["memory_before"]
    held = f"web grew from {found['memory_before']:.0f} to {found['memory_after']:.0f} MB"
    title, ratio = f"Three times saturation, {name}", found["accepted_p99"] / found["p99"]
    return [
        Goal(number="P10", name=f"{title}: turned away, p99", measured=refused, most=50, unit="ms", note=counts),
        Goal(number="P10", name=f"{title}: accepted, p99", measured=ratio, most=2, unit="of that at saturation"),
        Goal(number="P10", name=f"{title}: memory of web", measured=grown, most=1.2, unit="of before", note=held),
        _limited(f"{title}, limits on: turned away, p99", found),
    ]


def _limited(title: str, found: Measures) -> Goal:
    note = f"{found['limited_accepted']:.0f} accepted, {found['limited_refused']:.0f} refused, "
    note += f"{found['limited_told_when']:.0%} of them told when to come back"
    refused = found["limited_refused_p99"] if found["limited_refused"] else None  # None refused is none in time.
    return Goal(number="P10", name=title, measured=refused, most=50, unit="ms", note=note)


def _broker(name: str, found: Measures, _: Measures) -> list[Goal]:
    ratio = found["absent_rate"] / found["present_rate"]
    note = f"{found['absent_not_accepted']:.0f} not accepted; all caught up after {found['caught_up']:.1f} s"
    without, resumed = f"Accepting without a broker, {name}", f"Decisions once it is back, {name}"
    return [
        Goal(number="P11", name=without, measured=ratio, least=0.9, unit="of the rate with it"),
        Goal(number="P11", name=resumed, measured=found["resumed"], most=5, unit="s", note=note),
    ]


_READ: Final[tuple[Callable[[str, Measures, Measures], list[Goal]], ...]] = (
    _cpu,
    _accepts,
    _reads,
    _decisions,
    _shape,
    _overload,
    _broker,
)
