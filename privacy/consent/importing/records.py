"""Read CSV (RFC 4180) as a stream: whatever a line holds, it costs at most its own row.

A quote that is never closed would make a reader swallow the rest of the file. Here a row may run over further lines
only as long as it ends within limits and then fits the header; else its first line alone is broken, and reading goes
on with the next.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from privacy.consent.importing.rejects import Why
from privacy.consent.importing.rows import LONGEST_ROW, Broken, Line, Readable, Row, lines_of, mark_of

#: Lines that a row with line breaks inside quotes may run over.
MOST_LINES = 200
MOST_COLUMNS = 1_000
_ENCODINGS = ("utf-8", "cp1250", "iso8859-2")
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written."""

    encoding: str = "utf-8"
    delimiter: str = ","
    #: The encoding of rows that are not in the first.
    otherwise: str | None = None

    def text(self, data: bytes) -> str:
        """The text of a row. Bytes that are in no encoding of the file become lone surrogates."""
        if self.otherwise is not None:
            try:
                return data.decode(self.encoding)
            except UnicodeDecodeError:
                return data.decode(self.otherwise, "surrogateescape")
        return data.decode(self.encoding, "surrogateescape")


def split(text: str, delimiter: str) -> list[str] | None:
    """The fields of a row; None where its quotes don't fit."""
    try:
        return next(csv.reader([text], strict=True, delimiter=delimiter), None)
    except csv.Error:
        return None


def names_of(first: str, delimiter: str) -> tuple[str, ...] | None:
    """The names of the columns; None where the line is no header."""
    names = split(first, delimiter)
    if names is None or not 0 < len(names) <= MOST_COLUMNS:
        return None
    return tuple(name.strip() for name in names)


def delimiters(preferred: str | None) -> list[str]:
    """Every delimiter, the profile's first: people save files anew with another."""
    return [*([preferred] if preferred else []), *(d for d in _DELIMITERS if d != preferred)]


def dialects(stream: Readable, encoding: str, delimiter: str | None) -> Iterator[tuple[Dialect, tuple[str, ...]]]:
    """Ways to read a file's first line as a header, the profile's first. A byte order mark settles the encoding."""
    first = stream.readline(LONGEST_ROW + 1)
    mark = mark_of(first)
    if len(first) > LONGEST_ROW:
        return
    line = next(iter(lines_of(_Only(first, stream))), None)
    if line is None or line.data is None:
        return
    encodings = ["utf-8"] if mark else [encoding, *(e for e in _ENCODINGS if e != encoding)]
    for one in encodings:
        try:
            text = line.data.decode(one)
        except UnicodeDecodeError:
            continue
        for delimiting in delimiters(delimiter):
            if names := names_of(text, delimiting):
                yield Dialect(one, delimiting), names


class _Only:
    """The first line of a stream, and the rest of it where the line goes on in another encoding."""

    def __init__(self, first: bytes, stream: Readable) -> None:
        self._first = first
        self._stream = stream

    def readline(self, size: int = -1, /) -> bytes:
        """The line, then the stream's."""
        first, self._first = self._first, b""
        return first or self._stream.readline(size)


class Records:
    """The rows of one CSV file, the header apart."""

    def __init__(self, stream: Readable, dialect: Dialect, columns: Sequence[str]) -> None:
        """`columns` are those that are read."""
        self._dialect = dialect
        self._ahead: deque[Line] = deque()
        self._lines = lines_of(stream)
        first = self._next()
        text = dialect.text(first.data) if first and first.data is not None else ""
        #: The header as it stands in the file, and the names of its columns.
        self.first = text
        self.header = names_of(text, dialect.delimiter) or ()
        self._head = Head(self.header, columns)

    def __iter__(self) -> Iterator[Row | Broken]:
        """The rows after the header; lines without anything are passed over."""
        while (line := self._next()) is not None:
            if line.data is None:
                yield Broken(line.number, Why.TOO_LONG)
            elif line.data.strip():
                yield self._read(line.number, line.data)

    def _read(self, number: int, data: bytes) -> Row | Broken:
        found = self._judge(number, data)
        if isinstance(found, Row) or data.count(b'"') % 2 == 0:
            return found
        taken: list[Line] = []
        whole, size = [data], len(data)
        while len(taken) < MOST_LINES and (line := self._next()) is not None:
            taken.append(line)
            size += len(line.data or b"")
            if line.data is None or size > LONGEST_ROW:
                break
            whole.append(line.data)
            if line.data.count(b'"') % 2:  # The quote is closed.
                joined = self._judge(number, b"\n".join(whole))
                if isinstance(joined, Row) or joined.why not in {Why.QUOTES, Why.COLUMNS}:
                    return joined
                break
        self._ahead.extendleft(reversed(taken))
        return found

    def _judge(self, number: int, data: bytes) -> Row | Broken:
        return row_of(number, self._dialect.text(data), self._head, self._dialect)

    def _next(self) -> Line | None:
        return self._ahead.popleft() if self._ahead else next(self._lines, None)


@dataclass(frozen=True)
class Head:
    """The columns of a file, and which of them are read."""

    names: tuple[str, ...]
    #: The columns that are read.
    wanted: Sequence[str]

    @cached_property
    def places(self) -> list[tuple[str, int | None]]:
        """Where each column that is read stands; None where the file lacks it."""
        known = [folded(name) for name in self.names]
        return [(name, known.index(folded(name)) if folded(name) in known else None) for name in self.wanted]


def folded(name: str) -> str:
    """A column's name as it is compared: tools change its letters' case from one version to the next."""
    return name.strip().casefold()


def row_of(number: int, text: str, head: Head, dialect: Dialect) -> Row | Broken:
    """A row from its text, or why it is none."""
    values = split(text, dialect.delimiter)
    if values is None:
        return Broken(number, Why.QUOTES, text)
    if len(values) != len(head.names):
        return Broken(number, Why.COLUMNS, text)
    return Row(number, {name: "" if place is None else values[place] for name, place in head.places}, text)


def lacking(header: Iterable[str], columns: Sequence[str]) -> list[str]:
    """Columns that a header does not have exactly once."""
    names = [folded(name) for name in header]
    return [column for column in columns if names.count(folded(column)) != 1]


def has(header: Iterable[str], column: str) -> bool:
    """Whether a header has a column."""
    return folded(column) in map(folded, header)
