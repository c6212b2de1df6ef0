"""Together: what several threads want of the database at the same time is one transaction for all of them."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Condition
from typing import Generic, TypeVar

from moderation.domain.errors import Held, TemporaryFailure

T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """Whoever finds nobody at work works for all who wait; whoever comes meanwhile waits for the next turn.

    Nobody waits for company: alone, a wish is done at once. What spoils the work for all is done one by one, so that
    only those hear of it whose wish it is, as of a row that is held; what is no wish's fault, such as a database that
    is away, all hear of.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]]) -> None:
        """Do wishes by this, which gives an answer for each of them in their order."""
        self._work = work
        self._waiting: list[tuple[T, Future[R]]] = []
        self._busy = False
        self._turn = Condition()

    def ask(self, wish: T) -> R:
        """Have a wish done and give the answer; raises what doing it raised."""
        own: Future[R] = Future()
        with self._turn:
            self._waiting.append((wish, own))
            self._turn.wait_for(lambda: own.done() or not self._busy)
            if not own.done():
                turn, self._waiting, self._busy = self._waiting, [], True
        if not own.done():
            self._take(turn)
        return own.result()

    def _take(self, turn: Sequence[tuple[T, Future[R]]]) -> None:
        try:
            self._do(turn)
        finally:
            with self._turn:
                self._busy = False
                self._turn.notify_all()

    def _do(self, turn: Sequence[tuple[T, Future[R]]]) -> None:
        try:
            answers = self._work([wish for wish, _ in turn])
        except BaseException as error:  # noqa: BLE001 (whatever it is, those who wait must hear of it)
            if len(turn) > 1 and isinstance(error, Exception) and _is_of_one(error):
                for each in turn:
                    self._do([each])
                return
            for _, future in turn:
                future.set_exception(error)
        else:
            for (_, future), answer in zip(turn, answers, strict=True):
                future.set_result(answer)


def _is_of_one(error: Exception) -> bool:
    return isinstance(error, Held) or not isinstance(error, TemporaryFailure)
