"""F14: bells ring five times over, and a worker comes back after its lease ran out."""

from typing import Final
from uuid import UUID

from faults.field import RATE, Field
from faults.odd import DAWDLES, GATE, Gate
from faults.stack import CELERY, Stack
from faults.waiting import until
from sqlalchemy import text as sql

from config.queues import QUEUE_OF
from moderation.embedded.process import Process
from moderation.wiring import celery_app

TIMES: Final = 5
OK: Final = 200
SLOWLY: Final = RATE / 2
"""One process scores alone, and all that it comes back to late, one by one."""
FORBIDDEN: Final = "TOXICITY in capitals, by the same author."
HELD: Final = "SELECT token FROM job WHERE comment_id = :comment AND kind = 'toxicity' AND token IS NOT NULL"


def come_back_late(field: Field) -> None:
    """Freeze a worker over a text, let another decide the author's next text, and let the first one go on."""
    stack, rounds, late_ones = field.scene.stack, field.rounds(4), 0
    stack.kill("worker")
    stack.worker("others", "--queues", "spam,deliver,housekeeping")
    with Gate.at(stack.folder / "gate") as gate, field.posting(rate=SLOWLY) as load:
        late, prompt = (_scorer(stack, name, gate) for name in ("late", "prompt"))
        for number in range(rounds):
            load.goes_on(10)
            _ring_over_and_over(stack)
            late_ones += _another_text_is_taken(field, late, prompt, f"{FORBIDDEN} {number}.")
            gate.let_one_through()
            _goes_on_alone(field, late, prompt)
    for name in ("late", "prompt", "others"):
        stack.forget(name)
    stack.worker()
    field.tally.touched("G5", "F14", late_returns=late_ones, bells_rung_over=rounds * TIMES * len(QUEUE_OF))


def _another_text_is_taken(field: Field, late: Process, prompt: Process, text: str) -> bool:
    """Freeze the late one over a text, and let the prompt one decide what its author writes instead, if it is taken."""
    prompt.freeze()
    reply = field.scene.people.says(DAWDLES)
    taken = field.scene.client.insist(reply)
    comment_id = taken.json["id"]
    until(lambda: _held(field, comment_id), "the late one has begun")
    late.freeze()
    field.scene.stored.lease_runs_out(comment_id)
    edited = field.scene.client.edit(reply, taken, text)
    if edited.status != OK:
        said = f"{edited.status} {edited.body.decode()}"
        field.tally.broke("G5", "F14", f"nobody came back late: the author's second text was answered {said}")
        return False
    prompt.thaw()
    until(lambda: field.decided(UUID(comment_id)), "the prompt one has decided")
    return True


def _goes_on_alone(field: Field, late: Process, prompt: Process) -> None:
    """Let the late one come back; what it alone decides afterwards shows that it was done with the first text."""
    prompt.freeze()
    late.thaw()
    field.decided_after()
    prompt.thaw()


def _scorer(stack: Stack, name: str, gate: Gate) -> Process:
    """Start a worker that waits at the gate over texts that say so, longer than any task may take."""
    options = ["--loglevel", "WARNING", "-O", "fair", "--concurrency", "1", "--queues", "toxicity"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    limits = ["--soft-time-limit", "120", "--time-limit", "123"]
    return stack.run(name, [*CELERY, "faults.poisoned", "worker", *options, *alone, *limits], **{GATE: str(gate.path)})


def _ring_over_and_over(stack: Stack) -> None:
    celery = celery_app(stack.broker.url)
    for bell, queue in QUEUE_OF.items():
        for _ in range(TIMES):
            celery.send_task(bell, queue=queue, ignore_result=True)


def _held(field: Field, comment_id: str) -> bool:
    with field.scene.stored.database.reading(None) as uow:
        return uow.connection.execute(sql(HELD), {"comment": UUID(comment_id)}).first() is not None
