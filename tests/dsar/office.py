"""The office where requests are handled: the public services, with what a test doesn't care about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa

from privacy.access import service as access
from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.roles import STAFF_PERMISSIONS
from privacy.db import db, session, unit_of_work
from privacy.dsar import cases
from privacy.dsar import service as dsar
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.service import CaseType, Decision, Intake, Matter, Named, ProofLevel, Received, Role
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.subjects.service import NO_STANDING, Naming, Standing
from tests.consent.desk import lay_programme

T = TypeVar("T")
ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com"}


@dataclass
class Office:
    """The services on one database, with two members of staff."""

    ewa: Actor
    jan: Actor

    def do(self, change: Callable[[], T]) -> T:
        """A change in a unit of work of its own."""
        with unit_of_work():
            return change()

    def receive(
        self,
        case_type: CaseType,
        *,
        given: Mapping[str, str] | None = None,
        actor: Actor | None = None,
        intake: Intake = Intake.LETTER,
        received_at: int | None = None,
        **matter: object,
    ) -> DataSubjectRequest:
        """A request of Anna, by default."""
        named = tuple(Named(kind, value) for kind, value in (ANNA if given is None else given).items())
        asked = Matter(named=named, **matter)  # type: ignore[arg-type]  # what a test gives
        received = Received(case_type, intake, asked, received_at=received_at)
        return self.do(lambda: dsar.receive(received, actor=actor or self.ewa))

    def identify(self, row: DataSubjectRequest, **more: object) -> DataSubjectRequest:
        """Ewa has looked at the proof."""
        reason = "signature compared"
        return self.do(
            lambda: dsar.identify(row.id, ProofLevel.DECIDED, Role.STAFF, actor=self.ewa, reason=reason, **more)  # type: ignore[arg-type]  # what a test gives
        )

    def grant(self, row: DataSubjectRequest, **decision: object) -> DataSubjectRequest:
        """Ewa grants it."""
        decided = Decision(**decision)  # type: ignore[arg-type]  # what a test gives
        return self.do(lambda: dsar.grant(row.id, decided, actor=self.ewa))

    def take(self, row: DataSubjectRequest, step: str, reason: str | None = None) -> DataSubjectRequest:
        """Ewa takes a step."""
        return self.do(lambda: dsar.take(row.id, step, actor=self.ewa, reason=reason))

    def put(self, given: Mapping[str, str]) -> UUID:
        """Somebody whom our records know."""
        programme = programmes.current()
        naming = subjects.name_of(programme, OPERATOR, given)
        return self.do(lambda: subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="crm")[0])

    def standing(self, subject_id: UUID) -> Standing:
        """What stands against contacting somebody; nothing for somebody who is gone."""
        db.session.rollback()
        found = subjects.one_with(subject_id, realm="live")
        return subjects.view(subject_id, realm="live").standing if found else NO_STANDING

    def now(self, row: DataSubjectRequest) -> DataSubjectRequest:
        """The request as it is by now."""
        db.session.rollback()
        return cases.read(row.id)

    def steps(self, row: DataSubjectRequest) -> list[str]:
        """The words of its steps."""
        db.session.rollback()
        return [step.event for step in cases.steps_of(row.id)]

    def events(self, row: DataSubjectRequest) -> list[str]:
        """What the log tells of it, in order."""
        db.session.rollback()
        query = sa.select(AuditBody.action).where(AuditBody.object_id == str(row.id)).order_by(AuditBody.event_id)
        return list(session().scalars(query))


def an_office() -> Office:
    """An office under the example programme."""
    lay_programme()
    return Office(_staff("ewa"), _staff("jan"))


def named(given: Mapping[str, str]) -> Naming:
    """Whom these identifiers name."""
    return subjects.name_of(programmes.current(), OPERATOR, given)


def _staff(name: str) -> Actor:
    with unit_of_work():
        made = access.create_staff(name, f"{name}@example.com", actor=OPERATOR)
    return Actor(ActorKind.STAFF, made.id, name, STAFF_PERMISSIONS)
