"""What holds for every report: three languages, every form, the same bytes twice, an event for each making."""

from __future__ import annotations

import io
import json
import re
from string import Formatter
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from pypdf import PdfReader

from privacy.audit.models import AuditBody
from privacy.audit.proofs import opened_bodies
from privacy.authz.actors import OPERATOR
from privacy.db import db, session, unit_of_work
from privacy.errors import InvalidInput
from privacy.reports import service as reports
from privacy.reports.service import LOCALES, REPORTS, ReportForm, ReportNotFound
from tests.reports.conftest import Laid
from tests.reports.office import YEAR, asked, made
from tests.rules.source import ROOT

EVERY = [(name, form) for name, report in REPORTS.items() for form in report.forms]


@pytest.mark.parametrize("name", REPORTS)
def test_every_text_is_there_in_each_language_with_the_same_places(name: str) -> None:
    report = REPORTS[name]
    for said in (report.titles, report.about, *report.texts.values(), *(one.says for one in report.options)):
        assert all(said)
        assert len({frozenset(place for _, place, _, _ in Formatter().parse(text) if place) for text in said}) == 1


@pytest.mark.parametrize("name", REPORTS)
def test_no_text_is_left_over(name: str) -> None:
    """Words of closed lists (`group.code`) are named by what they are words of."""
    folder = ROOT / "privacy" / "reports"
    written = "".join(path.read_text() for path in folder.glob("*.py"))
    used = set(re.findall(r'[":]([a-z_0-9]+)[".]', re.sub(r'"[a-z_0-9.]+": Said\(', "", written)))
    assert {one for one in REPORTS[name].texts if "." not in one} <= used
    assert {one.partition(".")[0] for one in REPORTS[name].texts if "." in one} <= used


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_the_same_data_and_day_give_the_same_bytes(name: str, form: ReportForm, laid: Laid) -> None:
    wanted = asked(name, form, options=laid.options(name))
    first = reports.make(wanted, actor=OPERATOR)
    second = reports.make(wanted, actor=OPERATOR)
    assert first.content == second.content
    assert first.sha256 == second.sha256
    assert first.file_name.endswith(f".{form}")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", REPORTS)
def test_every_report_speaks_each_language_and_is_tagged(name: str, locale: str, laid: Laid) -> None:
    content = made(name, ReportForm.PDF, locale=locale, options=laid.options(name)).content
    reader = PdfReader(io.BytesIO(content))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == locale
    assert bool(root["/MarkInfo"]["/Marked"])
    assert reader.metadata is not None
    if name != "breaches":  # The breach room has a title of its own.
        assert reader.metadata.title == REPORTS[name].titles.in_(locale)
    text = "".join(page.extract_text() for page in reader.pages)
    assert not re.search(r"\{[a-z_]+\}|\bNone\b(?!\.)|<[a-z]", text)


@pytest.mark.usefixtures("context", "in_force")
def test_each_making_is_an_event_with_name_period_form_and_hash(frozen: time_machine.Traveller) -> None:
    found = made("requests", ReportForm.CSV)
    db.session.rollback()
    (event,) = session().scalars(sa.select(AuditBody).where(AuditBody.action == "report.made"))
    assert (event.object_type, event.object_id, event.actor_id) == ("report", "requests", OPERATOR.id)
    details = json.loads(opened_bodies([event.event_id])[event.event_id].body)["details"]
    assert details["sha256"] == found.sha256
    assert (details["form"], details["first"], details["last"]) == ("csv", "2026-01-01", "2026-12-31")


@pytest.mark.usefixtures("context", "in_force")
def test_what_is_asked_wrongly_is_named(frozen: time_machine.Traveller) -> None:
    for wrong, name in (
        (asked("requests", locale="de"), "locale"),
        (asked("requests", period=reports.Period(YEAR.last, YEAR.first)), "last"),
        (asked("requests", colour="red"), "colour"),
        (asked("breaches", ReportForm.XLSX), "form"),
    ):
        with pytest.raises(InvalidInput) as raised:
            reports.make(wrong, actor=OPERATOR)
        assert list(raised.value.extensions["errors"]) == [name]
    with pytest.raises(ReportNotFound):
        reports.make(asked("nothing"), actor=OPERATOR)


@pytest.mark.usefixtures("context", "in_force")
def test_no_report_is_made_while_a_unit_of_work_keeps_writers_waiting() -> None:
    with unit_of_work(), pytest.raises(RuntimeError, match="outside"):
        reports.make(asked("requests"), actor=OPERATOR)
