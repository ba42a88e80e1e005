"""People who act on breaches at the same moment: no number twice, no state decided on twice, no time lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy import clock
from privacy.breach import register
from privacy.breach import service as breaches
from privacy.breach.models import BreachStep, PersonalDataBreach
from privacy.breach.service import Notice, Notification, Report, Way
from privacy.db import db, session, unit_of_work
from privacy.errors import PrivacyError
from tests.breach.desk import Desk, a_desk, an_assessment
from tests.sizes import size

_AT_ONCE = 4


@pytest.fixture
def desk(in_force: None, context: Flask) -> Desk:
    return a_desk()


def _at_once(app: Flask, *changes: Callable[[], Any]) -> list[str]:
    """Every change in a thread and a unit of work of its own, begun together; how each ended."""
    barrier, outcomes = threading.Barrier(len(changes)), list[str]()

    def run(change: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with unit_of_work():
                    change()
                outcomes.append("done")
            except PrivacyError as error:
                outcomes.append(error.code)
            finally:
                db.session.remove()

    session().close()
    threads = [threading.Thread(target=run, args=(change,)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_numbers_have_no_gap_and_none_is_given_twice(desk: Desk, context: Flask) -> None:
    for _ in range(size("races") // _AT_ONCE):
        opening = [lambda: breaches.open_breach(Report(), actor=desk.ewa) for _ in range(_AT_ONCE)]
        assert _at_once(context, *opening) == ["done"] * _AT_ONCE
    numbers = sorted(session().scalars(sa.select(PersonalDataBreach.number)))
    assert [int(number.rpartition("-")[2]) for number in numbers] == list(range(1, len(numbers) + 1))


def test_of_two_first_notifications_one_is_recorded(desk: Desk, context: Flask) -> None:
    given = Notification(Notice.INITIAL, way=Way.BIZNES_GOV)
    for _ in range(size("races") // _AT_ONCE):
        row = desk.aware(desk.open())
        telling = partial(breaches.record_notification, row.id, given, actor=desk.ewa)
        assert _at_once(context, telling, telling) == ["breach-step-not-possible", "done"]


def test_a_decision_is_never_about_an_assessment_that_came_meanwhile(desk: Desk, context: Flask) -> None:
    decided = breaches.Decision(notify=True, tell=True, reasons="as advised")
    for _ in range(size("races") // _AT_ONCE):
        row = desk.open()
        desk.aware(row)
        desk.assess(row)
        desk.opine(row)
        outcomes = _at_once(
            context,
            partial(breaches.assess, row.id, an_assessment(), actor=desk.ewa),
            partial(breaches.decide, row.id, decided, actor=desk.boss),
        )
        now = desk.now(row)
        # Whichever came first: a decision that counts is about the assessment that counts.
        assert now.state == "assessment"
        assert now.decision_id is None
        assert outcomes in (["breach-step-not-possible", "done"], ["done", "done"])


def test_steps_are_numbered_without_gaps_whoever_takes_them(desk: Desk, context: Flask) -> None:
    row = desk.open()
    breach_id = row.id
    for _ in range(size("races") // _AT_ONCE):
        taking = [
            lambda: breaches.take(breach_id, "note", actor=desk.ewa, reason="seen"),
            lambda: breaches.add_facts(breach_id, {"incident": {"cause": "a slip"}}, actor=desk.ewa),
            lambda: breaches.add_task(breach_id, "Call the printer", clock.micros(), actor=desk.ewa),
        ]
        assert _at_once(context, *taking) == ["done"] * 3
    numbers = list(session().scalars(sa.select(BreachStep.number).order_by(BreachStep.number)))
    assert numbers == list(range(1, len(numbers) + 1))
    assert register.read(breach_id).version == len(numbers)
    tasks = [view.task.number for view in breaches.tasks(register.read(breach_id))]
    assert tasks == list(range(1, len(tasks) + 1))
