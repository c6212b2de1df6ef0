"""F4, F5: the broker dies empty, forgets, freezes, goes silent and resets; posting never notices."""

from typing import Final

from faults.field import Field, Window
from faults.waiting import pause

P99_MS: Final = 1500
"""So long may posting take without a broker, for all but one in a hundred."""
RESUMED_S: Final = 30.0
"""Seconds in which work goes on once the broker is there again."""


def lose_bells(field: Field) -> None:
    """Kill the broker, which comes back empty, and empty it while it runs."""
    broker, window = field.scene.stack.broker, field.window()
    with field.posting() as load:
        for _ in range(field.rounds(4)):
            load.goes_on(15)
            field.kill_broker()
            load.goes_on(25)
            broker.restart()
            load.goes_on(field.chance.randint(5, 15))
            broker.flush()
    _nobody_noticed(field, "F4", window)


def lose_touch(field: Field) -> None:
    """Freeze the broker; then let the link to it go silent, and then reset every connection."""
    broker, window, line = field.scene.stack.broker, field.window(), field.line
    with field.posting():
        broker.freeze()
        pause(15 * field.size)
        broker.thaw()
        frozen = field.decided_after()
        line.fall_silent()
        pause(15 * field.size)
        line.pass_on()
        silent = field.decided_after()
        line.reset()
        pause(3 * field.size)
        line.pass_on()
        reset = field.decided_after()
    _nobody_noticed(field, "F5", window)
    resumed = {"after_freeze_s": frozen, "after_silence_s": silent, "after_resets_s": reset}
    field.tally.touched("G3", "F5", **resumed)
    for name, seconds in resumed.items():
        if seconds > RESUMED_S:
            field.tally.broke("G3", "F5", f"{name} {seconds}")


def _nobody_noticed(field: Field, block: str, window: Window) -> None:
    """Hold what clients were told while the broker was away against the promise that it is nothing to them."""
    outcomes, times = window.outcomes(), window.milliseconds()
    field.tally.touched("G7", block, **{f"{block}_{name}": value for name, value in times.items()})
    for outcome in outcomes.keys() - {"acked"}:
        field.tally.broke("G7", block, f"{outcomes[outcome]} calls {outcome} while the broker was away")
    if field.judges_time and times["p99_ms"] > P99_MS:
        field.tally.broke("G7", block, f"p99 of posting was {times['p99_ms']} ms")
