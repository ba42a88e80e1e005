"""Two shops' databases as systems, real SQLite files, with people in them; and requests brought to their execution."""

from __future__ import annotations

import contextlib
import functools
import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.db import db, new_id, unit_of_work
from privacy.dsar import cases
from privacy.dsar.cases import Opening
from privacy.dsar.execution import course, leases, running, tasks
from privacy.dsar.matter import Matter
from privacy.dsar.models import RequestTask
from privacy.dsar.vocabulary import CaseType, Event, Intake, ProofLevel, Role
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.systems import service as systems
from tests.rules.source import ROOT

ANNA = {"customer_id": "C-1", "email": "anna@example.com"}
Tables = Mapping[str, Sequence[tuple[Any, ...]]]

_SCHEMA = {
    "shop": """
        CREATE TABLE customer (id INTEGER PRIMARY KEY, no TEXT, email TEXT, name TEXT, born TEXT, restricted INTEGER);
        CREATE INDEX customer_no ON customer (no);
        CREATE INDEX customer_email ON customer (email);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id), ordered_on TEXT,
            address TEXT, restricted INTEGER);
        CREATE INDEX orders_customer ON orders (customer_id);
        CREATE TABLE line (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id), what TEXT);
        CREATE INDEX line_order ON line (order_id);
    """,
    "crm": """
        CREATE TABLE member (id INTEGER PRIMARY KEY, email TEXT, note TEXT, restricted INTEGER);
        CREATE INDEX member_email ON member (email);
        CREATE TABLE talk (id INTEGER PRIMARY KEY, member_id INTEGER REFERENCES member (id), said TEXT);
        CREATE INDEX talk_member ON talk (member_id);
    """,
}
#: One person in both shops, and one beside her.
PEOPLE: Mapping[str, Tables] = {
    "shop": {
        "customer": [
            (1, "C-1", "anna@example.com", "Anna", "1990-01-01", 0),
            (2, "C-2", "ola@example.com", "Ola", None, 0),
        ],
        "orders": [(10, 1, "2026-05-01", "Lipowa 1", 0), (11, 2, "2026-05-01", "Lipowa 2", 0)],
        "line": [(100, 10, "tea"), (101, 11, "coffee")],
    },
    "crm": {
        "member": [(7, "Anna@Example.com", "likes tea", 0), (8, "ola@example.com", "likes coffee", 0)],
        "talk": [(70, 7, "hello"), (80, 8, "good day")],
    },
}
#: What the example's retention rules and activities name are its own systems, which are not here.
_COVERING = re.compile(r"(?m)^    (trigger|covers|approvals|systems):.*\n")


def _field(name: str, /, **privacy: Any) -> dict[str, Any]:
    meta = {key: privacy.pop(key) for key in ("primary_key", "identity", "data_type", "references") if key in privacy}
    found: dict[str, Any] = {"name": name}
    return found | ({"fides_meta": meta} if meta else {}) | ({"privacy": privacy} if privacy else {})


def _to(data_set: str, field: str) -> list[dict[str, str]]:
    return [{"dataset": data_set, "field": field, "direction": "from"}]


_ID = _field("id", primary_key=True, data_type="integer")
_EMAIL = {"corrected_as": "email", "on_erasure": None}
_DELETED = {"on_erasure": "delete_row"}
_RESTRICTED = {"restricted_field": "restricted", "restricted_value": 1}
DATA_SETS: list[dict[str, Any]] = [
    {
        "fides_key": "shop",
        "name": "Shop",
        "description": "Orders",
        "collections": [
            {
                "name": "customer",
                "privacy": _RESTRICTED,
                "fields": [
                    _ID | {"privacy": {"on_erasure": "keep", "keep": {"rule": "sale"}}},
                    _field("no", identity="customer_id", same_person=True, data_type="string", on_erasure=None),
                    _field("email", identity="email", same_person=True, data_type="string", **_EMAIL),
                    _field("name", corrected_as="name", on_erasure="constant", constant="-"),
                    _field("born", on_erasure=None),
                    _field("restricted"),
                ],
            },
            {
                "name": "orders",
                "privacy": {"on_erasure": "keep", "keep": {"rule": "sale", "counted_from": "ordered_on"}} | _RESTRICTED,
                "fields": [
                    _ID,
                    _field("customer_id", references=_to("shop", "customer.id")),
                    _field("ordered_on"),
                    _field("address"),
                    _field("restricted"),
                ],
            },
            {
                "name": "line",
                "privacy": {"on_erasure": "keep", "keep": {"rule": "sale"}},
                "fields": [_ID, _field("order_id", references=_to("shop", "orders.id")), _field("what")],
            },
        ],
    },
    {
        "fides_key": "crm",
        "name": "CRM",
        "description": "Conversations",
        "collections": [
            {
                "name": "member",
                "privacy": _DELETED | _RESTRICTED,
                "fields": [
                    _ID,
                    _field("email", identity="email", data_type="string", corrected_as="email"),
                    _field("note"),
                    _field("restricted"),
                ],
            },
            {
                "name": "talk",
                "privacy": _DELETED,
                "fields": [_ID, _field("member_id", references=_to("crm", "member.id")), _field("said")],
            },
        ],
    },
]


@dataclass(frozen=True)
class Databases:
    """The systems' databases."""

    folder: Path

    def rows(self, system: str, table: str) -> list[tuple[Any, ...]]:
        """Everything in a table, in order."""
        with contextlib.closing(sqlite3.connect(self.folder / f"{system}.sqlite3")) as connection:
            return connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()

    def lay(self, people: Mapping[str, Tables]) -> None:
        """Make both databases, with their people."""
        for system, schema in _SCHEMA.items():
            with contextlib.closing(sqlite3.connect(self.folder / f"{system}.sqlite3")) as connection, connection:
                connection.executescript(schema)
            self.put(system, people.get(system, {}))

    def put(self, system: str, rows: Tables) -> None:
        """More rows."""
        with (
            contextlib.closing(sqlite3.connect(self.folder / f"{system}.sqlite3", timeout=20)) as connection,
            connection,
        ):
            for table, values in rows.items():
                for one in values:
                    connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(one))})", one)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of both."""
        tables = {
            system: [c["name"] for c in one["collections"]] for system, one in zip(_SCHEMA, DATA_SETS, strict=True)
        }
        return {f"{s}.{t}": self.rows(s, t) for s, some in tables.items() for t in some}


@dataclass(frozen=True)
class Shops(Databases):
    """The systems, and the service that is connected to them."""

    app: Flask

    def run(self, **given: Any) -> int:
        """Do what is due, as a worker does."""
        return running.Running(**given).run(self.app.app_context, threading.Event())

    def let_time_pass(self) -> None:
        """Everything that was put off is due, and every lease is over."""
        with self.app.app_context(), unit_of_work() as session:
            waiting = sa.update(RequestTask).where(RequestTask.done_at.is_(None))
            session.execute(waiting.values(next_at=0))
            session.execute(waiting.where(RequestTask.lease_until.is_not(None)).values(lease_until=0))

    def run_but_answer(self) -> None:
        """Do what is due in the systems, and leave the answer for later: its lane is taken."""
        claim = leases.claim
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(leases, "claim", lambda busy: claim({*busy, tasks.OWN_SYSTEM}))
            self.run()

    def request(self, request_id: UUID) -> Any:
        """The request as it is now."""
        with self.app.app_context():
            return cases.read(request_id)

    def tasks(self, request_id: UUID) -> list[RequestTask]:
        """Its tasks."""
        with self.app.app_context():
            return tasks.of_request(request_id)


def connected(
    app: Flask, folder: Path, people: Mapping[str, Tables] = PEOPLE, *, serving: Sequence[str] = (), **changes: Any
) -> Shops:
    """Both databases with their people, in the programme and connected.

    `serving`: the purposes of both; `changes`: other sections of the programme.
    """
    shops = Shops(folder, app)
    document = _read(document_with(serving, **changes))
    shops.lay(people)
    with app.app_context():
        with unit_of_work():
            programmes.apply(document, actor=OPERATOR, purpose_in_use=lambda _code: False)
            for system in _SCHEMA:
                url = f"sqlite:///{folder / system}.sqlite3"
                systems.put_connection(system, {"url": url}, actor=OPERATOR)
        db.session.remove()
    return shops


def document_with(serving: Sequence[str] = (), **changes: Any) -> str:
    """The example programme with both systems in the place of its own, and with other sections."""
    sections = {"data_sets": DATA_SETS, "systems": [system_of(code, serving) for code in _SCHEMA]} | changes
    example = _COVERING.sub("", (ROOT / "programme.yml").read_text("utf-8"))
    return _without(sections, example) + _written(sections)


#: Most tests have the same programme.
_read = functools.cache(programmes.read)


def _without(sections: Iterable[str], text: str) -> str:
    """The document without these sections."""
    return re.sub(rf"(?ms)^({'|'.join(sections)}):.*?(?=^[a-z]|\Z)", "", text)


def _written(sections: Mapping[str, Any]) -> str:
    """YAML, of which JSON is a part."""
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in sections.items())


def system_of(code: str, serving: Sequence[str] = ()) -> dict[str, Any]:
    """A database as the programme has it."""
    names = dict.fromkeys(("pl", "en", "hr"), code)
    return {
        "code": code,
        "names": names,
        "connector": "sql",
        "controllers": ["sklepy"],
        "data_sets": [code],
        "purposes": list(serving),
    }


def a_person(shops: Shops, subject: Mapping[str, str] = ANNA) -> UUID:
    """Somebody whom the service knows."""
    with shops.app.app_context(), unit_of_work():
        programme = programmes.current()
        naming = subjects.name_of(programme, OPERATOR, subject)
        return subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="shop")[0]


def granted(shops: Shops, case_type: CaseType, subject_id: UUID | None, **matter: Any) -> UUID:
    """A request that was identified and granted, and whose execution has begun."""
    named: Iterable[Any] = matter.pop("named", ())
    with shops.app.app_context(), unit_of_work():
        opening = Opening(case_type, Intake.STAFF, Matter(tuple(named), **matter), "pl", "sklepy", clock.micros())
        row = cases.open_case(opening, actor=OPERATOR)
        row.subject_id, row.proof_level = subject_id, ProofLevel.DECIDED.value
        cases.advance(row, Event.IDENTIFY, Role.STAFF, actor=OPERATOR)
        row.granted_by = new_id()
        cases.advance(row, Event.GRANT, Role.STAFF, actor=OPERATOR)
        course.begin(row, actor=OPERATOR)
        return row.id
