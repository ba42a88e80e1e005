"""Legal holds as colleagues and machines meet them: over HTTP."""

from __future__ import annotations

from typing import Any

from privacy.access import service as access
from privacy.authz.actors import OPERATOR
from privacy.db import new_id, unit_of_work
from privacy.retention import service as retention
from tests.callers import ANNA, Caller, Service, a_give
from tests.recovery.desk import inside

HOLD = {
    "reference": "I C 7/27",
    "review_on": "2099-05-31",
    "reason": "a claim of Anna Nowak's",
    "people": [{"email": ANNA["email"]}],
}


def a_colleague(service: Service, name: str) -> Caller:
    with inside(service.app), unit_of_work():
        key = access.create_staff(name, f"{name}@example.com", actor=OPERATOR).key
    return Caller(service.app.test_client(), key)


def _ok(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_hold_from_placing_to_release(service: Service) -> None:
    ewa, jan, machine = a_colleague(service, "ewa"), a_colleague(service, "jan"), service.caller()
    machine.record(a_give())
    placed = _ok(ewa.post("/legal-holds", HOLD), 201)
    assert (placed["people"], placed["owner"], placed["placed_by"]) == (1, "ewa", "ewa")
    assert placed["number"].startswith("H-")
    assert ANNA["email"] not in str(placed)
    one = f"/legal-holds/{placed['id']}"

    assert _ok(jan.get(one))["reason"] == HOLD["reason"]
    assert _ok(machine.get(one))["reason"] is None, "why somebody is held is not a machine's business"
    assert [hold["id"] for hold in _ok(machine.get("/legal-holds"))["holds"]] == [placed["id"]]
    assert _ok(ewa.get("/legal-holds?due=true"))["holds"] == []

    later = _ok(ewa.post(f"{one}/review", {"review_on": "2099-12-31", "reason": "before the court yet"}))
    assert later["review_on"] == "2099-12-31"

    asked = _ok(ewa.post(f"{one}/release", {"reason": "settled"}))
    assert not asked["released"]
    itself = ewa.post(f"{one}/release", {"approval": asked["approval"]})
    assert itself.status_code in {403, 409}
    ended = _ok(jan.post(f"{one}/release", {"approval": asked["approval"]}))
    assert (ended["released"], ended["hold"]["released_by"], ended["hold"]["people"]) == (True, "jan", 0)
    assert _ok(ewa.get("/legal-holds"))["holds"] == []
    assert [hold["number"] for hold in _ok(ewa.get("/legal-holds?released=true"))["holds"]] == [placed["number"]]
    again = ewa.post(f"{one}/review", {"review_on": "2099-12-31", "reason": "again"})
    assert (again.status_code, again.get_json()["type"].rpartition("/")[2]) == (409, "hold-released")


def test_pages_of_holds_are_followed_to_the_end(service: Service) -> None:
    ewa = a_colleague(service, "ewa")
    placed = [_ok(ewa.post("/legal-holds", HOLD | {"reference": f"I C {n}/27"}), 201)["id"] for n in range(3)]
    first = _ok(ewa.get("/legal-holds?limit=2"))
    rest = _ok(ewa.get(f"/legal-holds?limit=2&after={first['next']}"))
    assert [one["id"] for page in (first, rest) for one in page["holds"]] == placed
    assert rest["next"] is None


def test_placing_waits_by_itself_and_then_says_when_to_come_back(service: Service, monkeypatch: Any) -> None:
    ewa = a_colleague(service, "ewa")
    with inside(service.app), unit_of_work():
        retention.enter(new_id(), epoch=0, seconds=60)
    monkeypatch.setattr("privacy.retention.holds.gate.time.monotonic", iter(range(0, 10_000, 30)).__next__)
    answer = ewa.post("/legal-holds", HOLD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.get_json()["type"].rpartition("/")[2] == "hold-must-wait"


def test_a_wrong_name_is_told_without_repeating_it(service: Service) -> None:
    ewa = a_colleague(service, "ewa")
    wrong = ewa.post("/legal-holds", HOLD | {"people": [{"email": "anna.nowak"}]})
    assert wrong.status_code == 422
    assert "people.0.email" in wrong.get_json()["errors"]
    assert "anna.nowak" not in wrong.text
