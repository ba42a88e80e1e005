"""`import_live`: what recording live acts takes while an import runs, beside the same load without one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from bench import commits, exports, import_program, load, records
from bench.import_program import ImportFailed
from bench.load import Outcome
from bench.places import Place
from bench.report import Figure, figure, median
from bench.serving import service
from bench.sizes import Size

_WORKERS = 2
_FLOOR = "the same without an import"
#: A short stretch on a busy machine may be over before the import's next commit.
_STRETCHES = 20


def measure(place: Place, size: Size, folder: Path) -> Iterator[Figure]:
    """Stretches without and with an import in turns. Everybody is new: those of the load and those of the exports."""
    requests = records.acts_to_send(place, itertools.count())
    clients = size.record_clients[:2]
    alone: dict[int, list[Outcome]] = {n: [] for n in clients}
    beside: dict[int, list[Outcome]] = {n: [] for n in clients}
    with service(place, workers=_WORKERS, threads=records.THREADS) as port:
        load.run(port, requests, clients=max(clients), seconds=size.seconds / 2)
        for turn in range(size.rounds):
            for number in clients:
                alone[number].append(load.run(port, requests, clients=number, seconds=size.live_seconds))
            path = exports.crm(folder, range(turn * size.live_rows, (turn + 1) * size.live_rows))
            for number, outcome in _beside_import(place, port, requests, path, clients, size.live_seconds):
                beside[number].append(outcome)
    for number in clients:
        yield from _figures(place.kind, number, alone[number], beside[number])


def _beside_import(
    place: Place, port: int, requests: Iterator[bytes], path: Path, clients: tuple[int, ...], seconds: float
) -> Iterator[tuple[int, Outcome]]:
    """Load while an import is recorded: stretches with each number of clients until the import got on meanwhile."""
    before = commits.acts(place)
    with import_program.started(place, exports.CRM, path) as running:
        running.wait_for_acts(place, before)
        for number in clients:
            for _ in range(_STRETCHES):
                first = commits.acts(place)
                outcome = load.run(port, requests, clients=number, seconds=seconds)
                live = len(outcome.latencies) - outcome.failures
                if not running.runs:
                    raise ImportFailed("It ended before the load did: give it more rows.")
                yield number, outcome
                if commits.acts(place) - first > live:
                    break
            else:
                raise ImportFailed("It recorded nothing beside the load.")


def _figures(kind: str, clients: int, alone: list[Outcome], beside: list[Outcome]) -> Iterator[Figure]:
    name = f"import_live_{clients}_client{'s' if clients > 1 else ''}"
    value, floor = (median(one.rate for one in found) for found in (beside, alone))
    yield figure(name, kind, value, "acts/s", (_FLOOR, floor))
    for percent in (50, 99):
        value, floor = (median(one.percentile(percent) for one in found) for found in (beside, alone))
        yield figure(f"{name}_p{percent}", kind, value, "ms", (_FLOOR, floor))
    for example in itertools.chain.from_iterable(one.examples for one in (*beside, *alone)):
        print(example)
    failures = sum(one.failures for one in (*beside, *alone))
    yield figure(f"{name}_failures", kind, failures, "acts", ("none", 0))
