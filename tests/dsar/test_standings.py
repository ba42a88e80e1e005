"""What a request stands for in the very next check: an erasure pending, a restriction, an objection."""

from __future__ import annotations

from uuid import UUID

import pytest
import time_machine
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.consent import service as consent
from privacy.consent.service import CheckIn
from privacy.db import Driver, db, session
from privacy.dsar import service as dsar
from privacy.dsar.failures import NotRestricted, NotToldYet
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.service import CaseType, Correction, Ground, Refused, State
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.subjects.service import NO_STANDING, Standing
from tests.dsar.office import ANNA, Office, an_office, named

CLAIM = Refused(Ground.LEGAL_CLAIMS, None, "a claim is pending")
NAME = Correction("name", "Anna Nowak")


@pytest.fixture
def office(context: Flask, in_force: None) -> Office:
    assert context
    return an_office()


def reason(purpose: str, channel: str | None = "email") -> str:
    """What a check says of Anna now."""
    db.session.rollback()
    asked = CheckIn(named(ANNA), programmes.current().purposes[purpose], channel)
    answer = consent.check(asked, actor=OPERATOR, programme=programmes.current(), driver=Driver.of(session()))
    return answer.decision.reason.value


def refuse(office: Office, row: DataSubjectRequest) -> None:
    office.do(lambda: dsar.refuse(row.id, (CLAIM,), actor=office.ewa))


def test_an_erasure_is_pending_from_the_identification_until_it_is_refused(office: Office) -> None:
    anna = office.put(ANNA)
    row = office.receive(CaseType.ERASURE)
    assert office.standing(anna) == NO_STANDING
    office.identify(row)
    assert office.standing(anna) == Standing.ERASURE_PENDING
    assert reason("offers") == "erasure_pending"
    refuse(office, row)
    assert office.standing(anna) == NO_STANDING
    assert office.steps(row) == ["received", "identify", "erasure_pending", "refuse", "erasure_not_pending"]


def test_an_erasure_taken_back_or_doubted_is_pending_no_more(office: Office) -> None:
    anna = office.put(ANNA)
    row = office.identify(office.receive(CaseType.ERASURE))
    office.take(row, "doubt-identity", "the signature differs")
    assert office.standing(anna) == NO_STANDING
    office.identify(row)
    assert office.standing(anna) == Standing.ERASURE_PENDING
    office.do(lambda: dsar.withdraw(row.id, dsar.Role.PERSON, actor=office.ewa))
    assert office.standing(anna) == NO_STANDING


def test_a_cooling_off_keeps_an_erasure_from_beginning_until_it_is_over(
    office: Office, frozen: time_machine.Traveller
) -> None:
    office.put(ANNA)
    row = office.grant(office.identify(office.receive(CaseType.ERASURE)))
    assert row.state == State.COOLING_OFF
    assert office.do(lambda: dsar.end_cooling_off(clock.micros(), actor=SERVICE)) == 0
    frozen.shift(72 * 3_600)
    assert office.do(lambda: dsar.end_cooling_off(clock.micros(), actor=SERVICE)) == 1
    assert office.now(row).state not in {State.COOLING_OFF, State.ASSESSING}


def test_what_somebody_set_by_hand_is_not_ended_by_a_request(office: Office) -> None:
    anna = office.put(ANNA)
    programme = programmes.current()
    office.do(
        lambda: subjects.put_subject(
            named(ANNA), actor=OPERATOR, programme=programme, source="crm", standing={Standing.RESTRICTED: True}
        )
    )
    row = office.identify(office.receive(CaseType.RESTRICTION))
    refuse_restriction(office, row)
    assert office.standing(anna) == Standing.RESTRICTED


def refuse_restriction(office: Office, row: DataSubjectRequest) -> None:
    ground = Refused(Ground.NO_GROUND_TO_RESTRICT, None, "nothing is contested")
    office.do(lambda: dsar.refuse(row.id, (ground,), actor=office.ewa))


def test_a_restriction_holds_until_the_person_was_told_that_it_ends(
    office: Office, frozen: time_machine.Traveller
) -> None:
    anna = office.put(ANNA)
    row = office.identify(office.receive(CaseType.RESTRICTION))
    assert office.standing(anna) == Standing.RESTRICTED
    assert reason("offers") == "restricted"
    with pytest.raises(NotToldYet):
        office.take(row, "lift-restriction")
    office.take(row, "tell-of-lifting", "the accuracy was confirmed")
    with pytest.raises(NotToldYet):
        office.take(row, "lift-restriction")
    frozen.shift(8 * 86_400)
    office.take(row, "lift-restriction")
    assert office.standing(anna) == NO_STANDING
    with pytest.raises(NotRestricted):
        office.take(row, "lift-restriction")


def test_a_restriction_that_two_requests_want_ends_with_the_second(office: Office) -> None:
    anna = office.put(ANNA)
    first = office.identify(office.receive(CaseType.RESTRICTION))
    second = office.identify(office.receive(CaseType.RESTRICTION))
    refuse_restriction(office, first)
    assert office.standing(anna) == Standing.RESTRICTED
    refuse_restriction(office, second)
    assert office.standing(anna) == NO_STANDING


def test_somebody_new_is_restricted_before_our_records_know_them(office: Office) -> None:
    row = office.identify(office.receive(CaseType.RESTRICTION), confirmed=["email"])
    assert row.subject_id is not None
    assert office.standing(row.subject_id) == Standing.RESTRICTED


def test_data_whose_accuracy_is_contested_are_restricted_until_the_answer_has_arrived(
    office: Office, frozen: time_machine.Traveller
) -> None:
    anna = office.put(ANNA)
    row = office.identify(office.receive(CaseType.RECTIFICATION, corrections=(NAME,)))
    assert office.standing(anna) == Standing.RESTRICTED
    office.do(lambda: dsar.refuse(row.id, (Refused(Ground.ACCURATE, None, "the register says so"),), actor=office.ewa))
    office.do(lambda: dsar.answer(row.id))
    assert office.standing(anna) == Standing.RESTRICTED
    frozen.shift(8 * 86_400)
    assert office.do(lambda: dsar.end_restrictions(clock.micros(), actor=SERVICE)) == 1
    assert office.standing(anna) == NO_STANDING
    assert office.do(lambda: dsar.end_restrictions(clock.micros(), actor=SERVICE)) == 0


@pytest.mark.parametrize("known", [True, False])
def test_direct_marketing_stops_at_receipt_without_identification(office: Office, known: bool) -> None:
    if known:
        office.put(ANNA)
    row = office.receive(CaseType.OBJECTION)
    assert reason("offers") == "objected"
    assert row.identified_at is None or row.proof_level == "none"
    assert row.state not in {State.RECEIVED, State.IDENTIFYING, State.ASSESSING}


def test_an_objection_to_what_must_be_weighed_restricts_until_it_is_decided(office: Office) -> None:
    anna = office.put(ANNA)
    weighed = next(
        code
        for code, purpose in programmes.current().purposes.items()
        if purpose.purpose_class.value == "service" and purpose.legal_basis.value == "legitimate_interests"
    )
    row = office.receive(CaseType.OBJECTION, purposes=(weighed,))
    assert (row.state, office.standing(anna)) == (State.ASSESSING, Standing.RESTRICTED)
    office.grant(row, purposes=(weighed,))
    assert reason(weighed, None) in {"objected", "restricted"}
    assert isinstance(anna, UUID)
