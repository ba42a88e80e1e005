"""Breaches in the console: reported by anybody, taken through every step by three people, shown to those who may."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR
from privacy.breach import service as breaches
from privacy.breach.service import BreachView
from privacy.db import db, new_id, session
from tests.breach.telling_desk import work
from tests.callers import Service
from tests.console.filled import submit
from tests.console.office import Browser, hired

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
_HOSTILE = "<script>alert(1)</script> =cmd() \u202egpj.exe"


@dataclass
class Team:
    """Those who work on a breach, each in a browser of their own."""

    app: Flask
    known: dict[str, Browser] = field(default_factory=dict)

    def __getattr__(self, role: str) -> Browser:
        """Somebody in that role, signed in."""
        if role not in self.known:
            self.known[role] = Browser(self.app)
            name = role.replace("_", "-")
            answer = self.known[role].sign_in(hired(self.app, name, role), later=1)
            assert answer.status_code == 303, answer.text
        return self.known[role]


@contextmanager
def inside(app: Flask) -> Iterator[None]:
    """In a context of the application, whose reading ends with it."""
    with app.app_context():
        yield
        db.session.remove()


@dataclass
class Case:
    """One breach, as the console leads to it."""

    team: Team
    id: str

    @property
    def at(self) -> str:
        """Its address, below that of the console."""
        return f"/breaches/{self.id}"

    def view(self) -> BreachView:
        """How it stands by the service."""
        with self.team.app.app_context():
            db.session.rollback()
            found = breaches.view(breaches.visible(UUID(self.id), actor=OPERATOR))
            db.session.remove()
        return found

    def page(self, who: Browser, path: str = "") -> TestResponse:
        """A page of it."""
        found = who.look(f"{self.at}{path}")
        assert found.status_code == 200, found.text
        return found

    def send(self, who: Browser, path: str, ending: str | None = None, **changes: Any) -> TestResponse:
        """Fill in the form of a page of it, and arrive."""
        answer = submit(who, self.page(who, path), ending or path, **changes)
        assert answer.status_code == 303, answer.text
        return answer

    def open(self, who: Browser, ending: str, path: str = "") -> TestResponse:
        """Press a button that shows a page."""
        answer = submit(who, self.page(who, path), ending)
        assert answer.status_code == 200, answer.text
        return answer


def _case(team: Team, answer: TestResponse) -> Case:
    assert answer.status_code == 303, answer.text
    return Case(team, answer.headers["Location"].split("/breaches/")[1].partition("?")[0])


@pytest.fixture
def team(service: Service) -> Team:
    """Nobody has signed in yet."""
    return Team(service.app)


def a_drill(team: Team) -> Case:
    """A drill that the privacy office has begun."""
    office = team.privacy_office
    return _case(team, submit(office, office.look("/breaches/drill"), "/drill"))


def a_breach(team: Team, words: str = "The list lay open.") -> Case:
    """A breach that the privacy office noticed in the morning."""
    office = team.privacy_office
    said = {"words": words, "detected_at": "2026-11-21T08:15"}
    return _case(team, submit(office, office.look("/incident"), "/incident", **said))


def _judge(case: Case) -> None:
    office, officer, boss = case.team.privacy_office, case.team.dpo, case.team.controller
    case.send(office, "/do/aware")
    case.send(office, "/do/contain")
    case.send(office, "/assessment")
    case.send(officer, "/opinion", notify="yes", tell="yes")
    case.send(boss, "/decision", notify="yes", tell="yes")


def _fill_in(case: Case) -> str:
    """Every section of the authority's form, as the drill's story suggests it; the form that then stands."""
    office = case.team.privacy_office
    page = case.open(office, "/form")
    for section in ("controller", "people", "timing", "incident", "persons", "data", "before", "effects", "response"):
        opened = submit(office, page, f"/facts/{section}")
        changes: dict[str, Any] = {}
        if section == "timing":
            changes = {"timing__start": "2026-11-20T08:00", "timing__end": "2026-11-20T20:00"}
        if section == "persons":
            changes = {"persons__count__known": "exact", "persons__count__value": "20"}
        if section == "controller":
            changes = {"controller__identifier_kind": "nip", "controller__identifier": "5260250274"}
        page = submit(office, opened, f"/facts/{section}/keep", **changes)
        assert page.status_code == 200, (section, page.text)
    return page.text


def test_a_newcomer_takes_a_drill_through_all_its_steps(team: Team) -> None:
    case = a_drill(team)
    office, boss = team.privacy_office, team.controller
    first = case.page(office).text
    assert "DRILL-N-2026-0001" in first
    assert "a rehearsal: nothing of it leaves this service" in first
    assert "What comes next: Write down since when the controller is aware" in first
    _judge(case)
    form = _fill_in(case)
    assert "Zablokowano" not in form
    assert "Konto zablokowano, hasła zmieniono, sesje zakończono." in form
    case.send(office, "/notification", kind="initial")
    case.send(office, "/affected", "/affected/made-up", people="3")
    letter = case.send(office, "/letters/new").headers["Location"].partition("?")[0].removeprefix(f"/console{case.at}")
    preview = case.page(office, letter).text
    assert "Ktoś zalogował się na konto naszego pracownika" in preview
    assert "In this drill no letter leaves." in case.page(boss, letter).text
    case.send(boss, letter, "/agree")
    with inside(team.app):
        work()
    told = case.page(office, letter).text
    assert "Rehearsed: nothing was sent" in told
    case.send(office, "/notification", kind="complete")
    case.send(office, "/do/review")
    _end_tasks(case)
    assert "What comes next: Close it" in case.page(boss).text
    case.send(boss, "/do/close", "/close")
    row = case.view().row
    assert (row.state, row.rehearsal, row.communicated_at is not None) == ("closed", True, True)
    for path in ("", "/course", "/tasks", "/affected", "/letters", "/notification", letter):
        assert "a rehearsal: nothing of it leaves" in case.page(office, path).text, path
    assert "DRILL-N" not in office.look("/breaches").text
    assert "DRILL-N-2026-0001" in office.look("/breaches?which=drills").text


def _end_tasks(case: Case) -> None:
    office = case.team.privacy_office
    with inside(case.team.app):
        row = breaches.visible(UUID(case.id), actor=OPERATOR)
        still = [one.task.number for one in breaches.tasks(row) if one.task.state == "open"]
    for number in still:
        case.send(office, f"/tasks/{number}", "/end", state="done")


def test_an_agent_reports_and_sees_the_number_of_the_report_alone(team: Team) -> None:
    agent = team.agent
    menu = agent.look("/").text
    assert "/console/incident" in menu
    assert '/console/breaches"' not in menu
    answer = submit(agent, agent.look("/incident"), "/incident", words=_HOSTILE, detected_at="2026-11-21T08:15")
    told = agent.web.get(answer.headers["Location"], headers={"Accept-Language": "en"})
    assert "N-2026-0001" in told.text
    assert "Thank you. The privacy office sees it now." in told.text
    breach_id = answer.headers["Location"].split("/incident/")[1].partition("?")[0]
    assert agent.look(f"/breaches/{breach_id}").status_code == 403
    assert agent.look("/breaches").status_code == 403
    # A report of somebody else, and one that is not there, answer alike.
    other = a_breach(team)
    answers = [agent.look(f"/incident/{one}") for one in (other.id, new_id())]
    assert [one.status_code for one in answers] == [404, 404]
    empty = submit(agent, agent.look("/incident"), "/incident", words=" ")
    assert empty.status_code == 422
    assert "This field is required." in empty.text
    office = team.privacy_office
    read = Case(team, breach_id).open(office, "/read").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; =cmd() gpj.exe" in read


def test_words_are_read_by_those_who_handle_breaches_and_the_log_tells_it(team: Team) -> None:
    case = a_breach(team, "Anna's letter went to Jan.")
    office = team.privacy_office
    assert "Anna" not in case.page(office).text
    assert "Anna" in case.open(office, "/read").text
    with inside(team.app):
        query = sa.select(AuditBody.action).where(AuditBody.object_id == case.id)
        assert "breach.read" in list(session().scalars(query))


def test_the_officer_advises_and_decides_nothing(team: Team) -> None:
    case = a_drill(team)
    office, officer = team.privacy_office, team.dpo
    case.send(office, "/do/aware")
    case.send(office, "/assessment")
    assert "Only the data protection officer gives it" in case.page(office, "/opinion").text
    for path in ("/decision", "/close"):
        assert officer.look(f"{case.at}{path}").status_code in {403, 405}
    denied = officer.send(f"{case.at}/decision", at=case.at, version="3", notify="yes", tell="yes", reasons="x")
    assert denied.status_code == 403
    assert case.view().row.decision_id is None
    # A decision before the opinion is refused beside the form, which keeps its words.
    boss = team.controller
    early = submit(boss, case.page(boss, "/decision"), "/decision", notify="yes", tell="yes", reasons="Because.")
    assert early.status_code == 422
    assert "The data protection officer has not spoken about the newest assessment." in early.text
    assert "Because." in early.text


def test_a_decision_is_taken_by_who_has_just_proven_themselves(team: Team, frozen: time_machine.Traveller) -> None:
    case = a_drill(team)
    case.send(team.privacy_office, "/do/aware")
    assert case.page(team.controller, "/decision").status_code == 200
    frozen.shift(600)
    answer = team.controller.look(f"{case.at}/decision")
    assert answer.status_code == 303
    assert "/prove" in answer.headers["Location"]


def test_enisa_s_aid_is_tried_without_recording_anything(team: Team) -> None:
    case = a_drill(team)
    office = team.privacy_office
    case.send(office, "/do/aware")
    page = case.page(office, "/assessment")
    tried = submit(office, page, "/assessment")  # recorded, to compare
    assert tried.status_code == 303
    before = len(case.view().judgements)
    page = case.page(office, "/assessment")
    form = {"version": "1", "financial": "true", "financial_by": "1", "financial_why": "PESEL", "ease": "maximum"}
    score = office.send(f"{case.at}/assessment/try", at=f"{case.at}/assessment", **form, confidentiality="unknown")
    assert "says: very high" in score.text
    assert "SE = 4 × 1 + 1/2 = 9/2" in score.text
    wrong = office.send(f"{case.at}/assessment/try", at=f"{case.at}/assessment", **{**form, "financial_by": "3"})
    assert "The method does not move this class so far." in wrong.text
    assert len(case.view().judgements) == before


def test_the_form_keeps_what_was_filled_in_and_says_what_is_wrong(team: Team) -> None:
    case = a_breach(team)
    office = team.privacy_office
    page = case.open(office, "/form")
    assert "fields are missing in it" in page.text
    opened = submit(office, page, "/facts/persons")
    wrong = submit(
        office,
        opened,
        "/facts/persons/keep",
        persons__details=_HOSTILE,
        persons__count__known="exact",
        persons__count__value="many",
    )
    assert wrong.status_code == 422
    assert "This is no whole number." in wrong.text
    assert "&lt;script&gt;" in wrong.text
    lonely = submit(office, wrong, "/facts/persons/keep", persons__count__value="")
    assert lonely.status_code == 422
    kept = submit(
        office, lonely, "/facts/persons/keep", persons__count__value="7", persons__kinds=["customers", "minors"]
    )
    assert kept.status_code == 200
    people = submit(office, kept, "/facts/people")
    kept = submit(
        office,
        people,
        "/facts/people/keep",
        people__parties__0__qualification="processor",
        people__parties__0__name="Chmura S.A.",
    )
    assert "Chmura S.A." in kept.text
    people = submit(office, kept, "/facts/people")
    assert "people__parties__1__name" in people.text
    facts = _facts(case)
    assert facts["persons"]["count"] == {"known": "exact", "value": 7}
    assert facts["persons"]["kinds"] == ("customers", "minors")
    forgotten = submit(
        office, people, "/facts/people/keep", people__parties__0__qualification="", people__parties__0__name=""
    )
    assert forgotten.status_code == 200
    assert "parties" not in _facts(case).get("people", {})
    stale = submit(office, people, "/facts/people/keep")
    assert stale.status_code == 422
    assert "The breach went on meanwhile" in stale.text


def _facts(case: Case) -> dict[str, Any]:
    with inside(case.team.app):
        row = breaches.visible(UUID(case.id), actor=OPERATOR)
        return dict(msgspec.to_builtins(breaches.opened(row).facts))


def test_documents_are_handed_out_in_each_language(team: Team, service: Service, config: Any) -> None:
    case = a_breach(team, "=cmd()")
    office = team.privacy_office
    case.send(office, "/do/aware", reason="sure")
    page = case.page(office, "/notification")
    pdf = submit(office, page, "/notification/file", form="pdf", language="en")
    assert pdf.data.startswith(b"%PDF")
    form = submit(office, page, "/notification/file", form="json", language="hr")
    assert msgspec.json.decode(form.data)["language"] == "hr"
    case.send(office, "/notification", kind="initial", way="biznes_gov", reference="UODO-1")
    sent = submit(office, case.page(office, "/notification"), "/notification/file", form="json", sent="1")
    assert msgspec.json.decode(sent.data)["notification"]["phase"] == "initial"
    register = office.look("/breaches/register")
    for ending, begins in (("pdf", b"%PDF"), ("json", b"{"), ("csv", b"\xef\xbb\xbf")):
        made = submit(office, register, "/register", form=ending)
        assert made.data.startswith(begins), ending
        assert f"breaches.{ending}" in made.headers["Content-Disposition"]
    ever = submit(office, register, "/register", form="csv", since="0001-01-01", until="9999-12-31")
    assert b"N-2026-0001" in ever.data
    service.publish(Path(config.data_dir))
    bundle = case.open(office, "/timeline", "/course")
    assert "timeline.json" in zipfile.ZipFile(io.BytesIO(bundle.data)).namelist()
    rows = list(csv.reader(io.StringIO(office.look("/breaches?as=csv").data.decode("utf-8-sig"))))
    assert rows[1][0] == "N-2026-0001"


def test_who_is_affected_and_who_is_left_for_a_person(team: Team) -> None:
    case = a_breach(team)
    office, boss = team.privacy_office, team.controller
    case.send(office, "/do/aware", reason="sure")
    wrong = submit(office, case.page(office, "/affected"), "/affected/list", people="name\nAnna")
    assert wrong.status_code == 422
    people = "email;phone\nanna@example.com;\n;600 100 299\n;;;\n"
    case.send(office, "/affected", "/affected/list", people=people)
    case.send(office, "/affected", "/affected/acts", purpose="offers")
    told = office.look(f"{case.at}/now").json
    assert told is not None
    assert told["figures"]["affected"] == 2
    assert told["searching"] is True
    assert "anna@example.com" not in case.page(office, "/affected").text
    missing = submit(office, case.page(office, "/affected"), "/affected/acts")
    assert missing.status_code == 422
    empty = submit(office, case.page(office, "/letters/new"), "/letters/new")
    assert empty.status_code == 422
    said = {
        f"{part}_{code}": f"{part} {_HOSTILE}"
        for part in ("happened", "consequences", "measures")
        for code in ("pl", "en", "hr")
    }
    letter = case.send(office, "/letters/new", **said).headers["Location"].partition("?")[0]
    letter = letter.removeprefix(f"/console{case.at}")
    assert "<script>alert" not in case.page(office, letter).text
    refused = submit(boss, case.page(boss, letter), "/agree")
    assert refused.status_code == 422
    assert "/agree" not in case.page(office, letter).text
    notice = submit(office, case.page(office, letter), "/notice", form="html", language="en")
    assert b"<script>alert" not in notice.data
    case.send(office, f"{letter}/amend", data_pl="imiona", data_en="names", data_hr="imena")
    case.send(boss, letter, "/agree", incomplete="true")
    with inside(team.app):
        work()
    page = case.page(office, letter)
    assert "Only a telephone is known" in page.text
    left = page.text.split("/left/")[1][:36]
    case.send(office, letter, f"/left/{left}", how="by telephone")
    with inside(team.app):
        counts = breaches.communication(UUID(case.id), 1).letters
    assert counts[breaches.LetterState.TOLD_BY_HAND] == 1


def test_tasks_and_corrections(team: Team) -> None:
    case = a_breach(team)
    office = team.privacy_office
    case.send(office, "/do/aware", reason="sure", at="2026-11-21T20:30")
    before = case.view().row.aware_at
    case.send(office, "/do/correct-awareness", reason="the log says", at="2026-11-21T20:35")
    assert case.view().row.aware_at == (before or 0) + 300_000_000
    case.send(office, "/do/note", reason=_HOSTILE)
    assert "<script>alert" not in case.page(office, "/course").text
    rows = csv.reader(io.StringIO(office.look(f"{case.at}/course?as=csv").data.decode("utf-8-sig")))
    assert all(not cell.startswith("=") for row in rows for cell in row)
    case.send(office, "/tasks", title="Call the host", due_at="2026-11-23T12:00", owner="privacy-office")
    assert "Call the host" in case.page(office, "/tasks").text
    case.send(office, "/tasks/1", "/assign", owner="privacy-office")
    undone = submit(office, case.page(office, "/tasks/1"), "/end", state="dropped", reason="")
    assert undone.status_code == 422
    foreign = [office.look(f"/breaches/{new_id()}"), office.look(f"{case.at}/tasks/99"), office.look(f"{case.at}/do/x")]
    assert [one.status_code for one in foreign] == [404, 404, 404]
    future = submit(
        office, case.page(office, "/do/correct-detection"), "/do/correct-detection", reason="x", at="2027-01-01T00:00"
    )
    assert future.status_code == 422
    assert "It lies in the future." in future.text
    case.send(office, "/do/contain", reason="closed")
    assert (
        submit(team.controller, case.page(team.controller, "/do/dismiss"), "/dismiss", reason="none").status_code == 303
    )
    assert case.view().row.state == "not_a_breach"
    assert "Reopen it" in case.page(office).text
