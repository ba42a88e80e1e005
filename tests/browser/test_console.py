"""Every page of the console in a real Chromium: axe finds nothing, nothing spills, the keyboard alone suffices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.permissions import Permission
from privacy.authz.roles import StaffRole
from privacy.db import db, unit_of_work
from privacy.pages.blueprint import OPEN
from tests.access.sign_in.desk import PASSWORD, Colleague
from tests.browser.conftest import NARROW, WIDE, Site, axe_finds, spills
from tests.callers import Service, a_give
from tests.console.office import Browser as Desk
from tests.console.office import hired
from tests.contract.test_page_matrix import existing, scene_of, values_for
from tests.contract.test_pages import pages

#: Answers of programs and files, which are no pages.
_NO_PAGES = ("/now", ".csv", "/authorisation", "/standing")
Opener = Callable[..., Page]


@pytest.fixture
def kinga(service: Service) -> Colleague:
    """Somebody who may see everything: who does the daily work, decides, and runs the service as well."""
    made = hired(service.app, "kinga", "staff")
    with service.app.app_context():
        with unit_of_work():
            wanted = access.Wanted(
                StaffRole.ADMINISTRATOR, "small company", access.EVERY_CONTROLLER, clock.micros(), None
            )
            access.grant(made.id, wanted, actor=OPERATOR)
        db.session.remove()
    return made


@pytest.fixture
def open_page(browser: Browser, site: Site, kinga: Colleague) -> Iterator[Opener]:
    """Opens pages of the console as Kinga, in a window of that size."""
    contexts: list[BrowserContext] = []
    desk = Desk(site.app)
    assert desk.sign_in(kinga, later=1).status_code == 303
    token = desk.cookie("staff")
    assert token

    def opened(size: tuple[int, int] = WIDE, *, language: str = "pl", dark: bool = False, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            base_url=site.url,
        )
        contexts.append(context)
        context.add_cookies([{"name": "staff", "value": token, "url": site.url}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def addresses(service: Service, who: Colleague, folder: Path) -> list[str]:
    """Every page of staff with what is there."""
    actor = Actor(ActorKind.STAFF, who.id, who.name, frozenset(Permission))
    values = values_for(actor, scene_of(service.app, folder), service.app)
    found = set()
    for rule, method, guard in pages(service.app):
        if method != "GET" or not rule.rule.startswith("/console/") or guard == OPEN:
            continue
        there = existing(rule, values) if rule.arguments else rule.rule
        if there and not there.endswith(_NO_PAGES):
            found.add(there)
    return sorted(found)


@pytest.mark.parametrize(
    ("size", "language", "dark"), [(NARROW, "pl", False), (WIDE, "hr", True)], ids=["telephone", "desk"]
)
def test_axe_finds_nothing_and_nothing_spills(
    service: Service,
    open_page: Opener,
    kinga: Colleague,
    tmp_path: Path,
    size: tuple[int, int],
    language: str,
    dark: bool,
) -> None:
    service.caller().record(a_give())
    page, wrong, looked = open_page(size, language=language, dark=dark), [], 0
    for address in addresses(service, kinga, tmp_path):
        answer = page.request.get(address)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        looked += 1
        page.goto(address)
        wrong += [f"{address}: {one}" for one in (*axe_finds(page), *spills(page))]
        if size == WIDE:  # Text at 200 % (WCAG 1.4.4); a telephone has no room for that without its own zoom.
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            wrong += [f"{address} at 200 %: {one}" for one in spills(page)]
    assert "\n".join(wrong) == ""
    assert looked > 30


def test_staff_sign_in_and_look_around_by_keyboard_alone(site: Site, browser: Browser, kinga: Colleague) -> None:
    context = browser.new_context(locale="en", base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/console/")
    page.get_by_label("Account name").focus()
    page.keyboard.type(kinga.name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("input[name=code]").focus()
    page.keyboard.type(kinga.code(later=1))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    _tab_to(page, "summary", "Cases")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Requests")
    context.close()


@pytest.mark.parametrize(
    ("size", "language"),
    [(NARROW, "pl"), (WIDE, "en"), (NARROW, "hr")],
    ids=["pl-telephone", "en-desk", "hr-telephone"],
)
def test_every_workbench_is_reached_by_keyboard_alone(open_page: Opener, size: tuple[int, int], language: str) -> None:
    page = open_page(size, language=language, scripts=False)
    page.goto("/console/")
    groups = page.locator("nav.menu details")
    wanted = [
        (groups.nth(n).locator("summary").inner_text().strip(), link.get_attribute("href"))
        for n in range(groups.count())
        for link in groups.nth(n).locator("a").all()
    ]
    assert len(wanted) > 15
    for group, address in wanted:
        page.goto("/console/")
        _tab_to(page, "summary", group)
        page.keyboard.press("Enter")
        for _ in range(10):
            page.keyboard.press("Tab")
            if page.locator("a:focus").get_attribute("href") == address:
                break
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{address}")
        assert page.locator("h1").count() == 1, address


def test_a_drill_is_begun_and_taken_on_by_keyboard_alone(open_page: Opener) -> None:
    page = open_page(NARROW, language="en", scripts=False)
    page.goto("/console/breaches/drill")
    _tab_to(page, "button", "Start the drill")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("a rehearsal")
    _tab_to(page, "a", "Write down since when the controller is aware")
    page.keyboard.press("Enter")
    page.locator("main form button").last.focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("authority")
    expect(page.get_by_role("status")).to_be_visible()


def _tab_to(page: Page, element: str, text: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator(f"{element}:focus")
        if focused.count() and focused.inner_text().strip() == text:
            return
    raise AssertionError(f"{text!r} is not reached by the keyboard")
