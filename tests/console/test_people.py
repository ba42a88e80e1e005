"""One person's file: opened for a reason that stands in the log, read whole, joined with another and parted."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import time_machine

from privacy.app import ASKED
from privacy.audit import service as audit
from privacy.db import db
from tests.callers import Service
from tests.console.office import Browser, hired
from tests.console.scenes import people as scene
from tests.console.scenes.people import ANNA, OTHER

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WHY = {"reason": "complaint", "words": "case 2026/000017"}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def office(service: Service) -> Browser:
    """Somebody of the privacy office has signed in; Anna and another account are known."""
    with service.app.app_context():
        scene.people()
        db.session.remove()
    return _at(service, "ola", "privacy_office")


def _at(service: Service, name: str, role: str) -> Browser:
    browser = Browser(service.app)
    browser.sign_in(hired(service.app, name, role), later=1)
    return browser


def _opened(browser: Browser, who: dict[str, str] = ANNA, kind: str = "customer_id") -> str:
    """The address of a file that somebody looked for, below the console."""
    answer = browser.send("/people", kind=kind, value=who[kind], **WHY)
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.headers["Location"]).path.removeprefix("/console")


def _looked(service: Service) -> list[audit.Told]:
    with service.app.app_context():
        found = audit.told_of("subject_file", ["subject.looked_for"], most=10)
        db.session.remove()
    return found


def test_a_file_is_opened_for_a_reason_and_the_log_never_says_by_what(service: Service, office: Browser) -> None:
    page = office.look(_opened(office, kind="email"))
    assert page.status_code == 200
    for text in ("Contacts, and where each came from", "shop", "Consent given", "Consent withdrawn", "klauzula"):
        assert text in page.text
    assert ANNA["email"] not in page.text
    assert ANNA["phone"] not in page.text
    [event] = _looked(service)
    assert event.details == {"reason": "complaint", "words": "case 2026/000017", "by": ["email"], "found": 1}


def test_who_is_not_known_is_looked_for_all_the_same(service: Service, office: Browser) -> None:
    answer = office.send("/people", kind="customer_id", value="C-9999", **WHY)
    assert "We know nobody by this." in answer.text
    assert [event.details["found"] for event in _looked(service)] == [0]
    for wrong in ({"reason": "curious"}, {"words": ""}, {"kind": "ref"}, {"kind": "email"}):
        refused = office.send("/people", **{"kind": "customer_id", "value": "C-7001", **WHY, **wrong})
        assert refused.status_code == 422, wrong
        assert 'id="errors"' in refused.text
    assert len(_looked(service)) == 1


def test_a_file_closes_after_half_an_hour_and_is_nobody_else_s(
    service: Service, office: Browser, frozen: time_machine.Traveller
) -> None:
    path = _opened(office)
    other = _at(service, "jan", "privacy_office")
    assert other.look(path).status_code == 404
    for _ in range(3):  # A session lasts as long as it is used.
        frozen.shift(605)
        page = office.look(path)
    assert "Why do you open this file?" in page.text
    assert "klauzula" not in page.text
    assert office.send(f"{path}/open", path, reason="check").status_code == 422
    assert office.send(f"{path}/open", path, **WHY).status_code == 303
    assert "klauzula" in office.look(path).text
    assert [event.details["by"] for event in _looked(service)] == [["ref"], ["customer_id"]]
    office.send("/sign-out", path)
    office.sign_in(hired(service.app, "iza", "privacy_office"), later=1)
    assert office.look(path).status_code == 404


@pytest.mark.parametrize("role", ["agent", "administrator", "none"])
def test_a_file_is_for_those_who_handle_requests(service: Service, role: str) -> None:
    browser = _at(service, "jan", role)
    assert browser.look("/people").status_code == 403
    assert ">One person's file<" not in browser.look("/").text


def test_two_are_joined_with_a_look_at_what_that_does_and_parted_again(service: Service, office: Browser) -> None:
    path = _opened(office)
    looked = office.send(f"{path}/join", path, kind="customer_id", value=OTHER["customer_id"], **WHY)
    joining = urlsplit(looked.headers["Location"]).path.removeprefix("/console")
    assert "In 1 place they differ" in office.look(joining).text
    assert office.send(joining, reason="").status_code == 422
    assert office.send(joining, reason=HOSTILE).status_code == 303
    caller = service.caller()
    assert caller.check(ANNA)["reason"] == "refused"
    page = office.look(path).text
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    parting = re.search(r'action="/console(/people/[0-9a-f-]+/part/[0-9a-f-]+)"', page)
    assert parting
    assert office.send(parting[1], path, reason="").status_code == 422
    assert office.send(parting[1], path, reason="two sisters").status_code == 303
    assert caller.check(ANNA)["reason"] == "given"
    nobody = office.send(f"{path}/join", path, kind="customer_id", value="C-9999", **WHY)
    assert "said=nobody-to-join" in nobody.headers["Location"]


def test_the_officer_reads_and_joins_nobody(service: Service, office: Browser) -> None:
    officer = _at(service, "dpo", "dpo")
    path = _opened(officer)
    page = officer.look(path).text
    assert "Somebody else is the same person" not in page
    assert officer.send(f"{path}/join", path, kind="customer_id", value="C-7002", **WHY).status_code == 403


def test_who_asked_and_what_holds_come_as_files_that_run_nowhere(service: Service, office: Browser) -> None:
    service.caller().record(
        {"subject": ANNA, "purpose": "offers", "act": "withdraw", "source": {"system": "=cmd()|' /C calc'!A0"}}
    )
    path = _opened(office)
    assert "=cmd()" in office.look(path).text
    file = office.look(f"{path}?part=acts&as=csv")
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert len(rows) == 5
    assert all(not cell.startswith("=") for row in rows for cell in row)
    answers = list(csv.reader(io.StringIO(office.look(f"{path}?part=answers&as=csv").data.decode("utf-8-sig"))))
    assert answers[0][0] == "Purpose"
    assert office.look(f"/people/{UUID(int=7)}").status_code == 404


def test_requests_and_questions_of_systems_stand_in_the_file(service: Service, office: Browser) -> None:
    caller = service.caller()
    caller.check(ANNA)
    service.app.extensions[ASKED].flush()
    asked = caller.post("/requests", {"type": "access", "subject": ANNA, "name": "Anna", "proof": "account"})
    assert asked.status_code == 201, asked.text
    page = office.look(_opened(office)).text
    assert "Access (Art. 15)" in page
    assert "Nobody asked in the last 12 months." not in page


@pytest.mark.parametrize("language", ["pl", "hr"])
def test_every_language_has_the_pages(service: Service, office: Browser, language: str) -> None:
    path = _opened(office)
    for page in ("/people", path):
        assert f'<html lang="{language}"' in office.look(f"{page}?lang={language}").text


def test_a_shared_number_shows_both_to_choose_from(service: Service, office: Browser) -> None:
    service.caller().record(
        {"subject": {"customer_id": "C-7003", "phone": ANNA["phone"]}, "purpose": "offers", "act": "refuse"}
    )
    answer = office.send("/people", kind="phone", value=ANNA["phone"], **WHY)
    links = re.findall(r'href="/console(/people/[0-9a-f-]+)"', answer.text)
    assert len(links) >= 2
    assert all("Open to you until" in office.look(link).text for link in links)
    assert all(event.details["found"] == len(links) for event in _looked(service))
