"""`check_http` and `check_growth`: checks through the served application."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Iterator

import msgspec
import psycopg

from bench import bulk, load, sample
from bench.load import Outcome
from bench.people import CHANNEL, PURPOSE, subject
from bench.places import Place, Site
from bench.report import Figure, figure, median
from bench.serving import granian, service
from bench.sizes import Size
from privacy.cli.opening import opened
from privacy.programme import service as programmes
from privacy.programme.types import Programme

#: One worker: on a small machine the second would measure how it shares its processor with the load generator.
_WORKERS = 1
_FLOOR = "bare Flask route, one indexed lookup"
#: Different people asked about. Each is asked once before anything is measured: whether the pages lie in memory is the
#: machine's affair, and would otherwise be most of what a larger database costs.
_REQUESTS = 4_000


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """Both measurements on every database at hand; the people are made once for all of them."""
    with contextlib.ExitStack() as stack:
        places = {
            (kind, people): stack.enter_context(site.place(kind))
            for kind in site.kinds
            for people in (size.few, size.people, size.many)
        }
        bulk.fill([(place, people) for (_, people), place in places.items()], _programme(next(iter(places.values()))))
        for (_, people), place in places.items():
            sample.verify(place, people)
        for kind in site.kinds:
            yield from _check_http(places[kind, size.people], size)
            yield from _check_growth(places[kind, size.few], places[kind, size.many], size)


def _programme(place: Place) -> Programme:
    with opened(place.config):
        return programmes.current()


def _check_http(place: Place, size: Size) -> Iterator[Figure]:
    requests = questions(place, size.people)
    keys = _make_floor(place, size.people)
    floor_requests = [load.post("/check", msgspec.json.encode({"key": key}), key="none") for key in keys]
    settings = {"BENCH_FLOOR_KIND": place.kind, "BENCH_FLOOR_URL": place.url}
    with (
        service(place, workers=_WORKERS) as port,
        granian("bench.floor:app", workers=_WORKERS, settings=settings) as bare,
    ):
        for clients in size.check_clients:
            ours, floors = _alternate([(port, requests), (bare, floor_requests)], clients, size.seconds, size.rounds)
            name = f"check_http_{clients}_client{'s' if clients > 1 else ''}"
            yield figure(name, place.kind, _rate(ours), "checks/s", (_FLOOR, _rate(floors)))
            for percent in (50, 99):
                value, floor = (median(o.percentile(percent) for o in found) for found in (ours, floors))
                yield figure(f"{name}_p{percent}", place.kind, value, "ms", (_FLOOR, floor))


def _check_growth(few: Place, many: Place, size: Size) -> Iterator[Figure]:
    """The same check by one client on a small and a large database, in turns, so that both see the same machine."""
    with service(few, workers=1) as one, service(many, workers=1) as other:
        targets = [(one, questions(few, size.few)), (other, questions(many, size.many))]
        small, large = _alternate(targets, 1, size.seconds / 2, size.growth_rounds)
        # Microseconds for a check, so that more people give a larger figure.
        cost, floor = (1e6 / _rate(found) for found in (large, small))
        yield figure("check_growth", few.kind, cost, "us/check", (f"the same with {size.few:,} people", floor))


def _alternate(
    targets: list[tuple[int, list[bytes]]], clients: int, seconds: float, rounds: int
) -> list[list[Outcome]]:
    """Measure the targets in turns, after each request was sent once."""
    found: list[list[Outcome]] = [[] for _ in targets]
    turns = [load.cycle(requests) for _, requests in targets]
    for port, requests in targets:
        load.run(port, iter(requests), clients=16, seconds=60)
    for _ in range(rounds):
        for outcomes, (port, _), requests in zip(found, targets, turns, strict=True):
            outcome = load.run(port, requests, clients=clients, seconds=seconds)
            if outcome.failures:
                raise load.LoadFailed(outcome.examples[0])
            outcomes.append(outcome)
    return found


def _rate(outcomes: list[Outcome]) -> float:
    return median(outcome.rate for outcome in outcomes)


def questions(place: Place, people: int) -> list[bytes]:
    """Checks of people of such a place, as requests."""
    chosen = random.Random(people)
    numbers = (chosen.randrange(people) for _ in range(_REQUESTS))
    bodies = ({"subject": subject(number), "purpose": PURPOSE, "channel": CHANNEL} for number in numbers)
    return [load.post("/api/v1/consents/check", msgspec.json.encode(body), key=place.key) for body in bodies]


def _make_floor(place: Place, people: int) -> list[str]:
    """A table of the same size with one row a person; returns keys to ask for, in no order."""
    rows = [(f"person{number}@example.com", 1) for number in range(people)]
    create = "CREATE TABLE bench_floor (key TEXT PRIMARY KEY, mask BIGINT NOT NULL)"
    if place.kind == "sqlite":
        with contextlib.closing(sqlite3.connect(place.url)) as connection:
            connection.execute(create)
            connection.executemany("INSERT INTO bench_floor VALUES (?, ?)", rows)
            connection.commit()
    else:
        with psycopg.connect(place.url, autocommit=True) as server:
            server.execute(create)
            with server.cursor().copy("COPY bench_floor FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            server.execute("VACUUM ANALYZE bench_floor")
    chosen = random.Random(people)
    return [rows[chosen.randrange(people)][0] for _ in range(_REQUESTS)]
