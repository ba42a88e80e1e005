"""What goes by itself when its term ends: of somebody whom a legal hold holds it stays, and of all others it goes."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from unittest.mock import patch
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent import upkeep
from privacy.consent.service import Cited
from privacy.db import db, end_read, session, unit_of_work
from privacy.dsar import service as dsar
from privacy.dsar.vocabulary import CaseType
from privacy.erasure import service as erasure
from privacy.jobs import service as jobs
from privacy.programme import service as programmes
from privacy.retention import service as retention
from privacy.retention.holds import gate
from privacy.retention.service import HoldView
from privacy.retention.warnings import warnings
from privacy.retention.warnings.warned import Warned
from tests.consent.desk import Desk, a_staff_member, lay_programme
from tests.dsar.office import Office
from tests.retention.hold_desk import ANNA, JAN, colleague, place, release, wanted
from tests.retention.warning_desk import a_desk

pytestmark = pytest.mark.usefixtures("in_force", "frozen")

JOBS = {job.name: job for job in jobs.listed(idempotency_days=7)}
DELETING = [name for name in JOBS if name.startswith(("delete_", "destroy_"))]
_PATIENCE = 30
ALONE = ({"email": "a@example.com"}, {"email": "b@example.com"}, {"email": "c@example.com"})


@dataclass
class Upkeep:
    """People of whom something ends, and the jobs."""

    app: Flask
    desk: Desk
    clock: time_machine.Traveller

    def ask(self, who: dict[str, str]) -> None:
        """Somebody asks for the newsletter, and says where from."""
        cited = Cited("newsletter", "3")
        self.desk.record(who, "request", purpose="newsletter", wording=cited, network={"ip": "192.0.2.1"})

    def run(self, job: str) -> int:
        end_read()
        return jobs.run_job(JOBS[job], self.app.app_context)


@pytest.fixture
def at(context: Flask, frozen: time_machine.Traveller) -> Upkeep:
    made = Upkeep(context, Desk(lay_programme()), frozen)
    colleague("ewa")
    return made


def count(table: str) -> int:
    found = session().scalar(sa.text(f"SELECT count(*) FROM {table}"))
    end_read()
    return int(found or 0)


@pytest.fixture
def one_at_once() -> Iterator[None]:
    """Held rows fill whole portions, and those behind them have their turn all the same."""
    with patch.object(upkeep, "_AT_ONCE", 1), patch.object(warnings, "_AT_ONCE", 1):
        yield


def let_go(hold: HoldView) -> None:
    release(hold, colleague("ola"), colleague("jan"))


@pytest.mark.usefixtures("one_at_once")
@pytest.mark.parametrize("job", ["delete_unconfirmed", "delete_network_evidence"])
@pytest.mark.parametrize("held", ALONE, ids=["first", "second", "third"])
def test_what_ends_of_a_held_person_stays_until_the_release(at: Upkeep, job: str, held: dict[str, str]) -> None:
    for who in ALONE:
        at.ask(who)
    hold = place(held)
    at.clock.shift(100 * 86_400)
    assert at.run(job) == 2
    assert count("network_evidence") == 1
    assert at.desk.subject(held)
    assert at.run(job) == 0
    let_go(hold)
    assert at.run(job) == 1
    assert count("network_evidence") == 0


def test_a_request_that_also_concerns_a_held_person_stays(at: Upkeep) -> None:
    """Of two who are one person the hold names the other one."""
    at.desk.put(JAN)
    at.ask(ANNA)
    at.desk.merge(ANNA, JAN)
    place({"customer_id": JAN["customer_id"]})
    at.clock.shift(100 * 86_400)
    assert at.run("delete_unconfirmed") == at.run("delete_network_evidence") == 0
    assert count("confirmation") == count("network_evidence") == 1


def test_while_this_service_is_held_nothing_of_anybody_goes_by_itself(at: Upkeep) -> None:
    at.ask(ALONE[0])
    at.desk.put(JAN)
    with unit_of_work():
        erasure.erase_subject(at.desk.subject(JAN), cause="request 7", actor=OPERATOR)
    hold = place(systems=("privacy",))
    at.clock.shift(20 * 366 * 86_400)
    tables = ("confirmation", "network_evidence", "evidence_record", "suppression")
    left = {table: count(table) for table in tables}
    assert 0 not in left.values()
    for name in DELETING:
        at.run(name)
    assert {table: count(table) for table in tables} == left
    let_go(hold)
    for name in DELETING:
        at.run(name)
    assert {table: count(table) for table in tables} == dict.fromkeys(tables, 0)


def test_a_hold_of_others_or_on_something_else_keeps_nothing(at: Upkeep) -> None:
    at.ask(ALONE[0])
    place(ANNA, systems=("shop",), categories=("user.contact",))
    at.clock.shift(100 * 86_400)
    assert at.run("delete_network_evidence") == at.run("delete_unconfirmed") == 1


@pytest.mark.parametrize("guarded", [True, False])
def test_no_hold_is_placed_between_the_look_and_the_deletion(at: Upkeep, guarded: bool) -> None:
    """The control run, on PostgreSQL, shows what the guard is for: on SQLite there is one writer at a time anyway."""
    at.ask(ALONE[0])
    at.clock.shift(100 * 86_400)
    placed, within = threading.Event(), list[bool]()

    def hold() -> None:
        with at.app.app_context():
            with unit_of_work():
                retention.place_hold(wanted(ALONE[0]), actor=OPERATOR)
            placed.set()
            db.session.remove()

    thread = threading.Thread(target=hold)

    def look(subject_ids: Collection[UUID]) -> frozenset[UUID]:
        found = retention.held_among(subject_ids)
        thread.start()
        within.append(placed.wait(0.3 if guarded or db.engine.dialect.name == "sqlite" else _PATIENCE))
        return found

    with nullcontext() if guarded else patch.object(gate, "share"), unit_of_work():
        assert consent.delete_network_evidence(clock.micros(), actor=OPERATOR, held=look) == 1
    thread.join(_PATIENCE)
    assert placed.is_set()
    assert within == [not guarded and db.engine.dialect.name == "postgresql"]


@pytest.mark.usefixtures("one_at_once")
def test_the_file_of_a_held_persons_request_stays(at: Upkeep) -> None:
    office = Office(a_staff_member("ewa"), a_staff_member("jan"))
    hold = place(ANNA)
    for who in (ANNA, JAN):
        office.put(who)
        row = office.identify(office.receive(CaseType.ACCESS, given=who))
        with unit_of_work():
            dsar.withdraw(row.id, dsar.Role.STAFF, actor=office.ewa, reason="by telephone")
    at.clock.shift(4_000 * 86_400)
    assert at.run("delete_ended_files") == 1
    assert count("data_subject_request") == 1
    let_go(hold)
    assert at.run("delete_ended_files") == 1


@pytest.mark.usefixtures("one_at_once")
@pytest.mark.parametrize("known", [True, False])
def test_the_warning_of_a_held_person_stays(context: Flask, frozen: time_machine.Traveller, known: bool) -> None:
    """Also of somebody whom our own records do not know."""
    desk = a_desk(frozen)
    colleague("ewa")
    for who in (ANNA, JAN):
        if known:
            desk.person(**who)
        desk.warn(Warned(frozenset({("email", who["email"])})))
    hold = place({"email": ANNA["email"]})
    at = Upkeep(context, Desk(programmes.current()), frozen)
    frozen.shift(1_100 * 86_400)
    assert at.run("delete_old_warnings") == 1
    assert len(warnings.listed()) == 1
    end_read()
    let_go(hold)
    assert at.run("delete_old_warnings") == 1
