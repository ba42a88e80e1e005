"""The Chinook shop in three systems of one installation, and requests of its customers brought to their approval."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.engine import URL

from bench import chinook, mariadb
from bench.places import Place, Site
from privacy.authz.actors import OPERATOR
from privacy.cli.opening import opened
from privacy.db import unit_of_work
from privacy.dsar import service as dsar
from privacy.dsar.service import CaseType, Decision, Intake, Matter, Named, ProofLevel, Received, Role
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.systems import service as systems

#: Nobody is asked who would be told by hand, and nothing waits for days: what is measured is the machine's part.
_PURPOSES: tuple[str, ...] = ()
_WAIT, _NO_WAIT = "cooling_off_hours: 72", "cooling_off_hours: 0"


@dataclass(frozen=True)
class Shops:
    """Where the three systems are."""

    place: Place
    urls: Mapping[str, URL]


class ShopsMissing(Exception):
    """There is nothing to put up, or no server to put it on."""


@contextlib.contextmanager
def put_up(site: Site, kind: str) -> Iterator[Shops]:
    """A fresh installation that is connected to the three systems; raises `ShopsMissing`."""
    if not chinook.is_here():
        raise ShopsMissing(chinook.MISSING)
    if "postgresql" not in site.kinds:
        raise ShopsMissing("there is no PostgreSQL for one of the systems")
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(mariadb.server(durable=True))
        except mariadb.MariadbMissing as missing:
            raise ShopsMissing(str(missing)) from None
        place = stack.enter_context(site.place(kind))
        urls = {
            "shop": chinook.shop(place.config.data_dir),
            "billing": chinook.billing(stack.enter_context(site.postgresql())),
            "crm": chinook.crm(stack.enter_context(mariadb.database(server))),
        }
        with opened(place.config):
            _connect(urls)
        yield Shops(place, urls)


def _connect(urls: Mapping[str, URL]) -> None:
    document = chinook.document(purposes=_PURPOSES).replace(_WAIT, _NO_WAIT)
    with unit_of_work():
        programmes.apply(programmes.read(document), actor=OPERATOR, purpose_in_use=lambda _code: False)
    for code, url in urls.items():
        with unit_of_work():
            systems.put_connection(code, {"url": url.render_as_string(hide_password=False)}, actor=OPERATOR)


def identified(case_type: CaseType, email: str) -> UUID:
    """A request of a customer whom this service knows, in an open installation: it lacks nothing but the approval."""
    given = {"email": email}
    with unit_of_work():
        programme = programmes.current()
        naming = subjects.name_of(programme, OPERATOR, given)
        subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="shop")
    asked = Received(case_type, Intake.LETTER, Matter(named=(Named("email", email),)), locale="en")
    with unit_of_work():
        row = dsar.receive(asked, actor=OPERATOR)
    with unit_of_work():
        dsar.identify(row.id, ProofLevel.DECIDED, Role.STAFF, actor=OPERATOR, subject=naming, reason="measured")
    return row.id


def approve(request_id: UUID) -> None:
    """Grant it: from here on the worker does everything."""
    with unit_of_work():
        dsar.grant(request_id, Decision(), actor=OPERATOR)
