"""Somebody else changes a person's choices, and the worker does what it does within minutes."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.consent import service as consent
from privacy.consent.service import ActIn, ActKind, Source
from privacy.db import db, session, unit_of_work
from privacy.outbox.models import OutboxMessage
from privacy.programme import service as programmes
from privacy.programme.types import ProofGrade
from privacy.selfservice import service as selfservice
from privacy.subjects import service as subjects
from tests.selfservice.visitors import BASE_URL, Letter, letter_of


def said_by_staff(given: Mapping[str, str], act: ActKind = ActKind.OBJECT) -> None:
    """A member of staff notes that somebody objects, in the open unit of work."""
    programme = programmes.current()
    naming = subjects.name_of(programme, OPERATOR, given)
    source = Source("call_centre", "desk", "phone", proof=ProofGrade.STAFF_CLAIM)
    consent.record(ActIn(naming, act, source, purpose="offers"), actor=OPERATOR, programme=programme)


def settled() -> None:
    """Everything recorded so far is in the log."""
    with tempfile.TemporaryDirectory() as folder:
        audit.settle(audit.Anchor(Path(folder) / "anchor"), seconds=10)


def noted() -> None:
    """The worker has read the log to its end."""
    settled()
    while True:
        with unit_of_work():
            read = selfservice.note_changes()
        if not read:
            return


def told(later: int = 15 * clock.MINUTE) -> list[Letter]:
    """The letters that the worker writes so much later."""
    noted()
    known = set(session().scalars(sa.select(OutboxMessage.id)))
    with unit_of_work():
        selfservice.tell_of_changes(clock.micros() + later, base_url=BASE_URL, actor=SERVICE)
    db.session.rollback()
    rows = session().scalars(sa.select(OutboxMessage).order_by(OutboxMessage.created_at)).all()
    return [letter_of(row) for row in rows if row.id not in known]
