"""The fault plan, made short: what `make faults` runs, with fewer rounds of fewer faults and no bound in time."""

import pytest
from faults.plan import SHORT, run
from faults.promises import PROMISES
from faults.soak import slopes
from servers.postgres import OwnPostgres


@pytest.mark.timeout(240)
def test_a_short_run_of_the_plan_breaks_no_promise(durable: OwnPostgres, seed: int) -> None:
    *lines, closing = run(durable, seed, only=SHORT, size=0.1, power=False)

    assert not [line for line in lines if not line["kept"]]
    assert not any(line[PROMISES[line["guarantee"]].never] for line in lines)
    assert {line["guarantee"] for line in lines} == {"G1", "G2", "G3", "G4", "G5", "G6", "G7", "G15"}
    assert closing["failed"] == 0
    assert closing["sigkills"] > 0


def test_what_grows_by_one_a_minute_grows_by_sixty_an_hour() -> None:
    measured = [{"minute": minute, "files": 40 + minute, "lost": []} for minute in range(1, 9)]

    assert slopes(measured) == {"files": 60.0}
