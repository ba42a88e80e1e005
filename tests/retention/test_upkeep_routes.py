"""The upkeep of data and warnings over HTTP: nobody is named in an address, contacts are masked."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
import time_machine

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.db import db, unit_of_work
from privacy.retention import service as retention
from privacy.subjects import service as subjects
from tests.callers import ANNA, Service, a_give
from tests.retention.warning_desk import RUN, a_desk, rows

JAN = {"customer_id": "C-1002", "email": "annanowak+x@gmial.com"}
HER = ANNA | {"email": "anna.nowak@gmail.com"}


def find_all() -> None:
    with unit_of_work():
        while retention.look_after(clock.micros(), actor=SERVICE):
            pass


@pytest.fixture
def frozen_service(frozen: time_machine.Traveller, service: Service) -> Service:
    assert frozen
    return service


def test_the_portal_asks_what_comes_up_and_says_what_was_confirmed(
    frozen_service: Service, frozen: time_machine.Traveller
) -> None:
    caller = frozen_service.caller()
    caller.record(a_give(ANNA))
    asked = caller.post("/data-quality/to-confirm", {"subject": ANNA}).get_json()
    assert {one["matter"]: one["due"] for one in asked["matters"]} == {"contacts": False, "preferences": False}
    assert ANNA["email"] not in json.dumps(asked)
    frozen.shift(210 * 86_400)
    asked = caller.post("/data-quality/to-confirm", {"subject": {"ref": asked["subject_ref"]}}).get_json()
    assert {one["matter"]: one["due"] for one in asked["matters"]} == {"contacts": True, "preferences": True}
    given = {"subject": ANNA, "matters": ["contacts", "preferences"]}
    answer = caller.post("/data-quality/confirmations", given).get_json()
    assert {one["due"] for one in answer["matters"]} == {False}
    assert caller.post("/data-quality/to-confirm", {"subject": {"customer_id": "nobody"}}).status_code == 404
    assert caller.post("/data-quality/confirmations", given | {"matters": ["name"]}).status_code == 422


def test_staff_see_pairs_masked_and_merge_them(frozen_service: Service) -> None:
    caller = frozen_service.caller()
    for person in (HER, JAN):
        assert caller.put("/subjects", {"subject": person}).status_code == 200
    with frozen_service.app.app_context():
        find_all()
        db.session.remove()
    listed = caller.get("/data-quality/findings?kind=like_email").get_json()
    [pair] = listed["findings"]
    assert listed["next"] is None
    assert "gmail" not in json.dumps(pair["subject_ref"])
    assert "anna" not in json.dumps(pair)
    address = f"/data-quality/findings/{pair['id']}/decision"
    decided = caller.post(address, {"decision": "merge", "reason": "the same card"}).get_json()
    assert decided["state"] == "merged"
    assert caller.post(address, {"decision": "ignore", "reason": "once more"}).status_code == 409
    assert caller.get("/data-quality/findings").get_json()["findings"] == []


def test_a_warning_that_did_not_arrive_is_decided_by_staff(
    frozen_service: Service, frozen: time_machine.Traveller
) -> None:
    staff = frozen_service.staff()
    with frozen_service.app.app_context():
        desk = a_desk(frozen)
        with unit_of_work():
            retention.warn(RUN, rows("C-1001"), desk.rule, actor=SERVICE)
        db.session.remove()
    [waiting] = staff.get("/retention-warnings?state=for_a_person").get_json()["warnings"]
    assert waiting["run"] == str(RUN)
    assert "C-1001" not in json.dumps(waiting)
    address = f"/retention-warnings/{waiting['id']}/decision"
    given: dict[str, Any] = {"decision": "let_go", "reason": "nobody lives there", "version": waiting["version"]}
    assert staff.post(address, given | {"version": 77}).status_code == 409
    assert staff.post(address, given).get_json()["state"] == "let_go"
    assert staff.get(f"/retention-warnings?run={UUID(int=9)}").get_json()["warnings"] == []


def test_an_erasure_through_the_whole_application_leaves_nothing(frozen_service: Service) -> None:
    from privacy.erasure import service as erasure
    from privacy.programme import service as programmes

    caller = frozen_service.caller()
    for person in (HER, JAN):
        caller.put("/subjects", {"subject": person})
    caller.post("/data-quality/confirmations", {"subject": HER, "matters": ["contacts"]})
    with frozen_service.app.app_context():
        find_all()
        [subject_id] = subjects.find(
            subjects.name_of(programmes.current(), OPERATOR, {"customer_id": HER["customer_id"]})
        )
        with unit_of_work():
            erased = erasure.erase_subject(subject_id, cause="request 1", actor=OPERATOR)
        assert erased.deleted["quality_finding"] == 1
        db.session.remove()
    assert caller.get("/data-quality/findings").get_json()["findings"] == []
