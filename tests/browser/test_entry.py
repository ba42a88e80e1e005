"""Coming in, in a real Chromium: by keyboard, by the link of the letter, and with a scanner before the human."""

from __future__ import annotations

import pytest
import time_machine
from playwright.sync_api import Browser, Page, expect

from privacy.db import db
from tests.browser.conftest import NARROW, WIDE, Opener, Site, axe_finds, spills
from tests.selfservice.visitors import ANNA, BASE_URL, Visitor, a_browser, known

#: First, so that people come in by the clock that stands.
pytestmark = pytest.mark.usefixtures("frozen")
PAGES = ("/portal/enter", "/portal/enter/code", "/portal/enter/link")


@pytest.fixture
def outside(browser: Browser, site: Site) -> Page:
    """A browser that was never here."""
    with site.app.app_context():
        known(ANNA)
        db.session.remove()
    return browser.new_context(base_url=site.url, locale="en").new_page()


def _asked(page: Page, site: Site) -> Visitor:
    page.goto("/portal/enter")
    page.get_by_label("Your e-mail address or phone number").focus()
    page.keyboard.type(ANNA["email"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Type the code")
    post = a_browser(site.app)
    post.run_jobs()
    return post


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_axe_finds_nothing_on_the_way_in(outside: Page, size: tuple[int, int]) -> None:
    outside.set_viewport_size({"width": size[0], "height": size[1]})
    for language in ("pl", "en", "hr"):
        for path in PAGES:
            outside.goto(f"{path}?lang={language}")
            assert axe_finds(outside) == [], path
            assert spills(outside) == [], path


def test_somebody_comes_in_by_keyboard_alone(outside: Page, site: Site) -> None:
    post = _asked(outside, site)
    outside.get_by_label("The code of 8 digits").focus()
    outside.keyboard.type(post.letters()[-1].code)
    outside.keyboard.press("Enter")
    expect(outside.get_by_role("button", name="Leave")).to_be_visible()


def test_the_link_lets_in_where_it_was_asked_for_and_leaves_the_address(outside: Page, site: Site) -> None:
    link = _asked(outside, site).letters()[-1].link.replace(BASE_URL, site.url)
    outside.goto(link)
    expect(outside.get_by_role("button", name="Leave")).to_be_visible()
    assert "#" not in outside.url


def test_a_scanner_that_runs_scripts_uses_nothing_up(outside: Page, site: Site, browser: Browser) -> None:
    post = _asked(outside, site)
    letter = post.letters()[-1]
    for _ in range(3):
        scanner = browser.new_context(base_url=site.url, locale="en").new_page()
        scanner.goto(letter.link.replace(BASE_URL, site.url))
        expect(scanner.get_by_role("status")).to_contain_text("works only in the browser where you asked for it")
        scanner.context.close()
    outside.goto(letter.link.replace(BASE_URL, site.url))
    expect(outside.get_by_role("button", name="Leave")).to_be_visible()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_axe_finds_nothing_on_the_list_of_sessions(open_page: Opener, size: tuple[int, int]) -> None:
    for language in ("pl", "en", "hr"):
        page = open_page("/portal/sessions", size, language=language)
        assert axe_finds(page) == []
        assert spills(page) == []


def test_a_dialog_warns_before_the_end_and_one_key_stays_in(open_page: Opener, frozen: time_machine.Traveller) -> None:
    page = open_page("/portal/sessions", language="en")
    frozen.shift(30 * 60 - 60)
    # The script asks again once somebody comes back to the page.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("dialog", name="Your session ends soon")).to_be_visible()
    assert axe_finds(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    frozen.shift(2 * 60)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where I am signed in")
