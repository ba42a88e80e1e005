"""`rate_limit`: one request counted by the limiter, beside the record lock that it cannot do without."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.places import Site
from bench.report import Figure, figure, median
from bench.sizes import Size
from privacy.db import new_id
from privacy.http.limits import RateLimiter

_ROUNDS = 7


def measure(_site: Site, size: Size) -> Iterator[Figure]:
    """Microseconds for one actor's request."""
    with tempfile.TemporaryDirectory(prefix="privacy-bench-") as folder:
        limiter = RateLimiter(Path(folder) / "limits", quota=1_000)
        actor = new_id()
        descriptor = os.open(Path(folder) / "bare", os.O_RDWR | os.O_CREAT)

        def bare() -> None:
            fcntl.lockf(descriptor, fcntl.LOCK_EX, 64, 0)
            fcntl.lockf(descriptor, fcntl.LOCK_UN, 64, 0)

        pairs = [
            (_micros(lambda: limiter.take(actor), size.fields), _micros(bare, size.fields)) for _ in range(_ROUNDS)
        ]
        os.close(descriptor)
        limiter.close()
    value, floor = (median(one[n] for one in pairs) for n in (0, 1))
    yield figure("rate_limit", "sqlite", value, "us", ("a record lock taken and let go", floor))


def _micros(work: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times * 1e6
