"""The course of a request: its number, its steps, who may take them, and what the log tells of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.models import AuditBody
from privacy.authz.actors import SERVICE, Realm
from privacy.crypto import keyring
from privacy.crypto.owner_keys import KeyDestroyed, load_owner_key
from privacy.db import db, end_read, session, unit_of_work
from privacy.dsar import cases, upkeep
from privacy.dsar import service as dsar
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.failures import NotJoinable, RequestChanged, RequestEnded, RequestNotFound, TooLateToExtend
from privacy.dsar.models import DataSubjectRequest, RequestStep
from privacy.dsar.service import (
    Asked,
    CaseType,
    Correction,
    Decision,
    Ground,
    Intake,
    Outcome,
    ProofLevel,
    Refused,
    State,
)
from privacy.dsar.workflow import NotPossible
from privacy.erasure.service import SeveralPeople
from privacy.errors import InvalidInput, NotPermitted
from privacy.evidence import service as evidence
from privacy.legal_time import days
from tests.build import an_actor
from tests.dsar.office import ANNA, Office, an_office, named

PLN = "Marketing mnie nie interesuje"
WHY = Refused(Ground.LEGAL_CLAIMS, None, "a claim is pending")


@pytest.fixture
def office(context: Flask, in_force: None) -> Office:
    assert context
    return an_office()


def test_a_request_has_a_number_a_clock_and_a_first_step(office: Office, frozen: time_machine.Traveller) -> None:
    row = office.receive(CaseType.ACCESS, words=PLN)
    assert (row.number, row.state, row.version) == ("2026/000001", State.RECEIVED, 1)
    # Vector 2026-11-21: a Saturday; the day in a month is the Monday before Christmas Eve.
    assert (str(days.named(row.nominal_on)), str(days.named(row.due_on))) == ("2026-12-21", "2026-12-21")
    assert office.steps(row) == ["received"]
    assert office.events(row) == ["request.received"]
    assert office.receive(CaseType.ACCESS).number == "2026/000002"
    frozen.move_to(clock.from_micros(row.received_at + 60 * clock.DAY))
    assert office.receive(CaseType.ACCESS).number == "2027/000001"


def test_whose_request_is_open_is_told_until_it_ends(office: Office) -> None:
    office.put(ANNA)
    row = office.receive(CaseType.ACCESS)
    office.identify(row)
    whose = office.now(row).subject_id
    assert whose is not None
    assert dsar.with_open_request([whose]) == {whose}
    office.do(lambda: dsar.withdraw(row.id, dsar.Role.STAFF, actor=office.ewa, reason="by telephone"))
    assert dsar.with_open_request([whose]) == set()


def test_what_is_asked_is_sealed_under_the_requests_own_key(office: Office) -> None:
    row = office.receive(CaseType.ACCESS, words=PLN, name="Anna Nowak")
    stored = bytes(office.now(row).matter_enc)
    assert PLN.encode() not in stored
    assert cases.matter_of(office.now(row)).words == PLN
    assert cases.key_of(row).owner_id == row.id


def test_numbers_go_on_after_the_last_of_six_digits(office: Office, frozen: time_machine.Traveller) -> None:
    row = office.receive(CaseType.ACCESS)
    with unit_of_work():
        of_row = sa.update(DataSubjectRequest).where(DataSubjectRequest.id == row.id)
        session().execute(of_row.values(number="2026/999999"))
    assert [office.receive(CaseType.ACCESS).number for _ in range(3)] == [f"2026/100000{n}" for n in range(3)]


def test_numbers_have_no_gaps_and_no_doubles_however_many_come_at_once(office: Office, context: Flask) -> None:
    end_read()
    failures: list[Exception] = []

    def come() -> None:
        with context.app_context():
            try:
                for _ in range(4):
                    office.receive(CaseType.ACCESS)
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    numbers = sorted(session().scalars(sa.select(DataSubjectRequest.number)))
    assert [int(number.rpartition("/")[2]) for number in numbers] == list(range(1, 17))


def test_made_up_requests_are_counted_apart_and_seen_by_test_keys_alone(office: Office) -> None:
    tester = an_actor(realm=Realm.TEST)
    row = office.receive(CaseType.ACCESS, actor=tester, intake=Intake.API)
    assert row.number.startswith("test/")
    assert office.receive(CaseType.ACCESS).number.endswith("/000001")
    assert dsar.visible(row.id, actor=tester).id == row.id
    with pytest.raises(RequestNotFound):
        dsar.visible(row.id, actor=office.ewa)


def test_nothing_is_decided_before_the_person_is_known(office: Office) -> None:
    row = office.receive(CaseType.ERASURE)
    with pytest.raises(NotPossible):
        office.grant(row)
    with pytest.raises(NotPossible):
        office.do(lambda: dsar.refuse(row.id, (WHY,), actor=office.ewa))
    assert office.steps(row) == ["received"]


def test_an_identification_says_by_what_and_keeps_only_what_is_the_persons(office: Office) -> None:
    anna, other = office.put(ANNA), office.put({"phone": "+48600100200"})
    row = office.receive(CaseType.ACCESS, given=ANNA | {"loyalty_card": "L-77"})
    with pytest.raises(InvalidInput, match="reason"):
        office.do(lambda: dsar.identify(row.id, ProofLevel.DECIDED, dsar.Role.STAFF, actor=office.ewa))
    done = office.identify(row)
    assert (done.state, done.subject_id, done.proof_level) == (State.ASSESSING, anna, ProofLevel.DECIDED)
    assert {one.kind for one in cases.matter_of(done).named} == {"customer_id", "email"}
    assert other != anna
    [step] = [step for step in cases.steps_of(row.id) if step.event == "identify"]
    assert cases.reason_of(step) == "signature compared"


def test_an_identifier_of_somebody_else_in_a_request_is_never_followed(office: Office) -> None:
    office.put(ANNA)
    office.put({"customer_id": "C-2", "email": "bob@example.com"})
    row = office.receive(CaseType.ACCESS, given=ANNA | {"email": "bob@example.com"})
    with pytest.raises(SeveralPeople):
        office.identify(row)
    done = office.identify(row, subject=named({"customer_id": "C-1001"}))
    assert [one.kind for one in cases.matter_of(done).named] == ["customer_id"]


def test_of_somebody_whom_our_records_do_not_know_the_proof_names_what_it_covers(office: Office) -> None:
    row = office.receive(CaseType.ACCESS)
    with pytest.raises(InvalidInput, match="confirmed"):
        office.identify(row)
    done = office.identify(row, confirmed=["email"])
    assert done.subject_id is None
    assert [one.kind for one in cases.matter_of(done).named] == ["email"]


def test_a_machine_reports_a_sign_in_and_decides_nothing(office: Office) -> None:
    machine = an_actor()
    office.put(ANNA)
    row = office.receive(CaseType.ACCESS, actor=machine, intake=Intake.API)
    with pytest.raises(NotPermitted):
        office.do(lambda: dsar.identify(row.id, ProofLevel.DECIDED, dsar.Role.PERSON, actor=machine, reason="x"))
    done = office.do(lambda: dsar.identify(row.id, ProofLevel.ACCOUNT, dsar.Role.PERSON, actor=machine))
    assert done.state == State.ASSESSING


def test_what_was_looked_at_is_what_is_decided(office: Office) -> None:
    row = office.receive(CaseType.ACCESS)
    seen = row.version
    office.take(row, "note", "called back")
    with pytest.raises(RequestChanged):
        office.do(lambda: dsar.take(row.id, "note", actor=office.ewa, version=seen, reason="again"))


def test_two_people_agree_where_the_rules_want_two(office: Office) -> None:
    row = office.receive(
        CaseType.DISCLOSURE, given={}, authority="KMP Poznań", reference="RSD 7/26", legal_basis="art. 15 KPK"
    )
    office.identify(row)
    assert office.grant(row, answer="We disclose the following.").state == State.APPROVING
    with pytest.raises(NotPossible):
        office.do(lambda: dsar.approve(row.id, actor=office.ewa))
    assert office.do(lambda: dsar.approve(row.id, actor=office.jan)).state == State.ANSWERING
    done = office.do(lambda: dsar.answer(row.id))
    assert (done.state, done.outcome) == (State.ANSWERED, Outcome.GRANTED)


def test_a_refusal_names_grounds_of_the_law_and_facts(office: Office) -> None:
    office.put(ANNA)
    row = office.identify(office.receive(CaseType.ERASURE))
    for wrong in (Refused(Ground.NOT_PORTABLE, None, "x"), Refused(Ground.LEGAL_CLAIMS)):
        with pytest.raises(InvalidInput, match="refused"):
            office.do(lambda wrong=wrong: dsar.refuse(row.id, (wrong,), actor=office.ewa))  # type: ignore[misc]  # bound now
    with pytest.raises(InvalidInput, match="refused"):
        office.do(lambda: dsar.refuse(row.id, (), actor=office.ewa))
    office.do(lambda: dsar.refuse(row.id, (WHY,), actor=office.ewa))
    done = office.do(lambda: dsar.answer(row.id))
    assert (done.state, done.outcome, done.granted_by) == (State.ANSWERED, Outcome.REFUSED, None)
    assert done.deleted_at is not None
    assert done.ended_at is not None
    again = office.take(row, "reopen", "the authority says so")
    assert (again.state, again.proof_level, again.outcome, again.ended_at) == (State.RECEIVED, "none", None, None)


def test_an_extension_comes_with_reasons_before_the_first_month_ends(
    office: Office, frozen: time_machine.Traveller
) -> None:
    one, late = office.receive(CaseType.ACCESS), office.receive(CaseType.ACCESS)
    with pytest.raises(InvalidInput, match="reason"):
        office.take(one, "extend", " ")
    frozen.move_to("2026-12-20T20:00:00+01:00")
    done = office.take(one, "extend", "nine systems")
    assert str(days.named(done.due_on)) == "2027-02-22"  # 21 February is a Sunday
    frozen.move_to("2026-12-21T00:00:00+01:00")
    with pytest.raises(TooLateToExtend):
        office.take(late, "extend", "nine systems")


def test_a_suspension_is_recorded_and_moves_no_day_that_is_worked_to(
    office: Office, frozen: time_machine.Traveller
) -> None:
    row = office.receive(CaseType.ACCESS)
    office.take(row, "suspend", "asked for proof")
    frozen.shift(10 * 86_400)
    done = office.take(row, "resume")
    times = dsar.times(done)
    assert (str(times.due_on), str(times.suspended_due_on)) == ("2026-12-21", "2026-12-31")
    assert office.now(row).due_on == days.numbered(times.due_on)


def test_an_authority_sets_its_own_day(office: Office) -> None:
    received = clock.to_micros(clock.now())
    row = office.receive(
        CaseType.AUTHORITY_LETTER, given={}, authority="UODO", reference="DS.523", received_at=received
    )
    assert dsar.times(row).basis == "KPA art. 57"


def test_who_is_done_cannot_be_extended(office: Office) -> None:
    row = office.receive(CaseType.ACCESS)
    office.do(lambda: dsar.withdraw(row.id, dsar.Role.STAFF, actor=office.ewa, reason="by telephone"))
    with pytest.raises(RequestEnded):
        office.take(row, "extend", "nine systems")


def test_whoever_asked_is_told_that_it_was_taken_back(office: Office) -> None:
    office.put(ANNA)

    def told(row: DataSubjectRequest, role: dsar.Role, **more: str) -> list[LetterKind]:
        office.do(lambda: dsar.withdraw(row.id, role, actor=office.ewa, **more))
        return [letter.kind for letter in letters.letters_of(row.id)]

    mine, by_phone = office.identify(office.receive(CaseType.ERASURE)), office.receive(CaseType.ACCESS)
    assert told(mine, dsar.Role.PERSON)[-1] is LetterKind.WITHDRAWN
    assert told(by_phone, dsar.Role.STAFF, reason="by telephone")[-1] is LetterKind.WITHDRAWN
    # Nobody was identified: the time of an answer to a machine would tell whether somebody is known.
    assert LetterKind.WITHDRAWN not in told(office.receive(CaseType.ACCESS), dsar.Role.PERSON)


def test_a_duplicate_is_joined_once_both_are_identified(office: Office) -> None:
    office.put(ANNA)
    first, second = office.receive(CaseType.ACCESS), office.receive(CaseType.ACCESS)

    def join(row: DataSubjectRequest, earlier: DataSubjectRequest) -> DataSubjectRequest:
        return office.do(lambda: dsar.join(row.id, earlier.id, actor=office.ewa))

    office.identify(second)
    with pytest.raises(NotPossible):
        join(second, first)
    office.identify(first)
    with pytest.raises(NotJoinable):
        join(first, second)
    done = join(second, first)
    assert (done.state, done.joined_to) == (State.JOINED, first.id)
    told = letters.letters_of(second.id)[-1]
    assert told.kind is LetterKind.JOINED
    assert first.number in letters.letter(second.id, told.id).body
    assert office.now(first).state == State.ASSESSING
    third = office.identify(office.receive(CaseType.ERASURE))
    with pytest.raises(NotPossible):
        join(third, first)


def test_lists_are_by_due_day_and_in_pages(office: Office) -> None:
    rows = [office.receive(CaseType.ACCESS) for _ in range(3)]
    late = office.receive(CaseType.ACCESS, received_at=clock.micros() - 20 * clock.DAY)
    first = dsar.page(Asked(limit=2), actor=office.ewa)
    rest = dsar.page(Asked(limit=2, after=first.next), actor=office.ewa)
    found = [view.row.id for view in (*first.requests, *rest.requests)]
    assert found == [late.id, *(row.id for row in rows)]
    assert rest.next is None
    assert first.requests[0].days_left is not None
    assert first.requests[0].days_left < 15
    assert dsar.page(Asked(case_type=CaseType.ERASURE), actor=office.ewa).requests == []
    assert dsar.page(Asked(), actor=an_actor()).requests == []
    with pytest.raises(InvalidInput, match="after"):
        dsar.page(Asked(after="x"), actor=office.ewa)


def test_who_reads_what_a_request_holds_or_looks_for_a_person_is_in_the_log(office: Office) -> None:
    office.put(ANNA)
    row = office.identify(office.receive(CaseType.ACCESS, words=PLN))
    opened = office.do(lambda: dsar.open_matter(row.id, actor=office.ewa))
    assert opened.matter.words == PLN
    assert office.events(row)[-1] == "request.opened"
    found = office.do(lambda: dsar.search(named({"email": ANNA["email"]}), actor=office.ewa))
    assert [view.row.id for view in found] == [row.id]
    with pytest.raises(NotPermitted):
        office.do(lambda: dsar.open_matter(row.id, actor=an_actor()))


def test_the_log_vouches_for_requests_and_their_steps(office: Office, tmp_path_factory: pytest.TempPathFactory) -> None:
    office.put(ANNA)
    request_id = office.identify(office.receive(CaseType.ACCESS)).id
    folder = tmp_path_factory.mktemp("log")

    def findings() -> tuple[object, ...]:
        db.session.rollback()
        return evidence.verify_installation(
            anchor=folder / "anchor", verified=folder / "verified", full=True, progress=lambda _done, _all: None
        ).findings

    audit.settle(audit.Anchor(folder / "anchor"), seconds=10)
    assert findings() == ()
    with unit_of_work() as current:
        of_row = sa.update(RequestStep).where(RequestStep.request_id == request_id, RequestStep.number == 1)
        current.execute(of_row.values(role="person"))
    assert findings() != ()


def test_ended_files_go_with_their_keys_and_leave_an_event(office: Office, frozen: time_machine.Traveller) -> None:
    request_id = office.receive(CaseType.ACCESS).id
    done = office.do(lambda: dsar.withdraw(request_id, dsar.Role.STAFF, actor=office.ewa, reason="by telephone"))
    assert office.do(lambda: dsar.delete_ended_files(clock.micros(), actor=SERVICE)) == 0
    assert done.deleted_at is not None
    frozen.move_to(clock.from_micros(done.deleted_at))
    assert office.do(lambda: dsar.delete_ended_files(clock.micros(), actor=SERVICE)) == 1
    deleted = session().scalar(sa.select(AuditBody.object_id).where(AuditBody.action == "request.deleted"))
    assert deleted == str(request_id)
    with pytest.raises(RequestNotFound):
        cases.read(request_id)
    with pytest.raises(KeyDestroyed):
        load_owner_key(session(), keyring.installed(), request_id)


def test_a_request_outlives_its_person_and_names_nobody(office: Office) -> None:
    anna = office.put(ANNA)
    row = office.identify(office.receive(CaseType.ACCESS))
    office.do(lambda: upkeep.forget_subjects([anna]))
    assert office.now(row).subject_id is None
    assert office.events(row)[-1] == "request.person_erased"


@pytest.mark.parametrize(
    ("case_type", "given", "field"),
    [
        (CaseType.ACCESS, {"given": {}}, "subject"),
        (CaseType.ACCESS, {"given": {"email": "nobody"}}, "email"),
        (CaseType.RECTIFICATION, {}, "corrections"),
        (CaseType.DISCLOSURE, {"given": {}, "authority": "KMP", "reference": "7"}, "legal_basis"),
        (CaseType.AUTHORITY_LETTER, {"given": {}}, "authority"),
        (CaseType.OBJECTION, {"purposes": ("nonsense",)}, "purposes"),
        (CaseType.ACCESS, {"intake": Intake.AGENT}, "agent"),
        (CaseType.ACCESS, {"name": "x" * 301}, "name"),
        (CaseType.ACCESS, {"name": "Anna\nBcc: x"}, "name"),
        (CaseType.ACCESS, {"received_at": 2**53}, "received_at"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    office: Office, case_type: CaseType, given: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput, match=field):
        office.receive(case_type, **given)  # type: ignore[arg-type]  # what the row says


def test_corrections_are_what_was_asked_unless_it_is_decided_otherwise(office: Office) -> None:
    office.put(ANNA)
    wrong = Correction("name", "Anna Nowak")
    row = office.identify(office.receive(CaseType.RECTIFICATION, corrections=(wrong,)))
    office.grant(row)
    decision = cases.decision_of(office.now(row))
    assert isinstance(decision, Decision)
    assert decision.corrections == (wrong,)


def test_every_step_has_one_event(office: Office) -> None:
    office.put(ANNA)
    row = office.receive(CaseType.ACCESS)
    moves: list[Callable[[], object]] = [
        lambda: office.take(row, "ask-identity"),
        lambda: office.identify(row),
        lambda: office.take(row, "ask-clarification", "Which shop?"),
        lambda: office.take(row, "clarify"),
        lambda: office.take(row, "doubt-identity", "the signature differs"),
        lambda: office.take(row, "give-up-identity", "no answer"),
    ]
    for move in moves:
        move()
    assert office.events(row) == [f"request.{word}" for word in office.steps(row)]
    assert office.now(row).state == State.UNIDENTIFIED
    assert office.now(row).subject_id is None
    assert isinstance(row.id, UUID)
