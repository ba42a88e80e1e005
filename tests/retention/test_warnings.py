"""Nobody's data go before a warning was delivered so many days ago; and what cannot be delivered is a person's."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE, Realm
from privacy.consent import service as consent
from privacy.consent.service import ContactEvent
from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import db, session, unit_of_work
from privacy.errors import InvalidInput
from privacy.outbox import service as outbox
from privacy.outbox.models import OutboxMessage
from privacy.outbox.transport import Result
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind, RetentionAction
from privacy.retention.warnings import warning_words, warnings
from privacy.retention.warnings.failures import WarningChanged, WarningNotFound
from privacy.retention.warnings.models import RetentionWarned, RetentionWarning
from privacy.retention.warnings.warned import Warned
from privacy.retention.warnings.warning_sending import WarningState
from privacy.retention.warnings.warnings import Choice, Standing
from privacy.subjects import service as subjects
from tests.outbox.sending import paper
from tests.retention.warning_desk import ANNA, HER_ROW, Desk, a_desk, a_run, actions

LOCALES = ("pl", "en", "hr")


@pytest.fixture
def desk(context: Flask, frozen: time_machine.Traveller) -> Desk:
    assert context
    made = a_desk(frozen)
    made.person(**ANNA)
    return made


def refuse(desk: Desk, failure: str = "smtp-550 5.7.1") -> None:
    desk.mail.result, desk.mail.failure = Result.REFUSED, failure


def test_nothing_is_cleared_before_a_delivered_warning_is_old_enough(desk: Desk) -> None:
    assert desk.standing() is Standing.WAITING
    assert desk.warn() == 1
    desk.work()
    [mail] = desk.mail.sent
    assert mail.to == ANNA["email"]
    view = desk.only()
    assert view.state is WarningState.DELIVERED
    assert view.goes_on is not None
    assert view.goes_on >= desk.today() + timedelta(days=14)
    while desk.today() < view.goes_on:
        assert desk.standing() is Standing.WAITING
        desk.clock.shift(86_400)
    assert desk.standing() is Standing.CLEARED
    assert actions() == ["retention_warning.sent", "retention_warning.delivered"]


def test_one_warning_serves_every_row_and_every_run(desk: Desk) -> None:
    elsewhere = Warned(frozenset({("customer_id", "C-1001")}))
    assert desk.warn(HER_ROW, HER_ROW, elsewhere) == 1
    assert desk.warn(elsewhere, run=a_run()) == 0
    desk.work()
    assert desk.warn() == 0
    assert len(desk.mail.sent) == 1


def test_a_warning_of_long_ago_clears_nothing_and_makes_room_for_another(desk: Desk) -> None:
    desk.warn()
    desk.work()
    desk.clock.shift(100 * 86_400)
    assert desk.standing() is Standing.WAITING
    assert desk.warn() == 1
    desk.work()
    assert len(desk.mail.sent) == 2
    assert desk.standing() is Standing.WAITING


def test_what_is_only_on_its_way_clears_nothing(desk: Desk) -> None:
    desk.warn()
    desk.clock.shift(40 * 86_400)
    assert desk.standing() is Standing.WAITING


def test_after_failed_attempts_the_second_way_and_then_a_person(desk: Desk) -> None:
    refuse(desk)
    desk.sms.result, desk.sms.failure = Result.REFUSED, "gateway-400"
    desk.warn()
    desk.work(5)
    view = desk.only()
    assert (view.state, view.attempts, view.way) == (WarningState.FOR_A_PERSON, 4, "sms")
    assert desk.standing() is Standing.FOR_A_PERSON
    assert desk.warn() == 0
    told = Counter(one.partition(".")[2] for one in actions())
    assert told == {"sent": 4, "failed": 4, "left_to_a_person": 1}


def test_the_second_way_delivers_what_the_first_did_not(desk: Desk) -> None:
    refuse(desk)
    desk.warn()
    desk.work(3)
    assert desk.only().state is WarningState.DELIVERED
    [told] = desk.sms.sent
    assert told.to == ANNA["phone"]
    assert len(told.body) < 480


def test_a_relay_that_is_away_is_a_failed_attempt_when_the_message_is_worth_nothing_any_more(desk: Desk) -> None:
    desk.mail.result, desk.mail.failure = Result.PUT_OFF, "smtp-connect"
    desk.warn()
    desk.work(10)
    assert desk.only().way == "sms"
    assert desk.only().state is WarningState.DELIVERED


def test_mail_that_comes_back_after_it_was_sent_was_not_delivered(desk: Desk) -> None:
    desk.warn()
    desk.work()
    name = subjects.contact_name(programmes.current(), Realm.LIVE, ContactKind.EMAIL, ANNA["email"])
    with unit_of_work():
        consent.record_event(
            name, ContactEvent.HARD_BOUNCE, actor=OPERATOR, programme=programmes.current(), source="relay"
        )
    desk.clock.shift(20 * 86_400)
    assert desk.standing() is Standing.WAITING
    desk.work(2)
    view = desk.only()
    assert (view.state, view.way) == (WarningState.DELIVERED, "sms")
    assert desk.standing() is Standing.WAITING


def test_somebody_nobody_can_write_to_is_for_a_person_at_once(desk: Desk) -> None:
    desk.person(customer_id="C-2")
    stranger = Warned(frozenset({("customer_id", "C-404")}))
    for one in (Warned(frozenset({("customer_id", "C-2")})), stranger):
        assert desk.warn(one) == 1
        assert desk.standing(one) is Standing.FOR_A_PERSON
    assert desk.standing(Warned()) is Standing.FOR_A_PERSON
    assert desk.warn(Warned()) == 0


def test_the_estate_is_written_to_by_a_person(desk: Desk) -> None:
    programme = programmes.current()
    with unit_of_work():
        naming = subjects.name_of(programme, OPERATOR, ANNA)
        dead = {subjects.Standing.DECEASED: True}
        subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="crm", standing=dead)
    desk.warn()
    assert desk.standing() is Standing.FOR_A_PERSON
    assert session().scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 0


def test_a_stranger_to_our_records_is_warned_by_what_the_row_says(desk: Desk) -> None:
    row = Warned(frozenset({("email", "nobody@elsewhere.example"), ("phone", "601 100 200")}))
    assert desk.warn(row, row) == 1
    desk.work()
    assert [one.to for one in desk.mail.sent] == ["nobody@elsewhere.example"]
    desk.clock.shift(20 * 86_400)
    assert desk.standing(row) is Standing.CLEARED
    assert desk.standing() is Standing.WAITING


def test_who_shares_an_address_is_warned_for_themselves(desk: Desk) -> None:
    desk.person(customer_id="C-7", email=ANNA["email"])
    other = Warned(frozenset({("customer_id", "C-7"), ("email", ANNA["email"])}))
    assert desk.warn(HER_ROW) == 1
    desk.work()
    desk.clock.shift(20 * 86_400)
    assert desk.standing() is Standing.CLEARED
    assert desk.standing(other) is Standing.WAITING
    assert desk.warn(other) == 1


def test_a_row_of_two_people_waits_for_both(desk: Desk) -> None:
    desk.person(customer_id="C-7", email="jan@example.com")
    both = Warned(frozenset({("customer_id", "C-1001"), ("customer_id", "C-7")}))
    desk.warn(HER_ROW)
    desk.work()
    desk.clock.shift(20 * 86_400)
    assert desk.standing(both) is Standing.WAITING
    assert desk.warn(both) == 1


def decide(desk: Desk, choice: Choice, **more: object) -> warnings.WarningView:
    view = desk.only()
    given = {"actor": OPERATOR, "reason": "she wrote", "version": view.version} | more
    with unit_of_work():
        return warnings.decide(view.id, choice, **given)  # type: ignore[arg-type]  # what a test gives


def test_a_person_decides_what_could_not_be_delivered(desk: Desk) -> None:
    refuse(desk)
    desk.sms.result, desk.sms.failure = Result.REFUSED, "gateway-400"
    desk.warn()
    desk.work(5)
    decide(desk, Choice.LET_GO)
    assert desk.standing() is Standing.CLEARED
    decide(desk, Choice.KEEP, on=desk.today() + timedelta(days=10))
    assert desk.standing() is Standing.KEPT
    desk.clock.shift(11 * 86_400)
    assert desk.standing() is Standing.WAITING
    decide(desk, Choice.TOLD, on=desk.today() - timedelta(days=2))
    assert desk.standing() is Standing.WAITING
    desk.clock.shift(12 * 86_400)
    assert desk.standing() is Standing.CLEARED
    assert {f"retention_warning.{choice}" for choice in Choice} <= set(actions())


def test_her_objection_keeps_the_data_although_she_was_warned(desk: Desk) -> None:
    desk.warn()
    desk.work()
    decide(desk, Choice.KEEP)
    desk.clock.shift(30 * 86_400)
    assert desk.standing() is Standing.KEPT


def test_a_decision_about_what_went_on_meanwhile_is_refused(desk: Desk) -> None:
    desk.warn()
    with pytest.raises(WarningChanged):
        decide(desk, Choice.KEEP, version=1)
    with pytest.raises(InvalidInput):
        decide(desk, Choice.TOLD, on=desk.today() + timedelta(days=1))
    with pytest.raises(InvalidInput):
        decide(desk, Choice.KEEP, on=desk.today() - timedelta(days=1))
    with pytest.raises(WarningNotFound), unit_of_work():
        warnings.decide(a_run(), Choice.KEEP, actor=OPERATOR, reason="no", version=1)


def test_an_erasure_takes_warnings_along_with_their_messages_and_key(desk: Desk) -> None:
    desk.warn()
    [subject_id] = subjects.find(subjects.name_of(programmes.current(), OPERATOR, {"customer_id": "C-1001"}))
    warning_id = desk.only().id
    with unit_of_work():
        assert warnings.forget_warned([subject_id]) == 1
    for model in (RetentionWarning, RetentionWarned, OutboxMessage):
        assert session().scalar(sa.select(sa.func.count()).select_from(model)) == 0
    assert session().scalar(sa.select(OwnerKeyRow).where(OwnerKeyRow.owner_id == warning_id)) is None
    assert "retention_warning.deleted" in actions()


def test_a_warning_of_somebody_unknown_goes_when_they_are_known_and_erased(desk: Desk) -> None:
    row = Warned(frozenset({("email", "later@example.com")}))
    desk.warn(row)
    known = desk.person(customer_id="C-9", email="later@example.com")
    with unit_of_work():
        assert warnings.forget_warned([known]) == 1


def test_warnings_go_when_their_term_is_over(desk: Desk) -> None:
    desk.warn()
    desk.work()
    with unit_of_work():
        assert warnings.delete_old_warnings(clock.micros() + 365 * clock.DAY, actor=SERVICE) == 0
        assert warnings.delete_old_warnings(clock.micros() + 1_100 * clock.DAY, actor=SERVICE) == 1
    assert warnings.listed() == []


def test_a_letter_counts_as_delivered_a_week_after_somebody_posted_it(desk: Desk) -> None:
    desk.person(customer_id="C-3", postal_address="ul. Polna 3, 60-001 Poznań")
    row = Warned(frozenset({("customer_id", "C-3")}))
    desk.warn(row)
    [message] = outbox.messages(kinds=[outbox.MessageKind.POST])
    assert outbox.paper_of(message.id).to == ("ul. Polna 3", "60-001 Poznań")
    assert paper() != message.id
    with unit_of_work():
        outbox.mark_posted(message.id, actor=OPERATOR)
    desk.work()
    view = desk.only()
    assert view.state is WarningState.DELIVERED
    assert view.delivered_at is not None
    assert view.delivered_at > clock.micros() + 6 * clock.DAY


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("template", ["retention_warning", "retention_warning_sms"])
def test_a_warning_says_what_goes_when_and_why_and_how_to_object(desk: Desk, locale: str, template: str) -> None:
    for action in RetentionAction:
        rule = programmes.current().retention_rules["membership"]
        object.__setattr__(rule, "action", action)
        made = warning_words.message(template, locale, rule, programmes.current(), number="W-1", goes_on=desk.today())
        text = outbox.render(made)
        whole = text.subject + text.body
        assert "__" not in whole
        assert "{" not in whole
        assert rule.statute in text.body
        assert "W-1" in whole
        assert re.search(r"\b2026\b", text.body)
        assert "@" in text.body
    assert outbox.locales(template) == set(LOCALES)
    assert len({outbox.places(template, one) for one in LOCALES}) == 1


def test_she_reads_it_in_the_language_in_which_she_spoke_last(desk: Desk) -> None:
    from tests.consent.desk import Desk as ConsentDesk

    ConsentDesk(programmes.current()).record(
        {"customer_id": "C-1001", "email": ANNA["email"]}, "give", wording=consent.Cited("klauzula", locale="en")
    )
    desk.warn()
    desk.work()
    assert "The time for which we keep your data" in desk.mail.sent[0].subject
    db.session.rollback()
