"""Notifications and the register are made of the register's rows, and kept as they were sent, on both databases."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import date

import pypdf
import pytest
import sqlalchemy as sa
import time_machine

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.proofs import opened_bodies
from privacy.authz.actors import Realm
from privacy.authz.permissions import Permission
from privacy.breach import service as breaches
from privacy.breach.documents.accounts import account_of
from privacy.breach.failures import BreachDocumentNotFound, BreachNotFound
from privacy.breach.models import BreachDocument, PersonalDataBreach
from privacy.breach.service import Form, Notice, Notification, Phase, Way
from privacy.breach.telling import letters
from privacy.breach.workflow import BreachStepNotPossible
from privacy.db import db, session
from privacy.errors import NotPermitted
from privacy.outbox import service as outbox
from privacy.outbox.models import MessageState
from tests.breach import telling_desk
from tests.breach.desk import WRITTEN, Desk, a_desk
from tests.breach.made_up import TOLD

HOUR = 3_600 * clock.SECOND

pytestmark = pytest.mark.usefixtures("in_force", "context", "frozen")


@pytest.fixture
def desk(in_force: None, context: object, frozen: object) -> Desk:  # in this order
    return a_desk()


def aware(desk: Desk, hours: int = 1, **report: object) -> PersonalDataBreach:
    """A breach of which everything is told, known for so many hours."""
    row = desk.open(detected_at=clock.micros() - (hours + 1) * HOUR, facts=TOLD, **report)
    return desk.aware(row, clock.micros() - hours * HOUR)


def made(desk: Desk, row: PersonalDataBreach, form: Form = Form.JSON, **asked: object) -> bytes:
    return desk.do(lambda: breaches.notification_of(row.id, form, actor=desk.ewa, **asked)).content


def text(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_an_account_tells_all_that_the_register_knows(desk: Desk) -> None:
    row = aware(desk, words="Somebody rang.")
    desk.assess(row)
    desk.opine(row)
    desk.decide(row)
    desk.notify(row, reasons=None)
    desk.do(
        lambda: breaches.record_notification(
            row.id, Notification(Notice.RECEIPT, reference="DKN.1.2026"), actor=desk.ewa
        )
    )
    told = account_of(desk.now(row))
    assert (told.number, told.aware_at, told.aware_reason) == (row.number, row.aware_at, "logs show it")
    assert told.aware_at is not None
    assert told.due_at == told.aware_at + 72 * HOUR
    assert (told.risk, told.assessment, told.opinion) == ("high", WRITTEN, "PESEL leaked.")
    assert (told.notify, told.notify_reasons) == (True, "as advised")
    [sent] = told.notified
    assert (sent.number, sent.phase, sent.way, sent.reference) == (1, Phase.INITIAL, Way.BIZNES_GOV, "DKN.1.2026")
    assert list(sent.documents) == ["notification.pl.json", "notification.pl.pdf"]


def test_what_would_be_sent_now_is_made_of_the_register(desk: Desk) -> None:
    row = aware(desk)
    said = json.loads(made(desk, row))
    assert said["notification"]["phase"] == "initial"  # the assessment is not written yet
    assert {one["field"] for one in said["missing"]} == {"register.risk"}
    desk.assess(row)
    assert json.loads(made(desk, row))["notification"]["phase"] == "complete"
    assert row.number in text(made(desk, row, Form.PDF))
    assert json.loads(made(desk, row, locales=["en"]))["language"] == "en"
    assert json.loads(made(desk, row, phase=Phase.INITIAL))["notification"]["phase"] == "initial"


def test_a_notification_is_kept_as_it_was_when_it_was_sent(desk: Desk, frozen: time_machine.Traveller) -> None:
    row = aware(desk)
    before = made(desk, row, phase=Phase.INITIAL)
    desk.notify(row)
    kept = desk.do(lambda: breaches.sent_document(row.id, 1, Form.JSON, actor=desk.ewa))
    assert kept.content == before
    frozen.shift(48 * 3600)
    desk.do(
        lambda: breaches.add_facts(
            row.id, {"persons": {"count": {"known": "exact", "value": 9}}}, actor=desk.ewa, reason="counted"
        )
    )
    assert made(desk, row) != before
    assert desk.do(lambda: breaches.sent_document(row.id, 1, Form.JSON, actor=desk.ewa)).content == before
    printed = desk.do(lambda: breaches.sent_document(row.id, 1, Form.PDF, actor=desk.ewa))
    assert "około 12 450" in text(printed.content).replace("\u00a0", " ")
    assert "Czego brakuje" not in text(printed.content)


def test_what_was_sent_is_sealed_and_its_digest_is_in_the_log(desk: Desk) -> None:
    row = aware(desk)
    desk.notify(row)
    kept = {
        form: desk.do(lambda form=form: breaches.sent_document(row.id, 1, form, actor=desk.ewa)).content
        for form in (Form.JSON, Form.PDF)
    }
    digests = {f"notification.pl.{form.ending}": hashlib.sha256(raw).hexdigest() for form, raw in kept.items()}
    rows = list(session().scalars(sa.select(BreachDocument)))
    assert {one.name: bytes(one.sha256).hex() for one in rows} == digests
    assert not any(b"nieuprawniona" in bytes(one.content_enc) or b"%PDF" in bytes(one.content_enc) for one in rows)
    [found] = [one for one in account_of(desk.now(row)).notified if one.number == 1]
    assert dict(found.documents) == digests


def test_documents_that_somebody_gives_are_kept_in_place_of_ours(desk: Desk) -> None:
    row = aware(desk)
    desk.notify(row, documents={"notification.pl.pdf": b"%PDF what was sent"})
    assert desk.do(lambda: breaches.sent_document(row.id, 1, Form.PDF, actor=desk.ewa)).content == b"%PDF what was sent"
    with pytest.raises(BreachDocumentNotFound):
        desk.do(lambda: breaches.sent_document(row.id, 1, Form.JSON, actor=desk.ewa))


def test_another_clock_keeps_no_form_of_the_authority(desk: Desk) -> None:
    row = aware(desk)
    code = next(code for code in desk.clocks(row) if code not in {"authority", "processor"})
    desk.do(
        lambda: breaches.record_notification(
            row.id, Notification(Notice.INITIAL, clock=code, way=Way.EMAIL), actor=desk.ewa
        )
    )
    assert session().scalar(sa.select(sa.func.count()).select_from(BreachDocument)) == 0


def test_a_late_one_is_not_recorded_without_reasons_and_prints_them(desk: Desk) -> None:
    row = aware(desk, hours=80)
    assert "timing.late_reasons" in {one["field"] for one in json.loads(made(desk, row))["missing"] if one["now"]}
    with pytest.raises(BreachStepNotPossible):
        desk.notify(row)
    assert session().scalar(sa.select(sa.func.count()).select_from(BreachDocument)) == 0
    desk.notify(row, reasons="The scope was not known.")
    sent = text(desk.do(lambda: breaches.sent_document(row.id, 1, Form.PDF, actor=desk.ewa)).content)
    assert "po terminie: The scope was not known." in sent
    assert "wycofania" not in sent
    assert "The scope was not known." in text(made(desk, row, Form.PDF, phase=Phase.SUPPLEMENTARY))


def test_reasons_that_stand_on_the_form_are_not_asked_for_again(desk: Desk) -> None:
    row = aware(desk, hours=80)
    desk.do(lambda: breaches.add_facts(row.id, {"timing": {"late_reasons": "Nobody saw the alarm."}}, actor=desk.ewa))
    assert desk.notify(row).late
    assert "Nobody saw the alarm." in text(
        desk.do(lambda: breaches.sent_document(row.id, 1, Form.PDF, actor=desk.ewa)).content
    )


def test_phases_are_linked_by_what_was_recorded(desk: Desk) -> None:
    row = aware(desk)
    desk.notify(row, reference="DKN.7.2026")
    previous = json.loads(made(desk, row, phase=Phase.SUPPLEMENTARY))["notification"]["previous"]
    assert (previous["phase"], previous["reference"]) == ("initial", "DKN.7.2026")
    assert set(previous["documents"]) == {"notification.pl.json", "notification.pl.pdf"}


def test_whoever_reads_is_in_the_log_and_nobody_else_reads(desk: Desk) -> None:
    row = aware(desk)
    made(desk, row)
    desk.notify(row)
    desk.do(lambda: breaches.sent_document(row.id, 1, Form.PDF, actor=desk.ewa))
    desk.do(lambda: breaches.register_of(Form.CSV, actor=desk.ewa))
    assert desk.events(row).count("breach.read") == 2
    assert audit.actions_about("breach_register", "all") == ["breach.register_read"]
    stranger = replace(desk.ewa, permissions=frozenset({Permission.BREACHES_READ, Permission.BREACHES_REPORT}))
    for ask in (
        lambda: breaches.notification_of(row.id, Form.JSON, actor=stranger),
        lambda: breaches.sent_document(row.id, 1, Form.PDF, actor=stranger),
        lambda: breaches.register_of(Form.PDF, actor=stranger),
    ):
        with pytest.raises(NotPermitted):
            desk.do(ask)
    elsewhere = replace(desk.ewa, realm=Realm.TEST)
    with pytest.raises(BreachNotFound):
        desk.do(lambda: breaches.notification_of(row.id, Form.JSON, actor=elsewhere))
    assert json.loads(desk.do(lambda: breaches.register_of(Form.JSON, actor=elsewhere)).content)["breaches"] == []


def numbers(desk: Desk, **asked: object) -> list[str]:
    content = desk.do(lambda: breaches.register_of(Form.JSON, actor=desk.ewa, **asked)).content
    return [one["number"] for one in json.loads(content)["breaches"]]


def test_the_register_has_every_breach_of_a_period_and_no_rehearsal(desk: Desk) -> None:
    aware(desk)
    drill = desk.open(detected_at=clock.micros(), rehearsal=True)
    dismissed = desk.open(detected_at=clock.micros() - 40 * 24 * HOUR)
    desk.take(dismissed, "triage")
    desk.take(dismissed, "dismiss", "no personal data")
    assert numbers(desk) == ["N-2026-0002", "N-2026-0001"]
    assert numbers(desk, rehearsals=True) == ["N-2026-0002", "N-2026-0001", drill.number]
    assert numbers(desk, since=date(2026, 11, 1)) == ["N-2026-0001"]
    assert numbers(desk, until=date(2026, 11, 1)) == ["N-2026-0002"]
    assert numbers(desk, since=date(2026, 11, 21), until=date(2026, 11, 21)) == ["N-2026-0001"]
    printed = text(desk.do(lambda: breaches.register_of(Form.PDF, actor=desk.ewa)).content)
    assert "no personal data" in printed
    assert drill.number not in printed


def test_a_day_of_the_register_is_one_of_the_controllers_clock(desk: Desk) -> None:
    """Half past eleven at night by UTC is the next day in Warsaw."""
    desk.open(detected_at=1_793_489_400 * clock.SECOND)  # 2026-10-31T23:30Z
    assert numbers(desk, since=date(2026, 11, 1)) == ["N-2026-0001"]
    assert numbers(desk, until=date(2026, 10, 31)) == []


def test_the_log_has_the_digests_of_what_was_sent_and_no_word_of_it(desk: Desk) -> None:
    row = aware(desk)
    made(desk, row)
    desk.notify(row, reference="DKN.9.2026")
    db.session.rollback()
    told = b"".join(one.body for one in opened_bodies(audit.events_about("breach", row.id)).values()).decode()
    digests = account_of(desk.now(row)).notified[0].documents
    assert all(digest in told for digest in digests.values())
    assert not any(word in told for word in ("nieuprawniona", "Ewa Lis", "DKN.9.2026", "logs show it"))


def test_how_many_were_told_is_counted_by_the_letters_that_went(desk: Desk) -> None:
    outbox.install(audit.record_message, letters.note_message, undelivered=[])
    telling_desk.a_person(customer_id="C-1001", email="anna.nowak@example.com")
    breach_id = telling_desk.a_breach()
    assert account_of(telling_desk.breach_now(breach_id)).communicated_count is None
    telling_desk.listed(breach_id, [{"customer_id": "C-1001"}])
    telling_desk.agreed(breach_id)
    while telling_desk.work():
        pass
    assert account_of(telling_desk.breach_now(breach_id)).communicated_count == 0
    telling_desk.came_out(MessageState.SENT)
    assert account_of(telling_desk.breach_now(breach_id)).communicated_count == 1
