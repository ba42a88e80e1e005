"""The waterfall accounts for every row, in whatever order and with whatever texts its rows come."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.consent.importing import waterfall
from privacy.consent.importing.waterfall import (
    MOST_LABELS,
    NOT_A_CODE,
    OTHERS,
    WHOLE_ROWS,
    By,
    Step,
    Waterfall,
    plain,
)

_ENTRIES = st.tuples(
    st.sampled_from([step for step in Step if step not in WHOLE_ROWS]),
    st.sampled_from(["offers", "profiling", ""]),
    st.sampled_from(["email", "sms"]),
    st.sampled_from(["www", "infolinia", ""]) | st.text(max_size=80),
    st.sampled_from(["klauzula 3.0", "?", ""]) | st.text(max_size=80),
    st.none() | st.integers(-5, 3_000),
)
#: A row is a step that takes it as a whole, or what it says.
_ROWS = st.lists(st.sampled_from(sorted(WHOLE_ROWS)) | st.lists(_ENTRIES, min_size=1, max_size=4), max_size=60)
Rows = list[Step | list[tuple[Step, str, str, str, str, int | None]]]


def a_waterfall(rows: Rows) -> Waterfall:
    made = Waterfall()
    for row in rows:
        if isinstance(row, Step):
            made.add_row(row)
            continue
        made.add_row()
        for entry in row:
            made.add(*entry)
    return made


@given(rows=_ROWS)
def test_every_row_and_entry_is_accounted_for_once(rows: Rows) -> None:
    made = a_waterfall(rows)
    whole = Counter(row for row in rows if isinstance(row, Step))
    said = [row for row in rows if not isinstance(row, Step)]
    entries = Counter(entry[0] for row in said for entry in row)
    assert made.adds_up()
    assert (made.rows, made.rows_with_entries) == (len(rows), len(said))
    assert made.entries == entries.total()
    assert {step: made.count(step) for step in Step} == {step: (whole + entries)[step] for step in Step}
    falls = made.falls()
    assert [fall.step for fall in falls] == list(Step)[:-1]
    assert falls[-1].left == entries[Step.MAY_CONTACT]
    for by in By:
        groups = made.table(by)
        assert len({group.label for group in groups}) == len(groups)
        for step in Step:
            assert sum(group.counts.get(step, 0) for group in groups) == made.count(step)


@given(rows=_ROWS, seed=st.integers())
def test_the_order_of_the_rows_changes_nothing(rows: Rows, seed: int) -> None:
    shuffled = rows.copy()
    random.Random(seed).shuffle(shuffled)
    made, other = a_waterfall(rows).as_dict(), a_waterfall(shuffled).as_dict()
    assert json.dumps(made) == json.dumps(other)
    assert sum(cell["count"] for cell in made["counts"]) == made["total"]


@given(rows=_ROWS, counts=st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)))
def test_what_was_told_is_told_again(rows: Rows, counts: tuple[int, int, int]) -> None:
    made = a_waterfall(rows)
    made.permissions_before, made.permissions_gained, made.repeats = counts
    text = json.dumps(made.as_dict())
    again = Waterfall.from_dict(json.loads(text))
    assert json.dumps(again.as_dict()) == text
    for by in By:
        assert again.table(by) == made.table(by)


def test_a_file_of_random_texts_fills_no_memory_and_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waterfall, "MOST_CELLS", 20)
    made = Waterfall()
    for number in range(400):
        made.add_row()
        made.add(Step.EXPIRED, "offers", "email", f"s{number % 19}", f"w{number % 23}", 1990 + number % 29)
    assert made.adds_up()
    cells = made.as_dict()["counts"]
    assert len(cells) == 21
    assert cells[0] | {"count": 0} == {
        **{"step": "expired", "purpose": OTHERS, "channel": OTHERS, "source": OTHERS, "wording": OTHERS},
        **{"year": None, "count": 0},
    }
    assert (made.count(Step.EXPIRED), cells[0]["count"] > 300) == (400, True)


def test_years_come_in_order_and_the_largest_source_first() -> None:
    made = Waterfall()
    for source, year in [("www", 2024), ("papier", None), ("www", 2019), ("infolinia", 2024)]:
        made.add_row()
        made.add(Step.EXPIRED, "offers", "email", source, "klauzula 2.1", year)
    made.add_row(Step.BROKEN, source="www")
    assert [group.label for group in made.table(By.YEAR)] == ["2019", "2024", ""]
    assert [(group.label, group.total) for group in made.table(By.SOURCE)] == [
        ("www", 3),
        ("infolinia", 1),
        ("papier", 1),
    ]
    assert [group.label for group in made.table(By.PAIR)] == ["offers · email", ""]
    assert made.adds_up()


@pytest.mark.parametrize("step", sorted(WHOLE_ROWS))
def test_a_step_of_whole_rows_takes_no_entry(step: Step) -> None:
    with pytest.raises(ValueError, match="whole rows"):
        Waterfall().add(step, "offers", "email", "www", "", None)


def test_a_step_of_entries_takes_no_whole_row() -> None:
    with pytest.raises(ValueError, match="takes entries"):
        Waterfall().add_row(Step.EXPIRED)


def test_what_does_not_add_up_is_seen() -> None:
    silent = Waterfall()
    silent.add_row()
    assert not silent.adds_up()
    rowless = Waterfall()
    rowless.add(Step.EXPIRED, "offers", "email", "www", "", 2024)
    assert not rowless.adds_up()
    repeating = a_waterfall([[(Step.MAY_CONTACT, "offers", "email", "www", "", 2024)]])
    repeating.repeats = 2
    assert not repeating.adds_up()
    drifting = Waterfall()
    drifting.permissions_before, drifting.permissions_gained, drifting.permissions_after = 5, 2, 6
    assert not drifting.adds_up()
    drifting.permissions_lost = 1
    assert drifting.adds_up()


def test_keys_are_entries_without_their_repeats() -> None:
    made = a_waterfall([[(Step.MAY_CONTACT, "offers", "email", "www", "klauzula 3.0", 2024)]] * 5)
    made.repeats = 3
    assert made.keys == 2
    assert made.as_dict()["may_contact"] == {"entries": 5, "repeats": 3, "keys": 2}


@pytest.mark.parametrize(
    "value", ["ewa@example.com", "+48 600 100 200", "600-100-200", "x" * 61, "tel. (22) 600 10 02 00"]
)
def test_an_address_or_number_in_a_column_of_codes_is_not_kept(value: str) -> None:
    made = a_waterfall([[(Step.NO_WORDING, "offers", "sms", value, value, 2024)]])
    assert value not in json.dumps(made.as_dict())
    assert [group.label for group in made.table(By.WORDING)] == [NOT_A_CODE]


@pytest.mark.parametrize("value", ["klauzula 3.0", "?", "RODO-2018-05-25", "20180525", "sklep stacjonarny (Łódź)"])
def test_a_code_is_kept_as_it_is(value: str) -> None:
    assert plain(value) == value


def test_counters_stay_small_whatever_the_columns_hold() -> None:
    made = a_waterfall(
        [[(Step.WORDING_UNKNOWN, "offers", "email", f"www{row % 3}", f"k{row}", 2024)] for row in range(5_000)]
    )
    groups = made.table(By.WORDING)
    assert len(groups) <= MOST_LABELS + 1
    assert next(group for group in groups if group.label == OTHERS).total > 4_000
    assert made.adds_up()
