"""Whatever a file holds, it costs at most the rows it is in, and no value gets into a message."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.consent.importing.records import LONGEST_FIELD, LONGEST_ROW, MOST_LINES, Broken, Record, Records
from privacy.consent.importing.rejects import Why

HEAD = b"Email Address,Name,Note\r\n"


def read(body: bytes, head: bytes = HEAD) -> list[Record | Broken]:
    return list(Records(io.BytesIO(head + body)))


def rows(body: bytes) -> list[list[str] | Why]:
    return [found.fields if isinstance(found, Record) else found.why for found in read(body)]


GOOD = [b"ewa@example.com", b"Ewa", b""]
LINE = b",".join(GOOD) + b"\r\n"
FIELDS = [field.decode() for field in GOOD]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (b'a@example.com,"Jan,x\r\n', Why.QUOTES),
        (b'a@example.com,"Jan"x,\r\n', Why.QUOTES),
        (b'a@example.com,"Jan\r\n', Why.QUOTES),
        (b"a@example.com,Jan\r\n", Why.COLUMNS),
        (b"a@example.com,Jan,x,y\r\n", Why.COLUMNS),
        (b"a@example.com,J\xffn,\r\n", Why.ENCODING),
        (b'a@example.com,"J\xff\r\nn",\r\n', Why.ENCODING),
        (b"a@example.com,J\0n,\r\n", Why.NUL),
        (b"a@example.com,Jan," + b"x" * (LONGEST_FIELD + 1) + b"\r\n", Why.TOO_LONG),
        (b"a@example.com,Jan," + b"x" * 1_000_000 + b"\r\n", Why.TOO_LONG),
        (b'a@example.com,Jan,"' + b"x" * 1_000_000 + b'"\r\n', Why.TOO_LONG),
    ],
)
def test_a_broken_row_costs_only_itself(broken: bytes, why: Why) -> None:
    assert rows(LINE + broken + LINE) == [FIELDS, why, FIELDS]
    assert rows(broken + LINE) == [why, FIELDS]
    assert rows(LINE + broken.rstrip()) == [FIELDS, why]


def test_a_quote_that_is_never_closed_does_not_swallow_the_file() -> None:
    assert rows(b'a@example.com,"Jan,\r\n' + LINE * (MOST_LINES + 5)) == [Why.QUOTES, *[FIELDS] * (MOST_LINES + 5)]
    open_twice = b'a@example.com,"Jan,\r\n' + LINE * 3 + b'b@example.com,"Iza,\r\n' + LINE
    assert rows(open_twice) == [Why.QUOTES, *[FIELDS] * 3, Why.QUOTES, FIELDS]


def test_lines_are_counted_where_rows_begin() -> None:
    body = b'a@example.com,"two\r\nlines",\r\n\r\nb@example.com\r\n' + LINE
    assert [(found.line, isinstance(found, Record)) for found in read(body)] == [(2, True), (5, False), (6, True)]


def test_quotes_commas_and_line_breaks_in_fields() -> None:
    assert rows(b'a@example.com,"Kowalska, ""Ewa""","one\ntwo"\n') == [["a@example.com", 'Kowalska, "Ewa"', "one\ntwo"]]
    assert rows(b'a@example.com,O"Hara,\n') == [["a@example.com", 'O"Hara', ""]]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_is_no_part_of_the_header(start: bytes) -> None:
    assert Records(io.BytesIO(start + b'"Email Address", Name \n')).header == ["Email Address", "Name"]


@pytest.mark.parametrize(
    "head", [b"", b"\n", "a,b\n".encode("utf-16"), b'"a\n', b"a," * 2_000 + b"\n", b"a" * LONGEST_ROW + b"a"]
)
def test_a_header_that_cannot_be_read_is_none(head: bytes) -> None:
    assert Records(io.BytesIO(head)).header is None


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")), min_size=3, max_size=3)
    )
)
def test_what_the_csv_module_wrote_is_read_back(table: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    read_back = [found for found in rows(out.getvalue().encode()) if found is not None]
    # A row is at most so many lines.
    if all(sum(value.count("\n") for value in row) < MOST_LINES for row in table):
        assert read_back == table


@given(st.binary() | st.lists(st.sampled_from([LINE, b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"x"])).map(b"".join))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    for found in [*read(body), *Records(io.BytesIO(body))]:
        assert isinstance(found, Record | Broken)
        assert found.line >= 1
        if isinstance(found, Record):
            assert len(found.fields) in {3, len(Records(io.BytesIO(body)).header or ())}
            "".join(found.fields).encode()


@given(st.lists(st.sampled_from([LINE, b'"', b",", b"\n", b"bad\n", b'a@example.com,"x\n'])).map(b"".join))
def test_a_whole_row_after_any_rubbish_is_found(body: bytes) -> None:
    """But for one that stands inside quotes, where nobody can tell it from a part of a field."""
    assert b'"' in body or rows(body + b"\n" + LINE)[-1] == FIELDS
