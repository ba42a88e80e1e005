"""Requests are locked before people, whoever locks both: nobody waits in a circle. SQLite has one writer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy.authz.actors import OPERATOR
from privacy.db import db, session, unit_of_work
from privacy.dsar import cases, upkeep
from privacy.dsar import service as dsar
from privacy.dsar.execution import leases, own_changes, tasks
from privacy.dsar.execution.leases import Held
from privacy.dsar.execution.tasks import OWN_SYSTEM
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.service import CaseType, Role
from privacy.dsar.vocabulary import State, TaskKind
from privacy.erasure import service as erasure
from tests.dsar.office import ANNA, Office, an_office

_PATIENCE = 30.0
_WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture
def office(context: Flask) -> Office:
    assert context
    erasure.install(erasure.Terms(), upper=[erasure.Eraser("dsar", upkeep.forget_subjects, before=cases.requests_of)])
    made = an_office()
    made.put(ANNA)
    return made


class Other:
    """Somebody on a connection of their own, who ends when they got what they wait for."""

    def __init__(self, app: Flask, work: Callable[[], object]) -> None:
        self._app, self._work = app, work
        self.failure: str | None = None
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        with self._app.app_context():
            try:
                with unit_of_work():
                    self._work()
            except Exception as error:
                self.failure = type(error).__name__
            finally:
                db.session.remove()

    def come_and_wait(self) -> None:
        """Start, and return once they wait for somebody's lock."""
        self._thread.start()
        until = time.monotonic() + _PATIENCE
        with db.engine.connect() as connection:
            while not connection.scalar(_WAITING):
                connection.rollback()
                assert time.monotonic() < until, "nobody waits"
                assert self._thread.is_alive(), self.failure
                self._thread.join(0.01)

    def end(self) -> None:
        """Once they are done."""
        self._thread.join(_PATIENCE)
        assert not self._thread.is_alive()


def test_an_erasure_waits_for_a_step_of_the_persons_request_and_holds_nobody_meanwhile(
    office: Office, context: Flask
) -> None:
    row = office.identify(office.receive(CaseType.ERASURE))
    anna = row.subject_id
    assert anna is not None
    db.session.remove()
    erasing = Other(context, lambda: erasure.erase_subject(anna, cause="another request", actor=OPERATOR))
    with unit_of_work():
        cases.lock(row.id)
        erasing.come_and_wait()
        dsar.withdraw(row.id, Role.STAFF, actor=office.ewa, reason="by telephone")
    erasing.end()
    assert erasing.failure is None
    assert office.steps(row)[-2:] == ["erasure_not_pending", "person_erased"]


def test_two_erasures_of_one_person_end_one_after_the_other(office: Office, context: Flask) -> None:
    rows = two(office, CaseType.ERASURE)
    first, second = [_at_its_last_step(row) for row in rows]
    db.session.remove()
    other = Other(context, lambda: own_changes.do_own(second, _nothing))
    with unit_of_work():
        cases.lock(first.request_id)
        other.come_and_wait()
        own_changes.do_own(first, _nothing)
    other.end()
    assert other.failure is None
    assert [office.now(row).subject_id for row in rows] == [None, None]
    done = {task.request_id: task.failure for task in session().scalars(sa.select(RequestTask))}
    assert done == {first.request_id: None, second.request_id: own_changes.NOBODY}


def test_an_end_of_a_restriction_waits_for_the_others_of_the_person_and_holds_nobody_meanwhile(
    office: Office, context: Flask, frozen: time_machine.Traveller
) -> None:
    first, last = two(office, CaseType.RESTRICTION)
    for row in (first, last):
        office.take(row, "tell-of-lifting", "it is decided")
    frozen.shift(timedelta(days=9))
    office.take(first, "lift-restriction")
    anna = last.subject_id
    assert anna is not None
    db.session.remove()
    lifting = Other(context, lambda: dsar.take(last.id, "lift-restriction", actor=office.ewa))
    with unit_of_work():
        cases.lock(first.id)
        lifting.come_and_wait()
        erasure.erase_subject(anna, cause="another request", actor=OPERATOR)
    lifting.end()
    assert lifting.failure is None
    assert office.steps(last)[-1] == "restriction_ended"


def two(office: Office, case_type: CaseType) -> list[DataSubjectRequest]:
    """Two requests of Anna in the order in which they are locked."""
    return sorted((office.identify(office.receive(case_type)) for _ in range(2)), key=lambda row: row.id)


def _at_its_last_step(row: DataSubjectRequest) -> Held:
    """A held task for this service's own data, of a request under execution."""
    with unit_of_work():
        locked = cases.lock(row.id)
        locked.state = State.EXECUTING.value
        task = tasks.add(locked, cases.key_of(locked), TaskKind.OWN, OWN_SYSTEM)
        session().flush()
        task_id = task.id
    with unit_of_work():
        [[held]] = [lot for lot in leases.claim(()) if lot[0].id == task_id]
    return held


def _nothing(_row: DataSubjectRequest) -> None:
    """What follows is no part of this."""
