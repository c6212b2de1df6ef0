"""F6, F7, F8, F18: the database crashes, its answers are lost, its sessions killed, its rows held; it freezes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic
from typing import Final

import psycopg
from faults.field import Field
from faults.ledger import ANSWER_WITHIN, NOT_NOW, Answer, Outcome
from faults.proxy import Harm, Proxy
from faults.waiting import pause
from psycopg import sql
from sqlalchemy import make_url

PROBES: Final = 5
BACK_S: Final = 5.0
"""Seconds until web takes comments again, once the database answers."""
FROZEN_S: Final = ANSWER_WITHIN + 2
"""Longer than anybody waits for an answer."""
SESSIONS: Final = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
)


def crash(field: Field) -> None:
    """Kill the database with all its processes, ask while it is away, and start it again."""
    window, longest = field.window(), 0.0
    with field.posting() as load:
        for _ in range(field.rounds(4)):
            load.goes_on(20)
            field.crash_database()
            for _ in range(PROBES):
                said_so(field, "F6", field.asks())
            field.database.restart()
            began = monotonic()
            field.web_is_back()
            longest = max(longest, monotonic() - began)
    only_not_now(field, "F6", window.refusals())
    field.tally.touched("G7", "F6", web_back_s=round(longest, 2))
    if field.judges_time and longest > BACK_S:
        field.tally.broke("G7", "F6", f"web came back {longest:.1f} s after the database")


def freeze(field: Field) -> None:
    """Freeze the database with all its processes, ask meanwhile, and let it go on: nobody waits without an answer."""
    window, longest = field.window(), 0.0
    with field.posting() as load:
        load.goes_on(40)
        field.database.freeze()
        thaws_at = monotonic() + FROZEN_S
        while monotonic() < thaws_at:
            began = monotonic()
            said_so(field, "F18", field.asks())
            longest = max(longest, monotonic() - began)
        field.database.thaw()
        field.tally.touched("G3", "F18", after_frozen_database_s=field.decided_after())
    only_not_now(field, "F18", window.refusals())
    field.tally.touched("G7", "F18", longest_wait_s=round(longest, 2))
    if unanswered := window.outcomes()[Outcome.UNKNOWN]:
        field.tally.broke("G7", "F18", f"{unanswered} calls without an answer")


def lose_commits(field: Field) -> None:
    """Cut the link at a COMMIT, before or after the database hears it; clients ask again under the same key."""
    stack, lost = field.scene.stack, 0
    with Proxy(field.database.socket) as link:
        stack.web(database_url=link.in_front_of(stack.database_url))
        with field.posting() as load:
            for number in range(field.rounds(12)):
                load.goes_on(5)
                harm = Harm.LOSE_REQUEST if number % 3 == 2 else Harm.LOSE_ANSWER
                link.trap(b"COMMIT", harm).wait_sprung()
                lost += harm is Harm.LOSE_ANSWER
            _another_body(field)
        stack.web()
    field.tally.touched("G2", "F7", commits_with_lost_answer=lost)


def _another_body(field: Field) -> None:
    """Send something else under a key that was used: it is refused, and changes nothing."""
    reply = field.scene.people.says()
    field.scene.client.insist(reply)
    answer = field.scene.client.insist(replace(reply, text="Something else altogether."))
    if answer.status != 422:
        field.tally.broke("G2", "F7", f"another body under a used key was answered with {answer.status}")


def hold_up(field: Field) -> None:
    """Kill sessions again and again; hold a lock on the table; refuse every new connection."""
    window = field.window()
    database = str(make_url(field.scene.stack.database_url).database)
    with field.posting() as load:
        for _ in range(field.rounds(15)):
            load.goes_on(8)
            with _administrator(field) as connection:
                connection.execute(SESSIONS, (database,))
        with _administrator(field) as connection, connection.transaction():
            connection.execute("LOCK TABLE comment IN ACCESS EXCLUSIVE MODE")
            pause(7.0 * field.size)
        limit = sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}")
        with _administrator(field, "postgres") as connection:
            connection.execute(limit.format(sql.Identifier(database), sql.Literal(0)))
            connection.execute(SESSIONS, (database,))
            said_so(field, "F8", field.asks())
            pause(3.0 * field.size)
            connection.execute(limit.format(sql.Identifier(database), sql.Literal(-1)))
    only_not_now(field, "F8", window.refusals())


def said_so(field: Field, block: str, answer: Answer | None) -> None:
    """Hold an answer that was given without a database against what is promised of it."""
    fault = "no answer" if answer is None else _fault_of(answer)
    field.tally.touched("G7", block)
    if fault:
        field.tally.broke("G7", block, f"{fault} while the database was away")


def _fault_of(answer: Answer) -> str:
    sound = answer.headers["Content-Type"] == "application/problem+json" and int(answer.headers["Retry-After"] or 0) > 0
    return "" if answer.status == 503 and sound else f"{answer.status} {answer.headers['Content-Type']}"


def only_not_now(field: Field, block: str, refusals: dict[int, int]) -> None:
    """Let no refusal be anything but "not now, but then"."""
    field.tally.touched("G7", block, **{f"{block}_refusals": dict(sorted(refusals.items()))})
    for status in refusals.keys() - NOT_NOW:
        field.tally.broke("G7", block, f"{refusals[status]} answers were {status}")


@contextmanager
def _administrator(field: Field, database: str | None = None) -> Iterator[psycopg.Connection]:
    """Connect past everything that holds ordinary roles."""
    name = database or make_url(field.scene.stack.database_url).database
    url = make_url(field.database.admin_url).set(drivername="postgresql", database=name)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True, connect_timeout=5) as connection:
        yield connection
