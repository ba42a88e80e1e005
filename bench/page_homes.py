"""`portal_home` and `console_home`: the first pages of customers and of staff, whole, beside a bare Flask page."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from bench import bulk, load, sample
from bench.places import Place, Site
from bench.report import Figure, figure, median
from bench.serving import granian, service
from bench.sizes import Size
from privacy import clock
from privacy.authz.roles import StaffRole
from privacy.cli import demo_office
from privacy.cli.opening import opened
from privacy.consent import service as consent
from privacy.db import unit_of_work
from privacy.programme import service as programmes
from privacy.selfservice import service as selfservice

_FLOOR = "bare Flask page"
#: Customers who look at their page, each in a session of their own.
_CUSTOMERS = 200
_PASSWORD = "seven quiet herons over Wisła"  # of an installation that is gone after the run


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """Both pages on every database at hand, with the most people, one client and one worker."""
    with contextlib.ExitStack() as stack:
        places = [stack.enter_context(site.place(kind)) for kind in site.kinds]
        with opened(places[0].config):
            programme = programmes.current()
        bulk.fill([(place, size.many) for place in places], programme)
        for place in places:
            sample.verify(place, size.many)
            yield from _pages(place, size)


def _pages(place: Place, size: Size) -> Iterator[Figure]:
    with opened(place.config):
        portal = [_look("/portal/", "person", token) for token in _customers(size.many)]
        console = [
            _look("/console/", "staff", demo_office.hire(place.config, "ewa", "", StaffRole.PRIVACY_OFFICE)[1].token)
        ]
        _count()
    floor = [_look("/page", "none", "none")]
    with service(place, workers=1) as port, granian("bench.floor:app", workers=1) as bare:
        for name, requests in (("portal_home", portal), ("console_home", console)):
            found: dict[int, list[load.Outcome]] = {port: [], bare: []}
            load.run(port, iter(requests), clients=1, seconds=60)
            for _ in range(size.rounds):
                for there, sent in ((port, requests), (bare, floor)):
                    outcome = load.run(there, load.cycle(sent), clients=1, seconds=size.seconds)
                    found[there].append(outcome)
            for percent in (50, 99):
                value, least = (median(one.percentile(percent) for one in found[there]) for there in (port, bare))
                yield figure(f"{name}_p{percent} of {size.many}", place.kind, value, "ms", (_FLOOR, least))


def _look(path: str, cookie: str, token: str) -> bytes:
    """Opening a page with a session, as bytes."""
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}={token}\r\nAccept-Language: pl\r\n\r\n"
    return head.encode()


def _customers(people: int) -> Iterator[str]:
    """Sessions of people with an account: the odd ones."""
    for number in range(1, min(2 * _CUSTOMERS, people), 2):
        with unit_of_work():
            signed = selfservice.SignedOn("customer_id", f"C-{number}", None, clock.micros() + 60 * clock.MINUTE)
            yield selfservice.open_by_account(signed).token


def _count() -> None:
    """What the worker would have done: everybody is in the statistics."""
    consent.follow_statistics(contextlib.nullcontext, threading.Event())
