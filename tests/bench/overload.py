"""Too much, and the broker away: what is refused and how fast, and what goes on."""

from contextlib import suppress
from time import monotonic
from typing import Final

from bench.ground import Installation
from bench.measuring import family, memory_of, percentile
from faults.waiting import until

CROWD: Final = 512
"""So many connections are open at once when there is too much."""
BACK_WITHIN: Final = 30.0


def overloaded(installation: Installation, saturation: float, seconds: float) -> dict[str, float]:
    """Send three times what can be taken in, and give how acceptances and refusals fared, and the memory."""
    web = family(installation.processes["web"].pid)
    before = memory_of(web)
    came = installation.post(rate=3 * saturation, seconds=seconds, connections=CROWD)
    after = memory_of(web)
    installation.rests()
    return {
        "offered": came.begun / seconds,
        "accepted": float(len(came.accepted)),
        "refused": float(len(came.refused)),
        "unanswered": float(came.lost),
        "told_when": came.told_when / max(1, len(came.refused)),
        "accepted_p99": came.p99,
        "refused_p99": percentile(came.refused, 0.99) * 1000,
        "memory_before": before,
        "memory_after": after,
    }


def limited(installation: Installation, saturation: float, seconds: float) -> dict[str, float]:
    """Send as much to one site with the limits on, by its own server; web is started anew for that."""
    installation.web(LYCHGATE_RATE_LIMITS="on")
    installation.ready()
    headers = {"Authorization": f"Bearer {installation.stack.writer}"}
    came = installation.post(rate=3 * saturation, seconds=seconds, connections=CROWD, headers=headers)
    return {
        "limited_accepted": float(len(came.accepted)),
        "limited_refused": float(len(came.refused)),
        "limited_told_when": came.told_when / max(1, len(came.refused)),
        "limited_accepted_p99": came.p99,
        "limited_refused_p99": percentile(came.refused, 0.99) * 1000,
    }


def without_broker(installation: Installation, seconds: float) -> dict[str, float]:
    """Post with the broker and without it; give both rates, and how soon decisions go on once it is back."""
    present = installation.post(seconds=seconds)
    installation.rests()
    installation.stack.broker.kill()
    absent = installation.post(seconds=seconds)
    decided = installation.asked(_DECISIONS)
    installation.stack.broker.restart()
    resumed = _until_more(installation, decided)
    return {
        "present_rate": present.rate,
        "absent_rate": absent.rate,
        "absent_not_accepted": float(len(absent.refused) + absent.lost),
        "resumed": resumed,
        "caught_up": resumed + installation.rests(),
    }


_DECISIONS: Final = "SELECT count(*) FROM decision"


def _until_more(installation: Installation, decided: int) -> float:
    began = monotonic()
    with suppress(AssertionError):  # What took longer counts as having taken so long.
        until(lambda: installation.asked(_DECISIONS) > decided, "decisions go on", within=BACK_WITHIN)
    return monotonic() - began
