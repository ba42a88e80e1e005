"""The desk at which breaches are handled: the public services, with what a test doesn't care about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from privacy.access import service as access
from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.roles import STAFF_PERMISSIONS
from privacy.breach import register
from privacy.breach import service as breaches
from privacy.breach.models import PersonalDataBreach
from privacy.breach.service import Assessment, Decision, Notice, Notification, Opinion, Report, Risk, Way
from privacy.db import db, session, unit_of_work
from tests.consent.desk import lay_programme

T = TypeVar("T")
WRITTEN = {
    "what": "The customer list of March was on an open server.",
    "whose": "1,200 customers, some of them children.",
    "sensitivity": "Names, addresses and PESEL numbers.",
    "ease": "Anybody could read them without a password.",
    "done": "The server is closed; its logs are secured.",
    "consequences": "Credit may be taken in their names.",
}


def an_assessment(risk: Risk = Risk.HIGH, **changes: Any) -> Assessment:
    """An assessment with every question answered."""
    return Assessment(risk=risk, **(WRITTEN | changes))


@dataclass
class Desk:
    """The services on one database, with a handler, the data protection officer and somebody who decides."""

    ewa: Actor
    officer: Actor
    boss: Actor

    def do(self, change: Callable[[], T]) -> T:
        """A change in a unit of work of its own."""
        with unit_of_work():
            return change()

    def open(self, **report: Any) -> PersonalDataBreach:
        """Ewa says that something happened."""
        return self.do(lambda: breaches.open_breach(Report(**report), actor=self.ewa))

    def aware(self, row: PersonalDataBreach, at: int | None = None) -> PersonalDataBreach:
        """Ewa is sure."""
        return self.do(lambda: breaches.become_aware(row.id, actor=self.ewa, reason="logs show it", aware_at=at))

    def assess(self, row: PersonalDataBreach, risk: Risk = Risk.HIGH, **changes: Any) -> PersonalDataBreach:
        """Ewa writes down what may follow."""
        return self.do(lambda: breaches.assess(row.id, an_assessment(risk, **changes), actor=self.ewa))

    def opine(self, row: PersonalDataBreach, *, notify: bool = True, tell: bool = True) -> PersonalDataBreach:
        """The officer says what they think."""
        said = Opinion(notify=notify, tell=tell, reasons="PESEL leaked.")
        return self.do(lambda: breaches.opine(row.id, said, actor=self.officer))

    def decide(
        self,
        row: PersonalDataBreach,
        *,
        notify: bool = True,
        tell: bool = True,
        actor: Actor | None = None,
        **more: Any,
    ) -> PersonalDataBreach:
        """The controller decides."""
        decided = Decision(notify=notify, tell=tell, reasons="as advised", **more)
        return self.do(lambda: breaches.decide(row.id, decided, actor=actor or self.boss))

    def notify(self, row: PersonalDataBreach, kind: Notice = Notice.INITIAL, **more: Any) -> Any:
        """Ewa has sent the form, and records it."""
        given = Notification(kind, way=Way.BIZNES_GOV, **more)
        actor = self.boss if kind is Notice.WITHDRAWAL else self.ewa
        return self.do(lambda: breaches.record_notification(row.id, given, actor=actor))

    def take(
        self, row: PersonalDataBreach, step: str, reason: str | None = None, actor: Actor | None = None
    ) -> PersonalDataBreach:
        """Ewa takes a step."""
        return self.do(lambda: breaches.take(row.id, step, actor=actor or self.ewa, reason=reason))

    def end_tasks(self, row: PersonalDataBreach) -> None:
        """Ewa has done all that is open."""
        for view in breaches.tasks(self.now(row)):
            if view.task.state == "open":
                number = view.task.number
                self.do(
                    lambda number=number: breaches.end_task(row.id, number, breaches.TaskState.DONE, actor=self.ewa)
                )

    def now(self, row: PersonalDataBreach) -> PersonalDataBreach:
        """The breach as it is by now."""
        db.session.rollback()
        return register.read(row.id)

    def clocks(self, row: PersonalDataBreach) -> dict[str, Any]:
        """Its clocks by code."""
        return {one.clock.code: one for one in breaches.view(self.now(row)).clocks}

    def steps(self, row: PersonalDataBreach) -> list[str]:
        """The words of its steps."""
        db.session.rollback()
        return [step.event for step in register.steps_of(row.id)]

    def events(self, row: PersonalDataBreach) -> list[str]:
        """What the log tells of it, in order."""
        db.session.rollback()
        query = sa.select(AuditBody.action).where(AuditBody.object_id == str(row.id)).order_by(AuditBody.event_id)
        return list(session().scalars(query))


def a_desk() -> Desk:
    """A desk under the example programme."""
    lay_programme()
    return Desk(_staff("ewa"), _staff("officer", role="dpo"), _staff("boss"))


def _staff(name: str, role: str = "staff") -> Actor:
    with unit_of_work():
        made = access.create_staff(name, f"{name}@example.com", actor=OPERATOR, role=role)
    return Actor(ActorKind.STAFF, made.id, name, STAFF_PERMISSIONS)
