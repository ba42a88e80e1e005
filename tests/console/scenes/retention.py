"""One of each thing that the pages of retention show."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from flask import Flask

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import OPERATOR, SERVICE, Realm
from privacy.db import db, unit_of_work
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.programme.types import RetentionWarning
from privacy.retention import service as retention
from privacy.retention.service import Chosen, RunningDisposals, WantedHold, Warned
from privacy.subjects import service as subjects
from tests.access.sign_in.desk import taken_on

#: Two customers with one telephone number.
_PEOPLE = ({"customer_id": "C-7001", "phone": "+48600700700"}, {"customer_id": "C-7002", "phone": "+48600700700"})


def made(app: Flask) -> dict[str, object]:
    """A run with a part by hand, a warning that waits for a person, a hold, a finding; by argument of a route."""
    with app.app_context():
        _somebody_works_here()
        run_id = _run(app)
        part = retention.view_run(run_id).parts[0]
        found = {
            "code": "sale",
            "run_id": run_id,
            "part_id": part.id,
            "warning_id": _warning(run_id),
            "hold_id": _hold(),
            "finding_id": _finding(),
        }
        db.session.remove()
    return found


def _somebody_works_here() -> None:
    """Holds have an owner."""
    if all(one.name != "keeper" for one in access.list_staff()):
        taken_on("keeper")


def _run(app: Flask) -> UUID:
    """Of the system whose conversations a person looks through."""
    with unit_of_work():
        run_id: UUID = retention.prepare_run(Chosen(systems=("crm",)), actor=OPERATOR).id
    db.session.remove()
    RunningDisposals().run(app.app_context, threading.Event())
    return run_id


def _warning(run_id: UUID) -> UUID:
    """Of a customer whom nothing reaches."""
    rule = replace(programmes.current().retention_rules["sale"], warning=RetentionWarning(14, 2))
    with unit_of_work():
        retention.warn(run_id, [Warned(frozenset({("customer_id", "C-7009")}))], rule, actor=SERVICE)
    return retention.listed_warnings(run_id=run_id)[0].id


def _hold() -> UUID:
    programme = programmes.current()
    today = days.day_of(clock.micros(), programme.zone)
    wanted = WantedHold(
        reference="I C 7/27",
        statute="",
        owner="keeper",
        review_on=today + timedelta(days=90),
        reason="a claim for damages",
        people=(subjects.name_of(programme, OPERATOR, {"customer_id": "C-7003"}),),
        systems=("billing",),
    )
    with retention.waited(), unit_of_work():
        return retention.place_hold(wanted, actor=OPERATOR).id


def _finding() -> UUID:
    programme = programmes.current()
    with unit_of_work():
        for one in _PEOPLE:
            naming = subjects.name_of(programme, OPERATOR, one)
            subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="shop")
    with unit_of_work():
        while retention.look_after(clock.micros(), actor=SERVICE):
            pass
    return retention.findings(realm=Realm.LIVE)[0].id
