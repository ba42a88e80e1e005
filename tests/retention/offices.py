"""A small company whose rows' time is up: a shop's database and a chat's, and disposal runs over them."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask

from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.permissions import Permission
from privacy.db import db, unit_of_work
from privacy.programme import service as programmes
from privacy.programme.types import ConnectorKind
from privacy.retention.runs import runs
from privacy.retention.runs.counting import Counts
from privacy.retention.runs.models import DisposalPart, DisposalRun
from privacy.retention.runs.running import Running
from privacy.retention.runs.runs import Chosen
from privacy.subjects import service as subjects
from privacy.systems import service as systems
from tests.dsar.shops import document_with

OLD, NEW = "2015-03-01", "2026-06-01"
SCHEMA = {
    "shop": """
        CREATE TABLE customer (id INTEGER PRIMARY KEY, email TEXT, name TEXT, seen_on TEXT, restricted INTEGER);
        CREATE TABLE invoice (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id), issued_on TEXT,
            address TEXT, phone TEXT, restricted INTEGER);
        CREATE TABLE note (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id), said TEXT);
        CREATE INDEX invoice_customer ON invoice (customer_id);
        CREATE INDEX note_customer ON note (customer_id);
    """,
    "chat": "CREATE TABLE talk (id INTEGER PRIMARY KEY, email TEXT, said TEXT, held_on TEXT);",
}
#: Old customers and new ones, with what refers to them.
ROWS: Mapping[str, Mapping[str, Sequence[tuple[Any, ...]]]] = {
    "shop": {
        "customer": [
            (1, "anna@example.com", "Anna", OLD, 0),
            (2, "ola@example.com", "Ola", NEW, 0),
            (3, "jan@example.com", "Jan", OLD, 0),
            (4, "ewa@example.com", "Ewa", None, 0),
        ],
        # Jan's customer row is over; an invoice of his is kept for taxes yet.
        "invoice": [
            (10, 1, OLD, "Lipowa 1", "+48 600 100 200", 0),
            (11, 3, "2023-05-01", "Lipowa 3", "+48 600 100 300", 0),
            (12, 2, NEW, "Lipowa 2", "+48 600 100 400", 0),
        ],
        "note": [(100, 1, "likes tea"), (101, 2, "likes coffee"), (102, 3, "in a hurry")],
    },
    "chat": {"talk": [(n, "anna@example.com", "hello", OLD if n % 2 else NEW) for n in range(1, 9)]},
}
FOLDER_OF = "{}.sqlite3"


def _field(name: str, **privacy: Any) -> dict[str, Any]:
    meta = {key: privacy.pop(key) for key in ("primary_key", "identity", "data_type", "references") if key in privacy}
    categories = privacy.pop("categories", None)
    made: dict[str, Any] = {"name": name}
    made |= {"data_categories": categories} if categories else {}
    return made | ({"fides_meta": meta} if meta else {}) | ({"privacy": privacy} if privacy else {})


_ID = _field("id", primary_key=True, data_type="integer")
_OF_CUSTOMER = [{"dataset": "shop", "field": "customer.id", "direction": "from"}]
_CONTACT, _ADDRESS = ["user.contact.email"], ["user.contact.address"]
_RESTRICTED = {"restricted_field": "restricted", "restricted_value": 1}
DATA_SETS: list[dict[str, Any]] = [
    {
        "fides_key": "shop",
        "name": "Shop",
        "description": "Customers",
        "collections": [
            {
                "name": "customer",
                "privacy": {"on_erasure": "delete_row"} | _RESTRICTED,
                "fields": [
                    _ID,
                    _field("email", identity="email", data_type="string", categories=_CONTACT),
                    _field("name", categories=["user.name"]),
                    _field("seen_on", moments=["last_activity"]),
                    _field("restricted"),
                ],
            },
            {
                "name": "invoice",
                "privacy": {"on_erasure": "delete_row"} | _RESTRICTED,
                "fields": [
                    _ID,
                    _field("customer_id", references=_OF_CUSTOMER),
                    _field("issued_on", moments=["created"]),
                    _field("address", categories=_ADDRESS),
                    _field("phone", categories=["user.contact.phone_number"]),
                    _field("restricted"),
                ],
            },
            {
                "name": "note",
                "privacy": {"on_erasure": "delete_row"},
                "fields": [_ID, _field("customer_id", references=_OF_CUSTOMER), _field("said", categories=["user"])],
            },
        ],
    },
    {
        "fides_key": "chat",
        "name": "Chat",
        "description": "Conversations",
        "collections": [
            {
                "name": "talk",
                "privacy": {"on_erasure": "delete_row"},
                "fields": [
                    _ID,
                    _field("email", identity="email", data_type="string", categories=_CONTACT),
                    _field("said", categories=["user"]),
                    _field("held_on", moments=["created"]),
                ],
            }
        ],
    },
]


def rule(code: str, trigger: str, period: str, **more: Any) -> dict[str, Any]:
    """A retention rule as the programme has it."""
    starts = dict.fromkeys(("pl", "en", "hr"), "from then on")
    made = {"code": code, "period": period, "starts": starts, "statute": "GDPR art. 5(1)(e)", "trigger": trigger}
    return made | {"approvals": 0} | more


#: Customers go three years after they were last seen, invoices after five, conversations after two; telephone numbers
#: of invoices after two already.
RULES = (
    rule("customer", "last_activity", "P3Y", covers={"systems": ["shop"]}),
    rule("invoice", "created", "P5Y", covers={"systems": ["shop"]}),
    rule("talk", "created", "P2Y", covers={"systems": ["chat"]}),
)


@dataclass(frozen=True)
class Office:
    """The systems, and the service that disposes of what is over in them."""

    folder: Path
    app: Flask

    def rows(self, system: str, table: str) -> list[tuple[Any, ...]]:
        """Everything in a table, in order."""
        with self.open(system) as connection:
            return connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()

    @contextlib.contextmanager
    def open(self, system: str) -> Iterator[sqlite3.Connection]:
        """A connection of the system's own program."""
        path = self.folder / FOLDER_OF.format(system)
        with contextlib.closing(sqlite3.connect(path, timeout=20)) as connection, connection:
            yield connection

    def put(self, system: str, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """More rows."""
        with self.open(system) as connection:
            for one in rows:
                connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(one))})", one)

    def prepare(self, **chosen: Any) -> UUID:
        """A run that is not counted yet."""
        as_of = chosen.pop("as_of", None)
        with self.app.app_context(), unit_of_work():
            return runs.prepare(Chosen(**chosen), actor=OPERATOR, as_of=as_of).id

    def work(self, **given: Any) -> int:
        """Do what is due, as a worker does."""
        return Running(**given).run(self.app.app_context, threading.Event())

    def let_time_pass(self) -> None:
        """Everything that was put off is due, and every lease is over."""
        with self.app.app_context(), unit_of_work() as session:
            session.execute(sa.update(DisposalPart).values(next_at=0, lease_until=None))

    def previewed(self, **chosen: Any) -> UUID:
        """A run that was counted."""
        run_id = self.prepare(**chosen)
        self.work()
        return run_id

    def started(self, **chosen: Any) -> UUID:
        """A run that was counted and is to be carried out."""
        run_id = self.previewed(**chosen)
        self.step(runs.start, run_id)
        return run_id

    def done(self, **chosen: Any) -> UUID:
        """A run that was carried out."""
        run_id = self.started(**chosen)
        self.work()
        return run_id

    def step(self, step: Any, *given: Any, actor: Actor = OPERATOR, **named: Any) -> Any:
        """One step in a unit of work."""
        with self.app.app_context(), unit_of_work():
            return step(*given, actor=actor, **named)

    def run(self, run_id: UUID) -> DisposalRun:
        """The run as it is now."""
        with self.app.app_context():
            row = db.session.get(DisposalRun, run_id)
            assert row is not None
            db.session.expunge(row)
            return row

    def parts(self, run_id: UUID) -> dict[str, DisposalPart]:
        """Its parts by place."""
        with self.app.app_context():
            return {part.place: part for part in runs.parts_of(run_id)}

    def counted(self, run_id: UUID) -> dict[str, Counts]:
        """What its preview counted, by place."""
        return {place: Counts.of_stored(part.counted) for place, part in self.parts(run_id).items()}

    def did(self, run_id: UUID) -> dict[str, Counts]:
        """What it did, by place."""
        return {place: Counts.of_stored(part.done) for place, part in self.parts(run_id).items()}


def an_office(
    app: Flask,
    folder: Path,
    *,
    rows: Mapping[str, Mapping[str, Sequence[tuple[Any, ...]]]] = ROWS,
    rules: Sequence[Mapping[str, Any]] = RULES,
    **sections: Any,
) -> Office:
    """Both databases with their rows, in the programme and connected."""
    office = Office(folder, app)
    for system, schema in SCHEMA.items():
        with office.open(system) as connection:
            connection.executescript(schema)
        for table, some in rows.get(system, {}).items():
            office.put(system, table, some)
    with app.app_context():
        office_programme(rules, **sections)
        with unit_of_work():
            for system in (one for one in SCHEMA if programmes.current().systems[one].connector is ConnectorKind.SQL):
                url = f"sqlite:///{folder / FOLDER_OF.format(system)}"
                systems.put_connection(system, {"url": url}, actor=OPERATOR)
        db.session.remove()
    return office


def office_programme(rules: Sequence[Mapping[str, Any]] = RULES, **sections: Any) -> None:
    """Put the programme in force, with these rules beside those of the example."""
    described = [_system(code) for code in SCHEMA]
    text = document_with(**({"data_sets": DATA_SETS, "systems": described} | sections))
    extra = "".join(f"  - {json.dumps(one)}\n" for one in rules)
    # The example's rules are about other systems: here they are only told to people.
    text = re.sub(r"(?m)^    (?:trigger|covers|approvals|action|warning): .*\n", "", text)
    text = text.replace("retention_rules:\n", f"retention_rules:\n{extra}", 1)
    with unit_of_work():
        programmes.apply(programmes.read(text), actor=OPERATOR, purpose_in_use=lambda _code: False)


def _system(code: str) -> dict[str, Any]:
    names = dict.fromkeys(("pl", "en", "hr"), code)
    return {
        "code": code,
        "names": names,
        "connector": "sql",
        "controllers": ["sklepy"],
        "data_sets": [code],
        "purposes": [],
    }


def somebody(name: str) -> Actor:
    """A member of staff."""
    return Actor(ActorKind.STAFF, uuid4(), name, frozenset(Permission))


def a_person(office: Office, customer_id: str) -> None:
    """Somebody who was heard of a long time ago."""
    with office.app.app_context():
        with unit_of_work() as current:
            programme = programmes.current()
            naming = subjects.name_of(programme, OPERATOR, {"customer_id": customer_id})
            subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="shop")
            current.execute(subjects.DataSubject.__table__.update().values(created_at=0))
        db.session.remove()
