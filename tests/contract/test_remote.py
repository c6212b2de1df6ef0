"""A site's own scorer is asked beside the others; without its answer nothing is published, and no other site waits."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import leaks
import pytest
from fakes.scorers import obedient
from makers import Seconds, World
from servers import scorer as outside
from servers.scorer import Outsider, Respond, outsider, says
from servers.web import served
from sqlalchemy import event
from sqlalchemy.engine import Engine
from standardwebhooks import Webhook

from moderation.adapters.breaker import FAILURES, REST, Breaker
from moderation.adapters.outbound import Bounds, Outbound, Refused, TooMuch, TooSlow, Unreached, Untrusted
from moderation.adapters.reach import Reach
from moderation.adapters.scorers.answer import WrongAnswer
from moderation.adapters.scorers.remote import MOST, remotes
from moderation.domain.comment import Comment, Status
from moderation.domain.signal import Signal
from moderation.services import authors, scoring, sites, sweep
from moderation.services.ports import Bell
from moderation.wiring import starting_policy

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "scorers.md"
EXAMPLES = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HASTY = Bounds(total=timedelta(seconds=0.3))
LAVISH = Bounds(total=timedelta(seconds=60))
MINDFUL = """
require = ["spam", "toxicity", "remote"]

[[rules]]
code = "remote"
signal = "remote"
at_least = 0.5
outcome = "rejected"

[[rules]]
code = "unscored-language"
signal = "remote-abstained"
at_least = 1
outcome = "held"
"""


@dataclass
class House:
    """An installation whose site has a scorer of its own."""

    world: World
    outsider: Outsider
    secret: str
    clock: Seconds

    def judges(self) -> None:
        """Let everything be done that is due, the site's own scorer included."""
        self.world.scores()
        self.world.asks()

    def has(self, text: str = "A calm and friendly remark about the harvest.") -> Comment:
        comment = self.world.receives(text)
        self.judges()
        return self.world.look(comment)

    def hurries(self) -> None:
        """Let every pause be over."""
        with self.world.deps.uow(None) as uow:
            uow.connection.exec_driver_sql("UPDATE job SET due_at = '2020-01-01 00:00:00'")  # type: ignore[attr-defined]
            uow.commit()

    def attempts(self) -> list[int]:
        """Say how often each waiting comment was sent."""
        with self.world.deps.reading(None) as uow:
            found = uow.connection.exec_driver_sql("SELECT attempts FROM job WHERE kind = 'remote'")  # type: ignore[attr-defined]
            return list(found.scalars())

    def signals(self, comment: Comment) -> list[Signal]:
        with self.world.deps.reading(None) as uow:
            return [each for each in uow.signals.of([comment])[comment.id] if each.kind.startswith("remote")]


@pytest.fixture
def house_with(database_url: str) -> Iterator[Callable[..., House]]:
    """Make a house whose outsider answers in this way."""
    worlds: list[Any] = []

    def make(respond: Respond = outside.obedient, *, bounds: Bounds = LAVISH, failures: int = 99) -> House:
        server = outsider(respond)
        worlds.append(server)
        world = World.at(database_url, scorers=obedient(), outbound_allow="127.0.0.0/8")
        worlds.append(closing(world))
        clock = Seconds()
        breaker = Breaker(failures, clock=clock)
        world.deps = replace(world.deps, remotes=remotes(Outbound(Reach(["127.0.0.0/8"]), bounds), breaker))
        known = server.__enter__()
        world.site, secret = sites.change_and_tell(world.deps, world.site.id, scorer_url=known.url, policy=MINDFUL)
        assert secret
        return House(world, known, secret, clock)

    yield make
    for opened in worlds:
        opened.__exit__(None, None, None)


@pytest.fixture
def house(house_with: Callable[..., House]) -> House:
    return house_with()


def test_its_answer_is_stored_and_judged_like_any_other(house: House) -> None:
    comment = house.has()

    assert comment.status is Status.APPROVED
    (signal,) = house.signals(comment)
    assert (signal.kind, signal.value, signal.scorer) == ("remote", 0.01, "outsider-1")
    assert (signal.spans, signal.attributes) == (((0, 4),), {"irony": 0.5})


@pytest.mark.parametrize(
    ("text", "status", "reasons"),
    [
        ("REMOTE", Status.REJECTED, ("remote",)),
        ("no-remote-score here", Status.HELD, ("unscored-language",)),
    ],
)
def test_the_policy_decides_what_it_means(house: House, text: str, status: Status, reasons: tuple[str, ...]) -> None:
    comment = house.has(text)

    assert (comment.status, comment.reasons) == (status, reasons)


@pytest.mark.parametrize("last", ["spam", "toxicity", "render", "remote"])
def test_nothing_is_approved_before_it_has_answered(house: House, last: str) -> None:
    comment = house.world.receives()
    house.world.scores(*{"spam", "toxicity", "render"} - {last})
    if last != "remote":
        house.world.asks()
    assert house.world.status_of(comment) is Status.PENDING

    house.judges()
    assert house.world.status_of(comment) is Status.APPROVED


def test_it_is_sent_the_text_and_its_page_and_nothing_of_its_author(house: House) -> None:
    house.world.receives("A first remark.", website="https://ann.example", address="203.0.113.7")
    house.world.receives("A second remark.", thread="https://news.example/harvest")
    house.judges()

    ((headers, body),) = house.outsider.asked
    assert Webhook(house.secret).verify(body, headers) == {
        "comments": [
            {"text": "A first remark.", "language": "en", "thread": "article-1"},
            {"text": "A second remark.", "language": "en", "thread": "https://news.example/harvest"},
        ]
    }
    assert not any(word in str((headers, body)) for word in ("Ann", "ann1@", "ann.example", "203.0.113"))


def test_what_was_deleted_meanwhile_is_not_sent(house: House) -> None:
    gone, kept = house.world.receives("Taken back."), house.world.receives("Still here.")
    authors.withdraw(house.world.deps, gone.id)
    house.judges()

    assert house.outsider.texts == [["Still here."]]
    assert house.world.status_of(gone) is Status.DELETED
    assert house.world.status_of(kept) is Status.APPROVED


def test_an_edit_is_asked_about_again(house: House) -> None:
    comment = house.has("A first thought.")
    authors.edit(house.world.deps, comment.id, "REMOTE, on second thought.")
    house.judges()

    assert house.outsider.texts == [["A first thought."], ["REMOTE, on second thought."]]
    assert house.world.look(comment).reasons == ("remote",)


@pytest.mark.parametrize(
    "respond",
    [
        *(says(status) for status in (204, 302, 401, 404, 429, 500)),
        *(says(200, content) for content in (b"", b"<html>", b'{"signals": []}', b'{"signals": [{"value": 2}]}')),
        says(200, b" " * 300_000),
        outside.hangs,
        outside.drips,
    ],
    ids=[
        *("204", "302", "401", "404", "429", "500"),
        *("empty", "html", "no-signals", "out-of-range", "endless", "hangs", "drips"),
    ],
)
def test_without_a_sound_answer_a_comment_is_held_and_never_approved(
    house_with: Callable[..., House], respond: Respond
) -> None:
    house = house_with(respond, bounds=HASTY)
    comment = house.world.receives()
    for _ in range(3):
        house.judges()
        house.hurries()
        assert house.world.status_of(comment) is Status.PENDING
    scoring.give_up(house.world.deps)

    assert (house.world.status_of(comment), house.world.look(comment).reasons) == (Status.HELD, ("scoring-failed",))
    assert len(house.outsider.asked) == 3


def test_an_address_that_may_not_be_reached_is_a_failure(house: House) -> None:
    house.world.deps = replace(house.world.deps, remotes=remotes(Outbound(Reach(), LAVISH), Breaker()))
    house.world.receives()
    house.judges()

    assert house.attempts() == [1]
    assert house.outsider.asked == []


def test_a_failure_is_logged_without_a_word_of_what_was_said(house_with: Callable[..., House]) -> None:
    house = house_with(says(200, b'{"signals": [{"value": "a canarysong back"}]}'))
    with leaks.logged() as logs:
        house.world.receives("A canarysong.")
        house.judges()

    assert "WrongAnswer" in logs.getvalue()
    assert "canarysong" not in logs.getvalue()
    assert house.secret not in logs.getvalue()


def test_a_batch_that_failed_is_taken_apart(house_with: Callable[..., House]) -> None:
    def choosy(handler: outside.Handler) -> None:
        says(500)(handler) if b"poison" in handler.body else outside.obedient(handler)

    house = house_with(choosy)
    bad, good = house.world.receives("poison"), house.world.receives("A good neighbour.")
    house.judges()

    assert house.world.status_of(good) is Status.APPROVED
    assert house.world.status_of(bad) is Status.PENDING
    assert max(house.outsider.texts, key=len) == ["poison", "A good neighbour."]


def test_after_several_failures_it_is_left_alone_which_counts_as_no_attempt(house_with: Callable[..., House]) -> None:
    house = house_with(says(500), failures=2)
    for _ in range(2):
        house.world.receives()
        house.judges()
    asked, late = len(house.outsider.asked), house.world.receives()
    for _ in range(5):
        house.hurries()
        house.judges()

    assert len(house.outsider.asked) == asked
    assert min(house.attempts()) == 0
    assert house.world.status_of(late) is Status.PENDING
    assert Bell.REMOTE not in sweep.due(house.world.deps)


def test_what_waits_for_one_that_is_left_alone_is_held_after_ten_minutes(house_with: Callable[..., House]) -> None:
    house = house_with(says(500), failures=1)
    comments = [house.world.receives() for _ in range(3)]
    house.judges()
    scoring.hold_overdue(house.world.deps, timedelta(seconds=-1))

    assert {house.world.look(comment).reasons for comment in comments} == {("scoring-failed",)}
    assert house.attempts() == []


def test_after_its_rest_one_comment_shows_whether_it_is_back(house_with: Callable[..., House]) -> None:
    house = house_with(says(500), failures=1)
    comments = [house.world.receives() for _ in range(4)]
    house.judges()
    asked = len(house.outsider.asked)

    house.clock.now += 60
    house.hurries()
    house.judges()
    assert [len(texts) for texts in house.outsider.texts[asked:]] == [1]

    house.outsider.respond = outside.obedient
    house.clock.now += 60
    house.hurries()
    house.judges()
    assert {house.world.status_of(comment) for comment in comments} == {Status.APPROVED}


def test_another_site_waits_for_nobody(house_with: Callable[..., House]) -> None:
    house = house_with(says(500), failures=1)
    house.world.receives()
    house.judges()
    with outsider(outside.obedient) as own:
        other = _elsewhere(house.world, own.url)
        comment = other.receives()
        plain = _elsewhere(house.world, None).receives()
        house.judges()

        assert own.texts == [[comment.text]]
    assert other.status_of(comment) is Status.APPROVED
    assert other.status_of(plain) is Status.APPROVED


def _elsewhere(world: World, scorer_url: str | None) -> World:
    name = "With" if scorer_url else "Without"
    site = sites.create(world.deps, name=name, origins=[], policy=starting_policy("default"))
    return replace(world, site=sites.change(world.deps, site.id, scorer_url=scorer_url))


def test_a_site_that_gives_its_scorer_up_waits_for_it_no_longer(house: House) -> None:
    comment = house.world.receives()
    house.world.site = sites.change(house.world.deps, house.world.site.id, scorer_url=None)
    house.judges()

    assert house.world.look(comment).reasons == ("unscored-language",)
    assert house.outsider.asked == []
    assert house.world.site.scorer_secret is None
    assert house.attempts() == []


def test_a_site_without_one_costs_nothing_more(house: House) -> None:
    without = _elsewhere(house.world, None)
    house.world.receives(), without.receives()  # What is said once for each connection is said.

    assert _said(house.world.receives) == _said(without.receives) > 0
    assert sweep.due(house.world.deps) == {Bell.SPAM, Bell.TOXICITY, Bell.RENDER, Bell.REMOTE, Bell.DELIVER}


def _said(work: Callable[[], object]) -> int:
    """Count the statements that some work sends."""
    heard: list[object] = []

    def hear(*said: object) -> None:
        heard.append(said)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    return len(heard)


def test_the_secret_is_kept_sealed_and_opens_for_this_site_alone(house: House, database_url: str) -> None:
    stored = leaks.database(database_url)

    assert house.secret.encode() not in stored
    assert house.secret.removeprefix("whsec_").encode() not in stored
    assert json.dumps(house.secret) not in repr(house.world.site)


def test_the_example_in_the_documentation_is_a_scorer(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = (block for block in EXAMPLES.findall(PAGE.read_text(encoding="utf-8")) if "Flask" in block)
    monkeypatch.setenv("SCORER_SECRET", house.secret)
    names: dict[str, Any] = {}
    exec(compile(example, str(PAGE), "exec"), names)  # noqa: S102 (our own page)

    with served(lambda _: names["app"]) as url:
        sites.change(house.world.deps, house.world.site.id, scorer_url=f"{url}/score")
        loud, calm = house.has("Great" + "!" * 12), house.has("Great.")
        sites.change(house.world.deps, house.world.site.id, scorer_secret=None)  # Which the example does not know.
        house.has("Great indeed.")

    assert (loud.reasons, calm.status) == (("remote",), Status.APPROVED)
    (signal,) = house.signals(loud)
    assert (signal.scorer, signal.value, len(signal.spans)) == ("exclamations-1", 1.0, 12)
    assert house.attempts() == [1]


def test_the_documentation_names_every_failure_and_bound() -> None:
    page = PAGE.read_text(encoding="utf-8")
    failures = {kind.__name__ for kind in (Refused, Unreached, Untrusted, TooSlow, TooMuch, WrongAnswer)}

    assert [name for name in failures if f"`{name}`" not in page] == []
    assert (Bounds().most, Bounds().total.seconds, Bounds().connecting.seconds, MOST) == (256_000, 10, 3, 32)
    assert (FAILURES, REST.seconds) == (5, 15)
