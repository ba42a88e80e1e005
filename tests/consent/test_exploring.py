"""Acts without the people behind them: what a question reads, and whom an annulment would concern."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Realm
from privacy.consent import service as consent
from privacy.consent.service import ActKind, Filter, WantedActs
from privacy.db import db, session
from tests.consent.desk import Desk

ANNA, JAN = ({"customer_id": f"C-{n}", "email": f"p{n}@example.com"} for n in range(2))


def _a_week() -> WantedActs:
    return WantedActs(Realm.LIVE, clock.micros() - 7 * clock.DAY, clock.micros() + clock.DAY)


def _plans(question: Callable[[], object]) -> list[str]:
    """How the database looks for the acts of a question."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "FROM consent_act" in statement:
            heard.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", hear)
    question()
    sa.event.remove(db.engine, "before_cursor_execute", hear)
    sqlite = session().get_bind().dialect.name == "sqlite"
    if not sqlite:  # So few rows are read whole; what matters is that an index serves.
        session().execute(sa.text("SET LOCAL enable_seqscan = off"))
    explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
    each = [session().connection().exec_driver_sql(explain + said, parameters) for said, parameters in heard]
    return ["\n".join(str(row[-1]) for row in rows) for rows in each]


def test_a_question_of_a_week_reads_no_more_than_that_however_many_people_there_are(desk: Desk) -> None:
    desk.record(ANNA, "give")
    assert [row.acts for row in consent.count_acts(_a_week()).rows] == [1]
    [plan] = _plans(lambda: consent.count_acts(_a_week()))
    assert "SCAN data_subject" not in plan
    assert "(id>? AND id<?)" in plan or "pk_consent_act " in plan


def test_the_queue_reads_of_other_people_nothing_for_an_act(desk: Desk) -> None:
    desk.record({"customer_id": "C-0"}, "give")
    plans = _plans(lambda: consent.without_effect(realm="live", programme=desk.programme))
    assert len(plans) == 4
    for plan in plans:
        for whole in (
            "SCAN data_subject",
            "SCAN subject_contact",
            "Seq Scan on data_subject",
            "Seq Scan on subject_contact",
        ):
            assert whole not in plan


def test_everybody_is_counted_whom_an_annulment_reaches(desk: Desk) -> None:
    desk.put(ANNA)
    desk.put(JAN)
    desk.merge(ANNA, JAN)
    desk.record({"customer_id": ANNA["customer_id"]}, "refuse")
    desk.unmerge(ANNA, JAN)
    assert [desk.reason(who) for who in (ANNA, JAN)] == ["refused", "refused"]
    wanted = Filter(acts=(ActKind.REFUSE,), purpose="offers")
    concerned = consent.concerned_by(consent.matching(wanted, realm="live"))
    assert (concerned.acts, concerned.people) == (1, 2)
    desk.annul(acts=wanted.acts, purpose=wanted.purpose)
    assert [desk.reason(who) for who in (ANNA, JAN)] == ["no_record", "no_record"]


def test_a_device_beside_a_person_is_nobody_else(desk: Desk) -> None:
    desk.record(ANNA | {"device_id": "d-0123456789abcdef"}, "give")
    assert consent.concerned_by(consent.matching(Filter(purpose="offers"), realm="live")).people == 1
