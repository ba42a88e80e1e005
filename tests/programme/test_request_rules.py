"""Rules of requests, public holidays and periods of retention are dated data, with an answer where there is none."""

from __future__ import annotations

from datetime import date

import pytest

from privacy.programme.build import build
from privacy.programme.duration import Duration
from privacy.programme.errors import ProgrammeInvalid
from privacy.programme.reader import read
from privacy.programme.types import CaseType, Programme, ProofLevel, PublicHoliday
from tests.programme.documents import SMALL, small

RULES = """\
request_rules:
  - {code: erasure, valid_from: 2026-01-01, cooling_off_hours: 24, approvals: 2}
  - {code: erasure, valid_from: 2027-01-01, proof: account, most_rows: 50, file_kept: P5Y}
"""
HOLIDAYS = """\
holidays:
  - {country: PL, on: 2030-05-02, names: {pl: Dzień wolny}, statute: "Dz.U. 2029 poz. 1"}
  - {country: PL, on: 2030-05-03, names: {pl: Dzień pracy}, is_working: true, statute: "Dz.U. 2029 poz. 2"}
"""


def _built(text: str) -> Programme:
    document = read(text)
    return build(document.content, number=1, applied_at=0, sha256=document.sha256)


@pytest.mark.parametrize("case_type", CaseType)
def test_each_type_has_a_rule_without_any_in_the_programme(case_type: CaseType) -> None:
    rule = _built(SMALL).request_rule(case_type.value)
    assert rule.code is case_type
    assert (rule.most_rows, rule.file_kept) == (10_000, Duration.parse("P3Y"))


def test_an_erasure_can_be_stopped_for_three_days_and_an_objection_needs_no_proof() -> None:
    programme = _built(SMALL)
    assert programme.request_rule("erasure").cooling_off_hours == 72
    assert programme.request_rule("access").cooling_off_hours == 0
    assert programme.request_rule("objection").proof is ProofLevel.NONE
    assert programme.request_rule("disclosure").approvals == 2


def test_the_newest_rule_in_force_counts_and_the_rest_of_it_is_as_usual() -> None:
    programme = _built(SMALL + RULES)
    before = programme.request_rule(CaseType.ERASURE, date(2025, 12, 31))
    first = programme.request_rule(CaseType.ERASURE, date(2026, 1, 1))
    second = programme.request_rule(CaseType.ERASURE, date(2027, 1, 1))
    assert [rule.cooling_off_hours for rule in (before, first, second)] == [72, 24, 72]
    assert [rule.approvals for rule in (before, first, second)] == [1, 2, 1]
    assert (second.proof, second.most_rows, second.file_kept) == (ProofLevel.ACCOUNT, 50, Duration.parse("P5Y"))


@pytest.mark.usefixtures("frozen")
def test_without_a_day_today_is_meant() -> None:
    # 2026-11-21: between the two.
    assert _built(SMALL + RULES).request_rule("erasure").cooling_off_hours == 24


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("approvals: 2", "approvals: 3"),
        ("code: erasure, valid_from: 2026", "code: removal, valid_from: 2026"),
        ("proof: account", "proof: password"),
        ("valid_from: 2027-01-01", "valid_from: 2026-01-01"),
        ("file_kept: P5Y", "file_kept: 5 years"),
    ],
)
def test_a_rule_that_makes_no_sense_is_told(old: str, new: str) -> None:
    assert RULES.count(old) == 1
    with pytest.raises(ProgrammeInvalid, match="request_rules"):
        read(SMALL + RULES.replace(old, new))


def test_holidays_are_added_and_taken_away() -> None:
    added, taken = _built(SMALL + HOLIDAYS).public_holidays
    assert added == PublicHoliday(
        "PL", date(2030, 5, 2), {"pl": "Dzień wolny"}, is_working=False, statute="Dz.U. 2029 poz. 1"
    )
    assert (taken.on, taken.is_working) == (date(2030, 5, 3), True)


def test_a_day_is_said_once() -> None:
    with pytest.raises(ProgrammeInvalid, match="declared twice"):
        read(SMALL + HOLIDAYS.replace("2030-05-03", "2030-05-02"))


#: As the tax, business and sales periods of the Polish statutes end.
@pytest.mark.parametrize(
    ("period", "start", "last_day"),
    [
        ("P5Y", date(2026, 3, 31), date(2031, 12, 31)),  # CIT 2025
        ("P5Y", date(2025, 12, 25), date(2030, 12, 31)),  # VAT of November 2025
        ("P5Y", date(2026, 1, 25), date(2031, 12, 31)),  # VAT of December 2025
        ("P3Y", date(2019, 5, 10), date(2022, 12, 31)),
        ("P3Y", date(2023, 12, 31), date(2026, 12, 31)),
        ("P3Y", date(2024, 1, 1), date(2027, 12, 31)),
        ("P2Y", date(2025, 2, 10), date(2027, 12, 31)),
    ],
)
def test_periods_that_run_to_the_end_of_the_year(period: str, start: date, last_day: date) -> None:
    text = small(("period: P3Y", f"period: {period}, to_year_end: true"))
    assert _built(text).retention_rules["sale"].last_day(start) == last_day


def test_periods_that_do_not_and_rules_without_one() -> None:
    assert _built(small(("period: P3Y", "period: P1Y"))).retention_rules["sale"].last_day(date(2025, 2, 10)) == date(
        2026, 2, 10
    )
    assert _built(small(("period: P3Y, ", ""))).retention_rules["sale"].last_day(date(2025, 2, 10)) is None
