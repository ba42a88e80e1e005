"""`audit_sequence`, `audit_proof`, `audit_overhead`: what the log costs whoever writes, sequences and proves."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import sqlalchemy as sa

from bench.people import CHANNEL, PURPOSE, WORDING, subject
from bench.places import Place, Site
from bench.report import Figure, figure, median
from bench.sizes import Size
from privacy import clock
from privacy.audit import service as audit
from privacy.audit.models import AuditEvent, AuditLeaf, AuditPending
from privacy.authz.actors import OPERATOR
from privacy.claims import Claim
from privacy.cli.opening import opened
from privacy.consent import service as consent
from privacy.db import new_id, session, unit_of_work
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

_AT_ONCE = 10_000
#: As many bytes as a leaf has.
_LEAF = b"x" * 137
_PROOFS = 1_000
_CLIENTS = 8


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """Sequencing and proving on every database at hand; what recording costs on PostgreSQL."""
    for kind in site.kinds:
        with site.place(kind) as place, opened(place.config) as config:
            anchor = audit.Anchor(config.anchor_path)
            audit.settle(anchor, seconds=60)
            _record(size.log_leaves)
            started = time.perf_counter()
            audit.settle(anchor, seconds=3_600)
            rate = size.log_leaves / (time.perf_counter() - started)
            floor = ("hashing the same bytes once", size.log_leaves / _hashing(size.log_leaves))
            yield figure(f"audit_sequence of {size.log_leaves:,}", kind, rate, "events/s", floor)
            proofs, rows = _proving(), _reading()
            for name, part in (("p50", 50), ("p99", 99)):
                at_row = (f"{name} of reading one leaf", _percentile(rows, part))
                yield figure(
                    f"audit_proof_{name} of {size.log_leaves:,}", kind, _percentile(proofs, part), "ms", at_row
                )
    if "postgresql" in site.kinds:
        yield _overhead(site, size)


def _record(number: int) -> None:
    """So many events that wait to be sequenced; without bodies, which the sequencer does not read."""
    for start in range(0, number, _AT_ONCE):
        ids = [new_id() for _ in range(min(_AT_ONCE, number - start))]
        with unit_of_work() as current:
            events = [{"id": one, "v": 1, "commitment": os.urandom(32)} for one in ids]
            current.execute(sa.insert(AuditEvent), events)
            current.execute(sa.insert(AuditPending), [{"event_id": one, "recorded_at": clock.micros()} for one in ids])


def _hashing(leaves: int) -> float:
    started = time.perf_counter()
    for _ in range(leaves):
        hashlib.sha256(_LEAF).digest()
    return time.perf_counter() - started


def _proving() -> list[float]:
    """Milliseconds of each of many proofs of single events in the newest tree."""
    newest = audit.newest_checkpoint().size
    ids = [audit.event_at(random.randrange(newest)) for _ in range(_PROOFS)]
    return _timed(lambda event_id: audit.event_evidence([event_id], newest, disclosed=False), ids)


def _reading() -> list[float]:
    newest = audit.newest_checkpoint().size
    query = sa.select(AuditLeaf.leaf_hash).where(AuditLeaf.sequence_number == sa.bindparam("index"))
    indexes = [random.randrange(newest) for _ in range(_PROOFS)]
    return _timed(lambda index: session().execute(query, {"index": index}).one(), indexes)


def _timed(ask: Callable[[Any], object], questions: list[Any]) -> list[float]:
    found = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        found.append((time.perf_counter() - started) * 1_000)
    return found


def _percentile(values: list[float], part: int) -> float:
    return statistics.quantiles(values, n=100)[part - 1]


def _overhead(site: Site, size: Size) -> Figure:
    """Microseconds of recording an act, beside the same transaction without its events; in turns."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    with site.place("postgresql") as place:
        for turn in range(2 * size.rounds):
            rate = _acts(place, turn, size.seconds, audited=not turn % 2)
            taken[not turn % 2].append(_CLIENTS / rate * 1_000_000)
    floor = ("the same without its event, body and pending rows", median(taken[False]))
    return figure(f"audit_overhead_{_CLIENTS}_clients", "postgresql", median(taken[True]), "us", floor)


def _acts(place: Place, turn: int, seconds: float, *, audited: bool) -> float:
    """Acts a second by so many processes, each of people whom nobody knew before."""
    with ProcessPoolExecutor(_CLIENTS, mp_context=get_context("fork")) as pool:
        jobs = [
            pool.submit(_record_acts, place, (turn * _CLIENTS + n) * 1_000_000, seconds, audited)
            for n in range(_CLIENTS)
        ]
        return sum(job.result() for job in jobs)


def _record_acts(place: Place, first: int, seconds: float, audited: bool) -> float:
    if not audited:
        # In this process alone, which ends with the stretch.
        audit.prepare = lambda *_args, **_kwargs: (new_id(), [])
        audit.record = lambda *_args, **_kwargs: new_id()
    with opened(place.config):
        programme, done = programmes.current(), -1
        started = time.perf_counter()
        for number in itertools.count(first):
            with unit_of_work():
                consent.record(_act(programme, number), actor=OPERATOR, programme=programme)
            done += 1
            if not done:
                started = time.perf_counter()  # The first one warms the process up.
            elif time.perf_counter() - started > seconds:
                break
        return done / (time.perf_counter() - started)


def _act(programme: Any, number: int) -> consent.ActIn:
    return consent.ActIn(
        naming=subjects.name_of(programme, OPERATOR, subject(number)),
        act=consent.ActKind.GIVE,
        source=consent.Source("shop", "checkout", "web_form"),
        purpose=PURPOSE,
        channels=(CHANNEL,),
        wording=consent.Cited(*WORDING),
        claim=Claim(clock.micros()),
    )
