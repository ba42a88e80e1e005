"""The pages of passkeys: a device answers what a page asked, in that browser, and is inside."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from privacy.access.sign_in import service as signing
from privacy.db import db
from privacy.pages import look
from tests.access.sign_in.authenticator import Authenticator
from tests.access.sign_in.desk import PASSWORD
from tests.callers import Service
from tests.console.office import Browser, hired

ORIGIN = "http://localhost"
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def console(service: Service) -> Flask:
    """The application, at a name: a number has no passkeys."""
    service.app.extensions[look.EXTENSION] = replace(service.app.extensions[look.EXTENSION], base_url=ORIGIN)
    return service.app


def begun(browser: Browser, path: str, at: str) -> Any:
    """What the page asks of the device."""
    answer = browser.send(f"{path}/begin", at=at)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    return answer.json


def given(browser: Browser, device: Authenticator, path: str, at: str, **lies: Any) -> TestResponse:
    """The device answers, and the page sends it."""
    return browser.send(path, at=at, answer=device.get(begun(browser, path, at), **lies))


def added(browser: Browser, label: str = "key ring") -> Authenticator:
    device = Authenticator(ORIGIN)
    answer = device.create(begun(browser, "/account/passkey", "/account"))
    assert browser.send("/account/passkey", at="/account", answer=answer, label=label).status_code == 303
    return device


def test_a_passkey_is_added_named_used_and_removed(console: Flask, frozen: time_machine.Traveller) -> None:
    ewa, browser, elsewhere = hired(console), Browser(console), Browser(console)
    browser.sign_in(ewa, later=1)
    elsewhere.web.set_cookie("staff", ewa.first.token)
    device = added(browser, "<b>key</b>")
    assert elsewhere.look("/account").status_code == 303  # Every other session has ended.
    assert "Passkey: &lt;b&gt;key" in browser.look("/account?said=passkey-added").text

    alone = Browser(console)
    alone.look("/sign-in?next=/console/staff")
    assert given(alone, device, "/sign-in/passkey", "/sign-in").location == "/console/staff"
    assert "by passkey" in alone.look("/account").text

    second = Browser(console)
    second.send("/sign-in", name=ewa.name, password=PASSWORD)
    assert given(second, device, "/sign-in/code/passkey", "/sign-in/code").status_code == 303
    assert second.look("/account").status_code == 200

    frozen.shift(301)
    before = second.cookie("staff")
    assert second.send("/account/recovery-codes", at="/account").location == "/console/prove"
    assert given(second, device, "/prove/passkey", "/prove").status_code == 303
    assert second.cookie("staff") not in {before, None}
    page = second.look("/account").text
    removes = re.findall(r'action="/console(/account/factors/[^"]+/remove)"', page)
    assert len(removes) == 2
    for remove in removes:  # Whichever is first: the other one stays.
        answer = second.send(remove, at="/account")
    assert answer.status_code == 409


def test_an_answer_that_was_begun_elsewhere_opens_nothing(console: Flask) -> None:
    ewa, browser, thief = hired(console), Browser(console), Browser(console)
    browser.sign_in(ewa, later=1)
    device = added(browser)
    victim = Browser(console)
    answer = device.get(begun(victim, "/sign-in/passkey", "/sign-in"))
    assert thief.send("/sign-in/passkey", at="/sign-in", answer=answer).status_code == 422
    begun(thief, "/sign-in/passkey", "/sign-in")
    refused = thief.send("/sign-in/passkey", at="/sign-in", answer=answer)
    assert refused.status_code == 422
    assert "The passkey was not taken" in refused.text
    assert thief.look("/account").status_code == 303
    # Nor one that was stolen on its way to another origin, or has not asked for its owner.
    assert given(thief, device, "/sign-in/passkey", "/sign-in", origin="https://evil.example").status_code == 422
    for path in ("/sign-in/passkey", "/sign-in/code/passkey"):
        assert thief.send(path, at="/sign-in").status_code == 422  # Without a script nothing is answered.
    assert thief.cookie("staff") is None


def test_what_adds_a_passkey_asks_for_a_proof_first(console: Flask, frozen: time_machine.Traveller) -> None:
    ewa, browser = hired(console), Browser(console)
    browser.sign_in(ewa, later=1)
    frozen.shift(301)
    for path in ("/account/passkey/begin", "/account/passkey"):
        assert browser.send(path, at="/account").location == "/console/prove"


def test_at_a_number_there_are_no_passkeys(service: Service) -> None:
    app = service.app
    app.extensions[look.EXTENSION] = replace(app.extensions[look.EXTENSION], base_url="http://127.0.0.1:8000")
    ewa, browser = hired(app), Browser(app)
    assert "data-passkey" not in browser.look("/sign-in").text
    assert browser.send("/sign-in/passkey/begin", at="/sign-in").status_code == 404
    browser.sign_in(ewa, later=1)
    assert "data-passkey" not in browser.look("/account").text


def test_a_password_that_is_changed_while_it_is_compared_is_wrong(console: Flask) -> None:
    """What stands between the two units of work of a sign-in."""
    from privacy.db import unit_of_work

    ewa = hired(console)
    with console.app_context():
        with unit_of_work():
            tried = signing.begin_password(ewa.name, None)
        assert tried.fits(PASSWORD)
        found = signing.session_of(ewa.first.token)
        assert found is not None
        with unit_of_work():
            change = signing.begin_change(found, "a new one that is long", None)
            signing.change_password(found, change, signing.hash_password("a new one that is long"), fits=True)
        with unit_of_work():
            assert signing.give_password(tried, fits=True) is None
        db.session.remove()
