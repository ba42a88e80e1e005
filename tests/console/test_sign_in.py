"""The doors of the console: who comes in, who stays out, and what a browser is told meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from config import Config
from privacy.access import service as access
from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work
from tests.access.sign_in.desk import PASSWORD, code_of, invited, taken_on
from tests.callers import Service
from tests.console.office import Browser, hired

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def other(service: Service, config: Config) -> Iterator[Flask]:
    """Another process of the same installation."""
    from privacy.app import READERS, create_app
    from privacy.http.setup import LIMITER

    made = create_app(config)
    yield made
    made.extensions[READERS].drop()
    made.extensions[LIMITER].close()
    with made.app_context():
        db.engine.dispose()


def test_a_newcomer_begins_with_an_invitation_and_is_inside(service: Service) -> None:
    with service.app.app_context():
        code = invited(taken_on("ewa").id).code
        db.session.remove()
    browser = Browser(service.app)
    answer = browser.send("/begin", name="ewa", code=code, password="password1234")
    assert answer.status_code == 422
    assert "lists that attackers try first" in answer.text
    assert "password1234" not in answer.text
    answer = browser.send("/begin", name="ewa", code=code, password=PASSWORD)
    assert answer.location == "/console/begin/app"
    page = browser.look("/begin/app")
    letters = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
    assert letters is not None
    assert "<svg" in page.text
    from base64 import b32decode

    secret = b32decode(letters[1].replace(" ", ""))
    assert browser.send("/begin/app", code="000000").status_code == 422
    answer = browser.send("/begin/app", code=code_of(secret))
    assert answer.status_code == 200
    assert len(re.findall(r"<code>[A-Z2-9-]{19}</code>", answer.text)) == 10
    assert browser.look("/account").status_code == 200


def test_password_and_code_lead_to_the_page_that_was_asked_for(service: Service) -> None:
    ewa, browser = hired(service.app), Browser(service.app)
    answer = browser.look("/staff")
    assert answer.location == "/console/sign-in?next=/console/staff"
    browser.web.get(answer.location)
    assert browser.sign_in(ewa, later=1).location == "/console/staff"
    assert browser.look("/staff").status_code == 200


def test_the_password_alone_opens_nothing(service: Service) -> None:
    ewa, browser = hired(service.app), Browser(service.app)
    browser.send("/sign-in", name=ewa.name, password=PASSWORD)
    assert browser.look("/account").status_code == 303
    thief = Browser(service.app)
    assert thief.send("/sign-in/code", code=ewa.code(later=1)).status_code == 422  # Without the step's cookie.
    assert browser.send("/sign-in/code", code="000000").status_code == 422
    assert browser.look("/account").status_code == 303


def test_a_token_that_somebody_planted_is_not_taken_over(service: Service) -> None:
    ewa, browser = hired(service.app), Browser(service.app)
    planted = "A" * 43
    browser.web.set_cookie("staff", planted)
    browser.web.set_cookie("visitor", "B" * 43)
    browser.sign_in(ewa, later=1)
    assert browser.cookie("staff") not in {planted, None}
    assert browser.cookie("visitor") != "B" * 43


def test_signing_out_ends_the_session_on_every_server(service: Service, other: Flask) -> None:
    ewa, browser = hired(service.app), Browser(service.app)
    browser.sign_in(ewa, later=1)
    token = browser.cookie("staff")
    answer = browser.send("/sign-out", at="/account")
    assert answer.location.startswith("/console/sign-in")
    assert "storage" in answer.headers["Clear-Site-Data"]
    thief = Browser(other)
    thief.web.set_cookie("staff", token or "")
    assert thief.look("/account").status_code == 303


def test_who_exists_cannot_be_told_from_the_answers(service: Service) -> None:
    hired(service.app)
    answers = []
    for name in ("ewa", "nobody"):
        browser = Browser(service.app)
        answer = browser.send("/sign-in", name=name, password="wrong and long enough")
        text = re.sub(r'value="[0-9a-f]{34}"', "", answer.text.replace(name, "NAME"))
        answers.append((answer.status_code, text, {k: v for k, v in answer.headers if k not in ("Set-Cookie", "Date")}))
    for one in answers:
        one[2].pop("Content-Length", None)
    assert answers[0][:2] == answers[1][:2]
    assert answers[0][2].keys() == answers[1][2].keys()


def test_who_tries_too_often_is_told_how_long_to_wait(service: Service) -> None:
    ewa, browser = hired(service.app), Browser(service.app)
    for _ in range(5):
        assert browser.send("/sign-in", name=ewa.name, password="wrong and long enough").status_code == 422
    answer = browser.send("/sign-in", name=ewa.name, password=PASSWORD)
    assert "Wait 1 seconds" in answer.text


HOSTILE = [
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "http:evil.example",
    "https:/evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/console\\@evil.example",
    "/console//evil.example",
    "/console/../../evil",
    "/console/%2e%2e/x",
    "/console/..",
    "/%2f%2fevil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "evil.example",
    "@evil.example",
    "/console@evil.example",
    "/consoles/x",
    "/portal/choices",
    "/api/v1/consents",
    "/console/?next=//evil.example",
    "/console/#//evil.example",
    " /console/staff",
    "/console/staff\r\nSet-Cookie: x=y",
    "/console/" + "a" * 400,
    "",
]


@pytest.mark.parametrize("wished", HOSTILE)
def test_nobody_is_sent_elsewhere_after_signing_in(wished: str, service: Service) -> None:
    ewa, browser = hired(service.app), Browser(service.app)
    browser.look("/sign-in", query_string={"next": wished})
    location = browser.sign_in(ewa, later=1).location
    assert location in {"/console/account", "/console/"}


@pytest.mark.parametrize("ends", ["grant", "disabled"])
def test_a_change_of_rights_acts_on_the_next_request_of_another_process(
    ends: str, service: Service, other: Flask
) -> None:
    ewa, browser = hired(service.app), Browser(service.app)
    browser.sign_in(ewa, later=1)
    assert browser.look("/staff").status_code == 200
    with other.app_context():
        with unit_of_work():
            if ends == "disabled":
                access.disable_staff(ewa.id, actor=OPERATOR)
            else:
                access.end_grant(access.grants(ewa.id)[0].id, actor=OPERATOR)
        db.session.remove()
    assert browser.look("/staff").status_code == 303


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("asked_by", ["empty", "document"])
def test_a_screen_that_nobody_looks_at_does_not_stay_signed_in(
    asked_by: str, service: Service, frozen: time_machine.Traveller
) -> None:
    ewa, browser = hired(service.app), Browser(service.app)
    browser.sign_in(ewa, later=1)
    for _ in range(2):
        frozen.shift(17 * 60)
        browser.web.get("/console/now", headers={"Sec-Fetch-Dest": asked_by})
    assert browser.look("/account").status_code == (303 if asked_by == "empty" else 200)


def test_what_matters_asks_for_a_code_once_more(service: Service, frozen: time_machine.Traveller) -> None:
    boss, jan, browser = hired(service.app, "boss", "administrator"), hired(service.app, "jan"), Browser(service.app)
    browser.sign_in(boss, later=1)
    before = browser.cookie("staff")
    frozen.shift(301)
    one = f"/staff/{jan.id}"
    answer = browser.send(f"{one}/grants", at=one, role="agent", reason="helps")
    assert answer.location == "/console/prove"
    assert browser.send("/prove", code=boss.code()).status_code == 303
    assert browser.cookie("staff") not in {before, None}
    assert browser.send(f"{one}/grants", at=one, role="agent", reason="helps").status_code == 303
    assert "In force" in browser.look(one).text


def test_an_authorisation_is_given_printed_and_ended(service: Service) -> None:
    boss, jan, browser = hired(service.app, "boss", "administrator"), hired(service.app, "jan"), Browser(service.app)
    browser.sign_in(boss, later=1)
    one = f"/staff/{jan.id}"
    answer = browser.send(f"{one}/grants", at=one, role="inspector", reason="an audit")
    assert answer.status_code == 422
    assert "at most 90 days" in answer.text
    answer = browser.send(f"{one}/grants", at=one, role="inspector", reason="an audit", until="2026-12-31")
    assert answer.status_code == 303
    page = browser.look(one).text
    [printed] = re.findall(r'href="/console(/staff/grants/[^"]+/authorisation)"', page)[-1:]
    answer = browser.look(printed)
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    [end] = re.findall(r'action="/console(/staff/grants/[^"]+/end)"', page)[-1:]
    assert browser.send(end, at=one).status_code == 303
    assert browser.look(f"/staff/{uuid4()}").status_code == 404


def test_a_grave_role_waits_for_another_administrator(service: Service) -> None:
    one, two, jan = (hired(service.app, name, role) for name, role in _TWO_AND_JAN)
    first, second = Browser(service.app), Browser(service.app)
    first.sign_in(one, later=1)
    second.sign_in(two, later=1)
    page = f"/staff/{jan.id}"
    first.send(f"{page}/grants", at=page, role="controller", reason="decides from today")
    assert "/agree" not in first.look(page).text
    [agree] = re.findall(r'action="/console(/staff/grants/[^"]+/agree)"', second.look(page).text)
    assert first.send(agree, at=page).status_code == 403
    assert second.send(agree, at=page).status_code == 303


_TWO_AND_JAN = (("one", "administrator"), ("two", "administrator"), ("jan", "none"))


@pytest.mark.parametrize("role", ["dpo", "agent", "staff"])
def test_who_gives_no_rights_has_no_form_for_it(role: str, service: Service) -> None:
    ewa, jan, browser = hired(service.app, "ewa", role), hired(service.app, "jan", "none"), Browser(service.app)
    browser.sign_in(ewa, later=1)
    answer = browser.look(f"/staff/{jan.id}")
    assert answer.status_code == (403 if role == "agent" else 200)
    assert "/grants" not in answer.text
    assert browser.send(f"/staff/{jan.id}/grants", at="/account", role="agent", reason="x").status_code == 403


def test_the_account_changes_passwords_apps_codes_and_ends_sessions(service: Service) -> None:
    ewa, browser, elsewhere = hired(service.app), Browser(service.app), Browser(service.app)
    browser.sign_in(ewa, later=1)
    elsewhere.web.set_cookie("staff", ewa.first.token)
    assert elsewhere.look("/account").status_code == 200
    assert browser.look("/account").text.count("End it") >= 2
    wrong = browser.send("/account/password", at="/account", old="not it at all", new="a new one that is long")
    assert wrong.status_code == 422
    right = browser.send("/account/password", at="/account", old=PASSWORD, new="a new one that is long")
    assert right.status_code == 303
    assert elsewhere.look("/account").status_code == 303
    codes = browser.send("/account/recovery-codes", at="/account")
    assert len(re.findall(r"<code>[A-Z2-9-]{19}</code>", codes.text)) == 10
    app = browser.send("/account/app", at="/account")
    letters = re.search(r"<code>([A-Z2-7 ]+)</code>", app.text)
    assert letters is not None
    from base64 import b32decode

    code = code_of(b32decode(letters[1].replace(" ", "")))
    assert browser.send("/account/app/code", at="/account", code=code, label="<b>tablet</b>").status_code == 303
    page = browser.look("/account").text
    assert "&lt;b&gt;tablet" in page
    [remove, *_] = re.findall(r'action="/console(/account/factors/[^"]+)"', page)
    assert browser.send(remove, at="/account").status_code == 303
    [end] = re.findall(r'action="/console(/account/sessions/[^"]+/end)"', page)
    assert browser.send(end, at="/account").location.startswith("/console/sign-in")


@pytest.mark.parametrize("language", ["pl", "hr"])
def test_the_pages_speak_the_readers_language(language: str, service: Service) -> None:
    page = Browser(service.app).web.get(f"/console/sign-in?lang={language}").text
    assert {"pl": "Zaloguj się", "hr": "Prijava"}[language] in page
