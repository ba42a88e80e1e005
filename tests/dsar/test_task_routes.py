"""Decisions about tasks over HTTP: by those who may, about tasks of this very request."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any
from uuid import UUID

import pytest

from privacy.authz.actors import OPERATOR, Realm
from privacy.db import db, unit_of_work
from privacy.dsar import cases
from privacy.dsar.execution import course, tasks
from privacy.dsar.execution.recipients import TO_BE_TOLD
from privacy.dsar.package import packages
from privacy.dsar.service import run_until_idle
from privacy.dsar.vocabulary import TaskKind
from privacy.programme import service as programmes
from privacy.systems.connector import TooManyRows
from tests.callers import ANNA, Caller, Service
from tests.dsar.test_routes import identified, step
from tests.rules.source import ROOT


@pytest.fixture
def staff(service: Service) -> Caller:
    """A member of staff, where Anna is known."""
    made = service.staff()
    assert made.put("/subjects", {"subject": ANNA}).status_code == 200
    return made


@pytest.fixture
def request_(staff: Caller, service: Service) -> dict[str, Any]:
    """A granted request for access that no system was connected for."""
    text = (ROOT / "programme.yml").read_text()
    processor = text[text.index("  - code: mailing\n    names: { pl: Wysyłka") : text.index("  - code: paper\n")]
    document = programmes.read(text.replace(processor, ""))  # It would be looked for in the network.
    with service.app.app_context(), unit_of_work():
        programmes.apply(document, actor=OPERATOR, purpose_in_use=lambda _code: False)
    made = identified(staff)
    step(staff, made, "grant")
    run_until_idle(service.app.app_context)
    return made


def listed(staff: Caller, request: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = staff.get(f"/requests/{request['id']}/tasks").get_json()["tasks"]
    return found


def decide(caller: Caller, request: dict[str, Any], task: dict[str, Any], what: str, /, **body: Any) -> Any:
    return caller.post(f"/requests/{request['id']}/tasks/{task['id']}/{what}", body)


def handed_over(service: Service, request: dict[str, Any], kind: TaskKind, failure: str) -> dict[str, Any]:
    """Another task of the request that waits for somebody."""
    with service.app.app_context():
        with unit_of_work():
            row = cases.lock(UUID(request["id"]))
            made = tasks.add(row, cases.key_of(row), kind, "shop", place="shop.customer", look=1)
            tasks.hand_over(made, failure)
            course.go_on(row)
            found = {"id": str(made.id)}
        db.session.remove()
    return found


def test_papers_are_looked_through_and_what_is_not_there_is_excepted(
    staff: Caller, service: Service, request_: dict[str, Any]
) -> None:
    for one in listed(staff, request_):
        if one["state"] == "for_a_person":
            done = decide(staff, request_, one, "except", reason="switched off")
            assert (done.status_code, done.get_json()["state"]) == (200, "excepted")
    [paper] = [one for one in listed(staff, request_) if one["system"] == "paper"]
    opened = decide(staff, request_, paper, "open").get_json()
    assert opened["asked"]["customer_id"] == [ANNA["customer_id"]]
    assert opened["who"] == "Archiwum, Poznań"
    scans = [{"name": name, "content": base64.b64encode(b"%PDF-1.4").decode()} for name in ("mine.pdf", "hers.pdf")]
    assert decide(staff, request_, paper, "form", statement="Both folders.", files=scans).status_code == 200
    run_until_idle(service.app.app_context)
    # Nobody has looked into the files yet, who else is in them.
    address = f"/requests/{request_['id']}"
    assert staff.get(address).get_json()["state"] == "reviewing"
    seen = staff.post(f"{address}/review/open", {}).get_json()
    items = {one["field"]: one for one in seen["items"]}
    assert {(one["table"], one["why"], *one["values"]) for one in seen["items"]} == {("files", "file", 8)}
    assert (seen["undecided"], items.keys()) == (2, {"mine.pdf", "hers.pdf"})
    for name, verdict in (("mine.pdf", "keep"), ("hers.pdf", "redact")):
        body = {"items": [items[name]["ref"]], "verdict": verdict, "reason": "looked into"}
        assert staff.post(f"{address}/review/decide", body).status_code == 200
    step(staff, request_, "finish-review")
    run_until_idle(service.app.app_context)
    shown = staff.get(address).get_json()
    assert (shown["state"], shown["outcome"]) == ("answered", "partly")
    with service.app.app_context():
        made = packages.newest(UUID(request_["id"]))
        assert made is not None
        raw = b"".join(packages.parts(made.id))
        db.session.remove()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert [name for name in archive.namelist() if name.startswith("files/")] == ["files/paper/1-mine.pdf"]
        assert "pominięte pliki (1)" in archive.read("index.html").decode()


def test_two_people_allow_more_rows(staff: Caller, service: Service, request_: dict[str, Any]) -> None:
    task = handed_over(service, request_, TaskKind.FIND, TooManyRows.code)
    asked = {"limit": 50_000, "reason": "a wholesaler"}
    assert decide(staff, request_, task, "limit", **asked).get_json()["state"] == "for_a_person"
    assert decide(staff, request_, task, "open").get_json()["proposed_limit"] == 50_000
    again = decide(staff, request_, task, "limit", **asked)
    assert (again.status_code, again.get_json()["type"]) == (409, "/problems/second-person-needed")
    assert decide(service.staff(), request_, task, "limit", **asked).get_json()["state"] == "waiting"


def test_a_recipient_is_told_and_its_answer_kept(staff: Caller, service: Service, request_: dict[str, Any]) -> None:
    task = handed_over(service, request_, TaskKind.TELL, TO_BE_TOLD)
    told = decide(staff, request_, task, "tell", to="dpo@example.net", what="Erase it.", whom="C-1001")
    assert (told.status_code, told.get_json()["state"]) == (200, "done")
    assert decide(staff, request_, task, "answer", answer="Done on Monday.").status_code == 200
    events = [one["event"] for one in staff.get(f"/requests/{request_['id']}/steps").get_json()["steps"]]
    assert events[-2:] == ["recipient_told", "recipient_answered"]


def test_a_task_is_found_only_in_its_own_request_and_by_those_who_may(
    staff: Caller, service: Service, request_: dict[str, Any]
) -> None:
    other = identified(staff)
    [task] = [one for one in listed(staff, request_) if one["system"] == "shop"]
    assert task["failure"] == "system-not-connected"
    for what, body in (
        *(("open", {}), ("form", {"statement": "x"}), ("rows", {"rows": {"x": True}, "reason": "x"})),
        *(("limit", {"limit": 5, "reason": "x"}), ("try-again", {}), ("except", {"reason": "x"})),
        *(("tell", {"to": "a@example.net", "what": "x", "whom": "x"}), ("answer", {"answer": "x"})),
    ):
        assert decide(staff, other, task, what, **body).status_code == 404, what
        assert decide(service.caller(), request_, task, what, **body).status_code == 403, what
        assert decide(service.caller(realm=Realm.TEST), request_, task, what, **body).status_code == 403, what
    again = decide(staff, request_, task, "try-again")
    assert (again.status_code, again.get_json()["state"]) == (200, "waiting")
    assert decide(staff, request_, task, "try-again").status_code == 409
