"""The account of a run: every goal, in order, with those that are of no database."""

from bench.aims import Measures, aims
from bench.goals import Goal
from bench.ground import BOTH

HELD = {"web": 100, "worker": 70, "broker": 15, "all": 190}
TITLES = {"web": "web", "worker": "worker", "broker": "broker", "all": "all of `lychgate up`"}


def account(measures: Measures) -> list[Goal]:
    """Hold what was measured against what is wanted, goal by goal."""
    both = [goal for name in BOTH for goal in aims(name, measures)]
    whole = [*_memory(measures), *_starts(measures), *_validation(measures), *_elsewhere()]
    return sorted([*both, *whole], key=lambda goal: int(goal.number.removeprefix("P")))


def _memory(measures: Measures) -> list[Goal]:
    weight = measures["weight"]
    comments = f"{weight['comments']:.0f} comments"
    held = [
        Goal(number="P7", name=f"Memory (PSS), {TITLES[kind]}", measured=weight[kind], most=most, unit="MB")
        for kind, most in HELD.items()
    ]
    grown = [
        Goal(
            number="P7",
            name=f"Memory after {comments}, {TITLES[kind]}",
            measured=weight[f"grown_{kind}"],
            most=1.05,
            unit="of before",
        )
        for kind in HELD
    ]
    return [*held, *grown]


def _starts(measures: Measures) -> list[Goal]:
    found = measures["starts"]
    first = "`lychgate up` to the first accepted comment"
    return [
        Goal(number="P12", name=first, measured=found["first_comment"], most=3, unit="s"),
        Goal(number="P12", name="Servers for tests, ready", measured=found["servers"], most=1.5, unit="s"),
    ]


def _validation(measures: Measures) -> list[Goal]:
    found = measures["validation"]
    ratio, note = found["worst"] / found["common"], f"{found['worst_name']}: {found['worst'] * 1000:.1f} ms"
    common, worst = "Validating the common comment", "Validating the worst that is let in"
    return [
        Goal(number="P13", name=common, measured=found["common"] * 1e6, most=60, unit="µs of CPU"),
        Goal(number="P13", name=worst, measured=ratio, most=10, unit="of the common one", note=note),
    ]


def _elsewhere() -> list[Goal]:
    """Name what other commands measure."""
    isso, pages = "Posting beside Isso", "Pages at ten million rows"
    lost = "Accepted and lost over 50 kills"
    return [
        Goal(number="P3", name=isso, measured=None, least=20, unit="times", note="`make bench-peers`"),
        Goal(number="P8", name=pages, measured=None, most=3, unit="of ten thousand", note="`make bench-scale`"),
        Goal(number="P9", name=lost, measured=None, most=0, note="`make test`: `tests/faults/`"),
    ]
