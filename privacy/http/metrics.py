"""Counts and durations of requests for Prometheus, by route pattern: no path, no id, no name.

With several processes, set PROMETHEUS_MULTIPROC_DIR before the first import of `prometheus_client`: it then keeps
the figures in files of that folder, and any process can answer for all.
"""

from __future__ import annotations

from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess, values

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_requests = Counter("privacy_http_requests", "Answered requests.", ["route", "method", "status"])
_seconds = Histogram("privacy_http_request_seconds", "Time to answer.", ["route"], buckets=_BUCKETS)

#: A client may send any method; only these become labels.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one request. `route` is a pattern of ours, never a path."""
    counter, histogram = _series(route, method if method in _METHODS else "other", status)
    counter.inc()
    histogram.observe(seconds)


@cache
def _series(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """The series of these labels: there are few, and finding one costs as much as counting."""
    return _requests.labels(route, method, str(status)), _seconds.labels(route)


def exposition() -> bytes:
    """All figures in Prometheus' text format, of all processes where they share a folder."""
    if not values.ValueClass._multiprocess:  # The library's only word on which mode it chose at import.
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library types only a part
    return generate_latest(registry)
