"""The pages by which people come in: what a browser, a scanner and an attacker get to see, and what it does."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy.db import db, session
from privacy.selfservice import entries
from privacy.selfservice.models import PersonEntry, PersonProof, PersonSession
from tests.callers import Service
from tests.selfservice.visitors import ANNA, a_browser, come_in, known
from tests.sizes import size

MAIL = ANNA["email"]


@pytest.fixture
def portal(service: Service) -> Flask:
    """The application, which has known Anna for a month."""
    with service.app.app_context():
        known(ANNA)
        db.session.remove()
    service.app.config["PROPAGATE_EXCEPTIONS"] = True
    return service.app


def test_somebody_comes_in_by_a_code_and_leaves(portal: Flask) -> None:
    visitor = come_in(portal, MAIL)
    assert visitor.get("/sessions").status_code == 200
    token = visitor.cookie("person")
    assert token
    left = visitor.post("/leave", page="/sessions")
    assert left.headers["Location"].startswith("/portal/enter")
    visitor.web.set_cookie("person", token)
    assert visitor.get("/sessions").status_code == 303


def test_a_page_for_those_inside_sends_others_to_come_in_and_back(portal: Flask) -> None:
    visitor = a_browser(portal)
    sent = visitor.get("/sessions")
    assert sent.headers["Location"] == "/portal/enter?next=/portal/sessions"
    visitor.get("/enter?next=/portal/sessions")
    visitor.ask(MAIL)
    answer = visitor.post("/enter/code", code=visitor.letters()[-1].code)
    assert answer.headers["Location"] == "/portal/sessions"


@pytest.mark.parametrize(
    "wish", ["//evil.example", "https://evil.example", "/\\evil.example", "/portal/../x", "/other"]
)
def test_nobody_is_sent_elsewhere(portal: Flask, wish: str) -> None:
    visitor = a_browser(portal)
    visitor.get("/enter", query_string={"next": wish})
    visitor.ask(MAIL)
    answer = visitor.post("/enter/code", code=visitor.letters()[-1].code)
    assert re.fullmatch(r"/portal/[a-z]*", answer.headers["Location"].partition("?")[0])


def test_known_and_unknown_get_the_same_bytes(portal: Flask, frozen: time_machine.Traveller) -> None:
    answers = []
    for contact in (MAIL, "nobody@example.com", ANNA["phone"], "+48600999888"):
        visitor = a_browser(portal)
        asked = visitor.ask(contact)
        page = visitor.get("/enter/code?said=sent")
        plain = re.sub(r'name="csrf" value="[0-9a-f]+"', "", page.text)
        answers.append((asked.status_code, asked.headers["Location"], asked.data, sorted(asked.headers.keys()), plain))
    assert len({str(one) for one in answers}) == 1
    assert len(a_browser(portal).letters()) == 2


def test_a_link_opens_the_session_in_the_browser_that_asked(portal: Flask) -> None:
    visitor = a_browser(portal)
    visitor.ask(MAIL)
    letter = visitor.letters()[-1]
    assert visitor.get("/enter/link").status_code == 200
    assert visitor.post("/enter/link", ticket=letter.ticket).status_code == 303
    assert visitor.get("/sessions").status_code == 200


def test_mail_scanners_use_nothing_up_and_the_human_comes_in(portal: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MOST_AN_HOUR", 10_000)
    monkeypatch.setattr(entries, "MOST_A_DAY", 10_000)
    monkeypatch.setattr(entries, "MOST_FROM_ONE", 10_000)
    monkeypatch.setattr(entries, "MOST_OF_A_NETWORK", 10_000)
    times = size("scanned_links")
    for number in range(times):
        human, scanner = a_browser(portal), a_browser(portal)
        human.ask(MAIL)
        letter = human.letters()[-1]
        before = _rows(portal)
        scanner.web.head("/portal/enter/link")
        for _ in range(20):
            scanner.get("/enter/link")
        # A scanner that runs scripts has a cookie and a token of its own, and sends the form.
        assert scanner.post("/enter/link", ticket=letter.ticket).status_code == 422
        assert scanner.post("/enter/code", code=letter.code).status_code == 422
        assert _rows(portal) == before
        last = (
            human.post("/enter/link", ticket=letter.ticket)
            if number % 2
            else human.post("/enter/code", code=letter.code)
        )
        assert last.status_code == 303


def test_a_form_without_its_token_or_from_elsewhere_is_refused(portal: Flask) -> None:
    visitor = a_browser(portal)
    visitor.ask(MAIL)
    code = visitor.letters()[-1].code
    assert visitor.web.post("/portal/enter/code", data={"code": code}).status_code == 403
    token = visitor.token("/enter/code")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        sent = visitor.web.post("/portal/enter/code", data={"code": code, "csrf": token}, headers=headers)
        assert sent.status_code == 403
    assert visitor.post("/enter/code", code=code).status_code == 303


def test_a_wrong_code_is_counted_though_the_page_is_shown_again(portal: Flask) -> None:
    visitor = a_browser(portal)
    visitor.ask(MAIL)
    code = visitor.letters()[-1].code
    wrong = "12345678" if code != "12345678" else "12345679"
    for _ in range(5):
        answer = visitor.post("/enter/code", code=wrong)
        assert answer.status_code == 422
        assert wrong not in answer.text
    assert visitor.post("/enter/code", code=code).status_code == 422


def test_a_session_is_new_on_coming_in_and_the_browser_is_known_anew(portal: Flask) -> None:
    visitor = a_browser(portal)
    visitor.web.set_cookie("person", "pps_" + "A" * 43)
    visitor.ask(MAIL)
    before = visitor.cookie("visitor")
    visitor.post("/enter/code", code=visitor.letters()[-1].code)
    assert visitor.cookie("person") != "pps_" + "A" * 43
    assert visitor.cookie("visitor") != before


def test_whoever_left_is_out_on_every_server(portal: Flask, service: Service, config: object) -> None:
    from privacy.app import READERS, create_app
    from privacy.http.setup import LIMITER

    visitor = come_in(portal, MAIL)
    token = visitor.cookie("person")
    assert token
    other = create_app(config)  # type: ignore[arg-type]  # the fixture's
    there = a_browser(other)
    there.web.set_cookie("person", token)
    assert there.get("/sessions").status_code == 200
    visitor.post("/leave", page="/sessions")
    assert there.get("/sessions").status_code == 303
    other.extensions[READERS].drop()
    other.extensions[LIMITER].close()
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8000"},
        {"Host": "privacy.example.com@evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Server": "evil.example"},
        {"X-Host": "evil.example"},
        {"X-Original-Host": "evil.example"},
        {"X-Original-URL": "https://evil.example/portal/enter"},
        {"X-Rewrite-URL": "https://evil.example/portal/enter"},
        {"Forwarded": "host=evil.example"},
        {"Forwarded": "for=1.2.3.4;host=evil.example;proto=https"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Port": "4444", "X-Forwarded-Prefix": "//evil.example"},
    ],
)
def test_no_header_gets_into_a_letter(portal: Flask, headers: dict[str, str]) -> None:
    visitor = a_browser(portal)
    token = visitor.token("/enter")
    visitor.web.post("/portal/enter", data={"csrf": token, "contact": MAIL}, headers=headers)
    visitor.run_jobs()
    for letter in visitor.letters():
        assert "evil" not in letter.body
        assert letter.link.startswith("https://privacy.example.com/portal/enter/link#")


@pytest.mark.parametrize("contact", ["", "nobody", "anna@", "1", "a" * 300 + "@example.com"])
def test_what_is_no_contact_is_shown_again_with_the_mend(portal: Flask, contact: str) -> None:
    answer = a_browser(portal).post("/enter", contact=contact)
    assert answer.status_code == 422
    assert "field-contact" in answer.text
    assert 'role="alert"' in answer.text


def test_something_that_matters_wants_a_second_contact(portal: Flask) -> None:
    visitor = come_in(portal, MAIL)
    old = visitor.cookie("person")
    answer = visitor.prove("+48*****200")
    assert answer.status_code == 303, answer.text
    assert visitor.cookie("person") != old
    assert old
    there = a_browser(portal)
    there.web.set_cookie("person", old)
    assert there.get("/sessions").status_code == 303
    assert visitor.get("/sessions").status_code == 200


def test_a_person_sees_their_sessions_and_ends_another(portal: Flask) -> None:
    one, two = come_in(portal, MAIL), come_in(portal, ANNA["phone"])
    ids = re.findall(r"/sessions/([0-9a-f-]{36})/end", one.get("/sessions").text)
    assert len(ids) == 2
    assert one.post("/sessions/end-others", page="/sessions").status_code == 303
    assert one.get("/sessions").status_code == 200
    assert two.get("/sessions").status_code == 303


def test_nobody_ends_the_session_of_somebody_else(portal: Flask) -> None:
    with portal.app_context():
        known({"customer_id": "C-2", "email": "jan@example.com"})
        db.session.remove()
    anna, jan = come_in(portal, MAIL), come_in(portal, "jan@example.com")
    [foreign] = re.findall(r"/sessions/([0-9a-f-]{36})/end", jan.get("/sessions").text)
    absent = "01234567-89ab-7def-8123-456789abcdef"
    answers = [anna.post(f"/sessions/{one}/end", page="/sessions") for one in (foreign, absent)]
    assert [one.status_code for one in answers] == [404, 404]
    assert re.sub(r"[0-9a-f]{34}", "", answers[0].text) == re.sub(r"[0-9a-f]{34}", "", answers[1].text)
    assert jan.get("/sessions").status_code == 200


def test_a_session_ends_when_it_is_not_used_and_at_last_in_any_case(
    portal: Flask, frozen: time_machine.Traveller
) -> None:
    visitor = come_in(portal, MAIL)
    for _ in range(24):
        frozen.shift(29 * 60)
        assert visitor.get("/sessions").status_code == 200
    frozen.shift(25 * 60)
    assert visitor.get("/sessions").status_code == 303
    visitor = come_in(portal, ANNA["phone"])
    frozen.shift(30 * 60)
    assert visitor.get("/sessions").status_code == 303


def test_a_script_that_counts_down_keeps_nobody_in_and_a_click_does(
    portal: Flask, frozen: time_machine.Traveller
) -> None:
    visitor = come_in(portal, MAIL)
    frozen.shift(20 * 60)
    assert visitor.get("/standing").get_json() == {"seconds": 600, "longer": True}
    frozen.shift(8 * 60)
    assert visitor.get("/standing").get_json()["seconds"] == 120
    assert visitor.post("/stay", page="/enter/code").status_code == 303
    assert visitor.get("/standing").get_json()["seconds"] == 1800


def test_looking_at_pages_of_a_fresh_session_writes_nothing(portal: Flask) -> None:
    visitor = come_in(portal, MAIL)
    before = _rows(portal)
    for path in ("/sessions", "/standing", "/enter", "/enter/code", "/enter/link", "/prove-again"):
        visitor.get(path)
    assert _rows(portal) == before


def _rows(app: Flask) -> list[tuple[object, ...]]:
    with app.app_context():
        found = [
            tuple(row)
            for model in (PersonEntry, PersonSession, PersonProof)
            for row in session().execute(sa.select(*model.__table__.columns))
        ]
        db.session.remove()
    return found
