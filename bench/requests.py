"""`dsar_access_chinook`, `dsar_erasure_chinook`: requests over three databases, by workers, from the approval on."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from bench import chinook, shops
from bench.by_hand import ByHand
from bench.places import Site
from bench.report import Figure, figure, median
from bench.serving import ROOT, end, environment
from bench.shops import Shops
from bench.sizes import Size
from privacy.cli.opening import opened
from privacy.db import end_read, session
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.package.models import RequestPackage
from privacy.dsar.service import CaseType, State

_WORKERS = (1, 2)
#: How often it is looked whether a request is done, and how long at most, in seconds.
_LOOK_EVERY, _PATIENCE = 0.004, 120.0
_NAMES = {CaseType.ACCESS: "dsar_access_chinook", CaseType.ERASURE: "dsar_erasure_chinook"}
_FLOORS = {
    CaseType.ACCESS: "the same rows by hand-written SQL",
    CaseType.ERASURE: "the same changes by hand-written SQL",
}


class RequestFailed(Exception):
    """A request did not come to its end."""


def access(site: Site, size: Size) -> Iterator[Figure]:
    """Until the sealed package stands there."""
    yield from _measure(site, size, CaseType.ACCESS)


def erasure(site: Site, size: Size) -> Iterator[Figure]:
    """Until all three systems and this service have erased, looked again, and the answer is written."""
    yield from _measure(site, size, CaseType.ERASURE)


def _measure(site: Site, size: Size, case_type: CaseType) -> Iterator[Figure]:
    """On every database at hand: one request after the other, then some at once by one worker and by two."""
    for kind in site.kinds:
        try:
            with shops.put_up(site, kind) as shop:
                yield from _figures(shop, size, case_type)
        except shops.ShopsMissing as missing:
            print(f"Without {_NAMES[case_type]}: {missing}.")
            return


def _figures(shop: Shops, size: Size, case_type: CaseType) -> Iterator[Figure]:
    name, kind = _NAMES[case_type], shop.place.kind
    # Whoever is erased by hand is not there for the service: the customers are shared out.
    served, handled = (iter(some) for some in _halves(chinook.shared_customers()))
    with contextlib.closing(ByHand(shop.urls)) as hand:
        work: Callable[[str], float] = hand.find if case_type is CaseType.ACCESS else hand.erase
        floors = [work(next(handled)) for _ in range(size.request_rounds)]
        floor = median(floors)
        for workers in _WORKERS:
            with _working(shop, workers) as running, opened(shop.place.config):
                together = partial(_together, case_type, running)
                together([next(served) for _ in range(workers)])  # Until then they only start.
                if workers == 1:
                    alone = [together([next(served)]) for _ in range(size.request_rounds)]
                    yield figure(name, kind, 1e3 * median(alone), "ms", (_FLOORS[case_type], 1e3 * floor))
                seconds = together([next(served) for _ in range(size.requests_at_once)])
                text = f"{name}_{size.requests_at_once}_at_once_{workers}_worker{'s' if workers > 1 else ''}"
                yield figure(
                    text,
                    kind,
                    size.requests_at_once / seconds,
                    "requests/s",
                    ("one after the other", 1 / median(alone)),
                )


def _halves(customers: list[str]) -> tuple[list[str], list[str]]:
    return customers[: len(customers) * 3 // 4], customers[len(customers) * 3 // 4 :]


def _together(case_type: CaseType, running: list[subprocess.Popen[bytes]], customers: list[str]) -> float:
    """Seconds from the approval of their requests, one right after the other, until the last is done."""
    ids = [shops.identified(case_type, email) for email in customers]
    began = time.perf_counter()
    for one in ids:
        shops.approve(one)
    left = set(ids)
    while left:
        if time.perf_counter() - began > _PATIENCE:
            raise RequestFailed(f"{case_type}: {len(left)} of {len(ids)} do not end")
        if any(process.poll() is not None for process in running):
            raise RequestFailed("a worker ended by itself: see what it said")
        time.sleep(_LOOK_EVERY)
        left -= _done(case_type, left)
    return time.perf_counter() - began


def _done(case_type: CaseType, asked: set[UUID]) -> set[UUID]:
    query = sa.select(DataSubjectRequest.id).where(DataSubjectRequest.state == State.ANSWERED.value)
    query = query.where(DataSubjectRequest.id.in_(asked))
    if case_type is CaseType.ACCESS:
        query = sa.select(RequestPackage.request_id).where(RequestPackage.request_id.in_(asked))
    found = set(session().scalars(query))
    end_read()
    return found


@contextlib.contextmanager
def _working(shop: Shops, workers: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many `privacy worker`s on the installation."""
    command = [sys.executable, "-m", "privacy.cli", "worker"]
    settings = environment(shop.place.settings(threads=1))
    running: list[subprocess.Popen[bytes]] = []
    with contextlib.ExitStack() as stack:
        for _ in range(workers):
            process = subprocess.Popen(
                command, cwd=ROOT, env=settings, stdin=subprocess.DEVNULL, start_new_session=True
            )
            stack.callback(end, process)
            running.append(process)
        yield running
