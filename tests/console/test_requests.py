"""The workbench of requests: from the form of staff to the package, each step through its form."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR
from privacy.db import db, session, unit_of_work
from privacy.dsar.execution.recipients import TO_BE_TOLD
from privacy.dsar.service import TaskKind, run_until_idle
from privacy.programme import service as programmes
from privacy.systems.connector import TooManyRows
from tests.callers import ANNA, Caller, Service
from tests.console.office import Browser, hired
from tests.console.scenes.requests import HOSTILE, made
from tests.dsar.test_task_routes import handed_over
from tests.rules.source import ROOT

ON_ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
pytestmark = [pytest.mark.usefixtures("frozen"), ON_ONE]
_ITEM = re.compile(r'name="items" value="([0-9a-f]+)"')
_TASK = re.compile(r'/tasks/([0-9a-f-]{36})">([^<]+)<')


def _programme(service: Service, *changes: tuple[str, str]) -> None:
    """The example's programme without what would be looked for in the network, and with these changes."""
    text = (ROOT / "programme.yml").read_text()
    text = text.replace(
        text[text.index("  - code: mailing\n    names: { pl: Wysyłka") : text.index("  - code: paper\n")], ""
    )
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    with service.app.app_context(), unit_of_work():
        programmes.apply(programmes.read(text), actor=OPERATOR, purpose_in_use=lambda _code: False)


@pytest.fixture
def api(service: Service) -> Caller:
    """The API, by which what a form did is seen. Anna is known."""
    _programme(
        service,
        ("proof: control, approvals: 1, cooling_off_hours: 72", "proof: control, approvals: 2, cooling_off_hours: 0"),
    )
    made = service.staff()
    assert made.put("/subjects", {"subject": ANNA}).status_code == 200
    return made


@pytest.fixture
def ewa(service: Service, api: Caller) -> Browser:  # The programme comes first.
    """Who does the daily work and decides."""
    return _signed_in(service, "ewa", "staff")


def _signed_in(service: Service, name: str, role: str) -> Browser:
    browser = Browser(service.app)
    assert browser.sign_in(hired(service.app, name, role), later=1).status_code == 303
    return browser


def _recorded(browser: Browser, **changes: Any) -> str:
    """A request that came by letter; returns the address of its page."""
    fields = {"type": "access", "intake": "letter", "kind_1": "customer_id", "value_1": ANNA["customer_id"]}
    answer = browser.send("/requests/new", **(fields | changes))
    assert answer.status_code == 303, answer.text
    return str(answer.location).removeprefix("/console").partition("?")[0]


def _version(browser: Browser, page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.look(page).text)
    assert found, page
    return found[1]


def _step(browser: Browser, page: str, **fields: Any) -> TestResponse:
    """Send the form of a step, from the version that its page shows."""
    return browser.send(page, version=_version(browser, page), **fields)


def _identify(browser: Browser, request: str) -> None:
    answer = _step(browser, f"{request}/identify", proof="decided", reason="signature compared")
    assert answer.status_code == 303, answer.text


def _now(api: Caller, request: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(request).get_json()
    return found


def _logged(service: Service, action: str) -> int:
    with service.app.app_context():
        found = session().scalar(sa.select(sa.func.count()).where(AuditBody.action == action))
        db.session.remove()
    return found or 0


def test_an_access_request_is_seen_through_to_its_package(service: Service, api: Caller, ewa: Browser) -> None:
    request = _recorded(ewa, value_2=ANNA["email"], kind_2="email", full_name=HOSTILE, words=HOSTILE)
    page = ewa.look(request).text
    assert "Received" in page
    assert ANNA["email"] not in page
    assert "alert(1)" not in page
    before = _logged(service, "request.opened")
    shown = ewa.send(f"{request}/open", at=request).text
    assert ANNA["email"] in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "\u202e" not in shown
    assert _logged(service, "request.opened") == before + 1

    assert _step(ewa, f"{request}/steps/ask-identity").status_code == 303
    assert _now(api, request)["state"] == "identifying"
    unsaid = _step(ewa, f"{request}/identify", proof="decided")
    assert (unsaid.status_code, "Say what was looked at" in unsaid.text) == (422, True)
    assert ANNA["email"] in ewa.send(f"{request}/identify/open", at=f"{request}/identify").text
    _identify(ewa, request)
    assert _step(ewa, f"{request}/steps/ask-clarification", reason="Which shop?").status_code == 303
    assert _step(ewa, f"{request}/steps/clarify", reason="All of them").status_code == 303
    assert _now(api, request)["state"] == "assessing"

    assert ewa.look(f"{request}/plan").status_code == 200
    groundless = _step(ewa, f"{request}/grant", part_0="shop", facts_0="no reason")
    assert (groundless.status_code, 'id="error-ground_0"' in groundless.text) == (422, True)
    wrong = _step(ewa, f"{request}/grant", part_1="nowhere", ground_1="15_4", facts_1="x")
    assert (wrong.status_code, 'id="error-part_1"' in wrong.text) == (422, True)
    granted = _step(ewa, f"{request}/grant", part_1="paper", ground_1="15_4", facts_1="others are named")
    assert granted.status_code == 303
    assert _now(api, request)["state"] == "executing"
    told = ewa.look(f"{request}/now").json
    assert told is not None
    assert (told["moving"], bool(told["tasks"]), ANNA["email"] in str(told)) == (True, True, False)
    run_until_idle(service.app.app_context)
    _leave_undone_but_paper(ewa, api, request)
    run_until_idle(service.app.app_context)
    shown = ewa.look(request).text
    assert _now(api, request)["state"] == "answered"
    assert "can be fetched until" in shown.lower()
    letter = re.search(r'action="/console(/requests/[^"]+/letters/[0-9a-f-]{36})"', shown)
    assert letter
    read = ewa.send(letter[1], at=request)
    assert (read.status_code, "shown-text" in read.text) == (200, True)
    assert ewa.send(f"{letter[1]}/pdf", at=request).data.startswith(b"%PDF")


def _leave_undone_but_paper(browser: Browser, api: Caller, request: str) -> None:
    for task in api.get(f"{request}/tasks").get_json()["tasks"]:
        address = f"{request}/tasks/{task['id']}"
        if task["system"] == "paper":
            opened = browser.send(f"{address}/open", at=address).text
            assert ANNA["customer_id"] in opened
            assert "Archiwum" in opened
            scan = (io.BytesIO(b"%PDF-1.4"), "=cmd().pdf")
            unsaid = browser.send(f"{address}/form", at=address, could_not="1")
            assert unsaid.status_code == 422
            assert browser.send(f"{address}/form", at=address, statement="Both folders.", files=scan).status_code == 303
        elif task["state"] == "for_a_person":
            again = browser.send(f"{address}/try-again", at=address, note="mended")
            assert again.status_code == 303
            done = browser.send(f"{address}/except", at=address, because="switched off")
            assert done.status_code == 303, done.text


def test_what_names_others_is_reviewed_before_it_is_handed_out(service: Service, api: Caller, ewa: Browser) -> None:
    request = _recorded(ewa)
    _identify(ewa, request)
    assert _step(ewa, f"{request}/grant").status_code == 303
    run_until_idle(service.app.app_context)
    _leave_undone_but_paper(ewa, api, request)
    run_until_idle(service.app.app_context)
    assert _now(api, request)["state"] == "reviewing"
    review = f"{request}/review"
    assert "=cmd()" not in ewa.look(review).text
    seen = ewa.send(f"{review}/open", at=review).text
    assert "1 value is undecided" in seen
    [item] = _ITEM.findall(seen)
    file = ewa.send(f"{review}/files/{item}", at=review)
    assert (file.data, file.mimetype) == (b"%PDF-1.4", "application/octet-stream")
    officer = _signed_in(service, "dorota", "dpo")
    assert "Hand out what is ticked" not in officer.send(f"{review}/open", at=review).text
    version = _version_of(seen)
    nothing = ewa.send(f"{review}/decide", at=review, version=version, verdict="keep", reason="hers alone")
    assert nothing.status_code == 422
    kept = ewa.send(f"{review}/decide", at=review, version=version, verdict="keep", reason="hers", items=item)
    assert kept.status_code == 303
    assert _step(ewa, f"{request}/steps/finish-review").status_code == 303
    run_until_idle(service.app.app_context)
    assert _now(api, request)["state"] == "answered"


def _version_of(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def test_two_people_decide_about_an_erasure(service: Service, api: Caller, ewa: Browser) -> None:
    request = _recorded(ewa, type="erasure")
    _identify(ewa, request)
    assert _step(ewa, f"{request}/grant").status_code == 303
    assert _now(api, request)["state"] == "approving"
    assert request in ewa.look("/approvals").text
    assert "steps/disapprove" in ewa.look(request).text
    assert f"{request}/approve" not in ewa.look(request).text  # It was she who granted it.
    alone = ewa.send(f"{request}/approve", at=request, version=str(_now(api, request)["version"]))
    assert (alone.status_code, "Another person" in alone.text) == (422, True)
    jan = _signed_in(service, "jan", "controller")
    back = _step(jan, f"{request}/steps/disapprove", reason="an invoice is open")
    assert back.status_code == 303
    assert _step(ewa, f"{request}/grant", reason="it was paid").status_code == 303
    assert _step(jan, f"{request}/approve").status_code == 303
    assert _now(api, request)["state"] in {"executing", "reviewing"}
    assert request not in jan.look("/approvals").text
    known = {"id": request.rpartition("/")[2]}
    task = f"{request}/tasks/{handed_over(service, known, TaskKind.FIND, TooManyRows.code)['id']}"
    assert ewa.send(f"{task}/limit", at=task, limit="60000", why="a wholesaler").status_code == 303
    assert "More rows" in jan.look("/approvals").text
    same = ewa.send(f"{task}/limit", at=task, limit="60000", why="a wholesaler")
    assert same.status_code == 422
    assert jan.send(f"{task}/limit", at=task, limit="60000", why="he is").status_code == 303
    told = handed_over(service, known, TaskKind.TELL, TO_BE_TOLD)["id"]
    tell = f"{request}/tasks/{told}"
    assert ewa.send(f"{tell}/tell", at=tell, to="dpo@example.net", what="Erase it.", whom="C-1001").status_code == 303
    assert ewa.send(f"{tell}/answer", at=tell, answer="Done on Monday.").status_code == 303
    events = [one["event"] for one in api.get(f"{request}/steps").get_json()["steps"]]
    assert [one for one in events if one.startswith(("rows_", "recipient_"))] == [
        *("rows_proposed", "rows_allowed", "recipient_told", "recipient_answered"),
    ]


def test_who_signs_second_sees_to_which_purposes_an_objection_was_granted(
    service: Service, api: Caller, ewa: Browser
) -> None:
    request = _recorded(ewa, type="objection", purposes=["analytics", "fraud_prevention"], words="Not me.")
    assert _step(ewa, f"{request}/grant", purposes="fraud_prevention").status_code == 303
    shown = ewa.send(f"{request}/open", at=request).text
    decided = shown[shown.index("What was decided") :]
    assert "Granted whole" not in decided
    assert ("Fraud prevention" in decided, "Analytics" in decided) == (True, False)
    erasure = _recorded(ewa, type="erasure")
    _identify(ewa, erasure)
    assert _step(ewa, f"{erasure}/grant").status_code == 303
    jan = _signed_in(service, "jan", "controller")
    assert f'action="/console{erasure}/open"' in jan.look(f"{erasure}/approve").text


def test_the_other_steps_are_taken_each_by_its_form(api: Caller, ewa: Browser) -> None:
    request = _recorded(ewa, received_on="2026-11-20")
    for step, reason in (
        ("extend", "nine systems"),
        ("suspend", "a letter is on its way"),
        ("resume", ""),
        ("note", "x"),
    ):
        assert _step(ewa, f"{request}/steps/{step}", reason=reason).status_code == 303, step
    late = ewa.look(f"{request}/steps/extend").text
    assert "not possible where the request stands" in late
    stale = ewa.send(f"{request}/steps/note", version="1", reason="seen by another")
    assert (stale.status_code, "went on meanwhile" in stale.text) == (422, True)
    _identify(ewa, request)
    assert _step(ewa, f"{request}/steps/doubt-identity", reason="it was a stranger").status_code == 303
    _identify(ewa, request)
    earlier = _recorded(ewa)
    _identify(ewa, earlier)
    nobody = _step(ewa, f"{earlier}/join", earlier="2026/999999")
    assert (nobody.status_code, "no request of that number" in nobody.text) == (422, True)
    assert _step(ewa, f"{earlier}/join", earlier=_now(api, request)["number"]).status_code == 303
    assert _now(api, earlier)["state"] == "joined"
    bare = _step(ewa, f"{request}/refuse")
    assert bare.status_code == 422
    refused = _step(ewa, f"{request}/refuse", ground_0="12_5_excessive", facts_0="the fourth in a month")
    assert refused.status_code == 303
    assert _step(ewa, f"{request}/answer").status_code == 303
    assert (_now(api, request)["state"], _now(api, request)["outcome"]) == ("answered", "refused")
    assert _step(ewa, f"{request}/steps/reopen", reason="a court said so").status_code == 303
    assert _step(ewa, f"{request}/withdraw").status_code == 422
    assert _step(ewa, f"{request}/withdraw", reason="on the phone").status_code == 303
    assert _now(api, request)["state"] == "withdrawn"
    unknown = _recorded(ewa, value_1="C-404404")
    assert _step(ewa, f"{unknown}/steps/ask-identity").status_code == 303
    assert _step(ewa, f"{unknown}/steps/give-up-identity", reason="no answer").status_code == 303
    assert _now(api, unknown)["state"] == "unidentified"


def test_a_restriction_ends_after_the_person_was_told(api: Caller, ewa: Browser, frozen: Any) -> None:
    request = _recorded(ewa, type="restriction")
    _identify(ewa, request)
    assert "steps/lift-restriction" not in ewa.look(request).text
    assert _step(ewa, f"{request}/steps/tell-of-lifting", reason="it was checked").status_code == 303
    frozen.shift(9 * 86_400)
    jan = Browser(ewa.app)
    jan.sign_in(hired(ewa.app, "jan"), later=1)
    assert _step(jan, f"{request}/steps/lift-restriction").status_code == 303
    assert "restriction_ended" in str(api.get(f"{request}/steps").get_json())


def test_requests_are_listed_narrowed_and_found(service: Service, api: Caller, ewa: Browser) -> None:
    first, second = _recorded(ewa, received_on="2026-10-01"), _recorded(ewa, type="complaint", words="It is wrong.")
    _identify(ewa, first)
    page = ewa.look("/requests").text
    assert page.index(first) < page.index(second)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("privacy.console.requests.listing._MOST", 1)
        assert second not in ewa.look("/requests?as=page").text  # Nothing but a file has them all.
    assert "days late" in page
    assert second not in ewa.look("/requests?due=late").text
    assert first not in ewa.look("/requests?kind=complaint").text
    assert "There are no such requests." in ewa.look("/requests?which=ended&state=").text
    file = ewa.look("/requests?as=csv&sort=number")
    assert (file.mimetype, file.data.count(b"\r\n")) == ("text/csv", 3)
    assert ewa.look("/requests/calendar").data.startswith(b"BEGIN:VCALENDAR")
    before = _logged(service, "requests.searched")
    found = ewa.send("/requests/find", kind="customer_id", value=ANNA["customer_id"]).text
    assert first in found
    assert ANNA["customer_id"] not in found
    assert "0 requests found" in ewa.send("/requests/find", kind="customer_id", value="C-404404").text
    assert _logged(service, "requests.searched") == before + 2
    assert ewa.send("/requests/find", kind="email", value="=cmd()").status_code == 422
    nameless = ewa.send("/requests/new", type="access", intake="letter")
    assert (nameless.status_code, 'id="error-value_1"' in nameless.text) == (422, True)
    mandate = ewa.send("/requests/new", type="access", intake="agent", kind_1="email", value_1=ANNA["email"])
    assert (mandate.status_code, 'id="error-agent_name"' in mandate.text) == (422, True)


def test_the_officer_reads_and_takes_no_step(service: Service, api: Caller, ewa: Browser) -> None:
    request = _recorded(ewa, words="Everything you have.")
    officer = _signed_in(service, "dorota", "dpo")
    page = officer.look(request).text
    assert "Others take the next step" in page
    assert "/identify" not in page
    assert "Everything you have." in officer.send(f"{request}/open", at=request).text
    for path in ("identify", "grant", "refuse", "answer", "withdraw", "approve", "steps/note", "plan"):
        assert officer.look(f"{request}/{path}").status_code == 403, path
        assert officer.send(f"{request}/{path}", at=request).status_code in {403, 405}, path
    assert officer.look("/requests/new").status_code == 403
    assert officer.look(f"/requests/{UUID(int=7)}").status_code == 404
    agent = _signed_in(service, "olek", "agent")
    assert agent.look("/requests").status_code == 403
    assert agent.look(request).status_code == 403
    assert _now(api, request)["version"] == 1


def test_what_a_colleague_asked_for_is_declined_by_another(service: Service, ewa: Browser) -> None:
    approval = made(service.app)["approval_id"]
    page = ewa.look("/approvals").text
    assert "Release of a legal hold" in page
    assert "the suit is over" in page
    officer = _signed_in(service, "dorota", "dpo")
    assert "Release of a legal hold" in officer.look("/approvals").text
    assert ">Decline<" not in officer.look("/approvals").text
    assert officer.send(f"/approvals/{approval}/refuse", at="/account").status_code == 403
    assert ewa.send(f"/approvals/{UUID(int=7)}/refuse", at="/approvals").status_code == 404
    jan = _signed_in(service, "jan", "controller")
    assert jan.send(f"/approvals/{approval}/refuse", at="/approvals").status_code == 303
    assert "Release of a legal hold" not in ewa.look("/approvals").text


def test_what_ends_or_undoes_a_request_is_for_who_proved_themselves_just_now(ewa: Browser, frozen: Any) -> None:
    frozen.shift(6 * 60)
    nowhere = f"/requests/{UUID(int=7)}"
    for grave in ("steps/reopen", "steps/doubt-identity", "withdraw", "join"):
        assert "/console/prove" in ewa.look(f"{nowhere}/{grave}").headers["Location"]
    assert ewa.look(f"{nowhere}/steps/note").status_code == 404
