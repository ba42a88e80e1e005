"""NDJSON and files of nothing but contacts: a line that is no row costs itself, and no value is shown."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.consent.importing.line_rows import json_rows, text_rows
from privacy.consent.importing.rejects import Why
from privacy.consent.importing.rows import Broken, Row
from tests.consent.importing.readings import logged

COLUMNS = ("email", "notice.code", "done")
GOOD = b'{"email": "ewa@example.com", "notice": {"code": "loyalty"}, "done": true}\n'
READ = {"email": "ewa@example.com", "notice.code": "loyalty", "done": "true"}


def read(data: bytes) -> list[Row | Broken]:
    return list(json_rows(io.BytesIO(data), COLUMNS))


def lines(data: bytes) -> list[str | Why]:
    return [row.values["line"] if isinstance(row, Row) else row.why for row in text_rows(io.BytesIO(data))]


@pytest.mark.parametrize(
    "line",
    [
        b'{"email": "jan@example.com"',
        b'["jan@example.com"]',
        b'"jan@example.com"',
        b"null",
        b"12",
        b'{"email": "jan@example.com"} {}',
        b"{'email': 'jan@example.com'}",
        b'{"email": NaN}',
        b'{"email": "\xff"}',
        b'{"email": "\\ud800"}',
        b'{"done": ' + b"9" * 5_000 + b"}",
        b"[" * 60_000,
        b'{"a":' * 20_000,
    ],
)
def test_what_is_no_object_costs_itself(line: bytes) -> None:
    first, broken, last = read(GOOD + line + b"\n" + GOOD)
    assert isinstance(first, Row) and isinstance(last, Row)  # noqa: PT018  # mypy wants them both
    assert (first.values, last.values) == (READ, READ)
    assert isinstance(broken, Broken)
    assert (broken.line, broken.why) == (2, Why.JSON)
    assert "example.com" not in repr(broken)


def test_a_huge_line_is_passed_over_and_its_number_is_told() -> None:
    found = read(GOOD + b'{"email": "' + b"x" * 1_000_000 + b'"}\n' + GOOD)
    assert [(row.line, row.why if isinstance(row, Broken) else None) for row in found] == [
        *((1, None), (2, Why.TOO_LONG), (3, None))
    ]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        (b"{}", ["", "", ""]),
        (b'{"email": null, "notice": null, "done": false}', ["", "", "false"]),
        (b'{"email": {"is": "inside"}, "notice": [], "done": [true]}', ["", "", ""]),
        (b'{"email": 48600100200, "notice": {"code": 3}, "done": 1.5}', ["48600100200", "3", "1.5"]),
        (b'{"email": "a", "email": "b"}', ["b", "", ""]),
        (b'{"notice.code": "flat", "notice": {"code": "deep"}}', ["", "flat", ""]),
        (b'{"notice": {"code": {"version": 2}}}', ["", "", ""]),
        (b'\t{"email": "\\u0142ukasz@example.com"}  ', ["łukasz@example.com", "", ""]),
    ],
)
def test_what_stands_in_a_column(line: bytes, values: list[str]) -> None:
    (row,) = read(line)
    assert isinstance(row, Row)
    assert list(row.values.values()) == values


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_and_utf_16(encoding: str) -> None:
    text = '{"email": "łukasz@example.com"}\n'
    (row,) = read(text.encode(encoding))
    assert isinstance(row, Row)
    assert row.values["email"] == "łukasz@example.com"


def test_a_line_is_a_contact_without_what_a_spreadsheet_put_around_it() -> None:
    data = '\n ewa@example.com \r\n"jan@example.com"\n+48 600 100 200;\n"iza@example.com",,,\n\n'.encode("utf-8-sig")
    assert lines(data) == ["ewa@example.com", "jan@example.com", "+48 600 100 200", "iza@example.com"]
    assert lines(b"a@example.com\n" + b"x" * 1_000_000 + b"\nb@example.com") == [
        *("a@example.com", Why.TOO_LONG, "b@example.com")
    ]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(COLUMNS) | st.text(), inner, max_size=4)
    ),
)


@given(_JSON)
def test_any_json_is_a_row_or_none(value: object) -> None:
    for row in read(json.dumps(value).encode() + b"\n"):
        assert isinstance(value, dict) == isinstance(row, Row) or (isinstance(row, Broken) and row.why is Why.JSON)


_PIECES = st.sampled_from([b"tajny.adres@example.org", b'"', b"{", b"}", b"[", b":", b",", b"\n", b"\0", b"\xff", GOOD])


@given(st.binary() | st.lists(_PIECES, max_size=40).map(b"".join))
def test_no_bytes_break_them_or_are_shown(data: bytes) -> None:
    whole = data + b"\n" + GOOD
    with logged() as log:
        *_, last = read(whole)
        rows = [*read(whole), *text_rows(io.BytesIO(whole))]
    if b"\xff\xfe" not in data[:2] and b"\xfe\xff" not in data[:2]:
        assert isinstance(last, Row)
        assert last.values == READ
    for row in rows:
        assert "tajny" not in repr(row)
        assert "example" not in repr(row)
    assert log == []
