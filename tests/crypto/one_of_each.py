"""A value in every sealed column, made through the doors that callers have. A new sealed column needs a line here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import yaml
from cryptography.hazmat.primitives.serialization import Encoding

from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.permissions import STAFF_PERMISSIONS
from privacy.crypto import keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, OwnerKey, OwnerKeyRow, unwrap
from privacy.crypto.sealed_columns import SERVICE, SealedColumn
from privacy.db import Id, db, session, unit_of_work
from privacy.dsar import cases
from privacy.dsar import service as dsar
from privacy.dsar.execution import tasks
from privacy.dsar.execution.tasks import Result, SealedKey, Work
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.package import packages, redaction
from privacy.dsar.package.redaction import Verdict
from privacy.dsar.protocols.opendsr_routes import OPENDSR
from privacy.dsar.service import (
    CaseType,
    Decision,
    Intake,
    Matter,
    Named,
    OpenDsrIdentity,
    ProofLevel,
    Received,
    Role,
)
from privacy.dsar.vocabulary import TaskKind
from privacy.erasure import service as erasure
from privacy.outbox import service as outbox
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.systems import service as systems
from tests.callers import ANNA, Caller, Service, a_give
from tests.consent.uploads.desk import a_small_export, created, queued, work, zipped
from tests.consent.uploads.test_wordings_tried import CRM, HISTORICAL
from tests.dsar.made_packages import a_request_to_answer, an_item
from tests.outbox.sending import paper
from tests.rules.source import PACKAGE
from tests.systems.certificates import an_issued_certificate
from tests.systems.opendsr_server import the_key

JAN = {"customer_id": "C-1002", "email": "jan.kowalski@example.com", "phone": "+48600100300"}
GONE = [{"customer_id": f"C-100{n}", "email": f"gone{n}@example.com", "phone": f"+4860010040{n}"} for n in (3, 4)]


@dataclass(frozen=True)
class Value:
    """One sealed value where it stands."""

    column: SealedColumn
    owner_id: UUID
    row: UUID | str
    version: int
    sealed: bytes = field(repr=False)


def make(service: Service) -> None:
    """Two people, and for each what the service seals; whatever else it seals."""
    caller = service.caller()
    for number, person in enumerate((ANNA, JAN)):
        _about(caller, person, number)
    with service.app.app_context():
        for name in ("ewa", "jan"):
            _a_colleague_asks(name)
        for code in ("shop", "billing"):
            with unit_of_work():
                systems.put_connection(code, {"url": f"postgresql://privacy:secret@localhost/{code}"}, actor=OPERATOR)
        db.session.remove()
    _a_controller_asks(service, caller)
    with service.app.app_context(), unit_of_work():
        _a_system_is_asked()
    with service.app.app_context():
        for person in (ANNA, JAN):
            _a_request_is_granted(person)
        db.session.remove()
    with service.app.app_context():
        for number in ("RR1", "RR2"):
            letter = paper()
            with unit_of_work():
                outbox.mark_posted(letter, actor=OPERATOR, tracking_number=number)
        db.session.remove()
    with service.app.app_context():
        _a_package_is_made()
        db.session.remove()
    for number, person in enumerate(GONE, start=2):
        _about(caller, person, number)
        with service.app.app_context():
            _erase(person)
            db.session.remove()
    _imports(service, caller)


def values(column: SealedColumn) -> list[Value]:
    """Every value of a column."""
    table = column.table.columns
    seal = column.sealed
    owner = sa.literal(None, Id) if seal.owner == SERVICE else table[seal.owner]
    query = sa.select(owner, table[seal.row], table[seal.version], table[column.name])
    found = session().execute(query.where(table[column.name].is_not(None))).all()
    return [Value(column, owner or SERVICE_OWNER, row, version, bytes(sealed)) for owner, row, version, sealed in found]


def keys() -> dict[tuple[UUID, int], OwnerKey]:
    """Every owner's key, by owner and version."""
    ring = keyring.installed()
    return {
        (row.owner_id, row.version): unwrap(ring, row.owner_id, row.version, row.wrapped_by, row.wrapped_enc)
        for row in session().scalars(sa.select(OwnerKeyRow))
    }


def other_places(value: Value, everywhere: list[Value]) -> Iterator[tuple[str, str, UUID | str]]:
    """Every other place at which a sealed value stands; and its own row in other columns and tables."""
    here = (value.column.table.name, value.column.name)
    places = {(one.column.table.name, one.column.name, one.row) for one in everywhere}
    places |= {(table, column, value.row) for table, column, _ in places}
    yield from sorted(places - {(*here, value.row)}, key=str)


def _about(caller: Caller, person: dict[str, str], number: int) -> None:
    evidence = {"evidence": {"campaign": f"autumn {number}", "ip": f"192.0.2.{number + 1}"}}
    answer = caller.post("/consents", a_give(person, **evidence), Idempotency_Key=f"first-{number}")
    assert answer.status_code == 201, answer.text
    asked: dict[str, Any] = a_give(person, act="request", purpose="newsletter", channels=["email"])
    caller.record(asked | {"wording": {"code": "newsletter", "locale": "pl"}})


def _a_colleague_asks(name: str) -> None:
    with unit_of_work():
        made = access.create_staff(name, f"{name}@example.com", actor=OPERATOR)
    staff = Actor(ActorKind.STAFF, made.id, name, STAFF_PERMISSIONS)
    with unit_of_work():
        access.request_approval("consents.annul", {"acts": [name]}, actor=staff, reason="a wrong import")


def _a_controller_asks(service: Service, caller: Caller) -> None:
    """Requests of both people by OpenDSR, with an address to tell."""
    certificate = an_issued_certificate(the_key(), "privacy.example").public_bytes(Encoding.PEM)
    service.app.extensions[OPENDSR] = OpenDsrIdentity("privacy.example", certificate, the_key())
    for number, person in enumerate((ANNA, JAN)):
        identity = {"identity_type": "email", "identity_value": person["email"], "identity_format": "raw"}
        asked = {
            "regulation": "gdpr",
            "subject_request_id": f"a7551968-d5d6-44b2-9831-81500000000{number}",
            "subject_request_type": "access",
            "submitted_time": "2026-11-20T15:00:00Z",
            "subject_identities": [identity],
            "status_callback_urls": [f"https://controller.example/{number}"],
        }
        assert caller.post("/opendsr/v2/requests", asked).status_code == 201


def _a_request_is_granted(person: dict[str, str]) -> None:
    named = tuple(Named(kind, value) for kind, value in person.items())
    asked = Received(CaseType.ERASURE, Intake.LETTER, Matter(named=named))
    with unit_of_work():
        row = dsar.receive(asked, actor=OPERATOR)
    with unit_of_work():
        dsar.identify(row.id, ProofLevel.DECIDED, Role.STAFF, actor=OPERATOR, reason="signature compared")
    with unit_of_work():
        dsar.grant(row.id, Decision(answer="nothing stands against it"), actor=OPERATOR)


def _a_package_is_made() -> None:
    packages.make(a_request_to_answer())
    request_id = a_request_to_answer()
    item, reason = an_item(request_id), "a neighbour's address"
    with unit_of_work():
        row = cases.lock(request_id)
        redaction.decide(row, [item.ref], Verdict.REDACT, known=[item], reason=reason, actor=OPERATOR)


def _a_system_is_asked() -> None:
    for row in session().scalars(sa.select(DataSubjectRequest)):
        work, result = Work((SealedKey("email", (ANNA["email"],)),)), Result(rows=({"email": ANNA["email"]},))
        task = tasks.add(row, cases.key_of(row), TaskKind.FIND, "shop", place="shop.customer", work=work)
        tasks.put_result(task, result)


def _erase(person: dict[str, str]) -> None:
    naming = subjects.name_of(programmes.current(), OPERATOR, person, place="subject")
    with unit_of_work():
        [subject_id] = subjects.find(naming)
        erasure.erase_subject(subject_id, cause=f"request {person['customer_id']}", actor=OPERATOR)


def _imports(service: Service, caller: Caller) -> None:
    """One that brings its own profile, one that tries wordings, and two that fail."""
    profile = (PACKAGE / "consent" / "importing" / "profiles" / "mailchimp.yml").read_text("utf-8")
    wordings = yaml.safe_dump({"wordings": [HISTORICAL]}, allow_unicode=True)
    for _ in range(2):
        created(caller, profile=None, profile_yaml=profile)
        created(caller, **CRM, dry_run=True, wordings=wordings)
        queued(caller, b"PK\x03\x04 no archive")
    queued(caller, zipped(a_small_export()))
    work(service.app)
    assert json.dumps(caller.get("/imports").get_json()["imports"]).count('"failed"') == 2
