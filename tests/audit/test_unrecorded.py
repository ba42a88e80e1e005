"""If events can't be recorded, the change fails: nothing of it is kept, whatever it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from privacy.db import db
from tests.callers import ANNA, Caller, Service, a_give
from tests.databases import Database

SUBJECT = {"customer_id": "C-3003", "email": "ewa.lis@example.com"}
#: What the log stands on. Each refuses alone, as a full disk or a damaged table would.
TABLES = ("audit_event", "audit_body", "audit_pending")
FAILS = {
    "sqlite": (
        "CREATE TRIGGER log_is_full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'the log is full'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION log_is_full() RETURNS trigger AS $$ BEGIN RAISE 'the log is full'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER log_is_full BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION log_is_full()",
    ),
}
IMPORT = {
    "file_name": "a.csv",
    "profile": "mailchimp",
    "purpose": "offers",
    "wording": {"code": "klauzula", "version": "3.0"},
}
CHANGES: dict[str, Callable[[Caller, str], Any]] = {
    "give": lambda caller, _ref: caller.post("/consents", a_give(SUBJECT), Idempotency_Key="give-1"),
    "withdraw": lambda caller, _ref: caller.post("/consents", a_give(act="withdraw", wording=None, notice=None)),
    "object": lambda caller, _ref: caller.post("/consents", a_give(act="object", wording=None, notice=None)),
    "person": lambda caller, _ref: caller.put("/subjects", {"subject": SUBJECT}),
    "standing": lambda caller, _ref: caller.put("/subjects", {"subject": ANNA, "restricted": True}),
    "identifier": lambda caller, ref: caller.put(f"/subjects/{ref}/identifiers", {"add": {"loyalty_card": "L-77"}}),
    "contact": lambda caller, ref: caller.put(
        f"/subjects/{ref}/contacts", {"retire": {"email": ANNA["email"]}, "reason": "gone"}
    ),
    "import": lambda caller, _ref: caller.post("/imports", IMPORT),
}


@pytest.fixture
def full_log(service: Service, database: Database) -> Callable[[str], None]:
    """Makes a table of the log refuse rows."""

    def refuse(table: str) -> None:
        with service.app.app_context(), db.engine.begin() as connection:
            for statement in FAILS[database.kind]:
                connection.exec_driver_sql(statement.format(table=table))

    return refuse


def rows(service: Service) -> dict[str, list[Any]]:
    """Everything that is stored."""
    with service.app.app_context(), db.engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        return {name: sorted(map(repr, connection.execute(sa.text(f"SELECT * FROM {name}")))) for name in names}


@pytest.mark.parametrize("table", TABLES)
def test_a_change_without_its_event_is_none(service: Service, full_log: Callable[[str], None], table: str) -> None:
    caller = service.caller()
    ref = caller.record(a_give())["subject_ref"]
    before = rows(service)
    full_log(table)
    for name, change in CHANGES.items():
        answer = change(caller, ref)
        assert answer.status_code in {500, 503}, (name, answer.json)
        assert answer.mimetype == "application/problem+json"
        assert "the log is full" not in answer.text
        assert rows(service) == before, name


def test_the_same_changes_go_through_where_the_log_takes_them(service: Service) -> None:
    caller = service.caller()
    ref = caller.record(a_give())["subject_ref"]
    for name, change in CHANGES.items():
        answer = change(caller, ref)
        assert answer.status_code in {200, 201}, (name, answer.json)
