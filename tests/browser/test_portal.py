"""The portal in a real Chromium: axe finds nothing, nothing spills, and the keyboard alone suffices, with no script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Opener, axe_finds, spills
from tests.callers import Caller, Service, a_give
from tests.selfservice.visitors import Visitor

pytestmark = pytest.mark.usefixtures("frozen")
PAGES = ("/portal/", "/portal/preferences", "/portal/choices/offers", "/portal/proof", "/portal/asked", "/portal/help")


@pytest.fixture
def crm(service: Service, anna: Visitor) -> Caller:
    """Another system, which recorded Anna's consent to offers and asked about her."""
    caller = service.caller()
    caller.record(a_give())
    caller.check()
    return caller


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_and_nothing_spills(
    open_page: Opener, crm: Caller, size: tuple[int, int], dark: bool
) -> None:
    for path in PAGES:
        page = open_page(path, size, dark=dark)
        assert axe_finds(page) == [], path
        assert spills(page) == [], path


@pytest.mark.parametrize("language", ["pl", "en", "hr"])
def test_every_language_fits_in_large_print_on_an_old_telephone(open_page: Opener, crm: Caller, language: str) -> None:
    for path in PAGES:
        page = open_page(f"{path}?print=large", NARROW, language=language)
        assert page.locator("html").get_attribute("lang") == language
        assert spills(page) == [], path


def test_one_act_is_shown_with_its_text(open_page: Opener, crm: Caller) -> None:
    page = open_page("/portal/proof", language="en")
    page.get_by_role("link", name="Text and receipt").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Offers and promotions")
    expect(page.locator(".shown-text").first).to_have_attribute("lang", "pl")  # As it was shown, whoever reads it now.
    assert axe_finds(page) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_consent_is_withdrawn_by_keyboard_alone(open_page: Opener, crm: Caller, scripts: bool) -> None:
    page = open_page("/portal/", language="en", scripts=scripts)
    _tab_to(page, "Withdraw")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("takes effect at once")
    assert crm.check()["reason"] == "withdrawn"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_consent_is_given_by_keyboard_alone(open_page: Opener, crm: Caller, scripts: bool) -> None:
    page = open_page("/portal/choices/birthday_coupon", NARROW, language="en", scripts=scripts)
    assert page.locator("input:checked").count() == 0
    page.get_by_label("Birthday coupon: e-mail").focus()
    page.keyboard.press("Space")
    _tab_to(page, "I agree")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("You agreed")
    assert crm.check(purpose="birthday_coupon")["allowed"]


def test_what_is_missing_is_said_beside_the_field_and_reached_from_the_summary(open_page: Opener, crm: Caller) -> None:
    page = open_page("/portal/choices/birthday_coupon", NARROW, language="en")
    page.get_by_role("button", name="I agree").click()
    expect(page.locator("#errors")).to_be_focused()
    assert axe_finds(page) == []
    page.locator("#errors a").click()
    expect(page.locator("#field-place")).to_be_focused()


def test_all_advertising_is_stopped_by_one_click(open_page: Opener, crm: Caller) -> None:
    page = open_page("/portal/", NARROW, language="en", scripts=False)
    page.get_by_role("button", name="Stop all advertising").click()
    expect(page.get_by_role("status")).to_contain_text("nobody may send you advertising")
    assert crm.check()["reason"] == "objected"


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on a button of that name."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.locator("button:focus")
        if focused.count() and focused.inner_text() == name:
            return
    raise AssertionError(f"no button {name!r} is reached by the keyboard")


@pytest.mark.parametrize("path", ["/portal/enter", "/portal/"])
def test_a_first_look_weighs_less_than_100_kilobytes_and_asks_nobody_else(open_page: Opener, path: str) -> None:
    page = open_page("/portal/help")
    page.context.clear_cookies(name="visitor")
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.update({answer.url: int(answer.headers.get("content-length") or 0)}))
    cdp = page.context.new_cdp_session(page)
    cdp.send("Network.clearBrowserCache")
    page.goto(path, wait_until="networkidle")
    assert len(sizes) > 3
    assert {url.split("/")[2] for url in sizes} == {page.url.split("/")[2]}
    assert 0 < sum(sizes.values()) < 100_000, sizes
