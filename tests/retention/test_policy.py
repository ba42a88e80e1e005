"""How long a row is kept: the vectors of Polish law, several rules on one row, and what nobody can read."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.programme.data_map import DataSet, Keeping, Place, Strategy, Table
from privacy.programme.types import Covered, RetentionRule, RetentionTrigger
from privacy.retention.policy import ELSEWHERE, Applied, Terms, applied, before, term
from tests.retention.programmes import ZONE, a_field, a_rule, a_system, a_table, with_rules

YEAR_END, CLAIM, CREATED = RetentionTrigger.CALENDAR_YEAR_END, RetentionTrigger.CLAIM_DUE, RetentionTrigger.CREATED

#: Rules of Polish law: period, trigger, whether to the end of a year; the day of the moment; the last day of keeping.
VECTORS = {
    "CIT 2025, due in March": ("P5Y", YEAR_END, False, "2026-03-31", "2031-12-31"),
    "VAT of November 2025": ("P5Y", YEAR_END, False, "2025-12-29", "2030-12-31"),
    "VAT of December 2025": ("P5Y", YEAR_END, False, "2026-01-26", "2031-12-31"),
    "books of 2025": ("P5Y", RetentionTrigger.FINANCIAL_YEAR_END, False, "2025-07-01", "2030-12-31"),
    "3 years, due in May": ("P3Y", CLAIM, True, "2019-05-10", "2022-12-31"),
    "3 years, due in March": ("P3Y", CLAIM, True, "2023-03-15", "2026-12-31"),
    "3 years, due on the last day": ("P3Y", CLAIM, True, "2023-12-31", "2026-12-31"),
    "3 years, due on the first day": ("P3Y", CLAIM, True, "2024-01-01", "2027-12-31"),
    "6 years": ("P6Y", CLAIM, True, "2020-06-01", "2026-12-31"),
    "2 years": ("P2Y", CLAIM, True, "2025-02-10", "2027-12-31"),
    "transport, 1 year and no rounding": ("P1Y", CLAIM, False, "2025-02-10", "2026-02-10"),
    "employment ended in January": ("P10Y", YEAR_END, False, "2026-01-15", "2036-12-31"),
    "employment ended on the last day": ("P10Y", YEAR_END, False, "2026-12-31", "2036-12-31"),
}


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_of_polish_law(name: str) -> None:
    period, trigger, to_year_end, moment, last = VECTORS[name]
    rule = a_rule("r", period, trigger, to_year_end=to_year_end)
    table = a_table(a_field("at", moments=(trigger,)), a_field("name", categories=("contact",)))
    rules = decided(table, rule)
    ends = date.fromisoformat(last)
    kept = term(table, {"id": 1, "at": moment, "name": "A"}, rules, ends, ZONE)
    assert (kept.until, kept.whole, kept.over) == (ends, False, frozenset())
    gone = term(table, {"id": 1, "at": moment, "name": "A"}, rules, ends + timedelta(days=1), ZONE)
    assert (gone.until, gone.whole, gone.over, gone.due) == (ends, True, {"name"}, ends + timedelta(days=1))


@pytest.mark.parametrize(
    ("ends_on", "moment", "last"),
    [
        ((6, 30), "2025-06-30", "2030-06-30"),
        ((6, 30), "2025-07-01", "2031-06-30"),
        ((2, 29), "2023-02-28", "2028-02-28"),  # a year that ends with February
        ((2, 29), "2024-02-29", "2029-02-28"),
        ((2, 29), "2024-03-01", "2030-02-28"),
    ],
)
def test_a_financial_year_ends_when_the_company_says(ends_on: tuple[int, int], moment: str, last: str) -> None:
    rule = replace(a_rule("books", "P5Y", RetentionTrigger.FINANCIAL_YEAR_END), financial_year_ends=ends_on)
    assert rule.last_day(date.fromisoformat(moment)) == date.fromisoformat(last)


def test_a_period_in_months_ends_on_the_last_day_of_a_shorter_month() -> None:
    rule = a_rule("cctv", "P3M", CREATED)
    assert rule.last_day(date(2025, 11, 30)) == date(2026, 2, 28)
    assert rule.last_day(date(2024, 2, 29)) == date(2024, 5, 29)
    assert a_rule("leap", "P1Y", CREATED).last_day(date(2024, 2, 29)) == date(2025, 2, 28)


def test_without_a_period_the_moment_itself_ends_the_keeping() -> None:
    closed = a_rule("closed", None, RetentionTrigger.ACCOUNT_CLOSED)
    assert closed.last_day(date(2026, 3, 1)) == date(2026, 3, 1)
    assert RetentionRule("told", None, {}, "RODO art. 7").last_day(date(2026, 3, 1)) is None


MOMENTS = {
    "2025-03-01": date(2025, 3, 1),
    "2025-02-28T23:30:00+00:00": date(2025, 3, 1),  # the next day has begun in Warsaw
    "2025-02-28T23:30:00": date(2025, 2, 28),  # the clock of the place, as it says nothing else
    "2025-02-28T22:30:00Z": date(2025, 2, 28),
    "2025-07-01 00:15:00+02:00": date(2025, 7, 1),
}


@pytest.mark.parametrize("written", MOMENTS)
def test_a_time_is_a_day_of_the_jurisdiction(written: str) -> None:
    table = a_table(a_field("at", moments=(CREATED,)), a_field("name", categories=("contact",)))
    told = term(table, {"id": 1, "at": written}, decided(table, a_rule("r", "P1D", CREATED)), date(2026, 1, 1), ZONE)
    assert told.until == MOMENTS[written] + timedelta(days=1)


def test_drivers_own_types_are_read_too() -> None:
    table = a_table(a_field("at", moments=(CREATED,)), a_field("name", categories=("contact",)))
    rules = decided(table, a_rule("r", "P1D", CREATED))
    for written in (date(2025, 3, 1), datetime(2025, 2, 28, 23, 30, tzinfo=UTC)):
        assert term(table, {"at": written}, rules, date(2026, 1, 1), ZONE).until == date(2025, 3, 2)


@pytest.mark.parametrize(
    "written",
    [
        *(None, "", "yesterday", "2025-02-30", 20250101, 1.5, True, ["2025-01-01"]),
        *("0000-00-00", "0001-01-01", "1900-01-01", "9999-12-31"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_what_has_no_start_stays(written: Any) -> None:
    table = a_table(a_field("at", moments=(CREATED,)), a_field("name", categories=("contact",)))
    rules = decided(table, a_rule("r", "P1Y", CREATED))
    told = term(table, {"id": 1, "at": written}, rules, date(2999, 1, 1), ZONE)
    assert (told.until, told.ends["name"], told.whole, told.over, told.due) == (None, None, False, frozenset(), None)


def test_each_field_is_kept_for_the_rule_that_needs_it_and_no_longer() -> None:
    """Claims need all of an order for three years; the tax office five years, and only what was paid."""
    table = a_table(
        a_field("due_on", moments=(CLAIM, YEAR_END)),
        a_field("name", categories=("contact",)),
        a_field("total", categories=("health",)),
    )
    claims = a_rule("claims", "P3Y", CLAIM, to_year_end=True)
    taxes = a_rule("taxes", "P5Y", YEAR_END, covers=Covered(data_categories=("health",)))
    rules = decided(table, claims, taxes)
    row = {"id": 1, "due_on": "2020-05-10", "name": "Anna", "total": "9.99"}
    told = term(table, row, rules, date(2024, 1, 1), ZONE)
    assert told.ends == {"name": date(2023, 12, 31), "total": date(2025, 12, 31)}
    assert told.rules == {"name": "claims", "total": "taxes"}
    assert (told.over, told.whole, told.rule) == ({"name"}, False, "taxes")
    assert told.due == date(2024, 1, 1)
    assert term(table, row, rules, date(2023, 12, 31), ZONE).over == frozenset()
    assert term(table, row, rules, date(2026, 1, 1), ZONE).whole


def test_a_rule_that_is_only_told_keeps_what_the_data_map_says_and_disposes_of_nothing() -> None:
    keeping = Keeping("told", "at")
    table = a_table(a_field("at"), a_field("name", categories=("contact",)), keeping=keeping, on_erasure=Strategy.KEEP)
    told_only = RetentionRule("told", "P3Y", {}, "KC art. 118")
    rules = decided(table, told_only)
    assert [one.rule.code for one in rules] == ["told"]
    assert before(rules, date(2026, 1, 1), ZONE) == ()
    with_another = a_table(
        a_field("at", moments=(CREATED,)), *table.fields[2:], keeping=keeping, on_erasure=table.on_erasure
    )
    both = decided(with_another, told_only, a_rule("year", "P1Y", CREATED))
    row = {"id": 1, "at": "2024-06-01", "name": "Anna"}
    assert term(with_another, row, both, date(2026, 1, 1), ZONE).until == date(2027, 6, 1)
    assert term(with_another, row, both, date(2027, 6, 2), ZONE).whole


def test_rows_whose_time_nothing_tells_have_no_rules_of_their_own() -> None:
    lines = a_table(a_field("name", categories=("contact",)), keeping=Keeping("sale", None), on_erasure=Strategy.KEEP)
    assert decided(lines, RetentionRule("sale", "P3Y", {}, "KC art. 118")) == ()


def test_a_keeping_without_a_start_keeps_its_field_beside_rules_that_have_one() -> None:
    number = a_field("number", categories=("contact",), on_erasure=Strategy.KEEP, keeping=Keeping("sale", None))
    table = a_table(a_field("at", moments=(CREATED,)), number, a_field("name", categories=("contact",)))
    rules = decided(table, RetentionRule("sale", "P3Y", {}, "KC 118"), a_rule("year", "P1Y", CREATED))
    told = term(table, {"id": 1, "at": "2020-01-01", ELSEWHERE: "2001-01-01"}, rules, date(2026, 1, 1), ZONE)
    assert (told.over, told.whole, told.ends["number"]) == ({"name"}, False, None)


def test_a_part_that_no_rule_is_about_keeps_the_row() -> None:
    table = a_table(
        a_field("at", moments=(CREATED,)),
        a_field("mail", categories=("contact",)),
        a_field("note", categories=("health",)),
    )
    rules = decided(table, a_rule("r", "P1Y", CREATED, covers=Covered(data_categories=("contact",))))
    told = term(table, {"id": 1, "at": "2020-01-01"}, rules, date(2026, 1, 1), ZONE)
    assert (told.over, told.whole, list(told.ends)) == ({"mail"}, False, ["mail"])


def test_the_end_of_consents_is_told_by_the_caller() -> None:
    table = a_table(a_field("name", categories=("contact",)))
    everywhere = a_rule("anything", None, RetentionTrigger.CONSENT_ENDED)
    assert decided(table, everywhere) == ()
    rules = decided(table, replace(everywhere, covers=Covered(systems=("shop",))))
    assert [one.moment for one in rules] == [ELSEWHERE]
    assert before(rules, date(2026, 1, 1), ZONE) == ()
    assert not term(table, {"id": 1}, rules, date(2026, 1, 1), ZONE).whole
    assert term(table, {"id": 1, ELSEWHERE: date(2025, 12, 31)}, rules, date(2026, 1, 1), ZONE).whole


COVERED = {
    "systems": Covered(systems=("other",)),
    "data_sets": Covered(data_sets=("other",)),
    "purposes": Covered(purposes=("other",)),
    "data_categories": Covered(data_categories=("health",)),
}


@pytest.mark.parametrize("name", COVERED)
def test_every_list_must_allow_a_table(name: str) -> None:
    table = a_table(a_field("at", moments=(CREATED,)), a_field("mail", categories=("contact",)))
    rule = a_rule("r", "P1Y", CREATED, covers=COVERED[name])
    assert decided(table, rule) == ()
    here = Covered(("shop",), ("d",), ("contact",), ("newsletter",))
    assert len(decided(table, replace(rule, covers=here))) == 1


def test_a_custom_field_is_named_by_the_rule() -> None:
    table = a_table(a_field("closed_on"), a_field("mail", categories=("contact",)))
    rule = replace(a_rule("r", "P1Y", RetentionTrigger.CUSTOM), fields=(Place("d", "t", "closed_on"),))
    assert [one.moment for one in decided(table, rule)] == ["closed_on"]
    assert decided(table, replace(rule, fields=(Place("d", "elsewhere", "closed_on"),))) == ()


#: A wide range without the days that stand for none.
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
PERIODS = st.sampled_from([None, "P1D", "P2W", "P3M", "P14M", "P1Y", "P3Y", "P5Y", "P10Y", "P1Y6M10D"])
YEAR_ENDS = st.tuples(st.integers(1, 12), st.integers(1, 28)) | st.just((2, 29))


@st.composite
def rules_of_a_table(draw: st.DrawFn) -> Sequence[Applied]:
    """Some rules that need some of three fields, from some of three moments."""
    triggers = [CREATED, CLAIM, YEAR_END, RetentionTrigger.FINANCIAL_YEAR_END]
    made = []
    for number in range(draw(st.integers(1, 4))):
        rule = replace(
            a_rule(f"r{number}", draw(PERIODS), draw(st.sampled_from(triggers)), to_year_end=draw(st.booleans())),
            financial_year_ends=draw(YEAR_ENDS),
        )
        fields = draw(st.sets(st.sampled_from(["a", "b", "c"]), min_size=1))
        made.append(Applied(rule, draw(st.sampled_from(["x", "y", "z"])), frozenset(fields)))
    return made


TABLE = a_table(*(a_field(name, categories=("contact",)) for name in "abc"), *(a_field(name) for name in "xyz"))
ROWS = st.fixed_dictionaries({name: DAYS.map(date.isoformat) | st.none() for name in "xyz"})


@given(rules_of_a_table(), ROWS, DAYS)
def test_each_field_is_over_when_every_rule_that_needs_it_is(
    rules: Sequence[Applied], row: Mapping[str, Any], today: date
) -> None:
    told = term(TABLE, row, rules, today, ZONE)
    for name in "abc":
        ends = [one.ends(row, ZONE) for one in rules if name in one.fields]
        if not ends:
            assert name not in told.ends
        else:
            last = None if None in ends else max(end for end in ends if end)
            assert told.ends[name] == last
            assert (name in told.over) == (last is not None and last < today)
    assert told.whole == (set(told.ends) == set("abc") and told.until is not None and told.until < today)
    assert told.due is None or told.due <= today or not told.over
    assert bool(told.over) == (told.due is not None and told.due <= today)


@given(rules_of_a_table(), st.lists(ROWS, min_size=1, max_size=5), DAYS, st.sets(st.sampled_from(["r0", "r1", "r2"])))
def test_rows_of_a_table_are_told_like_each_by_itself(
    rules: Sequence[Applied], rows: Sequence[Mapping[str, Any]], today: date, chosen: set[str]
) -> None:
    every, some = (Terms(TABLE, rules, today, ZONE, by=by) for by in ((), chosen))
    for row in (*rows, *rows):
        alone = term(TABLE, row, rules, today, ZONE)
        assert every.of(row) == alone
        by = some.of(row)
        assert by.ends == alone.ends
        if chosen:
            assert by.over == {name for name in alone.over if alone.rules[name] in chosen}
            assert by.whole == (alone.whole and alone.rule in chosen)


@given(rules_of_a_table(), ROWS, DAYS)
def test_the_order_of_rules_does_not_matter(rules: Sequence[Applied], row: Mapping[str, Any], today: date) -> None:
    first, *others = [term(TABLE, row, some, today, ZONE) for some in itertools.permutations(rules)]
    assert all(other == first for other in others)


@given(rules_of_a_table(), ROWS, DAYS)
def test_what_is_over_is_found_by_the_days_before(
    rules: Sequence[Applied], row: Mapping[str, Any], today: date
) -> None:
    found = any(
        row[one.field] is not None and date.fromisoformat(row[one.field]) < one.day
        for one in before(rules, today, ZONE)
    )
    assert found or not term(TABLE, row, rules, today, ZONE).over
    # And by one rule alone nothing is found that is not over.
    for one in rules:
        start = row[one.moment]
        [cutoff] = before([one], today, ZONE)
        over = bool(term(TABLE, row, [one], today, ZONE).over)
        assert over == (start is not None and date.fromisoformat(start) < cutoff.day)


@given(PERIODS, YEAR_ENDS, st.booleans(), DAYS, DAYS)
def test_a_later_moment_never_ends_earlier(
    period: str | None, year_ends: tuple[int, int], to_year_end: bool, one: date, other: date
) -> None:
    for trigger in RetentionTrigger:
        rule = replace(a_rule("r", period, trigger, to_year_end=to_year_end), financial_year_ends=year_ends)
        early, late = rule.last_day(min(one, other)), rule.last_day(max(one, other))
        assert early is not None
        assert late is not None
        assert min(one, other) <= early <= late


def decided(table: Table, *rules: RetentionRule) -> tuple[Applied, ...]:
    """The rules that a programme with just these has for the table of the system `shop`."""
    return applied(with_rules(*rules), a_system(), DataSet("d", "d", None, {table.name: table}), table)
