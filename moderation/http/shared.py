"""One question for all who ask it at the same time."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Asks a question once for everybody who wants to know meanwhile.

    Whoever comes while it is being asked gets the next answer, never one that was begun before they came: what they
    know to have happened is in it.
    """

    def __init__(self) -> None:
        """Ask nothing yet."""
        self._lock = Lock()
        self._being_asked: dict[Hashable, Future[T]] = {}
        self._next: dict[Hashable, Future[T]] = {}

    def __call__(self, about: Hashable, ask: Callable[[], T]) -> T:
        """Give the answer to `ask`, by whomever of those who ask about the same; raises what it raises."""
        with self._lock:
            answer = self._next.get(about)
            before = self._being_asked.get(about)
            if first := answer is None:
                answer = self._next[about] = Future()
        if first:
            self._ask(about, ask, answer, before)
        return answer.result()

    def _ask(self, about: Hashable, ask: Callable[[], T], answer: Future[T], before: Future[T] | None) -> None:
        """Ask as soon as the question before has its answer; from then on others wait for the next."""
        if before is not None:
            wait([before])
        with self._lock:
            self._being_asked[about] = self._next.pop(about)
        try:
            answer.set_result(ask())
        except BaseException as error:  # noqa: BLE001 (whoever waits is told)
            answer.set_exception(error)
        finally:
            with self._lock:
                if self._being_asked.get(about) is answer:
                    del self._being_asked[about]
