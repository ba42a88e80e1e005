"""A value in every sealed column, made through the doors that callers have. A new sealed column needs a line here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import yaml
from cryptography.hazmat.primitives.serialization import Encoding

from privacy.access import service as access
from privacy.access.sign_in import service as signing
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.roles import STAFF_PERMISSIONS, StaffRole
from privacy.breach import service as breach
from privacy.breach.service import Notice, Notification, Report, Way
from privacy.breach.telling import searching
from privacy.breach.telling.affected import Adding
from privacy.breach.telling.searching import Cursor
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
from privacy.programme.types import ContactKind, RetentionWarning
from privacy.registers import service as registers
from privacy.reports import orders
from privacy.reports import service as reports
from privacy.reports.models import ReportOrder
from privacy.retention import service as retention
from privacy.retention.runs import audited_runs, batches, executing, runs
from privacy.retention.service import WantedHold
from privacy.selfservice import service as selfservice
from privacy.subjects import service as subjects
from privacy.systems import service as systems
from tests.access.sign_in.desk import a_colleague
from tests.breach.desk import an_assessment
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
        _people_are_warned()
        db.session.remove()
    with service.app.app_context():
        for number in ("RR1", "RR2"):
            letter = paper()
            with unit_of_work():
                outbox.mark_posted(letter, actor=OPERATOR, tracking_number=number)
        db.session.remove()
    with service.app.app_context():
        _breaches_are_handled()
        db.session.remove()
    with service.app.app_context():
        _a_package_is_made()
        db.session.remove()
    with service.app.app_context():
        _people_ask_to_come_in()
        db.session.remove()
    with service.app.app_context():
        _registers_are_kept()
        _reports_are_ordered()
        _data_are_held()
        _data_are_disposed_of()
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
    ref = caller.post("/subjects/lookup", {"subject": person}).get_json()["subject_ref"]
    assert (
        caller.put(f"/subjects/{ref}/contact-preferences", {"topics": ["home", "kids"][: number + 1]}).status_code
        == 200
    )
    asked: dict[str, Any] = a_give(person, act="request", purpose="newsletter", channels=["email"])
    caller.record(asked | {"wording": {"code": "newsletter", "locale": "pl"}})


def _a_colleague_asks(name: str) -> None:
    made = a_colleague(name)
    assert made.password_given()
    with unit_of_work():
        signing.link_account(made.id, signing.Account("https://id.example.com", f"{name}-1"), actor=OPERATOR)
    staff = Actor(ActorKind.STAFF, made.id, name, STAFF_PERMISSIONS)
    with unit_of_work():
        access.grant(made.id, access.Wanted(StaffRole.AGENT, f"{name} helps at the counter"), actor=OPERATOR)
    with unit_of_work():
        access.request_approval("consents.annul", {"acts": [name]}, actor=staff, reason="a wrong import")


def _registers_are_kept() -> None:
    for title in ("Consents at the till", "What to do with a request"):
        draft = registers.Draft(title, "ewa", participants=("Anna Kowalska",))
        with unit_of_work():
            entry = registers.begin(registers.EntryKind.TRAINING, draft, actor=OPERATOR)
        with unit_of_work():
            registers.add_file(entry.id, entry.version, "list.pdf", b"%PDF-1.7 " + title.encode(), actor=OPERATOR)


def _data_are_held() -> None:
    for code in ("shop", "billing"):
        wanted = WantedHold("I C 7/27", "", "ewa", date(2099, 5, 31), "a claim for damages", systems=(code,))
        with unit_of_work():
            retention.place_hold(wanted, actor=OPERATOR)


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


def _breaches_are_handled() -> None:
    """Two breaches, each with its facts, its report, a step, a task, an assessment and a notification."""
    for about in ("a list", "a stick"):
        with unit_of_work():
            row = breach.open_breach(Report(words=about), actor=OPERATOR)
            breach.become_aware(row.id, actor=OPERATOR, reason=f"{about} was found")
            breach.add_task(row.id, f"find {about}", row.recorded_at, actor=OPERATOR)
            breach.assess(row.id, an_assessment(what=about), actor=OPERATOR)
            told = Notification(
                Notice.INITIAL, way=Way.POST, reference=about, reasons=about, documents={"a.pdf": about.encode()}
            )
            breach.record_notification(row.id, told, actor=OPERATOR)
        _the_affected_are_told(row.id, about)


def _the_affected_are_told(breach_id: UUID, about: str) -> None:
    """Somebody unknown to our records is affected, a search is on its way, and it is said what happened."""
    with unit_of_work():
        source = breach.open_source(breach_id, breach.SourceKind.LIST, actor=OPERATOR)
        line = breach.Line(1, {"email": f"{about.replace(' ', '.')}@example.com"})
        breach.add_lines(source.id, [line], actor=OPERATOR)
        searching.keep_cursor(Adding.to(source.id), Cursor(row={"id": about}))
        breach.end_source(source.id, actor=OPERATOR)
        words = {"pl": breach.OwnWords(happened=about)}
        breach.prepare_communication(breach_id, words, actor=OPERATOR)


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


def _reports_are_ordered() -> None:
    period = reports.Period(date(2026, 1, 1), date(2026, 12, 31))
    asked = reports.Asked(reports.PACK.name, reports.ReportForm.ZIP, "pl", period, 0, {"seed": "x"})
    for _ in range(2):
        with unit_of_work():
            order_id = reports.order(asked, actor=OPERATOR)
            made = reports.Made(asked, b"a pack", asked.form.media_type, "pack.zip")
            orders.store(session().get_one(ReportOrder, order_id), made, actor=OPERATOR)


def _data_are_disposed_of() -> None:
    for _ in range(2):
        with unit_of_work():
            run = retention.prepare_run(retention.Chosen(systems=("privacy",)), actor=OPERATOR)
            [part] = runs.parts_of(run.id)
            executing.put_cursor(part, {"id": "1"})
            part.statement_enc = runs.key_of(run.id).seal("disposal_part", "statement_enc", part.id, b"shredded")
            part.review_enc = runs.key_of(run.id).seal("disposal_part", "review_enc", part.id, b"not needed")
            audited_runs.record_part("disposal_part.stated", part, actor=OPERATOR)
            batches.add(part, batches.Plan(()), 0)


def _people_are_warned() -> None:
    rule = replace(programmes.current().retention_rules["membership"], warning=RetentionWarning(14, 2))
    with unit_of_work():
        retention.warn(
            UUID(int=77),
            [retention.Warned(frozenset({("customer_id", one["customer_id"])})) for one in (ANNA, JAN)],
            rule,
            actor=OPERATOR,
        )
    for one in retention.listed_warnings():
        with unit_of_work():
            retention.decide_warning(
                one.id, retention.Choice.KEEP, actor=OPERATOR, reason="they wrote", version=one.version
            )


def _people_ask_to_come_in() -> None:
    for number, person in enumerate((ANNA, JAN)):
        with unit_of_work():
            asking = selfservice.Asking(f"browser {number}", "192.0.2.0/24", "pl")
            selfservice.ask(ContactKind.EMAIL, person["email"], asking)


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
