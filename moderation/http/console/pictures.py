"""Pictures of numbers: shapes with places and classes, which a template draws as SVG and a style sheet colours.

Nothing here depends on a script or an inline style; beside each picture stands a table that says the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, log10
from typing import Final

WIDTH: Final = 720
TALL: Final = 210
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 10, 28
MOST_NAMED: Final = 12
"""So many names stand under a picture; of more, every second, third and so on does."""
ROW: Final = 26
NAMES: Final = 250
"""How much of a row its name has."""
HEAT: Final = 6
"""Steps of warmth, beside none."""


@dataclass(frozen=True, slots=True)
class Box:
    """A bar, or a cell."""

    x: float
    y: float
    wide: float
    high: float
    kind: str
    told: str
    """What a pointer that rests on it is told."""


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x: float
    y: float
    to_x: float
    to_y: float
    kind: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A point."""

    x: float
    y: float
    told: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word beside or below."""

    x: float
    y: float
    kind: str
    text: str


@dataclass(slots=True)
class Picture:
    """Everything that is drawn, and how large it is."""

    high: float
    wide: float = WIDTH
    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: how much, in which colour, and what it is."""

    amount: float
    kind: str
    told: str


@dataclass(frozen=True, slots=True)
class Whisker:
    """A share with its ends: one row of a picture of intervals."""

    name: str
    low: float
    value: float
    high: float
    told: str


def bars(names: Sequence[str], stacks: Sequence[Sequence[Piece]], unit: str = "") -> Picture:
    """Draw a bar for each name, its pieces one upon the other."""
    most, step = scale(max((sum(piece.amount for piece in stack) for stack in stacks), default=0))
    picture = Picture(TOP + TALL + BOTTOM)
    _ground(picture, most, step, unit)
    for place, stack in enumerate(stacks):
        picture.boxes += _stacked(place, len(stacks), stack, most)
    picture.words += _named(names)
    return picture


def whiskers(rows: Sequence[Whisker]) -> Picture:
    """Draw a point for each share, and a line between its ends, over the ground from none to all."""
    picture, below = Picture(TOP + ROW * len(rows) + BOTTOM), TOP + ROW * len(rows)
    for part in (0, 25, 50, 75, 100):
        picture.lines.append(Line(_along(part / 100), TOP, _along(part / 100), below, "rule"))
        picture.words.append(Word(_along(part / 100), below + 18, "middle", f"{part} %"))
    for place, row in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        picture.words.append(Word(NAMES - 8, y + 4, "end", _short(row.name)))
        picture.lines.append(Line(_along(row.low), y, _along(row.high), y, "whisker"))
        picture.dots.append(Dot(_along(row.value), y, row.told))
    return picture


def heat(days: Sequence[str], counts: Sequence[Sequence[int]]) -> Picture:
    """Draw a cell for each hour of each day, the warmer the more there is."""
    most, wide, high = max(map(max, counts)), (WIDTH - LEFT - RIGHT) / 24, 22
    picture = Picture(TOP + high * len(days) + BOTTOM)
    for day, hours in enumerate(counts):
        y = TOP + high * day
        picture.words.append(Word(LEFT - 8, y + high / 2 + 4, "end", days[day]))
        for hour, many in enumerate(hours):
            kind, tip = f"heat-{ceil(HEAT * many / most) if most else 0}", f"{days[day]} {hour:02}:00: {many}"
            picture.boxes.append(Box(LEFT + wide * hour + 1, y + 1, wide - 2, high - 2, kind, tip))
    for hour in range(0, 24, 3):
        picture.words.append(Word(LEFT + wide * (hour + 0.5), TOP + high * len(days) + 18, "middle", f"{hour:02}"))
    return picture


def scale(most: float) -> tuple[float, float]:
    """Give the end of an axis that holds this much, and the step between its lines: 1, 2 or 5 times a power of ten."""
    rough = max(most, 1) / 4
    power = 10 ** int(log10(rough)) if rough >= 1 else 1
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return max(step * ceil(most / step), step), step


def _ground(picture: Picture, most: float, step: float, unit: str) -> None:
    for line in range(round(most / step) + 1):
        y = TOP + TALL - TALL * line * step / most
        picture.lines.append(Line(LEFT, y, WIDTH - RIGHT, y, "rule"))
        picture.words.append(Word(LEFT - 8, y + 4, "end", f"{line * step:g}{unit}"))


def _stacked(place: int, of: int, stack: Sequence[Piece], most: float) -> Iterator[Box]:
    room = (WIDTH - LEFT - RIGHT) / of
    wide, base = min(room * 0.8, 60), float(TOP + TALL)
    for piece in stack:
        high = TALL * piece.amount / most
        base -= high
        if high:
            yield Box(LEFT + room * place + (room - wide) / 2, base, wide, high, piece.kind, piece.told)


def _named(names: Sequence[str]) -> Iterator[Word]:
    each, room = ceil(len(names) / MOST_NAMED), (WIDTH - LEFT - RIGHT) / max(len(names), 1)
    for place in range(0, len(names), each or 1):
        yield Word(LEFT + room * (place + 0.5), TOP + TALL + 18, "middle", names[place])


def _along(part: float) -> float:
    return NAMES + (WIDTH - NAMES - 24) * part


def _short(name: str) -> str:
    most = 36
    return name if len(name) <= most else f"{name[: most - 1]}…"
