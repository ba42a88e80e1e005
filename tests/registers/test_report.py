"""The report on the registers: each entry in its table, with what became of it and the hashes of its files."""

from __future__ import annotations

import json
from datetime import date

import pytest
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.registers import service as registers
from privacy.registers.service import EntryKind, EntryOutcome
from privacy.reports import service as reports
from privacy.reports.service import Asked, Period, ReportForm
from tests.consent.desk import lay_programme
from tests.registers.office import begun, colleague, done

pytestmark = pytest.mark.usefixtures("in_force", "frozen")


def test_a_report_has_each_entry_of_its_period_in_its_table(context: Flask) -> None:
    assert context.name
    lay_programme()
    colleague("jan")
    one = begun(EntryKind.TRAINING, held_on=date(2026, 11, 2))
    one = done(lambda: registers.add_file(one.id, one.version, "list.txt", b"a list", actor=OPERATOR))
    done(lambda: registers.decide(one.id, one.version, EntryOutcome.HELD, reason="held", actor=OPERATOR))
    begun(EntryKind.LIA, held_on=None, review_on=date(2026, 11, 1))
    begun(EntryKind.TRAINING, held_on=date(2020, 1, 1))
    period = Period(date(2026, 11, 1), date(2026, 11, 30))
    asked = Asked("registers", ReportForm.JSON, "en", period, clock.micros(), {})
    told = json.dumps(json.loads(reports.make(asked, actor=OPERATOR).content))
    assert "T-2026-0001" in told
    assert "LIA-2026-0001" in told
    assert "T-2026-0002" not in told
    assert one.files[0].sha256 in told
    assert "Anna Kowalska" in told
