"""Requests over HTTP: who may do what, what is answered, and what is never told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work
from privacy.erasure import service as erasure
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.callers import ANNA, Caller, Service

BODY: dict[str, Any] = {"type": "access", "intake": "letter", "subject": ANNA, "words": "Everything you have."}
UNKNOWN = {"email": "nobody.at.all@example.com"}


@pytest.fixture
def staff(service: Service) -> Caller:
    """A member of staff, where Anna is known."""
    made = service.staff()
    assert made.put("/subjects", {"subject": ANNA}).status_code == 200
    return made


def opened(caller: Caller, **changes: Any) -> dict[str, Any]:
    answer = caller.post("/requests", BODY | changes)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def step(caller: Caller, request: dict[str, Any], name: str, **body: Any) -> dict[str, Any]:
    now = caller.get(f"/requests/{request['id']}").get_json()
    answer = caller.post(f"/requests/{request['id']}/{name}", {"version": now["version"]} | body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def identified(caller: Caller, **changes: Any) -> dict[str, Any]:
    return step(caller, opened(caller, **changes), "identify", proof="decided", reason="signature compared")


def test_a_request_is_handled_from_receipt_to_refusal(staff: Caller) -> None:
    request = opened(staff)
    assert (request["state"], request["days_left"] > 0) == ("received", True)
    assert step(staff, request, "ask-identity")["state"] == "identifying"
    done = step(staff, request, "identify", proof="decided", reason="signature compared")
    assert (done["state"], done["proof"]) == ("assessing", "decided")
    extended = step(staff, request, "extend", reason="nine systems")
    assert extended["due_on"] > request["due_on"]
    refused = [{"ground": "12_5_excessive", "facts": "the fourth in a month"}]
    assert step(staff, request, "refuse", refused=refused)["state"] == "answering"
    answered = step(staff, request, "answer")
    assert (answered["state"], answered["outcome"], answered["days_left"]) == ("answered", "refused", None)
    steps = staff.get(f"/requests/{request['id']}/steps").get_json()["steps"]
    assert [one["event"] for one in steps] == [
        *("received", "ask_identity", "identify", "extended", "refuse", "answer"),
    ]
    assert steps[2]["reason"] == "signature compared"
    kinds = [one["kind"] for one in staff.get(f"/requests/{request['id']}/letters").get_json()["letters"]]
    assert kinds == ["receipt", "identity", "extension", "refusal"]
    assert staff.get(f"/requests/{request['id']}/tasks").get_json() == {"tasks": []}


def test_the_answer_is_the_same_whether_or_not_the_person_is_known(staff: Caller, service: Service) -> None:
    assert staff
    machine = service.caller("requests:write", "requests:read")
    own = {"id", "number", "received_at", "recorded_at"}
    known, unknown = opened(machine), opened(machine, subject=UNKNOWN)
    assert {k: v for k, v in known.items() if k not in own} == {k: v for k, v in unknown.items() if k not in own}
    objected, stranger = opened(machine, type="objection"), opened(machine, type="objection", subject=UNKNOWN)
    assert (objected["state"], objected["version"]) == (stranger["state"], stranger["version"])


def test_a_machine_sees_what_it_opened_and_reports_a_sign_in(staff: Caller, service: Service) -> None:
    machine, other = service.caller(), service.caller()
    request = opened(machine)
    assert [one["id"] for one in machine.get("/requests").get_json()["requests"]] == [request["id"]]
    assert other.get("/requests").get_json()["requests"] == []
    assert other.get(f"/requests/{request['id']}").status_code == 404
    assert other.post(f"/requests/{request['id']}/withdraw", {"version": 1}).status_code == 404
    assert machine.post(f"/requests/{request['id']}/grant", {"version": 1}).status_code == 403
    decided = machine.post(f"/requests/{request['id']}/identify", {"version": 1, "proof": "decided", "reason": "x"})
    assert decided.status_code == 403
    assert step(machine, request, "identify", proof="account")["state"] == "assessing"
    signed_in = opened(machine, proof="account")
    assert (signed_in["state"], signed_in["proof"]) == ("assessing", "account")
    weaker = service.caller("requests:write")
    assert weaker.post("/requests", BODY | {"proof": "account"}).status_code == 403
    assert {one["id"] for one in staff.get("/requests").get_json()["requests"]} == {request["id"], signed_in["id"]}


def test_what_somebody_looked_at_is_what_is_changed(staff: Caller) -> None:
    request = opened(staff)
    path = f"/requests/{request['id']}/note"
    assert staff.post(path, {"version": 1, "reason": "called"}).status_code == 200
    stale = staff.post(path, {"version": 1, "reason": "called"})
    assert (stale.status_code, stale.get_json()["type"]) == (409, "/problems/request-changed")
    early = staff.post(f"/requests/{request['id']}/grant", {"version": 2})
    assert (early.status_code, early.get_json()["type"]) == (409, "/problems/request-step-not-possible")
    assert staff.post(f"/requests/{request['id']}/nonsense", {"version": 2}).status_code == 404


def test_two_people_agree_to_a_disclosure(staff: Caller, service: Service) -> None:
    asked = {"authority": "KMP Poznań", "reference": "RSD 7/26", "legal_basis": "art. 15 KPK", "term": "P14D"}
    request = identified(staff, type="disclosure", subject={}, **asked)
    assert step(staff, request, "grant", answer="We disclose the following.")["state"] == "approving"
    now = staff.get(f"/requests/{request['id']}").get_json()["version"]
    assert staff.post(f"/requests/{request['id']}/approve", {"version": now}).status_code == 409
    assert step(service.staff(), request, "approve")["state"] == "answering"


def test_a_duplicate_is_joined(staff: Caller) -> None:
    first, second = identified(staff), identified(staff)
    done = step(staff, second, "join", earlier=first["number"])
    assert (done["state"], done["joined_to"]) == ("joined", first["id"])


def test_lists_are_filtered_and_paged(staff: Caller) -> None:
    ids = [opened(staff)["id"] for _ in range(3)]
    erasure = opened(staff, type="erasure", received_at="2026-01-31T10:00:00+01:00")
    first = staff.get("/requests?limit=2").get_json()
    rest = staff.get(f"/requests?limit=2&after={first['next']}").get_json()
    assert [one["id"] for one in (*first["requests"], *rest["requests"])] == [erasure["id"], *ids]
    assert rest["next"] is None
    assert [one["id"] for one in staff.get("/requests?type=erasure&open=true").get_json()["requests"]] == [
        erasure["id"]
    ]
    assert staff.get("/requests?due_before=2026-01-01").get_json()["requests"] == []
    assert staff.get("/requests?state=nowhere").status_code == 422
    assert staff.get("/requests?after=x").status_code == 422


def test_every_day_that_matters_is_shown(staff: Caller) -> None:
    # Both readings of "two further months" differ at a month's end (Regulation 1182/71; standards A.5, vector 8).
    request = opened(staff, received_at="2026-01-31T10:00:00+01:00")
    shown = staff.get(f"/requests/{request['id']}").get_json()
    assert (shown["nominal_on"], shown["due_on"]) == ("2026-02-28", "2026-03-02")
    assert {shown["extended_a_on"], shown["extended_b_on"]} == {"2026-04-30", "2026-04-28"}
    assert shown["basis"] == "GDPR art. 12(3)"


def test_what_a_request_holds_is_read_by_those_who_may_and_the_log_tells_of_it(staff: Caller) -> None:
    request = identified(staff)
    held = staff.post(f"/requests/{request['id']}/open", {}).get_json()
    assert held["matter"]["words"] == BODY["words"]
    found = staff.post("/requests/search", {"subject": {"email": ANNA["email"]}}).get_json()["requests"]
    assert [one["id"] for one in found] == [request["id"]]
    [receipt] = staff.get(f"/requests/{request['id']}/letters").get_json()["letters"]
    path = f"/requests/{request['id']}/letters/{receipt['id']}/open"
    assert request["number"] in staff.post(path, {}).get_json()["subject"]
    assert staff.send("POST", path, {}, Accept="application/pdf").data.startswith(b"%PDF-")
    assert staff.send("POST", path, {}, Accept="text/html").status_code == 406
    assert staff.post(f"/requests/{request['id']}/letters/{UUID(int=7)}/open", {}).status_code == 404


def test_the_same_request_sent_again_is_one(staff: Caller) -> None:
    one = staff.post("/requests", BODY, Idempotency_Key="letter-7")
    other = staff.post("/requests", BODY, Idempotency_Key="letter-7")
    assert (one.status_code, one.get_json()) == (other.status_code, other.get_json())
    assert len(staff.get("/requests").get_json()["requests"]) == 1


def test_a_request_that_would_restrict_or_stop_binds_in_the_next_check(staff: Caller) -> None:
    def reason() -> str:
        return str(staff.check()["reason"])

    staff.post("/consents", {})
    request = identified(staff, type="restriction")
    assert reason() == "restricted"
    refused = [{"ground": "18_1", "facts": "nothing is contested"}]
    step(staff, request, "refuse", refused=refused)
    assert reason() != "restricted"
    opened(staff, type="objection")
    assert reason() == "objected"


def test_a_request_outlives_its_erased_person_and_is_found_by_nobodys_name(staff: Caller, service: Service) -> None:
    request = identified(staff)
    with service.app.app_context():
        with unit_of_work():
            [anna] = subjects.find(subjects.name_of(programmes.current(), OPERATOR, {"email": ANNA["email"]}))
            erasure.erase_subject(anna, cause="request 7", actor=OPERATOR)
        db.session.remove()
    assert staff.get(f"/requests/{request['id']}").get_json()["identified_at"]
    assert staff.post(f"/requests/{request['id']}/open", {}).get_json()["matter"]["words"] == BODY["words"]
    assert staff.post("/requests/search", {"subject": {"email": ANNA["email"]}}).get_json()["requests"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "nonsense"}, "type"),
        ({"subject": {}}, "subject"),
        ({"subject": {"email": "nobody"}}, "email"),
        ({"term": "P14D"}, "term"),
        ({"received_at": "yesterday, I think"}, "received_at"),
        ({"received_at": "2199-01-01T00:00:00Z"}, "received_at"),
        ({"controller": "nobody"}, "controller"),
        ({"locale": "tlh"}, "locale"),
        ({"agent": {"name": "A", "contact": "B", "mandate": "C"}}, "agent"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_recorded(staff: Caller, change: dict[str, Any], field: str) -> None:
    answer = staff.post("/requests", BODY | change)
    assert answer.status_code == 422
    assert any(field in place for place in answer.get_json()["errors"]), answer.text
    assert staff.get("/requests").get_json()["requests"] == []
