"""What is handed out about an erasure: certificate, letter, and evidence records that two people read together."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest

from config import Config
from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work
from privacy.erasure import service as erasure
from privacy.erasure.service import LetterWanted
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.callers import ANNA, Caller, Service, a_give
from tests.consent.receipts.desk import published, verified

JSON, PDF = "application/json", "application/pdf"
MAIL = {"email": ANNA["email"]}


def erased(service: Service, to: str | None = None) -> str:
    """Anna consents and is erased; returns the erasure's id."""
    service.caller().record(a_give())
    with service.app.app_context():
        [anna, *_] = subjects.find(subjects.name_of(programmes.current(), OPERATOR, ANNA))
        with unit_of_work():
            done = erasure.erase_subject(anna, cause="request 7", actor=OPERATOR, letter=LetterWanted("pl", to))
        db.session.remove()
    return str(done.id)


def test_a_certificate_verifies_alone_and_holds_no_personal_data(
    service: Service, config: Config, tmp_path: Path
) -> None:
    number, staff = erased(service), service.staff()
    key = published(service.app, config.anchor_path)
    for form, ending in ((JSON, "json"), (PDF, "pdf")):
        answer = staff.get(f"/erasures/{number}/certificate", Accept=form, Accept_Language="pl")
        assert answer.status_code == 200, answer.text
        found = verified(tmp_path, answer.data, ending, key)
        assert found.returncode == 0, found.stdout + found.stderr
        for said in ("erasure-certificate/v1", "subject.erased", "to the byte"):
            assert said in found.stdout
        changed = (
            answer.data.replace(b"/Lang", b"/lang") if ending == "pdf" else answer.data.replace(b"usuni", b"zapis")
        )
        assert verified(tmp_path, changed, ending, key).returncode == 1
        for value in ANNA.values():
            assert value.encode() not in answer.data
    told = staff.get(f"/erasures/{number}").get_json()
    assert told["deleted"]["consent_act"] == 2
    assert {entry["what"] for entry in told["remains"]} >= {"tombstones", "evidence_record", "suppression", "case"}


@pytest.mark.parametrize("path", ["", "/certificate"])
def test_erasures_are_for_staff(service: Service, path: str) -> None:
    number = erased(service)
    assert service.caller().get(f"/erasures/{number}{path}").status_code == 403
    assert service.staff().get(f"/erasures/{UUID(int=7)}{path}").status_code == 404


def test_the_letter_says_what_remains_and_where_to_complain(service: Service) -> None:
    number = UUID(erased(service, to="anna.nowak@example.com"))
    with service.app.app_context():
        letter = erasure.letter_of(number)
        assert erasure.cause_of(number) == "request 7"
        [waiting] = db.session.execute(db.text("SELECT owner_id, template FROM outbox_message")).all()
        db.session.remove()
    assert letter.locale == "pl"
    for said in ("Prezes Urzędu Ochrony Danych Osobowych", "zakwestionować", "Zapis dowodowy", str(number)):
        assert said in letter.body
    assert waiting.template == "erasure_letter"
    assert erasure.letter_pdf(letter, number, at=0).startswith(b"%PDF")


def opening(one: Caller, record: str, **body: str) -> tuple[int, dict[str, object]]:
    answer = one.post(f"/evidence-records/{record}/open", {"case": "I C 7/27"} | body)
    return answer.status_code, answer.get_json()


def test_an_evidence_record_is_read_by_two_people_for_a_named_case(service: Service) -> None:
    erased(service)
    ewa, jan = service.staff(), service.staff()
    searched = ewa.post("/evidence-records/search", {"contact": MAIL, "case": "I C 7/27"})
    assert searched.status_code == 200, searched.text
    [found] = searched.get_json()["records"]
    assert service.caller().post("/evidence-records/search", {"contact": MAIL, "case": "x"}).status_code == 403
    status, asked = opening(ewa, found["id"], reason="a claim")
    assert (status, asked["opened"], asked["record"]) == (200, False, None)
    approval = str(asked["approval"])
    assert opening(ewa, found["id"], approval=approval)[0] == 403  # nobody approves what they asked for
    assert opening(jan, found["id"], approval=approval, case="II C 9/27")[0] == 409  # another case
    status, opened = opening(jan, found["id"], approval=approval)
    assert status == 200
    record = json.dumps(opened["record"], ensure_ascii=False)
    for said in (ANNA["email"], "klauzula", "3.0", "request 7", '"act": "give"'):
        assert said in record
    assert opening(jan, found["id"], approval=approval)[0] == 409  # once


def test_who_is_not_known_by_a_contact_is_not_found(service: Service) -> None:
    erased(service)
    answer = service.staff().post("/evidence-records/search", {"contact": {"email": "jan@example.com"}, "case": "x"})
    assert answer.get_json() == {"records": []}
