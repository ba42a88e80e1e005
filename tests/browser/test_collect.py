"""Collection forms in a real Chromium: on a page of ours, and inside a page of another origin with a strict policy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.db import db, unit_of_work
from privacy.programme import service as programmes
from tests.browser.conftest import NARROW, WIDE, Site, axe_finds, spills
from tests.callers import Service
from tests.portal.forms import EMAIL, acts, codes
from tests.programme.documents import EXAMPLE

_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{site}/embed/1/collect.css">
<script src="{site}/embed/1/collect.js" crossorigin="anonymous" defer></script></head>
<body><main><h1>Shop</h1><div data-privacy-collect="{point}"></div></main></body></html>"""
_POLICY = (
    "default-src 'none'; script-src {site}; style-src {site}; connect-src {site}; form-action 'none'; "
    "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
Shop = Callable[..., Page]


@pytest.fixture
def shop(browser: Browser, site: Site, service: Service) -> Iterator[Shop]:
    """Opens a page of a shop on another origin, into which a form is built."""

    def pages(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        policy = _POLICY.format(site=site.url)
        start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy)])
        return [_PAGE.format(site=site.url, point=environ["PATH_INFO"].strip("/")).encode()]

    server = make_server("127.0.0.1", 0, pages, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    origin = f"http://127.0.0.1:{server.server_port}"
    _allow(service, origin)
    context = browser.new_context(viewport={"width": NARROW[0], "height": NARROW[1]}, locale="en")
    told: list[str] = []

    def opened(point: str, *, signal: bool = False) -> Page:
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(error.message))
        if signal:
            page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
        page.add_init_script("addEventListener('privacy:sent', (told) => { document.title = told.detail.state })")
        page.goto(f"{origin}/{point}")
        page.locator(".pc-form").wait_for()
        # Nothing of ours runs against the policy; what axe does afterwards may.
        assert told == []
        return page

    yield opened
    context.close()
    server.shutdown()
    server.server_close()
    thread.join(10)


def _allow(service: Service, origin: str) -> None:
    """Let that origin build the forms in."""
    text = EXAMPLE.read_text("utf-8").replace('["https://jarzebina.example"', f'["{origin}"')
    with service.app.app_context():
        with unit_of_work():
            programmes.apply(programmes.read(text), actor=OPERATOR, purpose_in_use=consent.purpose_in_use)
        db.session.remove()


def _tab_to(page: Page, name: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        focused: str = page.evaluate(
            "() => { const one = document.activeElement; return (one.labels?.[0] || one).textContent.trim() }"
        )
        if focused == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_a_form_inside_another_page_is_filled_in_by_keyboard_and_confirmed(shop: Shop, service: Service) -> None:
    page = shop("newsletter")
    assert axe_finds(page) == []
    assert spills(page) == []
    assert page.locator("input:checked").count() == 0
    _tab_to(page, "e-mail")
    page.keyboard.press("Space")
    _choose_age(page)
    _tab_to(page, "Your e-mail address")
    page.keyboard.type(EMAIL)
    _tab_to(page, "I agree to what I ticked")
    page.keyboard.press("Enter")
    expect(page.locator(".pc-status")).to_contain_text("we have sent a code")
    expect(page).to_have_title("waits")
    assert axe_finds(page) == []
    _tab_to(page, "The code from the e-mail")
    page.keyboard.type(codes(service.app)[0])
    page.keyboard.press("Enter")
    expect(page.locator(".pc-status")).to_contain_text("Your consent is confirmed")
    assert [act.act for act in acts(service.app)] == ["request", "confirm"]
    assert service.caller().check({"email": EMAIL}, purpose="newsletter")["allowed"] is True


def _choose_age(page: Page) -> None:
    _tab_to(page, "under 13")
    for _ in range(3):
        page.keyboard.press("ArrowDown")


def test_what_is_missing_is_said_beside_its_field_which_has_the_focus(shop: Shop, service: Service) -> None:
    page = shop("newsletter")
    page.get_by_label("e-mail", exact=True).check()
    page.get_by_label("18 or more").check()
    page.get_by_role("button", name="I agree to what I ticked").click()
    expect(page.get_by_label("Your e-mail address")).to_be_focused()
    expect(page.locator(".pc-error:visible")).to_have_text("Write the e-mail address that your answer is about.")
    expect(page.get_by_label("e-mail", exact=True)).to_be_checked()
    assert axe_finds(page) == []
    assert acts(service.app) == []


@pytest.mark.parametrize("signal", [True, False], ids=["signal", "no-signal"])
def test_the_browsers_signal_is_shown_and_recorded_as_a_no(shop: Shop, service: Service, signal: bool) -> None:
    page = shop("shop_choices", signal=signal)
    assert page.locator(".pc-signal").count() == int(signal)
    assert axe_finds(page) == []
    assert page.locator("input:checked").count() == 0
    page.get_by_role("group", name="SMS and MMS").first.get_by_label("No").check()
    page.get_by_label("Your phone number").fill("600100200")
    page.get_by_role("button", name="Save my choices").click()
    expect(page.locator(".pc-status")).to_contain_text("Your answer is recorded")
    methods = {act.method for act in acts(service.app)}
    assert methods == ({"preference_centre", "gpc"} if signal else {"preference_centre"})


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    "path", ["newsletter", "shop_choices", "kiosk", "newsletter/code", "newsletter/done", "-/confirm"]
)
def test_axe_finds_nothing_on_a_page_of_ours_and_nothing_spills(
    browser: Browser, site: Site, size: tuple[int, int], dark: bool, path: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light", locale="pl"
    )
    page = context.new_page()
    page.goto(f"{site.url}/collect/{path}")
    assert axe_finds(page) == []
    assert spills(page) == []
    context.close()


def test_a_kiosk_forgets_what_was_typed_after_a_minute_without_a_touch(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.clock.install()
    page.goto(f"{site.url}/collect/kiosk")
    page.get_by_label("Your e-mail address").fill(EMAIL)
    page.clock.fast_forward(55_000)
    expect(page.get_by_label("Your e-mail address")).to_have_value(EMAIL)
    page.get_by_label("Your e-mail address").press("End")
    page.clock.fast_forward(55_000)
    expect(page.get_by_label("Your e-mail address")).to_have_value(EMAIL)
    page.clock.fast_forward(61_000)
    expect(page.get_by_label("Your e-mail address")).to_have_value("")
    context.close()
