"""Somebody else changed my choices: I get one letter that says so and not what, and my own page says what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine

from privacy import clock
from privacy.consent.service import ActKind
from privacy.db import db, new_id, session, unit_of_work
from privacy.selfservice.models import ChangeByOther
from tests.callers import ANNA, Caller, Service, a_give
from tests.selfservice.others import noted, said_by_staff, told
from tests.selfservice.visitors import Letter, come_in, known

pytestmark = pytest.mark.usefixtures("frozen")
JAN = {"customer_id": "C-2", "email": "jan@example.com"}
NEW = "new.address@example.com"
ON_BEHALF = {"system": "call_centre", "method": "phone", "proof": "staff_claim"}


@pytest.fixture
def crm(service: Service) -> Caller:
    """Another system, which has known Anna and Jan for a month; the log has been read up to now."""
    service.app.config["PROPAGATE_EXCEPTIONS"] = True
    caller = service.caller()
    with inside(service):
        known(ANNA)
        known(JAN)
        noted()
    return caller


@contextmanager
def inside(service: Service) -> Iterator[None]:
    """The worker's side; no page is asked for meanwhile."""
    with service.app.app_context():
        yield
        db.session.remove()


def letters(service: Service, later: int = 15 * clock.MINUTE) -> list[Letter]:
    """What the worker writes so much later."""
    with inside(service):
        return told(later)


def staff_says(service: Service, act: ActKind = ActKind.OBJECT) -> None:
    with inside(service), unit_of_work():
        said_by_staff(ANNA, act)


def test_staff_changed_it_and_the_person_hears_of_it_once(
    service: Service, crm: Caller, frozen: time_machine.Traveller
) -> None:
    crm.record(a_give())  # Her own, in the shop: no news.
    frozen.shift(60)
    assert letters(service) == []
    staff_says(service)
    assert letters(service, later=5 * clock.MINUTE) == []  # What is done in one sitting is one letter.
    [letter] = letters(service)
    assert letter.to == ANNA["email"]
    assert letter.template == "choices_changed"
    assert letter.link == "https://privacy.example.com/portal/"
    for secret in ("offers", "Oferty", ANNA["customer_id"], ANNA["phone"]):
        assert secret not in letter.body
    frozen.shift(60)
    staff_says(service)  # The same again changes nothing.
    assert letters(service) == []
    frozen.shift(3600)
    staff_says(service, ActKind.LIFT_OBJECTION)
    assert letters(service) == []  # One letter a day ...
    frozen.shift(86_400)
    assert len(letters(service)) == 1  # ... and the rest in the next.
    anna = come_in(service.app, ANNA["email"])
    anna.web.set_cookie("lang", "en")
    page = anna.get("/").text
    assert "Changed by somebody else" in page
    assert "by our staff (call_centre)" in page
    assert page.count("Objection taken back") == page.count("Objection made") == 1
    assert anna.get("/").text == page  # To look changes nothing.
    read = re.findall(r'name="act" value="([^"]+)"', page)
    frozen.shift(60)
    staff_says(service)  # She has not read of this one.
    with inside(service):
        noted()
    answer = anna.post("/changes/seen", page="/", act=read)
    after = anna.web.get(answer.location).text
    assert "Noted." in after
    assert after.count("Objection made") == 1
    assert "Objection taken back" not in after
    anna.post("/changes/seen", page="/", act=re.findall(r'name="act" value="([^"]+)"', after))
    assert "Changed by somebody else" not in anna.get("/").text
    assert "by our staff" not in come_in(service.app, JAN["email"]).get("/", headers={"Accept-Language": "en"}).text


def test_who_takes_an_address_over_cannot_keep_the_old_one_from_hearing(service: Service, crm: Caller) -> None:
    lookup = crm.post("/subjects/lookup", {"subject": ANNA}).get_json()
    change = {"add": {"email": NEW}, "retire": {"email": ANNA["email"]}, "reason": "she called"}
    changed = crm.put(f"/subjects/{lookup['subject_ref']}/contacts", change)
    assert changed.status_code == 200, changed.text
    account = {"customer_id": ANNA["customer_id"]}
    crm.record(a_give(account, channels=["email"], occurred_at=None, source=ON_BEHALF))
    assert [letter.to for letter in letters(service)] == [ANNA["email"]]


def test_history_and_refusals_of_what_nobody_had_agreed_to_are_no_news(service: Service, crm: Caller) -> None:
    crm.record(a_give(occurred_at="2026-10-01T10:00:00+02:00", source=ON_BEHALF))
    refused = a_give(act="refuse", purpose="newsletter", channels=["email"], wording=None, notice=None)
    crm.record(refused | {"source": ON_BEHALF})
    assert letters(service) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_parent_and_whoever_shares_a_mailbox_are_somebody_else(service: Service, crm: Caller) -> None:
    child = {"customer_id": "C-9", "email": "child@example.com"}
    with inside(service):
        known(child)
    by = {"subject": ANNA, "mandate": "parent"}
    crm.record(a_give(child, channels=["email"], by=by, occurred_at=None, age_class="under_13"))
    assert [letter.to for letter in letters(service)] == [child["email"]]
    with inside(service):
        known({"email": ANNA["email"], "customer_id": "C-3"})
    reader = come_in(service.app, ANNA["email"])
    assert reader.post("/choices/stop-here", page="/").status_code == 303
    # Both hear of it at the mailbox that they have, since neither has another; it needs no second letter for that.
    assert [letter.to for letter in letters(service)] == [ANNA["email"]]


def test_one_who_is_gone_keeps_nobody_from_hearing(service: Service, crm: Caller) -> None:
    staff_says(service)
    with inside(service):
        noted()
        with unit_of_work():  # As the reading of the log and an erasure leave it that met each other.
            kept = session().scalars(sa.select(ChangeByOther)).one()
            late = ChangeByOther(
                id=new_id(), subject_id=UUID(int=7), act_id=kept.act_id, whose="staff", received_at=kept.received_at
            )
            session().add(late)
    assert [letter.to for letter in letters(service)] == [ANNA["email"]]
    with inside(service):
        assert [one.subject_id for one in session().scalars(sa.select(ChangeByOther))] == [kept.subject_id]
