"""G12: who is slow or hasty costs nobody else anything: each call is answered, and what waits stays small."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from faults.ledger import Answer
from faults.scene import Scene

SLOW = 160
"""More than a web process has threads."""
CALLS = 320
BELLS = 30


def test_clients_that_never_end_their_headers_keep_nobody_from_posting(scene: Scene) -> None:
    scene.stack.start()

    with slow_heads(scene):
        answers = [scene.client.post(scene.people.says()) for _ in range(5)]

    assert [answer and answer.status for answer in answers] == [202] * 5
    assert not scene.count().faults


@contextmanager
def slow_heads(scene: Scene) -> Iterator[None]:
    """Hold many connections on which a request has begun and never goes on."""
    begun = f"POST {scene.client.path} HTTP/1.1\r\nHost: news.example\r\nContent-Type: appl"
    with ExitStack() as connections:
        for _ in range(SLOW):
            connection = socket.create_connection(("127.0.0.1", scene.stack.port))
            connections.enter_context(connection).sendall(begun.encode())
        yield


def test_a_rush_is_taken_in_or_told_when_to_come_back_and_few_bells_ring_for_it(scene: Scene) -> None:
    scene.stack.web()  # Nobody works it off: what waits is all there is.

    with ThreadPoolExecutor(SLOW) as rush:
        answers = list(rush.map(scene.client.post, [scene.people.says() for _ in range(CALLS)]))

    bells = scene.bells()
    assert all(answer is not None and taken_or_told(answer) for answer in answers)
    assert bells <= BELLS
    scene.stack.worker()
    scene.stack.sweep()
    assert not scene.count().faults


def taken_or_told(answer: Answer) -> bool:
    return answer.status == 202 or (answer.status in {429, 503} and int(answer.headers["Retry-After"]) > 0)
