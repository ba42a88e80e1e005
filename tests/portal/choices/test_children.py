"""A parent decides for a child by the child's purposes; nobody else does, and nobody once the child is of age."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.db import db, unit_of_work
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.subjects.service import AgeClass
from tests.callers import Caller, Service, a_give
from tests.consent.desk import a_staff_member
from tests.selfservice.visitors import ANNA, Visitor, come_in, known

pytestmark = pytest.mark.usefixtures("frozen")
OLA = {"customer_id": "C-3003", "email": "ola.nowak@example.com"}
ADAM = {"customer_id": "C-2002", "email": "adam.kos@example.com"}


@pytest.fixture
def ola(service: Service, crm: Caller) -> UUID:
    """Anna's daughter, for whom Anna agreed to offers in the shop."""
    with service.app.app_context():
        known(OLA)
        db.session.remove()
    crm.record(a_give(OLA, by={"subject": ANNA, "mandate": "parent"}, age_class="under_13"))
    return _aged(service, AgeClass.UNDER_13)


def _aged(service: Service, age: AgeClass) -> UUID:
    with service.app.app_context():
        programme = programmes.current()
        with unit_of_work():
            found, _ = subjects.put_subject(
                subjects.name_of(programme, OPERATOR, OLA),
                actor=OPERATOR,
                programme=programme,
                source="crm",
                age_class=age,
            )
        db.session.remove()
    return found


def test_a_parent_sees_and_withdraws_for_a_child(anna: Visitor, crm: Caller, ola: UUID) -> None:
    assert f"/portal/children/{ola}" in anna.get("/").text
    page = anna.get(f"/children/{ola}").text
    assert "<h1>My child" in page
    assert page.count(f'name="child" value="{ola}"') == page.count("/portal/choices/")
    assert "o***@example.com" in page
    assert "What goes on whatever" not in page
    place = re.findall(r'name="place" value="(email\.[^"]+)"', page)[0]
    assert crm.check(OLA)["allowed"]
    answer = anna.post("/choices/withdraw", page=f"/children/{ola}", purpose="offers", place=place, child=str(ola))
    assert answer.location.startswith(f"/portal/children/{ola}")
    assert crm.check(OLA)["reason"] == "withdrawn"
    assert crm.check()["allowed"]


def test_a_parent_agrees_for_a_child_and_the_act_names_both(anna: Visitor, crm: Caller, ola: UUID) -> None:
    page = anna.get(f"/children/{ola}/choices/profiling").text
    [place] = re.findall(r'name="place" value="([^"]+)"', page)
    [shown] = re.findall(r'name="shown" value="([^"]+)"', page)
    answer = anna.post(
        "/choices/profiling/answer",
        page=f"/children/{ola}/choices/profiling",
        answer="yes",
        shown=shown,
        place=place,
        child=str(ola),
    )
    assert answer.status_code == 303, answer.text
    assert crm.check(OLA, purpose="profiling", channel=None)["allowed"]
    assert crm.check(purpose="profiling", channel=None)["reason"] == "no_record"


def test_a_parent_stops_advertising_for_the_child_alone(anna: Visitor, crm: Caller, ola: UUID) -> None:
    anna.post("/choices/stop", page=f"/children/{ola}", child=str(ola))
    assert crm.check(OLA)["reason"] == "objected"
    assert crm.check()["allowed"]


def test_a_child_withdraws_alone_and_cannot_agree_alone(service: Service, crm: Caller, ola: UUID) -> None:
    child = come_in(service.app, OLA["email"])
    child.web.set_cookie("lang", "en")
    assert "a parent or guardian has to agree" in child.get("/").text
    page = child.get("/choices/profiling").text
    assert 'name="place"' not in page
    [shown] = re.findall(r'name="shown" value="([^"]+)"', page)
    refused = child.post("/choices/profiling/answer", page="/choices/profiling", answer="yes", shown=shown, place=".")
    assert refused.status_code == 422
    child.post("/choices/stop", page="/")
    assert crm.check(OLA)["reason"] == "objected"


def test_nobody_else_and_no_grown_up_child_is_shown(service: Service, anna: Visitor, crm: Caller, ola: UUID) -> None:
    crm.record(a_give(ADAM))
    with service.app.app_context():
        known(ADAM)
        db.session.remove()
    adam = come_in(service.app, ADAM["email"])
    assert adam.get(f"/children/{ola}").status_code == 404
    assert adam.post("/choices/stop", page="/", child=str(ola)).status_code == 404
    assert crm.check(OLA)["allowed"]
    _aged(service, AgeClass.ADULT)
    assert anna.get(f"/children/{ola}").status_code == 404
    assert "/portal/children/" not in anna.get("/").text


def test_who_spoke_for_a_child_by_mistake_speaks_no_more(
    service: Service, anna: Visitor, crm: Caller, ola: UUID
) -> None:
    anna.post("/choices/stop", page=f"/children/{ola}", child=str(ola))  # Done here, which proves nothing.
    wrong = consent.Filter(source_system="shop", received_from=1)
    with service.app.app_context():
        ewa, jan = a_staff_member("ewa"), a_staff_member("jan")
        with unit_of_work():
            approval, _ = consent.request_annulment(wrong, actor=ewa, reason="another Anna")
        with unit_of_work():
            assert consent.annul(wrong, approval, actor=jan, reason="another Anna")
        db.session.remove()
    assert anna.get(f"/children/{ola}").status_code == 404
    assert anna.post("/choices/stop", page="/", child=str(ola)).status_code == 404
    assert "/portal/children/" not in anna.get("/").text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_child_that_is_no_id_is_nobodys(anna: Visitor) -> None:
    [shown] = re.findall(r'name="shown" value="([^"]+)"', anna.get("/choices/profiling").text)
    answer = anna.post("/choices/profiling/answer", page="/", answer="no", shown=shown, child="nobody")
    assert answer.status_code == 404
