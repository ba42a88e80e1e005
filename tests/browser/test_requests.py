"""Requests in a real Chromium: filed by keyboard alone, without scripts, on an old telephone; axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from playwright.sync_api import Page, expect

from privacy.db import db, unit_of_work
from privacy.dsar import service as dsar
from tests.browser.conftest import NARROW, WIDE, Opener, axe_finds, spills
from tests.callers import Service
from tests.dsar.shops import Shops, connected
from tests.portal.request_desk import ANNA, a_clerk, decided, finished, id_in, send, stepped_up
from tests.selfservice.visitors import Visitor, come_in, known

_FORMS = ("correction", "correct-other", "correct-name", "restriction", "objection", "access", "portability", "erasure")


@pytest.fixture
def later() -> Iterator[time_machine.Traveller]:
    """The clock goes on, and `shift` moves it."""
    with time_machine.travel(datetime(2026, 11, 21, 19, 40, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.fixture
def shops(later: object, service: Service, tmp_path: Path) -> Shops:
    """Two shops that hold data of Anna."""
    made = connected(service.app, tmp_path)
    with service.app.app_context():
        known(ANNA)
        db.session.remove()
    return made


@pytest.fixture
def anna(shops: Shops) -> Visitor:
    """Anna, who has proven her address and her phone."""
    return stepped_up(come_in(shops.app, ANNA["email"]))


@pytest.fixture
def filed(shops: Shops, anna: Visitor) -> dict[str, UUID]:
    """What she has asked for: data that are ready, a question that waits, an erasure that can be stopped."""
    made = {topic: id_in(send(anna, topic)) for topic in ("access", "restriction", "erasure", "correct-other")}
    decided(shops.app, made["access"])
    finished(shops, made["access"])
    decided(shops.app, made["erasure"])
    clerk = a_clerk(shops.app)
    with shops.app.app_context(), unit_of_work():
        dsar.take(made["restriction"], "ask-clarification", actor=clerk, reason="Which of the two orders do you mean?")
        dsar.take(made["correct-other"], "extend", actor=clerk, reason="Eleven archives have to be searched.")
    return made


def paths(filed: dict[str, UUID]) -> list[str]:
    """Every page of requests."""
    ones = [f"/portal/requests/{one}" for one in filed.values()]
    more = [f"/portal/requests/{filed['access']}/package", f"/portal/requests/{filed['erasure']}/withdraw"]
    return [
        "/portal/requests",
        "/portal/requests/new",
        *(f"/portal/requests/new/{one}" for one in _FORMS),
        *ones,
        *more,
    ]


@pytest.mark.parametrize(("size", "dark"), [(NARROW, False), (WIDE, True)], ids=["narrow-light", "wide-dark"])
def test_axe_finds_nothing_and_nothing_spills(
    open_page: Opener, filed: dict[str, UUID], size: tuple[int, int], dark: bool
) -> None:
    page = open_page("/portal/requests", size, dark=dark)
    for path in paths(filed):
        page.goto(path)
        assert axe_finds(page) == [], path
        assert spills(page) == [], path


@pytest.mark.parametrize("language", ["pl", "en", "hr"])
def test_every_language_fits_in_large_print_on_an_old_telephone(
    open_page: Opener, filed: dict[str, UUID], language: str
) -> None:
    page = open_page("/portal/requests?print=large", NARROW, language=language)
    for path in paths(filed):
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == language
        assert spills(page) == [], path


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_request_is_filed_changed_and_taken_back_by_keyboard_alone(open_page: Opener, scripts: bool) -> None:
    page = open_page("/portal/requests", NARROW, language="en", scripts=scripts)
    for link in ("Make a new request", "Restriction of processing"):
        _press(page, link)
    assert page.locator("input:checked").count() == 0
    page.get_by_label("Jarzębina Sklepy").focus()
    page.keyboard.press("Space")
    _press(page, "Go on")
    expect(page.get_by_role("alert")).to_contain_text("Choose why the data are to be restricted")
    if scripts:
        assert axe_finds(page) == []
    page.get_by_label("You need them no more").focus()
    page.keyboard.press("Space")
    _press(page, "Go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is everything right?")
    _press(page, "Change something")
    expect(page.get_by_label("You need them no more")).to_be_checked()
    page.get_by_label("Anything that you want to add").focus()
    page.keyboard.type("I sue the courier.")
    _press(page, "Go on")
    expect(page.get_by_text("I sue the courier.")).to_be_visible()
    _press(page, "Send my request")
    expect(page.get_by_role("status")).to_contain_text("We have your request")
    _press(page, "Take my request back")
    _press(page, "Take it back")
    expect(page.get_by_role("status")).to_contain_text("You have taken your request back")


def test_a_question_is_answered_and_the_data_are_fetched(open_page: Opener, filed: dict[str, UUID]) -> None:
    page = open_page(f"/portal/requests/{filed['restriction']}", NARROW, language="en", scripts=False)
    expect(page.get_by_text("Which of the two orders do you mean?")).to_be_visible()
    page.get_by_label("Your answer to it").fill("The second.")
    page.get_by_role("button", name="Send my message").click()
    expect(page.get_by_text("The second.")).to_be_visible()
    page.goto(f"/portal/requests/{filed['access']}")
    page.get_by_role("link", name="To the download").click()
    with page.expect_download() as fetching:
        page.get_by_role("button", name="Download my data").click()
    assert fetching.value.suggested_filename == "my-data.zip"


def _press(page: Page, name: str) -> None:
    """Press Tab until the focus is on a link or button of that name, and press Enter."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.locator("a:focus, button:focus")
        if focused.count() and focused.inner_text() == name:
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"nothing named {name!r} is reached by the keyboard")
