"""How the web floor is doing, as numbers for Prometheus: no label ever holds a person, a site or a page."""

from time import perf_counter
from typing import Final

from flask import Flask, Response, g, request
from prometheus_client import Counter, Gauge, Histogram

from moderation.domain.delivery import Underway

ANSWERED: Final = Counter("lychgate_http_requests", "Requests that were answered", ["route", "method", "status"])
SECONDS: Final = Histogram(
    "lychgate_http_seconds",
    "How long answers took",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
DUE: Final = Gauge("lychgate_deliveries_due", "Deliveries to endpoints that are due")
DEAD: Final = Gauge("lychgate_deliveries_dead", "Deliveries of the last thirty days that were given up")
LAG: Final = Gauge("lychgate_deliveries_lag_seconds", "For how long the oldest delivery is due")
UNROUTED: Final = "none"


def admit(app: Flask) -> None:
    """Count and time every request of an application."""
    app.before_request(_begin)
    app.after_request(_end)


def count(route: str, method: str, status: int, began: float) -> None:
    """Count one answer and the time since it began."""
    ANSWERED.labels(route, method, status).inc()
    SECONDS.labels(route).observe(perf_counter() - began)


def note(underway: Underway) -> None:
    """Take over how delivering goes; it stands in the database, whoever delivers."""
    DUE.set(underway.due)
    DEAD.set(underway.dead)
    LAG.set(underway.lag)


def _begin() -> None:
    g.began = perf_counter()


def _end(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else UNROUTED
    ANSWERED.labels(route, request.method if request.url_rule else UNROUTED, response.status_code).inc()
    if "began" in g:
        SECONDS.labels(route).observe(perf_counter() - g.began)
    return response
