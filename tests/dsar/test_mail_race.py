"""Two imports of the same mail at once record one request, and both answer with it; without the guard one fails."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy import db
from privacy.authz.actors import OPERATOR
from privacy.db import session, unit_of_work
from privacy.dsar import mail
from privacy.dsar.intake import Received
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.service import CaseType
from tests.databases import Database
from tests.dsar.office import an_office

RAW = b"From: Anna <anna.nowak@example.com>\nMessage-ID: <1@mail.example>\nSubject: My data\n\nA copy, please.\n"
_PATIENCE = 30
#: Where there is one writer at a time the other does not come to the meeting.
_LONG_ENOUGH = {"sqlite": 0.5, "postgresql": 10.0}


@pytest.fixture
def meet(context: Flask, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked before either records."""
    assert context
    an_office()
    db.db.session.remove()
    both, receive = threading.Barrier(2), mail.receive

    def later(given: Received, **more: Any) -> DataSubjectRequest:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(_LONG_ENOUGH[database.kind])
        return receive(given, **more)

    monkeypatch.setattr(mail, "receive", later)


def imported(app: Flask) -> list[str]:
    """What the imports ended with."""
    ends: list[str] = []

    def come() -> None:
        with app.app_context():
            try:
                with unit_of_work():
                    done = mail.record(
                        mail.read_mail(RAW), CaseType.OBJECTION, locale=None, controller=None, actor=OPERATOR
                    )
                    number = done.request.number
                ends.append(f"{number} {'known' if done.known else 'new'}")
            except Exception as error:
                ends.append(type(error).__name__)
            finally:
                db.db.session.remove()

    _both(come)
    return sorted(ends)


def _both(come: Callable[[], None]) -> None:
    threads = [threading.Thread(target=come) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE)


@contextlib.contextmanager
def guard_off() -> Iterator[None]:
    """Without a second look, and without one writer at a time on SQLite."""
    execute = sa.Connection.exec_driver_sql

    def deferred(connection: sa.Connection, statement: str, *rest: Any) -> Any:
        return execute(connection, statement.replace("BEGIN IMMEDIATE", "BEGIN"), *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail, "INTEGRITY_ERRORS", ())
        patch.setattr(db, "_sqlite_writer", contextlib.nullcontext())
        patch.setattr(sa.Connection, "exec_driver_sql", deferred)
        yield


@pytest.mark.usefixtures("meet")
def test_a_mail_that_comes_twice_at_once_is_one_request(context: Flask) -> None:
    first, second = imported(context)
    assert (first, second) == ("2026/000001 known", "2026/000001 new")
    [row] = session().scalars(sa.select(DataSubjectRequest))
    assert row.mail_bidx is not None
    db.db.session.remove()
    assert imported(context) == ["2026/000001 known"] * 2


@pytest.mark.usefixtures("meet")
def test_without_the_guard_one_of_them_fails(context: Flask) -> None:
    with guard_off():
        ends = imported(context)
    assert set(ends) & {"IntegrityError", "Unavailable"}, ends
