"""A request that fails holds up no other one of its job's lot: it is logged without a value, and tried again later."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import db, new_id, session, unit_of_work
from privacy.dsar import cases
from privacy.dsar import service as dsar
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.one_by_one import REST
from privacy.dsar.package.models import RequestPackage
from privacy.dsar.service import CaseType, Correction, Ground, Refused, Role
from privacy.jobs import service as jobs
from privacy.outbox import service as outbox
from tests.dsar.office import ANNA, Office, an_office

LISTED = {job.name: job for job in jobs.listed(idempotency_days=7)}
OLA = {"customer_id": "C-1002", "email": "ola@example.com"}
NAME = Correction("name", "Anna Nowak")
ACCURATE = (Refused(Ground.ACCURATE, None, "the register says so"),)
#: Brings two requests to where the job deals with them at once.
Prepare = Callable[[Office, time_machine.Traveller], list[UUID]]


@pytest.fixture
def office(context: Flask, frozen: time_machine.Traveller) -> Office:
    assert context
    assert frozen
    made = an_office()
    for who in (ANNA, OLA):
        made.put(who)
    return made


def cooling_off(office: Office, frozen: time_machine.Traveller) -> list[UUID]:
    rows = [office.grant(office.identify(office.receive(CaseType.ERASURE, given=who))) for who in (ANNA, OLA)]
    frozen.shift(timedelta(days=3))
    return [row.id for row in rows]


def restricted(office: Office, frozen: time_machine.Traveller) -> list[UUID]:
    asked = [office.receive(CaseType.RECTIFICATION, given=who, corrections=(NAME,)) for who in (ANNA, OLA)]
    for row in map(office.identify, asked):
        office.do(lambda row=row: dsar.refuse(row.id, ACCURATE, actor=office.ewa))
        office.do(lambda row=row: dsar.answer(row.id))
    frozen.shift(timedelta(days=9))
    return [row.id for row in asked]


def soon_due(office: Office, frozen: time_machine.Traveller) -> list[UUID]:
    rows = [office.receive(CaseType.ACCESS, given=who) for who in (ANNA, OLA)]
    frozen.shift(timedelta(days=20))
    return [row.id for row in rows]


def counted_otherwise(office: Office, _frozen: time_machine.Traveller) -> list[UUID]:
    rows = [office.receive(CaseType.ACCESS, given=who) for who in (ANNA, OLA)]
    with unit_of_work():
        later = {"due_on": rows[0].due_on + 3, "clock_version": "earlier"}
        session().execute(sa.update(DataSubjectRequest).values(later))
    return [row.id for row in rows]


def without_key(request_id: UUID) -> dict[str, object]:
    """Lose the key of a request, so that no step of it can be written; returns what brings it back."""
    mine = sa.select(*OwnerKeyRow.__table__.columns).where(OwnerKeyRow.owner_id == request_id)
    with unit_of_work():
        [kept] = session().execute(mine).mappings().all()
        session().execute(sa.delete(OwnerKeyRow).where(OwnerKeyRow.owner_id == request_id))
    return dict(kept)


@pytest.mark.parametrize(
    ("job", "prepare"),
    [
        ("end_cooling_off", cooling_off),
        ("end_restrictions", restricted),
        ("remind_of_requests", soon_due),
        ("recount_due_days", counted_otherwise),
    ],
)
def test_a_request_without_its_key_holds_up_no_other(
    *,
    office: Office,
    context: Flask,
    frozen: time_machine.Traveller,
    caplog: pytest.LogCaptureFixture,
    job: str,
    prepare: Prepare,
) -> None:
    broken, sound = prepare(office, frozen)
    kept = without_key(broken)
    db.session.remove()
    before = {one: len(steps(one)) for one in (broken, sound)}
    with caplog.at_level(logging.ERROR):
        assert jobs.run_job(LISTED[job], context.app_context) == 1
    [told] = [record for record in caplog.records if record.message == "left for later"]
    assert (told.__dict__["job"], told.__dict__["id"], told.__dict__["fault"]) == (job, str(broken), "KeyDestroyed")
    assert told.exc_info is None
    assert len(steps(sound)) > before[sound]
    assert len(steps(broken)) == before[broken]
    with unit_of_work():
        session().execute(sa.insert(OwnerKeyRow).values(kept))
    db.session.remove()
    assert jobs.run_job(LISTED[job], context.app_context) == 0, "it rests"
    frozen.shift(timedelta(microseconds=REST + 1))
    assert jobs.run_job(LISTED[job], context.app_context) == 1
    assert len(steps(broken)) > before[broken]


def test_a_file_that_cannot_be_deleted_holds_up_no_other(
    *,
    office: Office,
    context: Flask,
    frozen: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [office.receive(CaseType.ACCESS, given=who) for who in (ANNA, OLA)]
    for row in rows:
        office.do(lambda row=row: dsar.withdraw(row.id, Role.STAFF, actor=office.ewa, reason="by telephone"))
    broken, sound = (row.id for row in rows)
    frozen.move_to(clock.from_micros(office.now(rows[1]).deleted_at or 0))
    forget = outbox.forget_people

    def fail_for_one(owners: Collection[UUID]) -> int:
        if broken in owners:
            raise ValueError(ANNA["email"])
        return forget(owners)

    db.session.remove()
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "forget_people", fail_for_one)
        assert jobs.run_job(LISTED["delete_ended_files"], context.app_context) == 1
    assert there() == {broken}
    assert sound not in there()
    assert len(steps(broken)) == 2, "nothing of it went"
    frozen.shift(timedelta(microseconds=REST + 1))
    assert jobs.run_job(LISTED["delete_ended_files"], context.app_context) == 1
    assert there() == set()


def test_a_package_that_cannot_be_deleted_holds_up_no_other(
    *, office: Office, context: Flask, frozen: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [office.receive(CaseType.ACCESS, given=who) for who in (ANNA, OLA)]
    with unit_of_work():
        session().add_all(_a_package(row.id) for row in rows)
    read = cases.read

    def fail_for_one(request_id: UUID) -> DataSubjectRequest:
        if request_id == rows[0].id:
            raise ValueError(ANNA["email"])
        return read(request_id)

    db.session.remove()
    frozen.shift(timedelta(seconds=1))
    with monkeypatch.context() as patch:
        patch.setattr(cases, "read", fail_for_one)
        assert jobs.run_job(LISTED["delete_expired_packages"], context.app_context) == 1
    left = sa.select(RequestPackage.request_id).where(RequestPackage.deleted_at.is_(None))
    assert session().scalars(left).all() == [rows[0].id]


def _a_package(request_id: UUID) -> RequestPackage:
    now = clock.micros()
    numbers = dict.fromkeys(("size", "files", "rows", "downloads"), 0)
    return RequestPackage(id=new_id(), request_id=request_id, made_at=now, expires_at=now, deleted_at=None, **numbers)


def there() -> set[UUID]:
    """The requests that are in our records."""
    found = set(session().scalars(sa.select(DataSubjectRequest.id)))
    db.session.remove()
    return found


def steps(request_id: UUID) -> list[str]:
    """The words of its steps."""
    found = [step.event for step in cases.steps_of(request_id)]
    db.session.remove()
    return found
