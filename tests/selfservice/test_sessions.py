"""Sessions of people: whose they are, what ends them, what stays private between those who share a mailbox."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE, ActorKind
from privacy.authz.permissions import CLIENT_SCOPES, Permission
from privacy.consent import service as consent
from privacy.db import db, session, unit_of_work
from privacy.dsar import service as dsar
from privacy.dsar.service import CaseType, Intake, Matter, Named, ProofLevel, Received
from privacy.errors import NotPermitted
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.selfservice import service as selfservice
from privacy.selfservice.models import PersonEntry, PersonProof, PersonSession
from privacy.selfservice.service import Asking, Opened
from privacy.subjects import service as subjects
from tests.consent.desk import lay_programme
from tests.selfservice.visitors import ANNA, asked, by_code, known, letters, opened_by, run_jobs, session_of

MAIL = ANNA["email"]
JAN = {"customer_id": "C-2", "email": "jan@example.com"}


@pytest.fixture(autouse=True)
def _open(context: Flask) -> None:
    """An installation that has known Anna for a month."""
    lay_programme()
    known(ANNA)


def is_over(opened: Opened) -> bool:
    db.session.rollback()
    return selfservice.session_of(opened.token) is None


def subject_of(given: dict[str, str]) -> object:
    return subjects.find(subjects.name_of(programmes.current(), OPERATOR, given))[0]


@pytest.mark.parametrize("token", ["", "pps_", "pps_" + "A" * 43, "prs_" + "A" * 43, "pps_" + "A" * 44, "ą" * 47])
def test_what_is_no_token_opens_nothing(token: str) -> None:
    assert selfservice.session_of(token) is None


def test_a_session_ends_with_the_erasure_of_its_person_and_nothing_of_it_stays() -> None:
    mine, askers = opened_by(MAIL), asked(ANNA["phone"], "another browser")
    assert askers
    members = subjects.natural_person(session_of(mine).subject_id)  # type: ignore[arg-type]  # it is a person's
    with unit_of_work():
        gone = selfservice.forget_people(sorted(members))
    assert gone == {"person_session": 1, "person_proof": 1, "person_entry": 2, "change_by_other": 0}
    assert is_over(mine)
    assert by_code(askers.code, "another browser") is None
    for model in (PersonSession, PersonProof, PersonEntry):
        assert session().scalar(sa.select(sa.func.count()).select_from(model)) == 0


def test_a_session_ends_when_its_person_is_merged_with_another_and_when_that_is_undone() -> None:
    known(JAN)
    mine = opened_by(MAIL)
    anna, jan = (subject_of({"customer_id": one["customer_id"]}) for one in (ANNA, JAN))
    with unit_of_work():
        consent.merge(anna, jan, actor=OPERATOR, programme=programmes.current(), reason="one person")  # type: ignore[arg-type]  # ids
    assert is_over(mine)
    both = opened_by(MAIL, "another browser")
    assert session_of(both).subject_id is not None
    with unit_of_work():
        consent.unmerge(anna, jan, actor=OPERATOR, programme=programmes.current(), reason="two people")  # type: ignore[arg-type]  # ids
    assert is_over(both)


def test_a_session_ends_when_its_contact_is_taken_away() -> None:
    mine = opened_by(MAIL)
    contact = subjects.name_of(programmes.current(), OPERATOR, {"email": MAIL}).contacts[ContactKind.EMAIL]
    for holder in subjects.holders_of(contact.index):
        with unit_of_work():
            subjects.retire_contact(holder, ContactKind.EMAIL, contact.index, actor=OPERATOR, at=clock.micros())
    assert is_over(mine)


def test_of_a_shared_mailbox_nobody_sees_the_sessions_of_the_other() -> None:
    known(JAN | {"email": MAIL})
    first, second = opened_by(MAIL, "one"), opened_by(MAIL, "two")
    assert [one.id for one in selfservice.sessions_of(session_of(first))] == [first.session_id]
    with pytest.raises(selfservice.SessionNotFound), unit_of_work():
        selfservice.end(session_of(first), second.session_id)


def test_a_second_contact_proves_more_for_ten_minutes_and_gives_a_new_token(frozen: time_machine.Traveller) -> None:
    mine = opened_by(MAIL)
    before = session_of(mine)
    [phone] = selfservice.provable(before, clock.micros())
    assert (phone.kind, phone.masked) == (ContactKind.PHONE, "+48*****200")
    with unit_of_work():
        selfservice.ask_further(before, phone.contact_id, Asking("browser", "203.0.113.0/24", "en"))
    run_jobs()
    letter = letters()[-1]
    assert letter.to == ANNA["phone"]
    assert by_code(letter.code, current=None) is None  # Without the session that asked it opens nothing.
    redeemed = by_code(letter.code, current=before)
    assert redeemed
    assert redeemed.stepped_up
    assert is_over(mine)
    after = session_of(redeemed.opened)
    assert (after.id, after.fresh, len(after.proven)) == (before.id, True, 2)
    frozen.shift(600)
    assert not session_of(redeemed.opened).fresh


def test_nobody_proves_the_contact_of_somebody_else() -> None:
    known(JAN)
    anna, jan = session_of(opened_by(MAIL)), session_of(opened_by("jan@example.com", "jans"))
    [phone] = selfservice.provable(anna, clock.micros())
    with pytest.raises(Exception, match="no such contact"), unit_of_work():
        selfservice.ask_further(jan, phone.contact_id, Asking("jans", "203.0.113.0/24", "en"))


def test_the_log_says_the_person_and_the_session_and_no_address() -> None:
    mine = opened_by(MAIL)
    selfservice_session = session_of(mine)
    with unit_of_work():
        selfservice.end(selfservice_session, selfservice_session.id)
    assert is_over(mine)
    actor = selfservice_session.actor
    assert (actor.kind, actor.id) == (ActorKind.PERSON, mine.session_id)


def test_a_person_has_no_permission_that_only_machines_or_staff_have() -> None:
    permissions = session_of(opened_by(MAIL)).actor.permissions
    assert permissions < CLIENT_SCOPES
    assert Permission.SUBJECTS_READ not in permissions
    assert Permission.REQUESTS_READ not in permissions


def test_a_person_asks_for_their_data_in_their_own_name_and_decides_no_proof() -> None:
    mine = session_of(opened_by(MAIL))
    naming = subjects.Naming(mine.realm, ref=mine.subject_id)
    given = Received(
        CaseType.ACCESS,
        Intake.PORTAL,
        Matter(named=(Named("email", MAIL),)),
        proof=ProofLevel.CONTROL,
        subject=naming,
    )
    with unit_of_work():
        row = dsar.receive(given, actor=mine.actor)
    assert (row.subject_id, row.proof_level) == (mine.subject_id, ProofLevel.CONTROL)
    decided = Received(CaseType.ACCESS, Intake.PORTAL, given.matter, proof=ProofLevel.DECIDED, subject=naming)
    with pytest.raises(NotPermitted), unit_of_work():
        dsar.receive(decided, actor=mine.actor)


def test_ended_sessions_and_old_askings_are_deleted_a_day_later(frozen: time_machine.Traveller) -> None:
    opened_by(MAIL)
    with unit_of_work():
        assert selfservice.delete_ended_sessions(clock.micros(), actor=SERVICE) == 0
        assert selfservice.delete_old_entries(clock.micros(), actor=SERVICE) == 0
    frozen.shift(86_400 + 1_801)
    with unit_of_work():
        assert selfservice.delete_ended_sessions(clock.micros(), actor=SERVICE) == 1
        assert selfservice.delete_old_entries(clock.micros(), actor=SERVICE) == 1
