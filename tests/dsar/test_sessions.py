"""Codes and sessions: whoever reads the address on file gets in, and nobody else learns or gets anything."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.authz.permissions import Permission
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import db, session, unit_of_work
from privacy.dsar import upkeep
from privacy.dsar.correspondence import letters, reach
from privacy.dsar.identity import codes, quotas, sessions
from privacy.dsar.identity.models import RequestCode, RequestSession
from privacy.dsar.vocabulary import CaseType, ProofLevel, State
from privacy.erasure import service as erasure
from privacy.errors import NotAuthenticated
from privacy.outbox.models import OutboxMessage
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects
from tests.callers import Caller, Service
from tests.dsar.office import ANNA, Office, an_office, named
from tests.dsar.shops import a_person, connected, granted

MONTH = 31 * clock.DAY


@pytest.fixture
def office(context: Flask) -> Office:
    """An office that has known Anna for a month."""
    assert context
    with time_machine.travel(clock.from_micros(clock.micros() - MONTH), tick=True):
        made = an_office()
        made.put(ANNA)
    return made


def asked(request_id: UUID) -> str | None:
    """The code that was sent for a request; None where none was."""
    with unit_of_work():
        codes.ask(request_id)
    before = {row.id for row in session().scalars(sa.select(OutboxMessage))}
    with unit_of_work():
        codes.send_asked(clock.micros(), actor=SERVICE)
    sent = [row for row in session().scalars(sa.select(OutboxMessage)) if row.id not in before]
    found = [code for row in sent if (code := _code_in(row))]
    db.session.rollback()
    return found[0] if found else None


def _code_in(row: OutboxMessage) -> str | None:
    if not row.template.startswith("letter_code"):
        return None
    key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
    body = msgspec.json.decode(key.open("outbox_message", "body_enc", row.id, bytes(row.body_enc)))
    match = re.search(r"\b[0-9]{8}\b", body["body"])
    assert match
    return match[0]


def recipients(request_id: UUID) -> list[str]:
    key = load_owner_key(session(), keyring.installed(), request_id)
    mine = sa.select(OutboxMessage).where(OutboxMessage.owner_id == request_id)
    rows = session().scalars(mine.where(OutboxMessage.template.startswith("letter_code")))
    return [key.open("outbox_message", "to_enc", row.id, bytes(row.to_enc)).decode() for row in rows]


def opened(request_id: UUID, code: str) -> sessions.Opened | None:
    with unit_of_work():
        return sessions.open_by_code(request_id, code)


def test_a_code_to_the_address_on_file_identifies_and_opens_a_session(office: Office) -> None:
    row = office.receive(CaseType.ACCESS)
    code = asked(row.id)
    assert code is not None
    assert recipients(row.id) == [ANNA["email"]]
    made = opened(row.id, f"{code[:4]} {code[4:]}")
    assert made is not None
    now = office.now(row)
    assert (now.state, now.proof_level) == (State.ASSESSING, ProofLevel.CONTROL)
    assert now.subject_id is not None
    seen = sessions.own_view(sessions.own(made.token, row.id))
    assert [step.event for step in seen.steps][-1] == "identify"
    assert made.token.encode() not in bytes(session().scalars(sa.select(RequestSession.token_sha256)).one())


def test_a_code_identifies_nobody_but_the_one_to_whom_it_was_sent(office: Office) -> None:
    mail = {"email": ANNA["email"]}
    row = office.receive(CaseType.ACCESS, given=mail)
    code = asked(row.id)
    assert code
    with unit_of_work():  # The address becomes somebody else's before the code is used.
        programme = programmes.current()
        contact = subjects.name_of(programme, OPERATOR, mail).contacts[ContactKind.EMAIL]
        for holder in subjects.find_ids(subjects.name_of(programme, OPERATOR, {"customer_id": ANNA["customer_id"]})):
            subjects.retire_contact(
                holder, ContactKind.EMAIL, contact.index, actor=OPERATOR, at=clock.micros() - 1, reassigned=True
            )
    with time_machine.travel(clock.from_micros(clock.micros() - MONTH), tick=True):
        office.put({"customer_id": "C-1002", **mail})
    opened(row.id, code)
    now = office.now(row)
    assert (now.subject_id, now.proof_level) == (None, ProofLevel.NONE)


def test_a_code_works_once_and_a_newer_one_ends_the_older(office: Office) -> None:
    row = office.receive(CaseType.ACCESS)
    first, second = asked(row.id), asked(row.id)
    assert first
    assert second
    if first != second:
        assert opened(row.id, first) is None
    assert opened(row.id, second) is not None
    assert opened(row.id, second) is None


def test_after_five_wrong_codes_the_right_one_opens_nothing(office: Office) -> None:
    row = office.receive(CaseType.ACCESS)
    code = asked(row.id)
    assert code
    wrong = f"{(int(code) + 1) % 10**8:08}"
    for _ in range(codes.MOST_TRIES):
        assert opened(row.id, wrong) is None
    assert opened(row.id, code) is None
    assert office.now(row).state == State.RECEIVED
    tried = sa.select(AuditBody.action).where(AuditBody.action == "request_code.refused")
    assert len(session().scalars(tried).all()) == codes.MOST_TRIES


def test_a_code_is_good_for_ten_minutes_and_a_session_for_fifteen(office: Office) -> None:
    row = office.receive(CaseType.ACCESS)
    code = asked(row.id)
    assert code
    later = clock.from_micros(clock.micros() + codes.GOOD_FOR)
    with time_machine.travel(later, tick=True):
        assert opened(row.id, code) is None
    made = opened(row.id, code)
    assert made
    with time_machine.travel(clock.from_micros(made.expires_at), tick=True):
        with pytest.raises(NotAuthenticated):
            sessions.own(made.token, row.id)
        with unit_of_work():
            assert sessions.delete_ended(clock.micros(), actor=SERVICE) == 1


def test_a_session_is_of_one_request(office: Office) -> None:
    mine, other = office.receive(CaseType.ACCESS), office.receive(CaseType.ERASURE)
    code = asked(mine.id)
    assert code
    assert opened(other.id, code) is None
    made = opened(mine.id, code)
    assert made
    for token, request_id in ((made.token, other.id), (made.token + "x", mine.id), ("", mine.id), ("prs_", mine.id)):
        with pytest.raises(NotAuthenticated):
            sessions.own(token, request_id)


def test_who_names_a_customer_number_alone_gets_the_code_at_a_contact_of_that_account(office: Office) -> None:
    row = office.receive(CaseType.ACCESS, given={"customer_id": ANNA["customer_id"]})
    code = asked(row.id)
    assert recipients(row.id) == [ANNA["email"]]
    assert code is not None
    assert opened(row.id, code) is not None
    assert office.now(row).subject_id is not None
    with time_machine.travel(clock.from_micros(clock.micros() - MONTH), tick=True):
        office.put({"customer_id": "C-1002", "email": "ola@example.org"})
    both = office.receive(CaseType.ACCESS, given={"customer_id": "C-1002", "email": "attacker@example.org"})
    assert asked(both.id) is None, "a contact that nobody holds beside the number: nobody is written to"


@pytest.mark.parametrize(
    "given",
    [
        {"email": "attacker@example.org"},
        {"email": "anna.nowak@example.org", "customer_id": "C-1001"},
        {"customer_id": "C-9999"},
    ],
)
def test_no_code_goes_to_an_address_that_only_the_request_named(office: Office, given: dict[str, str]) -> None:
    row = office.receive(CaseType.ACCESS, given=given)
    assert asked(row.id) is None
    assert recipients(row.id) == []
    [code] = session().scalars(sa.select(RequestCode))
    assert code.decided_at is not None


def test_an_address_that_came_with_the_request_or_a_few_days_before_gets_none(office: Office) -> None:
    office.put({"customer_id": "C-1001", "email": "new@example.org"})
    row = office.receive(CaseType.ACCESS, given={"email": "new@example.org"})
    assert asked(row.id) is None


def test_an_address_of_two_people_proves_nobody(office: Office) -> None:
    with time_machine.travel(clock.from_micros(clock.micros() - MONTH), tick=True):
        office.put({"customer_id": "C-1002", "email": ANNA["email"]})
    row = office.receive(CaseType.ACCESS, given={"email": ANNA["email"]})
    assert asked(row.id) is None


def test_anothers_identifier_beside_ones_own_address_identifies_nobody(office: Office) -> None:
    with time_machine.travel(clock.from_micros(clock.micros() - MONTH), tick=True):
        office.put({"customer_id": "C-1002", "email": "eve@example.org"})
    row = office.receive(CaseType.ACCESS, given={"email": "eve@example.org", "customer_id": "C-1001"})
    code = asked(row.id)
    if code is not None:
        opened(row.id, code)
    now = office.now(row)
    assert now.subject_id is None
    assert now.state == State.RECEIVED


def test_codes_for_a_request_are_few_and_a_flood_does_not_hold_up_the_identified(office: Office) -> None:
    row = office.receive(CaseType.ACCESS)
    for _ in range(quotas.MOST_FOR_ONE):
        assert asked(row.id) is not None
    assert asked(row.id) is None
    assert asked(office.receive(CaseType.ERASURE).id) is None  # The same person is named.
    known = office.identify(office.receive(CaseType.ACCESS))
    with time_machine.travel(clock.from_micros(clock.micros() - MONTH), tick=True):
        office.put({"customer_id": "C-1002", "email": "ola@example.org"})
    waiting = office.receive(CaseType.ACCESS, given={"email": "ola@example.org"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes, "MOST_AN_HOUR", quotas.MOST_FOR_ONE)
        assert asked(waiting.id) is None
        assert asked(known.id) is not None
    [code] = session().scalars(sa.select(RequestCode).where(RequestCode.request_id == waiting.id))
    assert code.decided_at is None
    db.session.rollback()
    with unit_of_work():
        codes.send_asked(clock.micros(), actor=SERVICE)
    assert len(recipients(waiting.id)) == 1


def test_the_kept_copy_of_the_letter_does_not_hold_the_code(office: Office) -> None:
    row = office.receive(CaseType.ACCESS)
    code = asked(row.id)
    assert code
    bodies = [letters.letter(row.id, one.id) for one in letters.letters_of(row.id)]
    assert bodies
    assert not any(code in one.body or code in one.subject for one in bodies)


@dataclass
class Person:
    """Somebody at a browser, without a key."""

    service: Service
    token: str | None = field(default=None)

    def send(self, method: str, request_id: UUID | str, what: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        client = self.service.app.test_client()
        return client.open(f"/api/v1/requests/{request_id}/{what}", method=method, json=body, headers=headers)


def test_asking_for_a_code_has_one_answer(service: Service) -> None:
    caller = service.caller()
    caller.post("/consents", {"subject": {"email": ANNA["email"]}, "purpose": "offers", "channels": ["email"], **_ACT})
    requests = [_received(caller, email) for email in (ANNA["email"], "nobody@example.org")] + [str(uuid4())]
    person, answers, times = Person(service), [], []
    for request_id in requests:
        started = time.perf_counter()
        answer = person.send("POST", request_id, "code")
        times.append(time.perf_counter() - started)
        answers.append((answer.status_code, answer.get_data(), sorted(answer.headers.keys())))
    assert answers[0][0] == 202
    assert all(one == answers[0] for one in answers)
    assert max(times) < 2
    wrong = [person.send("POST", one, "session", {"code": "00000000"}) for one in requests]
    assert {one.status_code for one in wrong} == {401}
    assert len({one.get_json()["type"] + one.get_json()["detail"] for one in wrong}) == 1


_ACT = {
    "act": "give",
    "occurred_at": "2026-11-01T10:00:00+01:00",
    "wording": {"code": "klauzula", "version": "3.0", "locale": "pl"},
    "source": {"system": "shop", "point": "checkout", "method": "web_form"},
}


def _received(caller: Caller, email: str) -> str:
    answer = caller.post("/requests", {"type": "access", "intake": "portal", "subject": {"email": email}})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return str(answer.get_json()["id"])


def test_the_package_is_for_the_session_and_not_for_staff(service: Service, tmp_path: Path) -> None:
    with service.app.app_context():
        shops = connected(service.app, tmp_path)
        subject_id = a_person(shops)
        request_id = granted(shops, CaseType.ACCESS, subject_id)
        shops.run()
        assert shops.request(request_id).state == State.ANSWERED
        other = granted(shops, CaseType.ACCESS, subject_id)
        db.session.remove()
    for caller in (service.staff(), service.caller()):
        assert caller.get(f"/requests/{request_id}/package").status_code == 401
        assert caller.get(f"/requests/{request_id}/own").status_code == 401
    sign_on = service.caller(Permission.REQUESTS_IDENTIFY.value)
    wrong = sign_on.post(f"/requests/{request_id}/sign-on", {"subject": {"email": "anna@example.com"}})
    assert wrong.status_code == 422
    answer = sign_on.post(f"/requests/{request_id}/sign-on", {"subject": {"customer_id": "C-1"}})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    person = Person(service, answer.get_json()["token"])
    page = person.send("GET", request_id, "own").get_json()
    assert page["package"]["there"]
    assert {one["system"] for one in page["systems"]} >= {"shop", "crm"}
    fetched = person.send("GET", request_id, "package")
    assert fetched.status_code == 200
    assert fetched.data.startswith(b"PK")
    assert len(fetched.data) == page["package"]["size"] == int(fetched.headers["Content-Length"])
    assert fetched.headers["Cache-Control"] == "no-store"
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert person.send("GET", other, "package").status_code == 401
    assert person.send("GET", request_id, "own").get_json()["package"]["downloads"] == 1


def test_the_sign_on_of_somebody_else_opens_nothing(office: Office) -> None:
    with time_machine.travel(clock.from_micros(clock.micros() - MONTH), tick=True):
        office.put({"customer_id": "C-1002", "email": "eve@example.org"})
    row = office.identify(office.receive(CaseType.ACCESS))
    with pytest.raises(sessions.NotThatPerson), unit_of_work():
        sessions.open_by_sign_on(row.id, named({"customer_id": "C-1002"}), actor=office.ewa)
    with unit_of_work():
        made = sessions.open_by_sign_on(row.id, named({"customer_id": "C-1001"}), actor=office.ewa)
    assert sessions.own(made.token, row.id).proof is ProofLevel.ACCOUNT


def test_a_sign_on_does_not_take_over_the_request_of_somebody_else(office: Office) -> None:
    office.put({"customer_id": "C-1002", "email": "ola@example.com"})
    row = office.receive(CaseType.RECTIFICATION, words="I moved to Lipowa 1.")
    with unit_of_work(), pytest.raises(sessions.NotThatPerson):
        sessions.open_by_sign_on(row.id, named({"customer_id": "C-1002"}), actor=office.ewa)
    assert office.now(row).state == State.RECEIVED
    assert office.now(row).subject_id is None


def test_who_was_erased_sees_by_a_code_what_was_done(office: Office) -> None:
    erasure.install(erasure.Terms(), upper=[erasure.Eraser("dsar", upkeep.forget_subjects)])
    row = office.identify(office.receive(CaseType.ERASURE))
    anna = office.now(row).subject_id
    assert anna is not None
    earlier = asked(row.id)
    with unit_of_work():
        reach.remember(office.now(row))
        erasure.erase_subject(anna, cause="the request", actor=OPERATOR)
    for given in (earlier, None):
        code = given or asked(row.id)
        assert code is not None
        made = opened(row.id, code)
        assert made is not None
        seen = sessions.own_view(sessions.own(made.token, row.id))
        assert [step.event for step in seen.steps][-1] == "person_erased"
