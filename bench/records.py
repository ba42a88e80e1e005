"""`record_http` and `record_batch`: acts that are acknowledged only when they are durable."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator
from typing import Any

import msgspec

from bench import commits, load
from bench.people import CHANNEL, PURPOSE, WORDING, subject
from bench.places import Place, Site
from bench.report import Figure, figure, median
from bench.serving import service
from bench.sizes import Size

_PATH, _BATCH = "/api/v1/consents", "/api/v1/consents/batch"
_FLOOR = "bare single-row commits"
_FLOOR_BATCH = "the same rows inserted in bulk"
#: Workers of the service by database. SQLite has one writer at a time, with any number.
_WORKERS = {"sqlite": (1, 2), "postgresql": (2,)}
#: Threads of a worker: while one waits for the disk, another works.
THREADS = 4


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """Both measurements on every database at hand, each on a fresh installation."""
    for kind in site.kinds:
        with site.place(kind) as place:
            commits.prepare(place)
            numbers = itertools.count()
            for workers in _WORKERS[kind]:
                yield from _record_http(place, size, workers, numbers)
            yield from _record_batch(place, size, numbers)


def _record_http(place: Place, size: Size, workers: int, numbers: Iterator[int]) -> Iterator[Figure]:
    requests = acts_to_send(place, numbers)
    with service(place, workers=workers, threads=THREADS) as port:
        load.run(port, requests, clients=max(size.record_clients), seconds=size.seconds / 2)
        for clients in size.record_clients:
            rates, floors, failures = [], [], 0
            for _ in range(size.rounds):
                floors.append(commits.single_rows(place, connections=clients, seconds=size.seconds / 2))
                outcome = load.run(port, requests, clients=clients, seconds=size.seconds)
                rates.append(outcome.rate)
                failures += outcome.failures
                for example in outcome.examples:
                    print(example)
            name = (
                f"record_http_{clients}_client{'s' if clients > 1 else ''}_{workers}_worker{'s' if workers > 1 else ''}"
            )
            yield figure(name, place.kind, median(rates), "acts/s", (_FLOOR, median(floors)))
            yield figure(f"{name}_failures", place.kind, failures, "acts", ("none", 0))


def acts_to_send(place: Place, numbers: Iterator[int]) -> Iterator[bytes]:
    """A request for each person of these numbers, to record what the person gave."""
    return (load.post(_PATH, msgspec.json.encode(_act(number)), key=place.key) for number in numbers)


def _record_batch(place: Place, size: Size, numbers: Iterator[int]) -> Iterator[Figure]:
    rates, floors = [], []
    with service(place, workers=1) as port, contextlib.ExitStack():
        for turn in range(size.rounds + 1):
            lines = [_act(next(numbers)) | {"key": f"{turn}-{line}"} for line in range(size.batch_lines)]
            body = b"\n".join(msgspec.json.encode(line) for line in lines)
            request = load.post(_BATCH, body, key=place.key, mimetype="application/x-ndjson")
            before = commits.row_counts(place)
            started = time.perf_counter()
            outcome = load.run(port, iter([request]), clients=1, seconds=60)
            seconds = time.perf_counter() - started
            if outcome.failures:
                raise load.LoadFailed(outcome.examples[0])
            made = commits.row_counts(place) - before
            if made["consent_act"] != size.batch_lines:
                raise load.LoadFailed(f"{made['consent_act']} acts of {size.batch_lines} lines")
            if turn:  # The first warms the server up.
                rates.append(sum(made.values()) / seconds)
                floors.append(commits.in_bulk(place, made))
    yield figure("record_batch", place.kind, median(rates), "rows/s", (_FLOOR_BATCH, median(floors)))


def _act(number: int) -> dict[str, Any]:
    return {
        "subject": subject(number),
        "purpose": PURPOSE,
        "channels": [CHANNEL],
        "act": "give",
        "occurred_at": "2026-03-21T10:00:00+01:00",
        "wording": {"code": WORDING[0], "version": WORDING[1], "locale": "pl"},
        "source": {"system": "shop", "point": "checkout", "method": "web_form"},
    }
