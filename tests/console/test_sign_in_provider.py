"""Staff at the company's provider: an account that was linked by hand opens a session, and nothing else does."""

from __future__ import annotations

import ipaddress
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask

from privacy import clock
from privacy.console.provider import STAFF_OIDC, StaffProvider
from privacy.errors import Unavailable
from privacy.federation.service import Asking, SignOnRefused, SignOnSettingsInvalid
from tests.callers import Service
from tests.console.office import Browser, hired

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BACK = "http://localhost/console/sign-in/provider/back"
_HERE = tuple(ipaddress.ip_network(one) for one in ("127.0.0.0/8", "::1/128"))


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of an OpenID Connect provider on this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It stands on a part of its library that is about to move.
        import oidc_provider_mock  # type: ignore[import-untyped]  # no types upstream

        with oidc_provider_mock.run_server_in_thread() as server:
            yield f"http://localhost:{server.server_port}"


def settings(app: Flask, provider: str, folder: Path, **more: str) -> StaffProvider:
    """The application takes the provider's word for who signed in."""
    secret = folder / "secret"
    secret.write_text("very secret\n")
    wanted = {"levels": "", "methods": ""} | more
    found = StaffProvider.of(provider, "console", str(secret), back=BACK, allowed=_HERE, **wanted)
    assert found
    app.extensions[STAFF_OIDC] = found
    return found


@pytest.fixture
def console(service: Service, provider: str, tmp_path: Path) -> Flask:
    settings(service.app, provider, tmp_path)
    return service.app


def signed_in_there(browser: Browser, path: str, subject: str = "ewa-1", **claims: Any) -> str:
    """Where the provider sends a browser back to that has signed in there."""
    to = browser.look(path).headers["Location"]
    requests.put(f"{to.split('/oauth2')[0]}/users/{subject}", json=claims, timeout=10)
    answer = requests.post(to, data={"sub": subject}, allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    assert parts.path == "/console/sign-in/provider/back"
    return f"{parts.path.removeprefix('/console')}?{parts.query}"


def linked(browser: Browser, subject: str = "ewa-1") -> None:
    assert browser.look(signed_in_there(browser, "/account/provider", subject)).location == (
        "/console/account/provider/confirm"
    )
    page = browser.look("/account/provider/confirm").text
    assert subject in page
    assert browser.send("/account/provider/confirm").status_code == 303


def test_a_member_links_an_account_signs_in_by_it_and_unlinks_it(console: Flask) -> None:
    ewa, browser = hired(console), Browser(console)
    assert browser.look(signed_in_there(Browser(console), "/sign-in/provider")).status_code == 303
    browser.sign_in(ewa, later=1)
    linked(browser)
    assert "ewa-1" in browser.look("/account").text

    other = Browser(console)
    other.look("/sign-in?next=/console/staff")
    assert other.look(signed_in_there(other, "/sign-in/provider")).location == "/console/staff"
    assert "by the company account" in other.look("/account").text

    # Whoever is still signed in there was asked for nothing, which is no proof of who sits there now.
    before = other.cookie("staff")
    assert other.send("/account/recovery-codes", at="/account").location == "/console/prove"
    assert other.look(signed_in_there(other, "/prove/provider")).status_code == 303
    assert other.cookie("staff") not in {before, None}
    [unlink] = re.findall(r'action="/console(/account/accounts/[^"]+/unlink)"', other.look("/account").text)
    assert other.send(unlink, at="/account").status_code == 303
    late = Browser(console)
    assert late.look(signed_in_there(late, "/sign-in/provider")).location == "/console/sign-in?said=provider-refused"


def test_an_account_with_the_address_of_a_colleague_is_nobodys(console: Flask) -> None:
    hired(console)
    browser = Browser(console)
    back = signed_in_there(
        browser, "/sign-in/provider", "ewa@example.com", email="ewa@example.com", email_verified=True
    )
    assert browser.look(back).location.endswith("said=provider-refused")
    assert browser.cookie("staff") is None


def test_an_answer_serves_the_browser_the_errand_and_the_session_that_began_it(console: Flask) -> None:
    ewa, browser, thief = hired(console), Browser(console), Browser(console)
    browser.sign_in(ewa, later=1)
    linked(browser)
    begun = Browser(console)
    back = signed_in_there(begun, "/sign-in/provider")
    signed_in_there(thief, "/sign-in/provider")
    assert thief.look(back).location.endswith("said=provider-refused")
    assert thief.look(back).location.endswith("said=provider-refused")  # Nor without having begun at all.
    assert begun.look(back).status_code == 303
    assert begun.cookie("staff")
    begun.web.delete_cookie("staff")
    begun.look(back)
    assert begun.cookie("staff") is None  # Once.
    for query in ("", "?error=access_denied", "?state=x&code=y", "?state=ą&code=ę"):
        begun.look("/sign-in/provider")
        assert begun.look(f"/sign-in/provider/back{query}").location.endswith("said=provider-refused")

    # What was begun to link does not sign in, and what another session began does not link.
    errand = Browser(console)
    errand.web.set_cookie("staff", browser.cookie("staff") or "")
    back = signed_in_there(errand, "/account/provider", "other")
    cookie = errand.cookie("console-begun") or ""
    for changed in (cookie.replace("link.", "in."), cookie.replace("link.", "prove."), "link.x.y", "in..", "nothing"):
        errand.web.set_cookie("console-begun", changed)
        assert errand.look(back).location.endswith("said=provider-refused")
    back = signed_in_there(errand, "/account/provider", "other")
    jan = Browser(console)
    jan.sign_in(hired(console, "jan"), later=1)
    jan.web.set_cookie("console-begun", errand.cookie("console-begun") or "")
    assert jan.look(back).location.endswith("said=provider-refused")


def test_nothing_is_linked_before_its_owner_says_so_and_nothing_twice(console: Flask) -> None:
    ewa, jan = Browser(console), Browser(console)
    ewa.sign_in(hired(console), later=1)
    jan.sign_in(hired(console, "jan"), later=1)
    # Somebody led her browser to the provider, where it was signed in as the attacker.
    ewa.look(signed_in_there(ewa, "/account/provider", "attacker"))
    attacker = Browser(console)
    attacker.look(signed_in_there(attacker, "/sign-in/provider", "attacker"))
    assert attacker.cookie("staff") is None
    jan.web.set_cookie("console-linking", ewa.cookie("console-linking") or "")
    assert jan.look("/account/provider/confirm").location.endswith("said=provider-refused")
    linked(ewa)
    jan.look(signed_in_there(jan, "/account/provider"))
    assert jan.send("/account/provider/confirm").status_code == 409


def test_a_sign_in_there_must_be_as_the_settings_say(console: Flask, provider: str, tmp_path: Path) -> None:
    browser = Browser(console)
    browser.sign_in(hired(console), later=1)
    linked(browser)

    def comes_in(**claims: Any) -> bool:
        other = Browser(console)
        other.look(signed_in_there(other, "/sign-in/provider", **claims))
        return other.cookie("staff") is not None

    settings(console, provider, tmp_path, levels="high, higher")
    asked = parse_qs(urlsplit(Browser(console).look("/sign-in/provider").location).query)
    assert asked["acr_values"] == ["high higher"]
    assert [comes_in(acr=acr) for acr in ("low", "", "higher", ["high"])] == [False, False, True, False]
    settings(console, provider, tmp_path, methods="mfa,hwk")
    assert [comes_in(amr=amr) for amr in (["pwd"], "mfa", [], ["pwd", "hwk"])] == [False, False, False, True]


def test_to_prove_oneself_is_to_sign_in_there_anew(console: Flask) -> None:
    browser = Browser(console)
    browser.sign_in(hired(console), later=1)
    linked(browser)
    asked = parse_qs(urlsplit(browser.look("/prove/provider").location).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert asked["code_challenge_method"] == ["S256"]
    now, before = clock.micros() // clock.SECOND, browser.cookie("staff")
    for at in (now - 3_600, "now", True):
        back = signed_in_there(browser, "/prove/provider", auth_time=at)
        assert browser.look(back).location.endswith("/prove?said=provider-refused")
    assert browser.look(signed_in_there(browser, "/prove/provider", "another")).location.endswith("refused")
    assert browser.cookie("staff") == before


def test_an_administrator_links_an_account_for_who_is_new_and_nobody_else(console: Flask) -> None:
    boss, ewa, new = hired(console, "boss", "administrator"), hired(console), hired_without(console, "ola")
    browser = Browser(console)
    browser.sign_in(boss, later=1)
    page = f"/staff/{new}"
    answer = browser.send(f"{page}/account", at=page, subject="ola-7")
    assert answer.location.endswith("said=colleague-linked")
    ola = Browser(console)
    assert ola.look(signed_in_there(ola, "/sign-in/provider", "ola-7")).status_code == 303
    assert ola.look("/account").status_code == 200
    assert ola.look(signed_in_there(ola, "/prove/provider", "ola-7")).status_code == 303
    [unlink] = re.findall(r'action="/console(/account/accounts/[^"]+/unlink)"', ola.look("/account").text)
    assert ola.send(unlink, at="/account").status_code == 409  # By what else would she sign in?
    for staff_id in (new, ewa.id, boss.id):
        assert browser.send(f"/staff/{staff_id}/account", at="/account", subject="x").status_code == 403
    dpo = Browser(console)
    dpo.sign_in(hired(console, "dpo", "dpo"), later=1)
    assert dpo.send(f"{page}/account", at="/account", subject="x").status_code == 403


def hired_without(app: Flask, name: str) -> Any:
    from tests.access.sign_in.desk import taken_on

    with app.app_context():
        return taken_on(name).id


def test_without_settings_there_is_no_such_door_and_half_of_them_do_not_start(service: Service) -> None:
    browser = Browser(service.app)
    assert browser.look("/sign-in/provider").status_code == 404
    assert "company account" not in browser.look("/sign-in").text
    with pytest.raises(SignOnSettingsInvalid):
        StaffProvider.of("https://id.example", "", "", levels="", methods="", back=BACK)
    with pytest.raises(SignOnSettingsInvalid):
        StaffProvider.of("https://id.example", "console", "/nowhere", levels="", methods="", back=BACK)


def test_a_provider_that_is_away_says_so(service: Service, tmp_path: Path) -> None:
    offered = settings(service.app, "http://127.0.0.1:1", tmp_path)
    assert Browser(service.app).look("/sign-in/provider").status_code == 503
    with pytest.raises(Unavailable):
        offered.provider.begin("browser", Asking(anew_since=1))
    with pytest.raises(SignOnRefused):
        offered.provider.finish("browser", "another", "code")
