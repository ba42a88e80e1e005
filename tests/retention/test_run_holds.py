"""A legal hold placed at any step of a disposal run: whichever is committed first wins, and nothing held goes."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work
from privacy.errors import Unavailable
from privacy.programme import service as programmes
from privacy.retention import service as retention
from privacy.retention.runs import executing
from privacy.retention.runs.vocabulary import RunState
from privacy.subjects import service as subjects
from tests.databases import Database, bare_app
from tests.retention.hold_desk import colleague, place, wanted
from tests.retention.killed_run import FEW, STEPS, at
from tests.retention.offices import NEW, OLD, Office, an_office, office_programme, rule
from tests.sizes import size

pytestmark = pytest.mark.usefixtures("in_force")

#: How long a step waits for the hold, in seconds: where it cannot be placed before the step is over, it is after it.
_MEANWHILE = 0.3


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    app = bare_app(database)
    made = an_office(app, tmp_path, rows={})
    with app.app_context():
        colleague("ewa")
        db.session.remove()
    yield made
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@dataclass
class Holder:
    """Places a hold on one person, once, beside the worker; remembers which rows there were when it was committed."""

    office: Office
    email: str
    there: set[int] | None = None
    _threads: list[threading.Thread] = field(default_factory=list)

    def go(self) -> None:
        if not self._threads:
            self._threads.append(threading.Thread(target=self._place))
            self._threads[0].start()
            self._threads[0].join(_MEANWHILE)

    def _place(self) -> None:
        with self.office.app.app_context():
            while self.there is None:
                try:
                    with retention.waited(), unit_of_work():
                        retention.place_hold(wanted({"email": self.email}), actor=executing.SERVICE)
                except Unavailable:
                    continue
                self.there = rows_of(self.office, self.email)
            db.session.remove()

    def end(self) -> None:
        for one in self._threads:
            one.join()


def rows_of(office: Office, email: str) -> set[int]:
    """The conversations of somebody that are there now."""
    with office.open("chat") as connection:
        return {row[0] for row in connection.execute("SELECT id FROM talk WHERE email = ?", [email])}


def test_nothing_that_is_held_goes_whenever_the_hold_is_placed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executing, "BATCH", FEW)
    held, number = 0, 0
    for round_ in range(size("held_runs")):
        for step, (file, function) in enumerate(STEPS):
            email = f"held-{round_}-{step}@example.com"
            rows = [
                (n, email if n % 2 else "anna@example.com", "hello", OLD if n < number + 6 else NEW)
                for n in range(number, number + 8)
            ]
            number += 8
            office.put("chat", "talk", rows)
            run_id = office.started(systems=["chat"])
            holder = Holder(office, email)
            sys.setprofile(at(file, function, holder.go))
            try:
                office.work()
            finally:
                sys.setprofile(None)
            holder.end()
            office.let_time_pass()
            office.work()
            assert holder.there is not None, (file, function)
            assert rows_of(office, email) >= holder.there, (file, function)
            assert office.run(run_id).state == RunState.DONE, (file, function)
            held += len(holder.there)
    assert held >= size("held_runs") * len(STEPS)


def test_a_hold_that_is_in_force_is_counted_and_named(office: Office) -> None:
    office.put("chat", "talk", [(1, "anna@example.com", "hello", OLD), (2, "jan@example.com", "hello", OLD)])
    with office.app.app_context():
        with retention.waited(), unit_of_work():
            hold = retention.place_hold(wanted({"email": "ANNA@example.com"}), actor=executing.SERVICE)
        db.session.remove()
    run_id = office.previewed(systems=["chat"])
    counted: Any = office.counted(run_id)["chat.talk"]
    assert (counted.deleted, counted.stays, counted.holds) == ({"chat.talk": 1}, {"held": 1}, {hold.number: 1})
    office.step(retention.start_run, run_id)
    office.work()
    assert rows_of(office, "anna@example.com") == {1}
    assert office.did(run_id)["chat.talk"].holds == {hold.number: 1}


def test_nobody_who_is_held_is_told_that_their_data_go(office: Office) -> None:
    """Of our own people too the run asks the holds first, and warns whoever is left."""
    silent = rule("silent", "created", "P1D", covers={"systems": ["privacy"]}, warning={"days": 14, "attempts": 2})
    with office.app.app_context():
        office_programme((silent,))
        for number in range(2):
            with unit_of_work() as current:
                naming = subjects.name_of(programmes.current(), OPERATOR, {"email": f"person{number}@example.com"})
                subjects.put_subject(naming, actor=OPERATOR, programme=programmes.current(), source="shop")
                current.execute(sa.text("UPDATE data_subject SET created_at = 0"))
        hold = place({"email": "person0@example.com"})
        db.session.remove()
    run_id = office.started(systems=["privacy"])
    office.work()
    assert office.did(run_id)["silent"].stays == {"held": 1, "warning": 1}
    assert office.did(run_id)["silent"].holds == {hold.number: 1}
    with office.app.app_context():
        assert len(retention.listed_warnings(run_id=run_id)) == 1
        db.session.remove()
