"""Consents without names: explored, one by one, those without effect, imports, and annulments by two people."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from uuid import UUID

import pytest

from privacy.access.failures import OfficerOnly
from privacy.consent import service as consent
from privacy.consent.service import AnnulmentState, Opinion
from privacy.db import db, unit_of_work
from tests.callers import Service
from tests.consent.desk import a_staff_member
from tests.console.office import Browser, hired
from tests.console.scenes import consents as scene
from tests.console.scenes.consents import EWA, IZA, JAN

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
_ACT = re.compile(r'href="/console(/consents/[0-9a-f-]{36})"')


def _at(service: Service, name: str, role: str) -> Browser:
    browser = Browser(service.app)
    browser.sign_in(hired(service.app, name, role), later=1)
    return browser


@pytest.fixture
def office(service: Service) -> Browser:
    """Somebody of the privacy office has signed in; there are acts, some of them of a wrong file."""
    with service.app.app_context():
        scene.acts()
        db.session.remove()
    return _at(service, "ola", "privacy_office")


def _rows(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))


def test_acts_are_counted_and_shown_without_the_people_behind_them(office: Browser) -> None:
    page = office.look("/consents").text
    assert "Acts by what they are about: 3 rows" in page
    assert len(set(_ACT.findall(page))) == 4
    assert "example.com" not in page
    assert "Acts by what they are about: 1 row" in office.look("/consents?state=without_effect").text
    assert "No act is like that." in office.look("/consents?purpose=newsletter").text
    rows = _rows(office.look("/consents?source=old-crm&as=csv").data)
    assert [row[-1] for row in rows] == ["Acts", "2"]
    assert office.look("/consents?from=yesterday").status_code == 422
    assert office.look("/consents?from=2026-05-02&to=2026-05-01").status_code == 422
    first = _ACT.findall(page)[0].rpartition("/")[2]
    assert len(set(_ACT.findall(office.look(f"/consents?before={first}").text))) == 3


def test_one_act_has_its_proof_its_receipt_and_its_place_in_the_log(
    service: Service, office: Browser, tmp_path: Path
) -> None:
    service.publish(tmp_path)
    link = _ACT.findall(office.look("/consents").text)[0]
    page = office.look(link).text
    for text in ("Recorded: a signature, a scan or a call", "a signed form", "In the signed log", "shown-text"):
        assert text in page
    assert office.look(f"{link}/receipt.pdf").data.startswith(b"%PDF")
    assert json.loads(office.look(f"{link}/receipt.json").data)
    assert json.loads(office.look(f"{link}/inclusion").data)["kind"] == "inclusion-proof"
    assert office.look(f"{link}/receipt.exe").status_code == 404
    assert office.look(f"/consents/{UUID(int=5)}").status_code == 404
    assert _at(service, "jan", "privacy_office").look(link).status_code == 404


def test_acts_without_effect_say_what_to_do(office: Browser) -> None:
    page = office.look("/idle-acts").text
    assert "The wording is not known" in page
    assert "Add the text to the programme as a historical wording" in page
    one = office.look("/idle-acts/wording_unknown?source=shop").text
    assert len(set(_ACT.findall(one))) == 1
    assert _rows(office.look("/idle-acts?as=csv").data)[1][:3] == ["The wording is not known", "Online shop", "1"]
    assert office.look("/idle-acts/nothing?source=shop").status_code == 404
    assert office.look("/idle-acts/wording_unknown").status_code == 404


def test_an_import_shows_its_figures_its_waterfall_and_its_rejects(service: Service) -> None:
    import_id = scene.imported(service.app)
    browser = _at(service, "ola", "dpo")
    [head, row] = _rows(browser.look("/imports?as=csv").data)
    figures = dict(zip(head, row, strict=True))
    assert (figures["Rows"], figures["Acts recorded"], figures["Rows rejected"]) == ("4", "3", "1")
    page = browser.look(f"/imports/{import_id}").text
    assert "<svg" in page
    assert " style=" not in page
    assert "Cannot be read" in page
    steps = _rows(browser.look(f"/imports/{import_id}?as=csv").data)
    assert [row[:3] for row in steps[1:]] == [
        ["Cannot be read", "1", "3"],
        ["Withdrawn", "1", "2"],
        ["Suppressed", "1", "1"],
    ]
    assert "'=ewa(at)example.com" in browser.look(f"/imports/{import_id}/rejects").text
    assert browser.look(f"/imports/{import_id}/waterfall.pdf").data.startswith(b"%PDF")
    assert json.loads(browser.look(f"/imports/{import_id}/waterfall.json").data)["rows"]["total"] == 4
    assert browser.look(f"/imports/{import_id}/waterfall.exe").status_code == 404
    for language, text in (("pl", "Nie do odczytania"), ("hr", "Ne može se pročitati")):
        assert text in browser.look(f"/imports/{import_id}?lang={language}").text


def _ask(browser: Browser, reason: str = "came with the wrong file") -> str:
    """The address of the annulment that was asked for."""
    query = "source_system=old-crm"
    answer = browser.send(f"/annulments?{query}", f"/annulments/new?{query}", reason=reason)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].removeprefix("/console").partition("?")[0]


def test_an_annulment_is_seen_asked_advised_on_and_decided_by_another(service: Service, office: Browser) -> None:
    caller = service.caller()
    preview = office.look("/annulments/new?source_system=old-crm").text
    for text in ("2 acts", "2 people", "Some of them, spread over the whole"):
        assert text in preview
    assert caller.check(JAN)["reason"] == "given"
    path = _ask(office, "<script>alert(1)</script>")
    assert "<script>alert" not in office.look(path).text
    assert office.send(f"{path}/approve", path).status_code == 403
    assert office.send(f"{path}/opinion", path, opinion="agrees", words="I may not").status_code == 403

    officer, boss = _at(service, "dpo", "dpo"), _at(service, "szef", "controller")
    assert "I decide without the officer" in boss.look(path).text
    assert boss.send(f"{path}/approve", path).status_code == 422
    assert officer.send(f"{path}/opinion", path, opinion="agrees_if", words="").status_code == 422
    assert officer.send(f"{path}/opinion", path, opinion="agrees_if", words="Tell the people").status_code == 303
    assert officer.send(f"{path}/approve", path).status_code == 403
    assert "Tell the people" in boss.look(path).text

    assert boss.send(f"{path}/approve", path).status_code == 303
    assert [caller.check(who)["reason"] for who in (JAN, EWA, IZA)] == ["no_record", "no_record", "given"]
    page = office.look(path).text
    assert "Annulled" in page
    assert "szef" in page
    assert boss.send(f"{path}/refuse", path).status_code == 409
    assert "2" in _rows(office.look("/annulments?state=done&as=csv").data)[1]
    assert "Acts by what they are about: 1 row" in office.look("/consents?state=annulled").text


def test_what_was_refused_or_changed_meanwhile_is_not_annulled(service: Service, office: Browser) -> None:
    boss = _at(service, "szef", "controller")
    path = _ask(office)
    assert boss.send(f"{path}/refuse", path).status_code == 303
    assert "Refused by the second person" in boss.look(path).text
    path = _ask(office)
    with service.app.app_context():
        scene.acts()
        db.session.remove()
    caller = service.caller()
    caller.record(
        {
            "subject": {"customer_id": "C-7299", "email": "nowa@example.com"},
            "purpose": "offers",
            "channels": ["email"],
            "act": "give",
            "wording": {"code": "klauzula", "version": "3.0"},
            "source": {"system": "old-crm", "method": "web_form"},
        }
    )
    assert "By now other acts match" in boss.look(path).text
    assert boss.send(f"{path}/approve", path, without_opinion="1").status_code == 409
    assert caller.check(JAN)["reason"] == "given"
    assert office.look("/annulments/new?from=nonsense").status_code == 422


def test_one_act_is_annulled_from_its_own_page(service: Service, office: Browser) -> None:
    page = office.look(_ACT.findall(office.look("/consents?source=shop&state=counts").text)[0]).text
    link = re.search(r'href="/console(/annulments/new\?act=[0-9a-f-]+)"', page)
    assert link
    answer = office.send(link[1].replace("/new", ""), link[1], reason="signed by somebody else")
    path = answer.headers["Location"].removeprefix("/console").partition("?")[0]
    assert "One single act" in office.look(path).text
    boss = _at(service, "szef", "controller")
    assert boss.send(f"{path}/approve", path, without_opinion="1").status_code == 303
    assert service.caller().check(IZA)["allowed"] is False


@pytest.mark.parametrize("role", ["agent", "administrator"])
def test_whoever_serves_customers_sees_none_of_it(service: Service, role: str) -> None:
    with service.app.app_context():
        scene.acts()
        scene.asked()
        db.session.remove()
    browser = _at(service, "jan", role)
    assert "/annulments/" not in browser.look("/approvals").text
    for path in ("/consents", "/idle-acts", "/imports", "/annulments", "/annulments/new"):
        assert browser.look(path).status_code == 403
    assert ">Annulments<" not in browser.look("/").text


def test_an_opinion_is_the_officer_s_and_only_while_it_is_open(service: Service) -> None:
    with service.app.app_context():
        scene.acts()
        annulment_id = scene.asked()
        ewa = a_staff_member("ewa")
        with pytest.raises(OfficerOnly), unit_of_work():
            consent.advise_on_annulment(annulment_id, Opinion.AGREES, "well", actor=ewa)
        with unit_of_work():
            consent.refuse_annulment(annulment_id, actor=ewa)
        assert consent.annulment(annulment_id, realm=ewa.realm).state is AnnulmentState.REFUSED
        db.session.remove()
