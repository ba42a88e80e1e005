"""When somebody's last consent ended, by which what is kept of it begins to count."""

from __future__ import annotations

from uuid import UUID

import pytest
import time_machine

from privacy import clock
from privacy.consent import service as consent
from privacy.db import end_read
from privacy.programme import service as programmes
from tests.consent.desk import Desk

pytestmark = pytest.mark.usefixtures("in_force", "context")

ANNA = {"email": "anna.nowak@example.com"}
BOTH = {"customer_id": "C-1001", "email": "anna.nowak@example.com", "phone": "+48600100200"}


@pytest.fixture
def desk(frozen: time_machine.Traveller, context: object) -> Desk:
    """A desk in the time of the example's wordings."""
    return Desk(programmes.current())


def ended(subject: UUID) -> str | None:
    """The day on which it ended; empty where nothing was ever said."""
    try:
        found = consent.consents_ended([subject], programmes.current(), clock.micros())
    finally:
        end_read()
    if subject not in found:
        return ""
    at = found[subject]
    return None if at is None else clock.isoformat(at)[:10]


def test_nothing_is_known_of_who_never_answered(desk: Desk) -> None:
    assert ended(desk.put(ANNA)) == ""


def test_a_consent_is_in_force_until_it_is_withdrawn(desk: Desk, frozen: time_machine.Traveller) -> None:
    desk.record(ANNA, "give")
    assert ended(desk.subject(ANNA)) is None
    frozen.move_to("2027-02-01T12:00:00+00:00")
    desk.record(ANNA, "withdraw")
    frozen.move_to("2027-05-01T12:00:00+00:00")
    assert ended(desk.subject(ANNA)) == "2027-02-01"


def test_a_consent_that_expires_ends_on_its_day(desk: Desk, frozen: time_machine.Traveller) -> None:
    desk.record(ANNA, "give")
    frozen.move_to("2029-11-21T19:39:00+00:00")
    assert ended(desk.subject(ANNA)) is None
    frozen.move_to("2030-01-01T00:00:00+00:00")
    assert ended(desk.subject(ANNA)) == "2029-11-21"


def test_the_last_of_several_decides(desk: Desk, frozen: time_machine.Traveller) -> None:
    desk.record(BOTH, "give", channels=["email", "sms"])
    frozen.move_to("2027-02-01T12:00:00+00:00")
    desk.record(BOTH, "withdraw", channels=["email"])
    assert ended(desk.subject({"customer_id": "C-1001"})) is None
    frozen.move_to("2027-03-01T12:00:00+00:00")
    desk.record(BOTH, "withdraw", channels=["sms"])
    assert ended(desk.subject({"customer_id": "C-1001"})) == "2027-03-01"


def test_a_no_to_everything_ends_everything_and_a_later_yes_begins_anew(
    desk: Desk, frozen: time_machine.Traveller
) -> None:
    desk.record(ANNA, "give")
    frozen.move_to("2027-02-01T12:00:00+00:00")
    desk.record(ANNA, "withdraw", purpose=None, channels=None)
    assert ended(desk.subject(ANNA)) == "2027-02-01"
    frozen.move_to("2027-03-01T12:00:00+00:00")
    desk.record(ANNA, "give")
    assert ended(desk.subject(ANNA)) is None


def test_a_refusal_is_an_end_too(desk: Desk) -> None:
    desk.record(ANNA, "refuse")
    assert ended(desk.subject(ANNA)) == "2026-11-21"
