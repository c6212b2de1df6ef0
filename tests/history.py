"""A known history: comments and decisions at moments of a test's own, by the services themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from makers import World

from moderation.domain.comment import Comment
from moderation.domain.decision import Action, Actor
from moderation.domain.person import Person, Role
from moderation.services import flags, people, review
from moderation.services.review import Moderator, Wish

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
VERSION_7, VARIANT = 7 << 76, 2 << 62


@dataclass
class History:
    """An installation whose clock and ids go together; it begins on a Monday in March at eight."""

    world: World
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.world.clock.now = MONDAY
        self.world.deps = replace(self.world.deps, new_id=self.new_id)

    def new_id(self) -> UUID:
        """Make an id that begins with the clock's time, as all others begin with that of the machine."""
        moment = int(self.world.clock.now.timestamp() * 1000)
        return UUID(int=(moment << 80) | VERSION_7 | VARIANT | next(self.numbers))

    def at(self, day: int, hour: int, minute: int = 0, second: int = 0) -> None:
        """Let it be so late on this day of March."""
        self.world.clock.now = datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)

    def hires(self, name: str, role: Role = Role.MODERATOR) -> Person:
        return people.create(self.world.deps, name=name, roles={self.world.site.id: role})[0]

    def decides(self, who: Person, comment: Comment, action: Action) -> UUID:
        seen = self.world.look(comment).version
        moderator = Moderator(comment.site_id, who.id, Actor.PERSON)
        return review.decide(self.world.deps, moderator, Wish(comment.id, seen, action)).id

    def undoes(self, who: Person, decision: UUID) -> None:
        review.undo(self.world.deps, Moderator(self.world.site.id, who.id, Actor.PERSON), decision)

    def flags(self, comment: Comment, reason: str, address: str = "203.0.113.77") -> None:
        flags.flag(self.world.deps, comment.site_id, comment.id, reason=reason, address=address)


@dataclass
class Week(History):
    """Two days of it. What it comes to was worked out by hand, in the tests that play it.

    Monday: four comments at eight; Ada approves B after 600 s, rejects C 30 s later; Bob turns C at nine.
    Tuesday: E waits from ten until Bob rejects it at twelve, who approves D, which policy had called spam, 20 s later.
    A and F are flagged at one, A is rejected by Ada half an hour later. G waits since two, H is not judged at three.
    """

    def plays(self) -> "Week":
        self.ada, self.bob = self.hires("Ada"), self.hires("Bob", Role.SENIOR)
        has = self.world.has
        a, b, c, d = (has(text) for text in ("Calm A.", "maybe-toxicity B", "maybe-toxicity C", "SPAM for D"))
        self.at(2, 8, 10)
        self.decides(self.ada, b, Action.APPROVE)
        self.at(2, 8, 10, 30)
        self.decides(self.ada, c, Action.REJECT)
        self.at(2, 9)
        self.decides(self.bob, c, Action.APPROVE)
        self.at(3, 10)
        e = has("maybe-toxicity E")
        self.at(3, 12)
        self.decides(self.bob, e, Action.REJECT)
        self.at(3, 12, 0, 20)
        self.decides(self.bob, d, Action.APPROVE)
        self.at(3, 13)
        f = has("Calm F.")
        self.flags(a, "spam")
        self.flags(f, "offensive")
        self.at(3, 13, 30)
        self.decides(self.ada, a, Action.REJECT)
        self.at(3, 14)
        g = has("maybe-toxicity G")
        self.at(3, 15)
        h = self.world.receives("Nobody looked at H.")
        self.comments = dict(zip("ABCDEFGH", (a, b, c, d, e, f, g, h), strict=True))
        return self
