"""Upkeep of data: what people are asked to confirm and staff to look at; nobody gets a mail they did not agree to."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, SERVICE, Realm
from privacy.consent.service import ContactEvent, record_event
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import session, unit_of_work
from privacy.errors import NotFound
from privacy.outbox import service as outbox
from privacy.outbox.models import OutboxMessage
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.retention import service as retention
from privacy.retention.quality.likeness import likeness
from privacy.retention.quality.models import QualityConfirmation, QualityFinding, QualityLikeness
from privacy.retention.service import (
    Decision,
    FindingDecided,
    FindingKind,
    FindingNotFound,
    FindingState,
    NotOfTwo,
    QualityMatter,
)
from privacy.subjects import service as subjects
from tests.consent.desk import Desk as ConsentDesk

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@gmail.com"}
MONTH = 31 * 86_400


@pytest.fixture
def consents(context: Flask, frozen: time_machine.Traveller, in_force: None) -> ConsentDesk:
    assert context
    outbox.install(audit.record_message)
    return ConsentDesk(programmes.current())


def put(**given_: str) -> UUID:
    programme = programmes.current()
    with unit_of_work():
        naming = subjects.name_of(programme, OPERATOR, given_)
        return subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="crm")[0]


def look(ask_for: str = "") -> int:
    """A whole round."""
    seen = 0
    while True:
        with unit_of_work():
            done = retention.look_after(clock.micros(), actor=SERVICE, ask_for=ask_for)
        if not done:
            return seen
        seen += done


def due(subject_id: UUID) -> dict[QualityMatter, bool]:
    with unit_of_work():
        found = retention.to_confirm(subject_id, now=clock.micros(), realm=Realm.LIVE)
    return {one.matter: one.due for one in found.matters}


def confirm(subject_id: UUID, *matters: QualityMatter) -> None:
    with unit_of_work():
        retention.confirm_data(subject_id, matters, actor=OPERATOR, realm=Realm.LIVE)


def found(*kinds: FindingKind, state: FindingState = FindingState.OPEN) -> list[retention.FindingView]:
    with unit_of_work():
        return retention.findings(realm=Realm.LIVE, kinds=kinds, state=state)


def decide(finding_id: UUID, decision: Decision) -> retention.FindingView:
    with unit_of_work():
        return retention.decide_finding(finding_id, decision, reason="compared by hand", actor=OPERATOR)


def mails() -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) or 0


def test_contacts_come_up_after_half_a_year_and_preferences_after_three_months(
    consents: ConsentDesk, frozen: time_machine.Traveller
) -> None:
    consents.record(ANNA, "give")
    anna = consents.subject(ANNA)
    assert due(anna) == {QualityMatter.CONTACTS: False, QualityMatter.PREFERENCES: False}
    frozen.shift(3 * MONTH)
    assert due(anna) == {QualityMatter.CONTACTS: False, QualityMatter.PREFERENCES: True}
    frozen.shift(3 * MONTH)
    assert due(anna) == {QualityMatter.CONTACTS: True, QualityMatter.PREFERENCES: True}
    confirm(anna, QualityMatter.CONTACTS)
    assert due(anna) == {QualityMatter.CONTACTS: False, QualityMatter.PREFERENCES: True}
    confirm(anna, QualityMatter.CONTACTS, QualityMatter.PREFERENCES)
    assert due(anna) == {QualityMatter.CONTACTS: False, QualityMatter.PREFERENCES: False}
    frozen.shift(3 * MONTH)
    assert due(anna) == {QualityMatter.CONTACTS: False, QualityMatter.PREFERENCES: True}


def test_nobody_of_the_other_realm_is_asked_about(consents: ConsentDesk) -> None:
    anna = put(**ANNA)
    with pytest.raises(NotFound), unit_of_work():
        retention.to_confirm(anna, now=clock.micros(), realm=Realm.TEST)
    with pytest.raises(NotFound), unit_of_work():
        retention.confirm_data(anna, [QualityMatter.CONTACTS], actor=OPERATOR, realm=Realm.TEST)


def test_no_mail_goes_out_unless_somebody_says_by_which_consent(
    consents: ConsentDesk, frozen: time_machine.Traveller
) -> None:
    consents.record(ANNA, "give")
    frozen.shift(7 * MONTH)
    assert look() > 0
    assert mails() == 0


def test_only_a_contact_that_has_the_consent_is_asked_and_once_in_a_period(
    consents: ConsentDesk, frozen: time_machine.Traveller
) -> None:
    consents.record(ANNA, "give")
    consents.record({"customer_id": "C-2", "email": "jan@example.com"}, "refuse")
    put(customer_id="C-3", email="ewa@example.com")
    look("offers")
    assert mails() == 0
    frozen.shift(7 * MONTH)
    look("offers")
    assert mails() == 1
    [message] = outbox.messages()
    assert (message.template, message.owner_id) == ("quality_question", consents.subject(ANNA))
    for _ in range(4):
        frozen.shift(MONTH)
        look("offers")
    assert mails() == 1
    frozen.shift(3 * MONTH)
    look("offers")
    assert mails() == 2


@pytest.mark.parametrize("purpose", ["no_such_purpose", "order_service"])
def test_a_purpose_by_which_nobody_may_be_asked_is_told_and_not_silent(consents: ConsentDesk, purpose: str) -> None:
    for told in (lambda: look(purpose), lambda: retention.ensure_quality_purpose(purpose)):
        with pytest.raises(retention.QualityPurposeInvalid):
            told()


def test_whoever_has_the_consent_asks(consents: ConsentDesk, frozen: time_machine.Traveller) -> None:
    programme = programmes.current()
    [other] = {"klub"} & set(programme.controllers)
    assert next(iter(programme.controllers)) != other
    consents.record(ANNA, "give", purpose="birthday_coupon")
    frozen.shift(7 * MONTH)
    look("birthday_coupon")
    [row] = session().scalars(sa.select(OutboxMessage))
    key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
    body = key.open("outbox_message", "body_enc", row.id, row.body_enc).decode()
    assert programme.controllers[other].name in body


def test_who_confirmed_lately_is_not_asked(consents: ConsentDesk, frozen: time_machine.Traveller) -> None:
    consents.record(ANNA, "give")
    frozen.shift(7 * MONTH)
    confirm(consents.subject(ANNA), *QualityMatter)
    look("offers")
    assert mails() == 0


@pytest.mark.parametrize("locale", ["pl", "en", "hr"])
def test_the_question_is_whole_in_every_language(locale: str) -> None:
    values = dict.fromkeys(outbox.places("quality_question", locale), "x")
    assert set(values) == {"URL", "EMAIL", "CONTROLLER"}
    assert "__" not in outbox.render(outbox.Message("quality_question", locale, values)).body


def test_contacts_that_may_be_wrong_are_listed_and_settle_when_confirmed(
    consents: ConsentDesk, frozen: time_machine.Traveller
) -> None:
    anna = put(customer_id="C-1", email="anna@example.com")
    put(customer_id="C-2", email="gone@example.com")
    programme = programmes.current()
    gone = subjects.contact_name(programme, Realm.LIVE, ContactKind.EMAIL, "gone@example.com")
    look()
    assert found() == []
    frozen.shift(7 * MONTH)
    with unit_of_work():
        record_event(gone, ContactEvent.HARD_BOUNCE, actor=OPERATOR, programme=programme, source="relay")
    look()
    assert sorted(one.kind for one in found()) == [FindingKind.BOUNCED, FindingKind.UNCONFIRMED]
    confirm(anna, QualityMatter.CONTACTS)
    assert [one.kind for one in found()] == [FindingKind.BOUNCED]
    frozen.shift(25 * MONTH)
    look()
    assert sorted(one.kind for one in found()) == [FindingKind.BOUNCED, FindingKind.OLD]


def test_a_contact_that_is_not_held_any_more_settles_what_was_found_of_it(
    consents: ConsentDesk, frozen: time_machine.Traveller
) -> None:
    anna = put(customer_id="C-1", email="anna@example.com")
    frozen.shift(7 * MONTH)
    look()
    assert [one.kind for one in found()] == [FindingKind.UNCONFIRMED]
    name = subjects.contact_name(programmes.current(), Realm.LIVE, ContactKind.EMAIL, "anna@example.com")
    with unit_of_work():
        subjects.retire_contact(anna, ContactKind.EMAIL, name.index, actor=OPERATOR, at=clock.micros())
    frozen.shift(2 * 86_400)
    look()
    assert found() == []


def test_people_who_may_be_one_are_listed_once_and_merged_by_staff(
    consents: ConsentDesk, frozen: time_machine.Traveller
) -> None:
    one = put(customer_id="C-1", email="anna.nowak@gmail.com", phone="600 100 200")
    other = put(customer_id="C-2", email="annanowak+shop@gmial.com", phone="+48600100200")
    put(customer_id="C-3", email="anna.nowak@example.com")
    look()
    frozen.shift(2 * 86_400)
    look()
    pairs = found()
    assert sorted(pair.kind for pair in pairs) == [FindingKind.LIKE_EMAIL, FindingKind.SAME_PHONE]
    assert {(pair.subject_id, pair.other_id) for pair in pairs} == {(min(one, other), max(one, other))}
    decide(pairs[0].id, Decision.MERGE)
    decide(pairs[1].id, Decision.IGNORE)
    assert found() == []
    assert {one, other} <= set(subjects.natural_person(one))
    with pytest.raises(FindingDecided):
        decide(pairs[0].id, Decision.DIFFERENT)


def test_two_whom_staff_told_apart_are_not_listed_again(consents: ConsentDesk, frozen: time_machine.Traveller) -> None:
    put(customer_id="C-1", postal_address="ul. Polna 3, 60-001 Poznań")
    put(customer_id="C-2", postal_address="Ul. Polna 3 60-001 POZNAŃ")
    look()
    [pair] = found()
    assert pair.kind is FindingKind.SAME_ADDRESS
    decide(pair.id, Decision.DIFFERENT)
    frozen.shift(2 * 86_400)
    look()
    assert found(FindingKind.SAME_ADDRESS) == []
    assert [one.id for one in found(state=FindingState.DIFFERENT)] == [pair.id]


def test_what_many_hold_says_nothing_about_who_is_who(consents: ConsentDesk) -> None:
    for number in range(7):
        put(customer_id=f"C-{number}", phone="600 100 200")
    look()
    assert found() == []


def test_a_contact_alone_is_not_merged_with_anybody(consents: ConsentDesk, frozen: time_machine.Traveller) -> None:
    put(customer_id="C-1", email="anna@example.com")
    frozen.shift(7 * MONTH)
    look()
    [one] = found()
    with pytest.raises(NotOfTwo):
        decide(one.id, Decision.MERGE)
    decide(one.id, Decision.IGNORE)
    with pytest.raises(FindingNotFound):
        decide(UUID(int=7), Decision.IGNORE)


def test_an_erasure_takes_what_is_noted_of_somebody_along(
    consents: ConsentDesk, frozen: time_machine.Traveller
) -> None:
    one = put(customer_id="C-1", email="anna@gmail.com", phone="600 100 200")
    put(customer_id="C-2", phone="600 100 200")
    frozen.shift(7 * MONTH)
    confirm(one, QualityMatter.PREFERENCES)
    look()
    with unit_of_work():
        gone = retention.forget_people([one])
    assert gone == {
        "quality_confirmation": 1,
        "quality_likeness": 1,
        "quality_finding": 3,
        "retention_warning": 0,
    }
    for model in (QualityConfirmation, QualityLikeness):
        assert session().scalar(sa.select(sa.func.count()).select_from(model)) == 0
    assert session().scalars(sa.select(QualityFinding.subject_id)).all() != [one]


def test_a_round_goes_on_where_it_stopped_and_begins_anew_a_day_later(
    consents: ConsentDesk, frozen: time_machine.Traveller
) -> None:
    for number in range(120):
        put(customer_id=f"C-{number}", email=f"somebody{number}@example.com")
    assert look() == 120
    assert look() == 0
    frozen.shift(86_400)
    assert look() == 120


def test_what_people_mistype_looks_alike_and_other_addresses_do_not() -> None:
    like = likeness("anna.nowak@gmail.com")
    for other in ("annanowak@gmail.com", "anna.nowak+x@gmail.com", "a.nnanowak@googlemail.com", "anna.nowak@gmial.com"):
        assert likeness(other) == like
    for other in ("anna.nowak@mail.com", "anna.nowak@wp.pl", "anna.nowak@firma.pl", "hanna.nowak@gmail.com"):
        assert likeness(other) != like
    assert likeness("a@op.pl") != likeness("a@wp.pl")


@given(st.emails())
def test_the_form_is_its_own_form(address: str) -> None:
    form = likeness(address.lower())
    assert likeness(form) == form or form.startswith("@")
