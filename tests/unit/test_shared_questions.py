"""One question for all who ask at the same time: the answer is never older than who asks."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from queue import SimpleQueue
from threading import Event

import pytest
from faults.waiting import until

from moderation.http.shared import Shared

MANY = 8


class Page:
    """A page that counts how often it was looked up; whoever asks does that twice, and who asks for all once more."""

    looked_up = 0

    def __hash__(self) -> int:
        self.looked_up += 1
        return id(self)


def test_all_who_come_while_it_is_asked_get_the_next_answer_together() -> None:
    shared: Shared[int] = Shared()
    begun: SimpleQueue[int] = SimpleQueue()
    numbers, go_on, page = count(1), Event(), Page()

    def ask() -> int:
        number = next(numbers)
        begun.put(number)
        assert go_on.wait(10)
        return number

    with ThreadPoolExecutor(MANY + 1) as people:
        first = people.submit(shared, page, ask)
        assert begun.get(timeout=10) == 1
        page.looked_up = 0
        others = [people.submit(shared, page, ask) for _ in range(MANY)]
        until(lambda: page.looked_up >= 2 * MANY + 1, "the others ask")
        go_on.set()

        assert first.result(10) == 1
        assert {other.result(10) for other in others} == {2}


def test_who_asks_about_something_else_waits_for_nobody() -> None:
    shared: Shared[str] = Shared()
    stuck, go_on = Event(), Event()

    def hang() -> str:
        stuck.set()
        assert go_on.wait(10)
        return "late"

    with ThreadPoolExecutor(1) as people:
        late = people.submit(shared, "one page", hang)
        assert stuck.wait(10)

        assert shared("another", lambda: "at once") == "at once"
        go_on.set()
        assert late.result(10) == "late"


def test_what_goes_wrong_is_told_and_asked_anew() -> None:
    shared: Shared[int] = Shared()

    def fail() -> int:
        raise ConnectionError("away")

    with pytest.raises(ConnectionError, match="away"):
        shared("page", fail)

    assert shared("page", lambda: 7) == 7
