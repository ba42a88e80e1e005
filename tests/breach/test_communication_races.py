"""People are erased while the letters about a breach are written: nothing is left that goes to any of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.breach import erasing
from privacy.breach.telling import affected, letters, telling
from privacy.breach.telling.models import BreachAffected
from privacy.db import db, session, unit_of_work
from privacy.erasure import service as erasure
from privacy.outbox import service as outbox
from tests.breach import telling_desk as desk
from tests.sizes import size


@pytest.fixture(autouse=True)
def _office(context: Flask, in_force: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The example programme is in force, messages and erasures as in the application; letters go two at a time."""
    outbox.install(audit.record_message, letters.note_message)
    monkeypatch.setattr(telling, "AT_ONCE", 2)
    erasure.install(
        erasure.Terms(), upper=[erasure.Eraser("breach", erasing.forget_subjects, before=erasing.breaches_of)]
    )
    yield
    erasure.install(erasure.Terms())


def test_who_is_erased_while_letters_are_written_gets_none(context: Flask) -> None:
    for number in range(max(1, size("races") // 10)):
        breach = desk.a_breach()
        names = [f"C-{number}-{one}" for one in range(6)]
        people = [desk.a_person(customer_id=name, email=f"{name}@example.com".lower()) for name in names]
        desk.listed(breach, [{"customer_id": name} for name in names])
        desk.agreed(breach)
        together = threading.Barrier(2)

        def write(together: threading.Barrier = together) -> None:
            with context.app_context():
                together.wait(30)
                desk.work()
                db.session.remove()

        def erase(people: list[UUID] = people, together: threading.Barrier = together) -> None:
            with context.app_context():
                together.wait(30)
                # The last first: so the two meet.
                for one in reversed(people):
                    with unit_of_work():
                        erasure.erase_subject(one, cause="request 7", actor=OPERATOR)
                db.session.remove()

        db.session.remove()
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(write), pool.submit(erase)]:
                done.result(120)
        desk.work()
        assert desk.mails() == []
        assert desk.states(breach) == [("erased", way, None) for _, way, _ in desk.states(breach)]
        assert len(desk.states(breach)) == len(people)
        named = sa.select(BreachAffected.id).where(BreachAffected.subject_id.is_not(None))
        assert session().scalars(named).all() == []
        assert affected.counts_of(breach).erased == len(people)
