"""A worker as `lychgate worker` runs it, but for its scorers: `celery --app faults.poisoned`."""

from faults.odd import odd_scorers

from workers import app as ordinary

ordinary.shipped_scorers = odd_scorers  # type: ignore[attr-defined]
app = ordinary.app
