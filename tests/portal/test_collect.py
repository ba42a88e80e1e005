"""The hosted page of a collection form: what it shows, what it records, and what it never does."""

from __future__ import annotations

import hashlib
import re

import pytest
import time_machine
from flask import Flask

from privacy.programme import service as programmes
from tests.callers import Service
from tests.portal.forms import EMAIL, a_browser, acts, codes

ADULT = {"age_class": "adult"}


@pytest.fixture
def site(service: Service) -> Flask:
    """The application with the example programme."""
    return service.app


def _text(app: Flask, code: str, version: str, locale: str) -> str:
    with app.app_context():
        wording = programmes.current().wording(code, version)
        assert wording
        return wording.text(locale)


@pytest.mark.parametrize("locale", ["pl", "en", "hr"])
def test_the_form_shows_the_wordings_and_the_notice_in_the_readers_language_and_nothing_ticked(
    site: Flask, locale: str
) -> None:
    page = a_browser(site).look("newsletter", query_string={"lang": locale}).text
    first = _text(site, "newsletter", "3", locale).split("\n")[0]
    assert first in page.replace("&#39;", "'").replace("&#34;", '"')
    assert "checked" not in page
    assert f'<html lang="{locale}"' in page


def test_yes_and_no_weigh_the_same(site: Flask) -> None:
    page = a_browser(site).look("newsletter", query_string={"lang": "en"}).text
    buttons = re.findall(r"<button type=\"submit\" name=\"answer\" value=\"(yes|no)\"( class=\"[^\"]*\")?>", page)
    assert buttons == [("yes", ""), ("no", "")]


def test_a_yes_is_recorded_with_what_was_shown_and_waits_for_its_code(site: Flask) -> None:
    browser = a_browser(site)
    browser.look("newsletter", query_string={"lang": "en"})
    sent = browser.answer("newsletter", choice__newsletter__email="yes", email=EMAIL, answer="yes", **ADULT)
    assert sent.status_code == 303, sent.text
    assert sent.headers["Location"] == "/collect/newsletter/code?said=waits"
    [act] = acts(site)
    assert (act.act, act.purpose, act.channel, act.method, act.proof) == (
        "request",
        "newsletter",
        "email",
        "web_form",
        "own_act",
    )
    assert (act.wording, act.locale, act.age) == (("newsletter", "3"), "en", "adult")
    assert act.sha256 == hashlib.sha256(_text(site, "newsletter", "3", "en").encode()).hexdigest()
    done = browser.confirm("newsletter", codes(site)[0])
    assert done.headers["Location"] == "/collect/newsletter/done?said=confirmed"
    assert "confirmed" in browser.web.get(done.headers["Location"]).text
    assert acts(site)[-1].act == "confirm"


def test_a_yes_that_is_confirmed_is_a_yes_for_the_check(site: Flask, service: Service) -> None:
    browser, machine = a_browser(site), service.caller()
    browser.answer("newsletter", choice__newsletter__email="yes", email=EMAIL, **ADULT)
    asked = {"purpose": "newsletter"}
    assert machine.check({"email": EMAIL}, **asked)["reason"] == "requested"
    browser.confirm("newsletter", codes(site)[0].lower())
    assert machine.check({"email": EMAIL}, **asked)["allowed"] is True


def test_a_wrong_code_says_no_more_than_that_and_five_are_enough(site: Flask) -> None:
    browser = a_browser(site)
    browser.answer("newsletter", choice__newsletter__email="yes", email=EMAIL, **ADULT)
    known = [browser.confirm("newsletter", "AAAAA-AAAAA") for _ in range(5)]
    stranger = browser.confirm("newsletter", "AAAAA-AAAAA", "stranger@example.com")
    assert {answer.status_code for answer in (*known, stranger)} == {422}
    said = [re.findall(r'class="error"[^>]*>([^<]+)<', answer.text) for answer in (*known, stranger)]
    assert len({tuple(one) for one in said}) == 1
    assert browser.confirm("newsletter", codes(site)[0]).status_code == 422


def test_the_answer_is_the_same_whether_or_not_an_address_is_known(site: Flask, service: Service) -> None:
    service.caller().record(
        {
            "subject": {"email": EMAIL},
            "purpose": "newsletter",
            "act": "withdraw",
            "source": {"system": "crm"},
        }
    )
    answers = [
        a_browser(site).answer("newsletter", choice__newsletter__email="yes", email=address, **ADULT)
        for address in (EMAIL, "stranger@example.com")
    ]
    assert len({(answer.status_code, answer.headers["Location"], answer.text) for answer in answers}) == 1


def test_nothing_is_recorded_of_boxes_that_are_left_alone(site: Flask) -> None:
    sent = a_browser(site).answer("newsletter", email=EMAIL, answer="yes")
    assert sent.headers["Location"] == "/collect/newsletter/done?said=nothing"
    assert acts(site) == []


def test_a_no_needs_no_address_and_with_one_it_is_recorded(site: Flask) -> None:
    browser = a_browser(site)
    assert browser.answer("kiosk", answer="no").headers["Location"] == "/collect/kiosk/done?said=nothing"
    assert acts(site) == []
    browser.answer("kiosk", answer="no", email=EMAIL)
    assert {(act.act, act.purpose, act.channel) for act in acts(site)} == {
        ("refuse", "offers", "email"),
        ("refuse", "partner_sharing", "-"),
    }


def test_the_same_form_sent_twice_counts_once_and_other_answers_are_others(site: Flask) -> None:
    browser = a_browser(site)
    page = browser.look("kiosk")
    fields = {"choice__offers__sms": "yes", "phone": "600 100 200", **ADULT}
    for _ in range(2):
        assert browser.answer("kiosk", page=page, **fields).status_code == 303
    assert [act.act for act in acts(site)] == ["give"]
    browser.answer("kiosk", page=page, answer="no", phone="+48 600-100-200")
    assert {act.act for act in acts(site)} == {"give", "refuse"}


def test_what_is_missing_is_said_beside_its_field_and_the_ticks_stay(site: Flask) -> None:
    browser = a_browser(site)
    browser.look("kiosk", query_string={"lang": "en"})
    sent = browser.answer("kiosk", choice__offers__sms="yes", email=EMAIL, **ADULT)
    assert sent.status_code == 422
    assert "Write the phone number that your answer is about." in sent.text
    assert re.search(r'name="choice__offers__sms" value="yes" checked', sent.text)
    assert acts(site) == []
    aged = browser.answer("kiosk", choice__offers__email="yes", email=EMAIL)
    assert "Choose how old you are." in aged.text
    assert "not-an-address" not in browser.answer("kiosk", answer="no", email="not-an-address").headers.get(
        "Location", ""
    )


@pytest.mark.parametrize(("point", "age"), [("newsletter", "13_15"), ("kiosk", "16_17")])
def test_nobody_too_young_agrees_alone_and_nothing_of_them_is_kept(site: Flask, point: str, age: str) -> None:
    box = {"newsletter": "choice__newsletter__email", "kiosk": "choice__offers__email"}[point]
    sent = a_browser(site).answer(point, email=EMAIL, age_class=age, **{box: "yes"})
    assert sent.headers["Location"] == f"/collect/{point}/done?said=too-young"
    assert acts(site) == []


def test_a_preference_centre_takes_a_no_for_each_question(site: Flask) -> None:
    fields = {"choice__offers__email": "yes", "choice__offers__sms": "no", "phone": "+48600100200", "email": EMAIL}
    sent = a_browser(site).answer("shop_choices", **fields, **ADULT)
    assert sent.headers["Location"] == "/collect/shop_choices/code?said=waits"
    assert {(act.act, act.purpose, act.channel) for act in acts(site)} == {
        ("request", "offers", "email"),
        ("withdraw", "offers", "sms"),
    }


@pytest.mark.parametrize(("signal", "on"), [("1", True), ("0", False), ("true", False), ("0, 1", True)])
def test_a_browsers_signal_is_a_no_to_what_shares_data(site: Flask, signal: str, on: bool) -> None:
    browser, headers = a_browser(site), {"Sec-GPC": signal}
    browser.look("kiosk", query_string={"lang": "en"})
    assert ("Your browser has said" in browser.look("kiosk", headers=headers).text) is on
    browser.answer("kiosk", headers=headers, choice__offers__email="yes", email=EMAIL, **ADULT)
    refused = [(act.purpose, act.method) for act in acts(site) if act.act == "refuse"]
    assert refused == ([("partner_sharing", "gpc")] if on else [])


def test_a_tick_outweighs_the_browsers_signal(site: Flask) -> None:
    a_browser(site).answer("kiosk", headers={"Sec-GPC": "1"}, choice__partner_sharing__="yes", email=EMAIL, **ADULT)
    assert [(act.act, act.purpose, act.method) for act in acts(site)] == [("give", "partner_sharing", "kiosk")]


def test_texts_that_changed_meanwhile_are_shown_anew_with_every_box_empty(site: Flask) -> None:
    browser = a_browser(site)
    browser.look("kiosk", query_string={"lang": "en"})
    page = browser.look("kiosk")
    assert page.status_code == 200
    # The same form in another language: other texts.
    browser.look("kiosk", query_string={"lang": "pl"})
    sent = browser.answer("kiosk", page=page, choice__offers__email="yes", email=EMAIL, **ADULT)
    assert sent.status_code == 409
    assert "checked" not in sent.text
    assert acts(site) == []


@pytest.mark.parametrize("fields", [{"csrf": "0" * 64}, {"once": "x"}, {"choice__offers__push": "yes"}, {"more": "1"}])
def test_a_form_that_is_not_ours_is_refused_and_changes_nothing(site: Flask, fields: dict[str, str]) -> None:
    answers = {"choice__offers__email": "yes", "email": EMAIL, **ADULT, **fields}
    sent = a_browser(site).answer("kiosk", **answers)
    assert sent.status_code in {403, 422}
    assert acts(site) == []


def test_another_site_cannot_send_the_form(site: Flask) -> None:
    sent = a_browser(site).answer("kiosk", headers={"Origin": "https://evil.example"}, answer="no", email=EMAIL)
    assert sent.status_code == 403
    assert acts(site) == []


@pytest.mark.parametrize("point", ["none", "kiosk2", "%20", "a" * 200])
def test_an_unknown_form_is_a_page_that_says_so(site: Flask, point: str) -> None:
    page = a_browser(site).look(point)
    assert page.status_code == 404
    assert page.mimetype == "text/html"


def test_a_kiosk_forgets_and_comes_back_by_itself(site: Flask) -> None:
    browser = a_browser(site)
    page = browser.look("kiosk")
    assert "portal/kiosk.js" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert 'autocomplete="email"' not in page.text
    before = browser.web.get_cookie("visitor")
    done = browser.answer("kiosk", page=page, choice__offers__email="yes", email=EMAIL, **ADULT)
    assert browser.web.get(done.headers["Location"]).headers["Refresh"] == "15; url=/collect/kiosk"
    after = browser.web.get_cookie("visitor")
    assert before
    assert after
    assert before.value != after.value
    assert {act.setting for act in acts(site)} == {"offline"}


def test_one_network_sends_so_many_forms_a_minute(site: Flask, frozen: time_machine.Traveller) -> None:
    browser = a_browser(site)
    page = browser.look("kiosk")
    sent = [
        browser.web.post(
            "/collect/kiosk",
            data={"csrf": re.findall(r'name="csrf" value="([^"]+)"', page.text)[0], "shown": "x"},
            environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
        ).status_code
        for _ in range(31)
    ]
    assert set(sent[:30]) == {409}
    assert sent[30] == 429
    frozen.shift(61)


def test_no_address_of_a_person_is_in_any_address_of_a_page(site: Flask) -> None:
    sent = a_browser(site).answer("newsletter", choice__newsletter__email="yes", email=EMAIL, **ADULT)
    assert EMAIL not in sent.headers["Location"]
    assert "@" not in sent.headers["Location"]
