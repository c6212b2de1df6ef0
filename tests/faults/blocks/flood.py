"""F16: fifteen thousand comments wait while no worker runs; then they are worked off."""

from time import monotonic
from typing import Final

from faults.field import Field
from faults.ledger import CANARY
from faults.vitals import family_of, memory_mb
from faults.waiting import until
from sqlalchemy import text as sql

FLOOD: Final = 15_000
BELLS: Final = 30
"""So many may lie in the broker at most, whatever waits: a few for each of five queues."""
FEW: Final = 10
"""So many lie there while a worker answers them; what an earlier block rang over and over is gone by then."""
GROWTH_MB: Final = 120.0
"""So much may web, worker and sweep weigh more after the flood than before it."""
DRAINED_WITHIN: Final = 300.0
"""Seconds after which a run gives up; how fast it goes is told, and no promise."""
THREAD: Final = """
    INSERT INTO thread (id, site_id, key, opened_at) VALUES (gen_random_uuid(), :site, 'flood', now())"""
COMMENTS: Final = """
    INSERT INTO comment (id, site_id, thread_id, depth, status, reasons, version, revision, sequence, name, staff,
                         text, circumstances, received_at, waiting_since)
    SELECT gen_random_uuid(), site_id, id, 0, 'pending', '[]', 1, 1, 1, CAST(:canary AS text), false,
           'A calm ' || CAST(:canary AS text) || ' about the harvest, number ' || number,
           '{"form_token": "absent", "form_age": null, "honeypot": false, "echoes": 0}', now(), now()
    FROM thread, generate_series(1, :many) AS number WHERE key = 'flood'"""
JOBS: Final = """
    INSERT INTO job (comment_id, kind, site_id, due_at)
    SELECT comment.id, kind, comment.site_id, now()
    FROM comment JOIN thread ON thread.id = thread_id AND key = 'flood', unnest(CAST(:kinds AS text[])) AS kind"""
EVENTS: Final = """
    INSERT INTO event (id, site_id, comment_id, type, sequence, revision, status, reasons, by, created_at)
    SELECT gen_random_uuid(), comment.site_id, comment.id, 'comment.received', 1, 1, 'pending', '[]', 'author', now()
    FROM comment JOIN thread ON thread.id = thread_id AND key = 'flood'"""


def flood(field: Field) -> None:
    """Let a flood wait with no worker there, post meanwhile, and then let it be worked off."""
    stack, many, longest = field.scene.stack, field.rounds(FLOOD), 0
    calm = field.window()
    with field.posting() as load:
        load.goes_on(80)
        before, calm_ms = memory_mb(family_of(field.scene, "web", "worker", "sweep")), calm.milliseconds()
        until(lambda: field.scene.bells() <= FEW, "what was rung before is answered")
        stack.end("worker")
        _flood(field, many)
        waiting = field.window()
        load.goes_on(160)
        longest, waiting_ms = field.scene.bells(), waiting.milliseconds()
        stack.restart("worker")
        began = monotonic()
        until(lambda: _is_worked_off(field, many), "the flood is worked off", within=DRAINED_WITHIN, every=0.5)
        longest, took = max(longest, field.scene.bells()), monotonic() - began
        after = memory_mb(family_of(field.scene, "web", "worker", "sweep"))
    field.tally.touched("G12", "F16", waited=many, drained_per_s=round(many / took), most_bells=longest)
    field.tally.touched("G12", "F16", memory_mb_before=before, memory_mb_after=after)
    field.tally.touched("G12", "F16", **_named("calm", calm_ms), **_named("with_backlog", waiting_ms))
    if longest > BELLS:
        field.tally.broke("G12", "F16", f"{longest} bells lay in the broker")
    if after - before > GROWTH_MB:
        field.tally.broke("G12", "F16", f"memory grew from {before} to {after} MB")


def _flood(field: Field, many: int) -> None:
    """Store what waits, past the web, which would need minutes for it."""
    stack = field.scene.stack
    with field.scene.stored.database.uow(None) as uow:
        for statement in (THREAD, COMMENTS, JOBS, EVENTS):
            names = {"site": stack.site.id, "many": many, "kinds": list(stack.deps.kinds), "canary": CANARY}
            uow.connection.execute(sql(statement), {name: names[name] for name in names if f":{name}" in statement})
        uow.commit()


def _is_worked_off(field: Field, many: int) -> bool:
    """Tell whether what waits is no more than what came last; asking is dear while much waits."""
    return field.scene.stored.pending < max(many // 100, 10)


def _named(when: str, figures: dict[str, int]) -> dict[str, int]:
    return {f"{name}_{when}": value for name, value in figures.items()}
