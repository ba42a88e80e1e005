"""Makes reports as the console and the command line do: out of a unit of work, then noted in one."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pypdf import PdfReader

from privacy import clock
from privacy.authz.actors import OPERATOR, Actor
from privacy.db import unit_of_work
from privacy.programme import service as programmes
from privacy.reports import service as reports
from privacy.reports.service import Asked, Made, Period, ReportForm
from privacy.subjects import service as subjects

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def subject_of(given: Mapping[str, str]) -> UUID:
    """Whom these identifiers name."""
    naming = subjects.name_of(programmes.current(), OPERATOR, given)
    return subjects.find(naming)[0]


def asked(name: str, form: ReportForm = ReportForm.JSON, /, locale: str = "pl", **changes: Any) -> Asked:
    """Of 2026, as of now; `options`, and whatever else is given, are the report's."""
    period, as_of = changes.pop("period", YEAR), changes.pop("as_of", clock.micros())
    return Asked(name, form, locale, period, as_of, changes.pop("options", {}) | changes)


def made(name: str, form: ReportForm = ReportForm.JSON, /, actor: Actor = OPERATOR, **changes: Any) -> Made:
    """The report, noted in the log."""
    found = reports.make(asked(name, form, **changes), actor=actor)
    with unit_of_work():
        reports.record_made(found, actor=actor)
    return found


def said(name: str, /, **changes: Any) -> Any:
    """What it tells machines."""
    return json.loads(made(name, ReportForm.JSON, **changes).content)


def printed(name: str, /, **changes: Any) -> str:
    """What its pages say, white space made one."""
    reader = PdfReader(io.BytesIO(made(name, ReportForm.PDF, **changes).content))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def lines(name: str, /, **changes: Any) -> list[list[str]]:
    """The lines of its CSV."""
    text = made(name, ReportForm.CSV, **changes).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))
