"""Lines of a file: numbered, without their ends, in UTF-8 whatever mark the file begins with, never too long."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.consent.importing.rows import LONGEST_ROW, Line, lines_of, mark_of

MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "utf-8": b"\xef\xbb\xbf"}


def lines(data: bytes) -> list[Line]:
    return list(lines_of(io.BytesIO(data)))


@pytest.mark.parametrize("encoding", MARKS)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=200))
def test_a_marked_file_reads_as_its_text(encoding: str, text: str) -> None:
    data = MARKS[encoding] + text.encode(encoding)
    expected = text.split("\n")[:-1] if text.endswith("\n") else text.split("\n")
    assert [line.data for line in lines(data)] == ([part.encode() for part in expected] if text else [])


@pytest.mark.parametrize("encoding", MARKS)
def test_line_ends_of_windows_are_taken_off(encoding: str) -> None:
    found = lines(MARKS[encoding] + "zażółć\r\n\r\ngęślą\n".encode(encoding))
    assert [(line.number, line.data) for line in found] == [(1, "zażółć".encode()), (2, b""), (3, "gęślą".encode())]


@pytest.mark.parametrize("encoding", MARKS)
def test_a_line_that_is_too_long_is_one_line_and_the_next_is_read(encoding: str) -> None:
    text = "a\n" + "ą" * 1_000_000 + "\nb\n"
    found = lines(MARKS[encoding] + text.encode(encoding))
    assert [(line.number, line.data) for line in found] == [(1, b"a"), (2, None), (3, b"b")]


def test_the_longest_line_is_read() -> None:
    assert [len(line.data or b"") for line in lines(b"x" * (LONGEST_ROW - 1) + b"\nb")] == [LONGEST_ROW - 1, 1]


@given(st.binary(max_size=500) | st.binary(max_size=500).map(lambda data: b"\xff\xfe" + data))
def test_no_bytes_break_it_or_show_in_it(data: bytes) -> None:
    found = lines(data)
    assert [line.number for line in found] == list(range(1, len(found) + 1))
    assert all(repr(line) == f"Line(number={line.number})" for line in found)


def test_half_a_character_at_the_end_is_seen_as_such() -> None:
    assert [line.data for line in lines("a\n".encode("utf-16") + b"b")] == [b"a", "\ufffd".encode()]
    assert [line.data for line in lines(b"\xff\xfe\x00\xd8a\x00\n\x00")] == ["\ufffda".encode()]


def test_a_mark_is_told_from_none() -> None:
    assert [mark_of(start) for start in (b"", b"\xef\xbb", b"\xef\xbb\xbfa", b"\xff\xfea", b"\xfe\xffa")] == [
        *(None, None, "utf-8", "utf-16-le", "utf-16-be")
    ]


class _Endless:
    """A file of 64 MB without a line break, of which nothing is kept."""

    def __init__(self) -> None:
        self.left = 64 * 1024**2

    def readline(self, size: int = -1, /) -> bytes:
        taken = min(size if size >= 0 else self.left, self.left)
        self.left -= taken
        return b"x" * taken


def test_a_file_of_one_endless_line_takes_no_memory() -> None:
    tracemalloc.start()
    try:
        assert list(lines_of(_Endless())) == [Line(1, None)]
        assert tracemalloc.get_traced_memory()[1] < 2 * 1024**2
    finally:
        tracemalloc.stop()
