"""The workbench of retention: who sees and does what, and each action seen through the service it changes."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from privacy.audit.models import AuditBody
from privacy.authz.actors import Realm
from privacy.db import db
from privacy.retention import service as retention
from privacy.retention.service import FindingState, HoldView, RunState, WarningState
from tests.callers import Service
from tests.console.office import Browser, hired
from tests.console.scenes import retention as scene
from tests.retention.offices import RULES, Office, an_office

pytestmark = [
    pytest.mark.usefixtures("frozen"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
EVIL = "<script>alert(1)</script>"


def inside(app: Flask, name: str, role: str = "staff") -> Browser:
    """A browser in which a colleague has signed in."""
    browser = Browser(app)
    browser.sign_in(hired(app, name, role), later=1)
    return browser


def hidden(page: str, action: str) -> dict[str, str]:
    """What a form of a page sends besides what people fill in."""
    form = page[page.index(f'action="/console{action}"') :]
    return {name: value for name, value in _HIDDEN.findall(form[: form.index("</form>")]) if name != "csrf"}


def step(browser: Browser, here: str, action: str, **filled: Any) -> str:
    """Send a form of a page as it stands there; returns where it leads."""
    answer = browser.send(f"{here}/{action}", at=here, **hidden(browser.look(here).text, f"{here}/{action}"), **filled)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def rows_of(browser: Browser, path: str) -> list[list[str]]:
    """A table as its CSV has it, without its heads."""
    content = browser.look(f"{path}{'&' if '?' in path else '?'}as=csv").data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))[1:]


def hold_of(app: Flask, number: str) -> HoldView:
    with app.app_context():
        found = retention.view_hold(retention.hold_named(number, realm=Realm.LIVE), realm=Realm.LIVE)
        db.session.remove()
    return found


def searches(app: Flask) -> list[Any]:
    """Who was looked for, as the log has it."""
    with app.app_context():
        found = [one.subject_id for one in db.session.query(AuditBody).filter_by(action="customer.looked_for")]
        db.session.remove()
    return found


@pytest.fixture
def office(service: Service, tmp_path: Path) -> Office:
    folder = tmp_path / "systems"
    folder.mkdir()
    first, second, talk = (one | {"approvals": 2} for one in RULES)
    return an_office(service.app, folder, rules=(first, second, talk))


def test_rules_forecast_and_findings_are_told_in_words(service: Service, office: Office) -> None:
    officer = inside(service.app, "olga", "dpo")
    page = officer.look("/retention?sort=kept&falling=1").text
    assert '<a href="/console/retention/rules/talk">talk</a>' in page
    told = {row[0]: row for row in rows_of(officer, "/retention?which=disposes")}
    assert told["talk"][1:] == ["2 years", "from then on", "GDPR art. 5(1)(e)", "erased", "2", "1"]
    assert "the last activity" in officer.look("/retention/rules/customer").text
    assert officer.look("/retention/rules/nothing").status_code == 404
    forecast = officer.look("/retention/forecast").text
    assert "What goes within a year" in forecast
    assert '<rect x="' in forecast
    places = {row[0]: row for row in rows_of(officer, "/retention/forecast")}
    assert places["chat: chat.talk"][1:6] == ["everything was counted", "4", "4", "4", "4"]
    [overdue, *_] = rows_of(officer, "/retention/findings?finding=past_date")
    assert overdue[:4] == ["kept past its time", "chat: chat.talk", "talk", "4"]
    assert inside(service.app, "adam", "agent").look("/retention").status_code == 403


def test_two_people_see_a_run_through_from_its_counts_to_its_certificate(service: Service, office: Office) -> None:
    ewa, jan, olga = (
        inside(service.app, name, role) for name, role in (("ewa", "staff"), ("jan", "controller"), ("olga", "dpo"))
    )
    assert ewa.send("/retention/runs/new", systems="nothing").status_code == 422
    answer = ewa.send("/retention/runs/new", systems="chat", rules=["talk"])
    here = answer.location.split("?")[0].removeprefix("/console")
    told = ewa.look(f"{here}/progress").json
    assert told is not None
    assert (told["state"], told["said"]) == ("previewing", "Counted: 0 of 1 parts")
    office.work()
    page = olga.look(here).text
    assert "2 people" in page
    assert f"{here}/agree" not in page
    assert f"{here}/start" not in page
    assert olga.send(f"{here}/agree", at="/account", version="1", preview="0" * 64).status_code == 403
    [part] = rows_of(olga, here)
    assert part[:4] == ["chat: chat.talk", "in batches", "counted", "4"]
    assert ewa.send(f"{here}/agree", at=here, version="1", preview="0" * 64).status_code == 409
    step(ewa, here, "agree")
    assert "You have agreed. Another person has to agree too." in ewa.look(here).text
    step(jan, here, "agree")
    step(ewa, here, "start")
    step(ewa, here, "stop")
    assert len(office.rows("chat", "talk")) == 8
    step(jan, here, "start")
    office.work()
    assert [row[0] for row in office.rows("chat", "talk")] == [2, 4, 6, 8]
    service.publish(office.folder)
    done = olga.look(f"{here}/certificate")
    assert (done.mimetype, done.data[:5]) == ("application/pdf", b"%PDF-")
    assert olga.look(f"{here}/certificate?as=json").json["format"] == "disposal-certificate/v1"  # type: ignore[index]
    assert [row[1] for row in rows_of(olga, "/retention/runs")] == ["Carried out"]
    assert rows_of(olga, "/retention/runs?state=running") == []
    assert olga.look(f"/retention/runs/{UUID(int=7)}").status_code == 404


def test_what_waits_for_a_person_is_decided_on_the_page_of_its_part(service: Service, tmp_path: Path) -> None:
    folder = tmp_path / "systems"
    folder.mkdir()
    office = an_office(service.app, folder, rules=(*RULES[:2], RULES[2] | {"action": "review"}))
    ewa = inside(service.app, "ewa")
    here = ewa.send("/retention/runs/new", systems="chat").location.split("?")[0].removeprefix("/console")
    office.work()
    run_id = UUID(here.rpartition("/")[2])
    [part] = office.parts(run_id).values()
    there = f"{here}/parts/{part.id}"
    assert f'href="/console{there}"' in ewa.look(here).text
    assert "a rule wants a decision" in ewa.look(here).text
    sent = hidden(ewa.look(there).text, f"{there}/review")
    wrong = ewa.send(f"{there}/review", at=there, choice="keep", reason=EVIL, **sent)
    assert wrong.status_code == 422
    assert "one that is not over" in wrong.text
    assert EVIL not in wrong.text
    step(ewa, there, "review", choice="keep", until="2099-01-31", reason="a claim may follow")
    office.work()
    assert "somebody decided that it stays: 4" in ewa.look(there).text
    step(ewa, here, "preview")
    office.work()
    step(ewa, here, "give-up")
    assert office.run(run_id).state == RunState.CANCELLED
    assert len(office.rows("chat", "talk")) == 8


def test_work_by_hand_a_warning_and_a_finding_are_decided(service: Service) -> None:
    made = scene.made(service.app)
    ewa, olga = inside(service.app, "ewa"), inside(service.app, "olga", "dpo")
    here = f"/retention/runs/{made['run_id']}"
    there = f"{here}/parts/{made['part_id']}"
    step(ewa, here, "agree")
    step(ewa, here, "start")
    assert f"{there}/statement" not in olga.look(there).text
    sent = hidden(ewa.look(there).text, f"{there}/statement")
    assert ewa.send(f"{there}/statement", at=there, **(sent | {"deleted": "-1", "statement": "x"})).status_code == 422
    step(ewa, there, "statement", deleted="3", changed="0", statement="=cmd() three conversations deleted")
    assert [row[5] for row in rows_of(ewa, here)] == ["3"]

    warning = f"/retention/warnings/{made['warning_id']}"
    [row] = rows_of(olga, f"/retention/warnings?run={made['run_id']}&state=for_a_person")
    assert row[1:3] == ["Waits for a decision", "sale"]
    assert "C-7009" not in olga.look(warning).text
    assert olga.send(warning, at="/account", version="1", decision="keep", reason="a claim").status_code == 403
    sent = hidden(ewa.look(warning).text, warning)
    assert ewa.send(warning, **(sent | {"decision": "let_go", "reason": "x"})).status_code == 422
    assert ewa.send(warning, **(sent | {"decision": "let_go", "reason": "nobody lives there"})).status_code == 303
    with service.app.app_context():
        [seen] = retention.listed_warnings()
        db.session.remove()
    assert seen.state is WarningState.LET_GO

    finding = f"/retention/quality/{made['finding_id']}"
    assert olga.look(finding).status_code == 403
    [row] = rows_of(ewa, "/retention/quality?kind=same_phone")
    assert "700700" not in row[1]
    assert ewa.send(finding, decision="different", reason="two sisters").status_code == 303
    assert [row[2] for row in rows_of(ewa, "/retention/quality?state=different")] == ["Two people"]
    with service.app.app_context():
        assert [one.state for one in retention.findings(realm=Realm.LIVE, state=FindingState.DIFFERENT)] != []
        db.session.remove()


def test_a_hold_shows_whom_it_holds_before_it_is_placed_and_is_released_by_two(service: Service) -> None:
    service.caller().put("/subjects", {"subject": {"customer_id": "C-1001", "email": "anna.nowak@example.com"}})
    ewa, jan, olga = (
        inside(service.app, name, role)
        for name, role in (("ewa", "privacy_office"), ("jan", "controller"), ("olga", "dpo"))
    )
    given: dict[str, Any] = {
        **{"reference": "=I C 7/27", "reason": f"a claim {EVIL}", "owner": "ewa", "review_on": "2027-05-31"},
        **{"kind": "email", "people": "Anna.Nowak@example.com\nnobody@example.com", "systems": ["billing"]},
    }
    assert ewa.send("/holds/check", at="/holds/new", **given | {"review_on": "2020-01-01"}).status_code == 422
    wrong = ewa.send("/holds/check", at="/holds/new", **given | {"people": "no address"})
    assert "A line has not the form of what you chose" in wrong.text
    assert searches(service.app) == []
    checked = ewa.send("/holds/check", at="/holds/new", **given)
    assert checked.status_code == 200, checked.text
    assert "<dt>People who are known here</dt><dd>1</dd>" in checked.text
    assert "<dt>Named, and not known here</dt><dd>1</dd>" in checked.text
    assert EVIL not in checked.text
    [looked_for] = searches(service.app)
    assert looked_for is not None
    placed = ewa.send("/holds/new", **given)
    here = placed.location.split("?")[0].removeprefix("/console")
    assert (hold_of(service.app, "H-2026-0001").people, hold_of(service.app, "H-2026-0001").systems) == (
        1,
        ("billing",),
    )
    [row] = rows_of(olga, "/holds?which=force")
    assert row[2:5] == ["'=I C 7/27", "1 person, Billing", "ewa"]
    assert "anna.nowak" not in olga.look(here).text
    assert "a claim" not in olga.look(here).text
    assert EVIL not in ewa.look(here).text

    assert ewa.send(f"{here}/review", at=here, review_on="2020-01-01", reason="yet").status_code == 422
    step(ewa, here, "review", review_on="2027-06-30", reason="the claim goes on")
    assert hold_of(service.app, "H-2026-0001").review_on == date(2027, 6, 30)
    assert ewa.send(f"{here}/release", at=here, why_released="").status_code == 422
    step(ewa, here, "release", why_released="the claim is settled")
    assert f"{here}/released" not in ewa.look(here).text
    assert "You asked for it" in ewa.look(here).text
    assert f"{here}/released" not in olga.look(here).text
    sent = hidden(jan.look(here).text, f"{here}/released")
    assert olga.send(f"{here}/released", at="/account", **sent).status_code == 403
    step(jan, here, "released")
    released = hold_of(service.app, "H-2026-0001")
    assert (released.released_by, released.people, released.names) == ("jan", 0, 0)
    assert rows_of(olga, "/holds?which=force") == []
    assert [row[1] for row in rows_of(olga, "/holds")] == ["Released"]
    assert olga.look("/holds/new").status_code == 403
    assert olga.look(f"/holds/{UUID(int=7)}").status_code == 404
