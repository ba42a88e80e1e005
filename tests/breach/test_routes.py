"""Breaches over HTTP: who may do what, what is answered, and what only those who handle them are shown."""

from __future__ import annotations

from typing import Any

import pytest

from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Realm
from privacy.db import unit_of_work
from tests.breach.desk import WRITTEN
from tests.callers import Caller, Service

REPORT: dict[str, Any] = {
    "words": "Anna's list lies open.",
    "detected_at": "2026-11-20T08:15:00+01:00",
    "facts": {"incident": {"description": "A list lay open.", "nature": ["confidentiality"], "systems": ["shop"]}},
}
ASSESSED = {"risk": "high", **WRITTEN}
SCORED = {
    "data": [{"category": "simple", "adjusted": 1, "why": "addresses tell of wealth"}],
    "ease": "maximum",
    "confidentiality": "unknown",
    "persons": 1_200,
}


@pytest.fixture
def staff(service: Service) -> Caller:
    return service.staff()


@pytest.fixture
def officer(service: Service) -> Caller:
    with service.app.app_context(), unit_of_work():
        made = access.create_staff("iod", "iod@example.com", actor=OPERATOR, role="dpo")
    return Caller(service.app.test_client(), made.key)


def opened(caller: Caller, **changes: Any) -> dict[str, Any]:
    answer = caller.post("/breaches", REPORT | changes)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def step(caller: Caller, breach: dict[str, Any], name: str, status: int = 200, **body: Any) -> dict[str, Any]:
    now = caller.get(f"/breaches/{breach['id']}").get_json()
    answer = caller.post(f"/breaches/{breach['id']}/{name}", {"version": now["version"]} | body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def aware(caller: Caller, breach: dict[str, Any]) -> dict[str, Any]:
    return step(caller, breach, "aware", reason="logs show it", aware_at="2026-11-20T16:40:00+01:00")


def test_a_breach_is_handled_from_report_to_response(staff: Caller, officer: Caller) -> None:
    breach = opened(staff)
    assert (breach["number"], breach["state"], breach["rehearsal"]) == ("N-2026-0001", "detected", False)
    assert step(staff, breach, "triage")["state"] == "triage"
    now = aware(staff, breach)
    assert (now["due_at"], now["outer_at"]) == ("2026-11-23T15:40:00Z", "2026-11-23T16:00:00Z")
    step(staff, breach, "assess", assessment=ASSESSED | {"enisa": SCORED})
    step(officer, breach, "opine", opinion={"notify": True, "tell": True, "reasons": "PESEL"})
    decided = step(staff, breach, "decide", decision={"notify": True, "tell": True, "reasons": "as advised"})
    assert (decided["state"], decided["notify"], decided["tell"]) == ("response", True, True)
    detail = staff.get(f"/breaches/{breach['id']}").get_json()
    assert [(one["kind"], one["counts"]) for one in detail["judgements"]] == [
        ("assessment", True),
        ("opinion", True),
        ("decision", True),
    ]
    steps = staff.get(f"/breaches/{breach['id']}/steps").get_json()
    assert [one["event"] for one in steps["steps"]][-1] == "decide"
    assert steps["steps"][2]["reason"] == "logs show it"


def test_every_clock_is_listed_with_its_own_time(staff: Caller) -> None:
    breach = opened(staff)
    aware(staff, breach)
    found = {one["code"]: one for one in staff.get(f"/breaches/{breach['id']}/clocks").get_json()["clocks"]}
    assert found["csirt_early"]["due_at"] == "2026-11-21T07:15:00Z"
    assert found["authority"]["due_at"] == "2026-11-23T15:40:00Z"
    assert found["authority"]["rule_from"] == "2018-05-25"
    assert {"card_schemes", "csirt", "insurer", "police"} <= found.keys()


def test_what_is_held_in_words_is_opened_for_the_log_alone(staff: Caller) -> None:
    breach = opened(staff)
    aware(staff, breach)
    step(staff, breach, "assess", assessment=ASSESSED | {"enisa": SCORED})
    assert "Anna" not in staff.get(f"/breaches/{breach['id']}").text
    held = staff.post(f"/breaches/{breach['id']}/open", None).get_json()
    assert held["report"] == REPORT["words"]
    assert held["facts"]["incident"]["systems"] == ["shop"]
    [assessed] = held["assessments"]
    assert assessed["assessment"]["consequences"] == WRITTEN["consequences"]
    assert assessed["assessment"]["enisa"]["data"] == SCORED["data"]
    assert assessed["severity"] == {
        "se": "2.50",
        "dpc": "2",
        "ei": "1.00",
        "cb": "0.50",
        "level": "medium",
        "many_persons": True,
        "unintelligible": False,
    }


def test_the_officer_does_not_decide_and_nobody_else_gives_the_opinion(staff: Caller, officer: Caller) -> None:
    breach = opened(staff)
    aware(staff, breach)
    step(staff, breach, "assess", assessment=ASSESSED)
    opinion = {"notify": True, "tell": True, "reasons": "PESEL"}
    assert step(staff, breach, "opine", 403, opinion=opinion)["type"].endswith("officer-only")
    step(officer, breach, "opine", opinion=opinion)
    decision = {"notify": True, "tell": True, "reasons": "I say so"}
    assert step(officer, breach, "decide", 403, decision=decision)["type"].endswith("not-permitted")


def test_not_notifying_a_risk_is_no_decision(staff: Caller, officer: Caller) -> None:
    breach = opened(staff)
    aware(staff, breach)
    step(staff, breach, "assess", assessment=ASSESSED | {"risk": "risk"})
    step(officer, breach, "opine", opinion={"notify": False, "tell": False, "reasons": "few people"})
    refused = step(staff, breach, "decide", 409, decision={"notify": False, "tell": False, "reasons": "few people"})
    assert refused["wanted"] == ["notifying_lawful"]


def test_a_notification_and_its_answer_are_recorded(staff: Caller) -> None:
    breach = opened(staff)
    aware(staff, breach)
    sent = {"kind": "initial", "way": "biznes_gov", "sent_at": "2026-11-21T10:00:00+01:00"}
    made = step(staff, breach, "notifications", 201, **sent)
    assert (made["number"], made["late"], made["follows"]) == (1, False, None)
    step(staff, breach, "notifications", 201, kind="receipt", reference="DKN.5130.7.2026")
    detail = staff.get(f"/breaches/{breach['id']}").get_json()
    assert [one["kind"] for one in detail["notifications"]] == ["initial", "receipt"]
    assert step(staff, breach, "notifications", 409, **sent)["wanted"] == ["not_notified"]


def test_tasks_are_added_assigned_and_ended(staff: Caller, officer: Caller) -> None:  # somebody to name
    breach = opened(staff)
    step(staff, breach, "tasks", title="Call the printer", due_at="2026-11-22T10:00:00+01:00", owner="iod")
    tasks = staff.get(f"/breaches/{breach['id']}/tasks").get_json()["tasks"]
    own = next(one for one in tasks if one["code"] == "own")
    assert own["title"] == "Call the printer"
    step(staff, breach, "tasks/assign", task=own["number"], due_at="2026-11-22T12:00:00+01:00", reason="a Sunday")
    step(staff, breach, "tasks/end", task=own["number"], state="done")
    assert step(staff, breach, "tasks/end", 409, task=own["number"], state="done")["type"].endswith("task-ended")
    assert step(staff, breach, "tasks/end", 404, task=99, state="done")["type"].endswith("task-not-found")


def test_a_machine_reports_and_sees_nothing_else(service: Service, staff: Caller) -> None:
    machine = service.caller("breaches:report")
    breach = opened(machine)
    for path in ("", f"/{breach['id']}", f"/{breach['id']}/steps", f"/{breach['id']}/tasks", f"/{breach['id']}/clocks"):
        assert machine.get(f"/breaches{path}").status_code == 403
    assert machine.post(f"/breaches/{breach['id']}/triage", {"version": 1}).status_code == 403
    [found] = staff.get("/breaches?open=true").get_json()["breaches"]
    assert found["id"] == breach["id"]
    steps = staff.get(f"/breaches/{breach['id']}/steps").get_json()["steps"]
    assert [one["role"] for one in steps] == ["reporter"]


def test_a_test_key_opens_none_of_the_register(service: Service, staff: Caller) -> None:
    made_up = opened(service.caller("breaches:report", realm=Realm.TEST))
    assert made_up["number"] == "TEST-N-2026-0001"
    assert staff.get(f"/breaches/{made_up['id']}").status_code == 404
    assert staff.get("/breaches").get_json()["breaches"] == []


def test_a_rehearsal_is_marked_in_every_answer(staff: Caller) -> None:
    drill = opened(staff, rehearsal=True)
    assert drill["number"] == "DRILL-N-2026-0001"
    answers = [staff.get(f"/breaches/{drill['id']}{path}").get_json() for path in ("", "/steps", "/tasks", "/clocks")]
    answers.append(staff.post(f"/breaches/{drill['id']}/open", None).get_json())
    assert [answer["rehearsal"] for answer in answers] == [True] * 5
    assert staff.get("/breaches").get_json()["breaches"] == []
    assert len(staff.get("/breaches?rehearsals=true").get_json()["breaches"]) == 1


def test_lists_are_paged_and_told_apart_by_state(staff: Caller) -> None:
    made = {opened(staff)["id"] for _ in range(3)}
    first = staff.get("/breaches?limit=2").get_json()
    rest = staff.get(f"/breaches?limit=2&after={first['next']}").get_json()
    assert {one["id"] for one in (*first["breaches"], *rest["breaches"])} == made
    assert rest["next"] is None
    assert staff.get("/breaches?state=closed").get_json()["breaches"] == []
    for wrong in ("limit=0", "limit=1_0", "limit=501", "state=lost", "after=7", "open=yes"):
        assert staff.get(f"/breaches?{wrong}").status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"detected_at": "2026-10-25T02:30"}, "detected_at"),  # which of two?
        ({"detected_at": "2026-11-20"}, "detected_at"),
        ({"detected_at": "2999-01-01T00:00:00Z"}, "detected_at"),
        ({"controller": "nobody"}, "controller"),
        ({"processor": "nobody"}, "processor"),
        ({"told_at": "2026-11-20T10:00:00+01:00"}, "processor"),
        ({"facts": {"incident": {"colour": "red"}}}, "incident.colour"),
    ],
)
def test_a_report_that_does_not_hold_names_the_field(staff: Caller, changes: dict[str, Any], field: str) -> None:
    answer = staff.post("/breaches", REPORT | changes)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


def test_a_step_taken_twice_by_one_click_is_one_step(staff: Caller) -> None:
    breach = opened(staff)
    body = {"version": breach["version"], "reason": "seen"}
    address = f"/breaches/{breach['id']}/note"
    first = staff.post(address, body, Idempotency_Key="one-click")
    assert staff.post(address, body, Idempotency_Key="one-click").get_json() == first.get_json()
    assert staff.post(address, body).get_json()["type"].endswith("breach-changed")
    assert staff.post(f"/breaches/{breach['id']}/no-such-step", {"version": 2}).status_code == 404
