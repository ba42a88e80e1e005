"""Events about contacts, and who may lift what they led to."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Realm
from privacy.consent import service as consent
from privacy.consent.models import Suppression
from privacy.consent.service import Claim
from privacy.db import session, unit_of_work
from privacy.errors import InvalidInput, NotPermitted
from tests.build import an_actor
from tests.consent.desk import Desk

EMAIL = {"email": "anna@example.com"}
PHONE = {"phone": "+48600100200"}
ANNA = {"customer_id": "C-1"} | EMAIL | PHONE


def test_an_event_that_is_repeated_is_known(desk: Desk) -> None:
    when = Claim(clock.micros() - clock.DAY)
    assert desk.event(EMAIL, "complaint", claim=when) == consent.EventOut(
        consent.ContactEvent.COMPLAINT, suppressed=True, known=False
    )
    assert desk.event(EMAIL, "complaint", claim=when).known
    assert session().scalar(sa.select(sa.func.count()).select_from(Suppression)) == 1


def test_an_entry_keeps_no_address(desk: Desk) -> None:
    desk.event(EMAIL, "list")
    [row] = session().scalars(sa.select(Suppression))
    assert b"anna" not in row.contact_index
    assert desk.reason(EMAIL) == "suppressed"


def test_machines_lift_nothing(desk: Desk) -> None:
    desk.event(EMAIL, "complaint")
    with pytest.raises(NotPermitted), unit_of_work():
        consent.lift(desk.contact(EMAIL), actor=an_actor(), reason="because")
    assert desk.reason(EMAIL) == "suppressed"


def test_staff_lift_what_stands_and_not_what_comes_later(desk: Desk) -> None:
    desk.record(ANNA, "give")
    desk.event(EMAIL, "hard_bounce")
    with unit_of_work():
        assert consent.lift(desk.contact(EMAIL), actor=desk.actor, reason="the mailbox works") == 1
    assert desk.reason(ANNA) == "given"
    desk.event(EMAIL, "hard_bounce")
    assert desk.reason(ANNA) == "suppressed"


def test_stop_withdraws_from_all_marketing_on_its_channel(desk: Desk) -> None:
    desk.record(ANNA, "give", channels=["sms", "voice"])
    desk.record(ANNA, "give", purpose="satisfaction_survey", channels=["sms"])
    desk.event(PHONE, "stop")
    assert [desk.reason(ANNA, p, "sms") for p in ("offers", "satisfaction_survey")] == ["withdrawn", "withdrawn"]
    assert desk.reason(ANNA, "offers", "voice") == "given"
    assert desk.reason(ANNA, "order_service", "sms") == "other_legal_basis"


def test_stop_on_another_channel_of_the_contact(desk: Desk) -> None:
    desk.record(ANNA, "give", channels=["sms", "voice"])
    desk.event(PHONE, "stop", channel="voice")
    assert [desk.reason(ANNA, "offers", c) for c in ("sms", "voice")] == ["given", "withdrawn"]
    with pytest.raises(InvalidInput, match="does not use"):
        desk.event(PHONE, "stop", channel="email")


def test_a_reassigned_number_is_its_new_holders_alone(desk: Desk) -> None:
    desk.record(ANNA, "give", channels=["sms"])
    desk.record(PHONE, "withdraw", channels=["sms"])
    desk.event(PHONE, "reassigned")
    new = {"customer_id": "C-2"} | PHONE
    desk.record(new, "give", channels=["sms"])
    assert desk.reason(new, "offers", "sms") == "given"
    assert desk.reason(ANNA, "offers", "sms") == "suppressed"
    assert desk.reason({"customer_id": "C-1"}, "offers", "sms") == "no_record"
    desk.record(PHONE, "give", channels=["sms"])
    assert desk.reason(PHONE, "offers", "sms") == "given"
    assert desk.findings() == []


def test_nothing_of_one_realm_is_suppressed_in_the_other(desk: Desk) -> None:
    tester = Desk(desk.programme, replace(desk.actor, realm=Realm.TEST))
    tester.event(EMAIL, "complaint")
    assert tester.reason(EMAIL) == "suppressed"
    assert desk.reason(EMAIL) == "no_record"
