"""Reports of the console: each by the roles that may make it, the pack in the background, schedules for the officer."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import re
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.audit.models import AuditBody
from privacy.authz.roles import ROLES, StaffRole
from privacy.db import db, session
from privacy.reports import service as reports
from privacy.reports.service import OFFERED, PACK, ReportForm
from tests.callers import Service, a_give
from tests.console.office import Browser, hired
from tests.console.scenes.reports import made
from tests.verifier.conftest import Alone

ON_ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
YEAR = {"first": "2026-01-01", "last": "2026-12-31"}
_ORDER = re.compile(r"/console/reports/ready/([0-9a-f-]{36})")


@pytest.fixture
def published(service: Service, tmp_path: Path) -> Service:
    """Something has happened, and the log of it is published."""
    service.caller().record(a_give())
    with service.app.app_context():
        audit.settle(audit.Anchor(tmp_path / "log-checkpoint.txt"), seconds=10)
        db.session.remove()
    return service


def at_work(service: Service, name: str, role: str) -> Browser:
    browser = Browser(service.app)
    assert browser.sign_in(hired(service.app, name, role), later=1).status_code == 303
    return browser


def worked(service: Service) -> int:
    """What a worker does."""
    return reports.MakingReports().run(service.app.app_context, threading.Event())


def test_each_role_makes_the_reports_that_it_may_from_their_forms(published: Service) -> None:
    for role in (StaffRole.DPO, StaffRole.AGENT):
        browser = at_work(published, role.value, role.value)
        listed = browser.look("/reports").text
        for name, report in OFFERED.items():
            may = report.permissions <= ROLES[role]
            assert (f'/console/reports/{name}"' in listed) is may, (role, name)
            if not may:
                assert browser.look(f"/reports/{name}").status_code == 404
        assert ("/console/reports/schedules" in listed) is (role is StaffRole.DPO)
    browser = at_work(published, "iod", "dpo")
    for name, report in reports.REPORTS.items():
        if name in reports.NAMED:
            continue  # tests/reports/test_console.py gives them what they ask for.
        period = YEAR if report.periodic else {}
        answer = browser.send(f"/reports/{name}", form="json", language="hr", **period)
        assert (answer.status_code, answer.mimetype) == (200, "application/json"), name
        assert json.loads(answer.data)


@ON_ONE
def test_the_pack_is_asked_for_watched_downloaded_and_verified(published: Service, tmp_path: Path) -> None:
    browser = at_work(published, "iod", "dpo")
    page = browser.look(f"/reports/{PACK.name}").text
    assert 'name="seed"' in page
    assert 'name="subject"' not in page
    wrong = browser.send(f"/reports/{PACK.name}", form="zip", language="pl", first="2026-12-31", last="2026-01-01")
    assert (wrong.status_code, 'id="error-last"' in wrong.text) == (422, True)
    named = browser.send(f"/reports/{PACK.name}", form="zip", language="pl", subject="x", **YEAR)
    assert named.status_code == 422
    seed = "<script>alert(1)</script>"
    answer = browser.send(f"/reports/{PACK.name}", form="zip", language="pl", seed=seed, sample="3", **YEAR)
    assert answer.status_code == 303
    found = _ORDER.search(answer.headers["Location"])
    assert found
    place = f"/reports/ready/{found[1]}"
    waiting = browser.look(place).text
    assert "Waits for its turn" in waiting
    assert "<progress" in waiting
    assert 'value="Download"' not in waiting
    assert seed not in waiting
    assert browser.look(f"{place}/now").json == {
        "state": "Waits for its turn",
        "kind": "wait",
        "done": 0,
        "of": 0,
        "steps": "",
        "ended": False,
    }
    assert browser.send(place, at="/account").status_code == 409
    assert worked(published) == 1
    told = browser.look(f"{place}/now").json
    assert (told or {})["ended"] is True
    assert "Ready to download" in browser.look(place).text
    answer = browser.send(place)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert json.loads(archive.read("contents.json"))["parameters"]["seed"] == seed
    with published.app.app_context():
        key = str(audit.log_keys()[0].verifier)
        taken = sa.select(AuditBody.actor_kind).where(AuditBody.action == "report_order.fetched")
        assert session().scalars(taken).all() == ["staff"]
        db.session.remove()
    alone = Alone(tmp_path)
    assert alone.run(alone.put("pack.zip", answer.data), "--key", key).returncode == 0
    rows = list(csv.DictReader(io.StringIO(browser.look("/reports/ready?as=csv&sort=state").data.decode("utf-8-sig"))))
    assert [(row["Report"], row["Downloads"]) for row in rows] == [("Accountability pack", "1")]
    assert hashlib.sha256(answer.data).hexdigest() in browser.look(place).text


@ON_ONE
def test_who_may_not_make_a_report_cannot_tell_that_one_was_made(published: Service) -> None:
    scene = made(published.app)
    office, agent = at_work(published, "office", "privacy_office"), at_work(published, "ola", "agent")
    there, absent = f"/reports/ready/{scene['order_id']}", "/reports/ready/00000000-0000-0000-0000-000000000007"
    assert office.look(there).status_code == 200
    for path in ("", "/now"):
        answers = [agent.look(place + path) for place in (there, absent)]
        assert {one.status_code for one in answers} == {404}
        assert answers[0].text.replace(there, "") == answers[1].text.replace(absent, "")
    assert agent.send(there, at="/account").status_code == 404
    assert str(scene["order_id"]) in office.look("/reports/ready?state=ready").text
    assert str(scene["order_id"]) not in office.look("/reports/ready?state=waiting").text
    assert str(scene["order_id"]) not in agent.look("/reports/ready").text
    for path in ("/reports/schedules", f"/reports/schedules/{scene['schedule_id']}/end"):
        assert agent.send(path, at="/account").status_code == 403


@ON_ONE
def test_schedules_are_kept_by_those_who_keep_the_registers(published: Service) -> None:
    browser, place = at_work(published, "iod", "dpo"), "/reports/schedules"
    fields = {"report": "requests", "every": "month", "form": "pdf", "language": "pl", "day": "5"}
    for wrong, name in (({"day": "31"}, "day"), ({"report": "consent_proof"}, "report"), ({"every": "hour"}, "every")):
        answer = browser.send(place, **(fields | wrong))
        assert (answer.status_code, f'id="error-{name}"' in answer.text) == (422, True), name
    for report in ("requests", PACK.name):
        assert browser.send(place, **(fields | {"report": report})).status_code == 303
    with published.app.app_context():
        kept = {one.report.name: one for one in reports.schedules()}
        db.session.remove()
    assert kept[PACK.name].scheduled.form is ReportForm.ZIP
    page = browser.look(place).text
    assert PACK.titles.en in page
    assert browser.send(f"{place}/{kept['requests'].id}/end", at=place).status_code == 303
    assert browser.send(f"{place}/{kept['requests'].id}/end", at=place).status_code == 404
    assert "every month" in browser.look(f"{place}?which=ended").text


@ON_ONE
@pytest.mark.parametrize("language", ["pl", "en", "hr"])
def test_the_pages_speak_each_language(published: Service, language: str) -> None:
    scene = made(published.app)
    browser = at_work(published, "iod", "dpo")
    for path in ("", "/ready", f"/ready/{scene['order_id']}", "/schedules", f"/{PACK.name}"):
        page = browser.web.get(f"/console/reports{path}?lang={language}")
        assert page.status_code == 200
        assert f'lang="{language}"' in page.text
        assert len(re.findall("<h1", page.text)) == 1
    titles: Any = {PACK.titles.in_(language), OFFERED["requests"].titles.in_(language)}
    assert all(title in html.unescape(browser.web.get(f"/console/reports?lang={language}").text) for title in titles)
