"""Whatever a CSV file holds, it costs at most the rows it is in, and no value gets into a message."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.consent.importing.records import MOST_LINES, Dialect, Records, dialects
from privacy.consent.importing.rejects import Why
from privacy.consent.importing.rows import LONGEST_ROW, Broken, Row

HEAD = b"Email Address,Name,Note\r\n"
NAMES = ("Email Address", "Name", "Note")
UTF_8 = Dialect()


def read(body: bytes, head: bytes = HEAD, dialect: Dialect = UTF_8) -> list[Row | Broken]:
    return list(Records(io.BytesIO(head + body), dialect, NAMES))


def rows(body: bytes) -> list[list[str] | Why]:
    return [list(found.values.values()) if isinstance(found, Row) else found.why for found in read(body)]


FIELDS = ["ewa@example.com", "Ewa", ""]
LINE = ",".join(FIELDS).encode() + b"\r\n"


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (b'a@example.com,"Jan,x\r\n', Why.QUOTES),
        (b'a@example.com,"Jan"x,\r\n', Why.QUOTES),
        (b'a@example.com,"Jan\r\n', Why.QUOTES),
        (b"a@example.com,J\ran,\r\n", Why.QUOTES),
        (b"a@example.com,Jan\r\n", Why.COLUMNS),
        (b"a@example.com,Jan,x,y\r\n", Why.COLUMNS),
        (b"a@example.com,Jan," + b"x" * LONGEST_ROW + b"\r\n", Why.TOO_LONG),
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
    assert [(found.line, isinstance(found, Row)) for found in read(body)] == [(2, True), (5, False), (6, True)]


def test_quotes_commas_and_line_breaks_in_fields() -> None:
    assert rows(b'a@example.com,"Kowalska, ""Ewa""","one\ntwo"\n') == [["a@example.com", 'Kowalska, "Ewa"', "one\ntwo"]]
    assert rows(b'a@example.com,O"Hara,\n') == [["a@example.com", 'O"Hara', ""]]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_is_no_part_of_the_header(start: bytes) -> None:
    found = Records(io.BytesIO(start + b'"Email Address", Name \n'), Dialect(), NAMES)
    assert found.header == ("Email Address", "Name")


@pytest.mark.parametrize("head", [b"", b"\n", b'"a\n', b"a" * LONGEST_ROW + b"a", b"\xef\xbb\xbf"])
def test_a_header_that_cannot_be_read_is_none(head: bytes) -> None:
    assert list(dialects(io.BytesIO(head), "utf-8", None)) == []


def test_a_header_of_thousands_of_columns_is_none() -> None:
    assert "," not in {dialect.delimiter for dialect, _ in dialects(io.BytesIO(b"a," * 2_000), "utf-8", None)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1250"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_header_is_found_in_any_encoding_and_with_any_delimiter(encoding: str, delimiter: str) -> None:
    names = ("Źródło", "E-mail", "Zgoda SMS")
    text = delimiter.join(names) + "\r\n" + delimiter.join(["sklep", "ewa@example.com", "TAK"]) + "\r\n"
    data = text.encode(encoding)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    for expected in ("utf-8", "cp1250"):
        fitting = [d for d, header in dialects(io.BytesIO(data), expected, ";") if header == names]
        (row,) = Records(io.BytesIO(data), fitting[0], names)
        assert isinstance(row, Row)
        assert list(row.values.values()) == ["sklep", "ewa@example.com", "TAK"]


def test_a_row_in_the_other_encoding_is_read_where_there_may_be_two() -> None:
    two = Dialect("utf-8", ",", "cp1250")
    body = "ewa@example.com,Żaneta,\n".encode() + "jan@example.com,Żaneta,\n".encode("cp1250")
    assert [row.values["Name"] for row in read(body, dialect=two) if isinstance(row, Row)] == ["Żaneta", "Żaneta"]


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=20)


#: A line of nothing but blanks and tabs is no row.
_TABLE = st.lists(st.tuples(_TEXT.map("x{}".format), _TEXT, _TEXT).map(list), max_size=5)


@given(_TABLE, st.sampled_from(",;\t|"))
def test_what_the_csv_module_wrote_is_read_back(table: list[list[str]], delimiter: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(table)
    head = HEAD.replace(b",", delimiter.encode())
    found = read(out.getvalue().encode(), head, Dialect("utf-8", delimiter))
    assert [list(row.values.values()) for row in found if isinstance(row, Row)] == table


_PIECES = st.sampled_from([LINE, b'"', b",", b";", b"\n", b"\r", b"\0", b"\xff", b"\xfe", b"x", b"tajne.haslo"])


@given(st.binary() | st.lists(_PIECES).map(b"".join), st.sampled_from(["utf-8", "cp1250"]))
def test_no_bytes_break_the_reader(body: bytes, encoding: str) -> None:
    for dialect, _names in [(Dialect(encoding), NAMES), *dialects(io.BytesIO(body), encoding, None)]:
        for found in [*read(body, dialect=dialect), *Records(io.BytesIO(body), dialect, NAMES)]:
            assert found.line >= 1
            assert "tajne" not in repr(found)
            if isinstance(found, Row):
                assert set(found.values) == set(NAMES)


@given(st.lists(st.sampled_from([LINE, b'"', b",", b"\n", b"bad\n", b'a@example.com,"x\n'])).map(b"".join))
def test_a_whole_row_after_any_rubbish_is_found(body: bytes) -> None:
    """But for one that stands inside quotes, where nobody can tell it from a part of a field."""
    assert b'"' in body or rows(body + b"\n" + LINE)[-1] == FIELDS


def test_a_row_of_many_lines_ends_at_the_limit() -> None:
    note = b'"' + b"x\n" * MOST_LINES + b'"'
    assert [type(found) for found in read(b"a@example.com,Jan," + note + b"\n")] == [Row]
    longer = read(b'a@example.com,Jan,"' + b"x\n" * (MOST_LINES + 1) + b'"\n' + LINE)
    assert [found for found in longer if isinstance(found, Row)] == read(b"\n" * (MOST_LINES + 2) + LINE)
