"""The first page of the console and its statistics: what is due, who sees what, charts that need no colour."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from flask.testing import FlaskClient

from privacy import clock
from privacy.consent.statistics import following
from privacy.db import db, unit_of_work
from privacy.dsar.service import CaseType
from privacy.pages import charts
from privacy.pages.blueprint import guard_of
from tests.access.sign_in.desk import Colleague
from tests.breach.desk import a_desk
from tests.callers import Service, a_give
from tests.console.office import Browser, hired
from tests.dsar.office import ANNA, an_office

pytestmark = pytest.mark.usefixtures("frozen")
_SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


@pytest.fixture
def kinga(service: Service) -> Colleague:
    """Somebody who does the daily work, and decides."""
    return hired(service.app, "kinga")


def signed_in(service: Service, who: Colleague) -> FlaskClient:
    """A browser in which somebody has signed in just now."""
    desk = Browser(service.app)
    assert desk.sign_in(who, later=1).status_code == 303
    return desk.web


def _told(browser: FlaskClient) -> list[dict[str, Any]]:
    """What the page's script is told."""
    answer = browser.get("/console/now?lang=en").json
    assert answer is not None
    return list(answer["parts"])


def in_app(service: Service, what: Callable[[], None]) -> None:
    """Do it in a context of the application."""
    with service.app.app_context():
        what()
        db.session.remove()


@pytest.mark.parametrize("endpoint", ["home", "now", "statistics", "statistics_csv"])
def test_nobody_sees_it_without_signing_in(service: Service, endpoint: str) -> None:
    assert guard_of(service.app, f"console.{endpoint}").signed_in


def test_an_empty_installation_says_that_nothing_waits(service: Service, kinga: Colleague) -> None:
    browser = signed_in(service, kinga)
    page = browser.get("/console/?lang=en")
    assert page.status_code == 200
    for text in (
        "No request is open.",
        "No clock of a breach is running.",
        "No alarm rings.",
        "No hold is to be reviewed.",
    ):
        assert text in page.text


def test_requests_stand_by_due_date_the_overdue_first(
    service: Service, kinga: Colleague, frozen: time_machine.Traveller
) -> None:
    def lay() -> None:
        office = an_office()
        office.put(ANNA)
        office.receive(CaseType.ACCESS)
        frozen.shift(45 * 86_400)
        office.receive(CaseType.ACCESS)

    in_app(service, lay)
    browser = signed_in(service, kinga)
    [part] = [one for one in _told(browser) if one["code"] == "requests"]
    assert [line["kind"] for line in part["lines"]] == ["late", "wait"]
    page = browser.get("/console/?lang=en").text
    assert "days late" in page
    assert "days left" in page


def test_each_part_is_for_those_who_may_read_it(service: Service) -> None:
    adam = signed_in(service, hired(service.app, "adam", "administrator"))
    assert [part["code"] for part in _told(adam)] == ["alarms", "jobs", "systems"]
    assert 'data-part="requests"' not in adam.get("/console/").text
    assert adam.get("/console/statistics").status_code == 403


def test_consents_stand_in_charts_with_their_table(service: Service, kinga: Colleague) -> None:
    give(service)
    browser = signed_in(service, kinga)
    page = browser.get("/console/?lang=en").text
    pictures = _SVG.findall(page)
    assert len(pictures) == 2
    for picture in pictures:
        root = ElementTree.fromstring(picture)  # our own
        assert [child.tag for child in root][:2] == ["title", "desc"]
    assert "<caption>Consents over time</caption>" in page
    assert " style=" not in page


def give(service: Service) -> None:
    """Somebody gives a consent, and the summary has everybody."""
    service.caller().record(a_give())

    def follow() -> None:
        done = 1
        while done:
            with unit_of_work():
                done = following.follow()

    in_app(service, follow)


def test_statistics_are_narrowed_and_given_as_a_file(service: Service, kinga: Colleague) -> None:
    give(service)
    browser = signed_in(service, kinga)
    page = browser.get("/console/statistics?from=2026-01-01&to=2026-12-31&purpose=offers&channel=email&lang=en")
    assert page.status_code == 200
    link = re.search(r'href="(/console/statistics\.csv[^"]+)"', page.text)
    assert link
    file = browser.get(link[1].replace("&amp;", "&"))
    head, *rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert head[:3] == ["Purpose", "Channel", "Given"]
    assert len(rows) == 1
    assert rows[0][2] == "1"


def test_a_source_that_is_a_formula_is_run_nowhere(service: Service, kinga: Colleague) -> None:
    service.caller().record(a_give(source={"system": "<b>x", "point": "p", "method": "web_form"}))
    browser = signed_in(service, kinga)
    page = browser.get("/console/statistics?source=%3Cb%3Ex&lang=en").text
    assert "<b>x" not in page


@pytest.mark.parametrize("asked", ["from=yesterday", "from=2026-02-30", "from=2026-05-01&to=2026-04-01"])
def test_a_wrong_period_is_named_and_the_page_stays(service: Service, kinga: Colleague, asked: str) -> None:
    page = signed_in(service, kinga).get(f"/console/statistics?{asked}&lang=en")
    assert page.status_code == 422
    assert 'id="errors"' in page.text


@pytest.mark.parametrize("language", ["pl", "en", "hr"])
def test_every_language_has_the_page(service: Service, kinga: Colleague, language: str) -> None:
    give(service)
    browser = signed_in(service, kinga)
    for path in ("/console/", "/console/statistics"):
        page = browser.get(f"{path}?lang={language}")
        assert f'<html lang="{language}"' in page.text


def test_lines_are_told_apart_without_colour(service: Service) -> None:
    series = [charts.Series(f"line {n}", [n, n + 1, n]) for n in range(6)]
    with service.app.test_request_context():
        drawn = str(charts.lines("x", "T", "About", ["a", "b", "c"], series))
    found = re.findall(r"<polyline[^>]*>", drawn)
    assert len({re.sub(r'points="[^"]*"', "", one) for one in found}) == 6
    assert [f"line {n}<" in drawn for n in range(6)] == [True] * 6
    assert 'fill="#' not in drawn


def test_a_breach_s_clock_counts_down(service: Service, kinga: Colleague) -> None:
    def lay() -> None:
        desk = a_desk()
        desk.aware(desk.open(detected_at=clock.micros()))

    in_app(service, lay)
    browser = signed_in(service, kinga)
    [part] = [one for one in _told(browser) if one["code"] == "breaches"]
    assert part["lines"][0]["due"] > clock.micros() // clock.SECOND
    assert "data-due=" in browser.get("/console/?lang=en").text
