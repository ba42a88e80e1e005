"""One of each thing that the workbench of requests shows."""

from __future__ import annotations

from flask import Flask

from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.roles import STAFF_PERMISSIONS
from privacy.db import db, unit_of_work
from privacy.dsar import cases
from privacy.dsar import service as dsar
from privacy.dsar.execution import course, tasks
from privacy.dsar.service import CaseType, Decision, Intake, Matter, Named, ProofLevel, Received, Role, TaskKind
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

_DORA = {"customer_id": "C-7707", "email": "dora@example.com"}
#: What people write, some of them on purpose.
HOSTILE = "<script>alert(1)</script> =cmd() \u202egnp.exe"


def made(app: Flask) -> dict[str, object]:
    """A request under review, its letter, a task that waits for a person, something that waits for a second one."""
    with app.app_context():
        with unit_of_work():
            taken_on = access.create_staff("dominik", "dominik@example.com", actor=OPERATOR)
            asking = Actor(ActorKind.STAFF, taken_on.id, "dominik", STAFF_PERMISSIONS)
            approval_id = access.request_approval(
                "legal_holds.release", {"hold": "x"}, actor=asking, reason="the suit is over"
            )
            naming = subjects.name_of(programmes.current(), OPERATOR, _DORA)
            subjects.put_subject(naming, actor=OPERATOR, programme=programmes.current(), source="crm")
        with unit_of_work():
            matter = Matter(tuple(Named(kind, value) for kind, value in _DORA.items()), name="Dora", words=HOSTILE)
            row = dsar.receive(Received(CaseType.ACCESS, Intake.LETTER, matter), actor=asking)
        request_id = row.id
        with unit_of_work():
            dsar.identify(request_id, ProofLevel.DECIDED, Role.STAFF, actor=asking, reason="signature compared")
        with unit_of_work():
            dsar.grant(request_id, Decision(), actor=asking)
        with unit_of_work():
            row = cases.lock(request_id)
            task = tasks.add(row, cases.key_of(row), TaskKind.FIND, "shop", place="shop.customer", look=1)
            tasks.hand_over(task, "system-refused")
            course.go_on(row)
            task_id = task.id
        [letter, *_] = dsar.written(request_id, actor=asking)
        found: dict[str, object] = {
            "request_id": request_id,
            "letter_id": letter.id,
            "task_id": task_id,
            "step": "note",
            "item_id": "0" * 64,
            "approval_id": approval_id,
        }
        db.session.remove()
    return found
