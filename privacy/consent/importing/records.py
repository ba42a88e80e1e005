"""Read CSV (RFC 4180) from bytes as a stream: whatever a line holds, it costs at most its own row.

A quote that is never closed would make a reader swallow the rest of the file. Here a row may run over further lines
only as long as it ends within limits and then fits the header; else its first line alone is broken, and reading goes
on with the next.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from privacy.consent.importing.rejects import Why

#: Bytes of one row. Also what the csv module takes for one field.
LONGEST_ROW = 131_072
LONGEST_FIELD = 32_768
#: Lines that a row with line breaks inside quotes may run over.
MOST_LINES = 200
MOST_COLUMNS = 1_000
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Readable(Protocol):
    """A binary stream, as far as it is used here."""

    def readline(self, size: int = -1, /) -> bytes:
        """The next line, or `size` bytes of it."""
        ...


@dataclass(frozen=True)
class Record:
    """A row and the line on which it begins."""

    line: int
    fields: list[str] = field(repr=False)


@dataclass(frozen=True)
class Broken:
    """A row that cannot be read."""

    line: int
    why: Why


@dataclass(frozen=True)
class _Line:
    number: int
    #: None where it was longer than a row may be.
    data: bytes | None = field(repr=False)


class Records:
    """The rows of one file, the header apart."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._ahead: deque[_Line] = deque()
        self._number = 0
        #: The names of the columns; None where the file does not begin with a readable header.
        self.header = self._read_header()

    def __iter__(self) -> Iterator[Record | Broken]:
        """The rows after the header; lines without anything are passed over."""
        while (line := self._next()) is not None:
            if line.data is None:
                yield Broken(line.number, Why.TOO_LONG)
            elif line.data.strip():
                yield self._read(line.number, line.data)

    def _read_header(self) -> list[str] | None:
        first = self._next()
        if first is None or first.data is None or first.data.startswith(_UTF16):
            return None
        names = _split(first.data.removeprefix(_BOM))
        if names is None or not 0 < len(names) <= MOST_COLUMNS:
            return None
        return [name.strip() for name in names]

    def _read(self, number: int, data: bytes) -> Record | Broken:
        found = self._judge(number, data)
        if isinstance(found, Record) or data.count(b'"') % 2 == 0:
            return found
        taken: list[_Line] = []
        whole, size = [data], len(data)
        while len(taken) < MOST_LINES and (line := self._next()) is not None:
            taken.append(line)
            size += len(line.data or b"")
            if line.data is None or size > LONGEST_ROW:
                break
            whole.append(line.data)
            if line.data.count(b'"') % 2:  # The quote is closed.
                joined = self._judge(number, b"\n".join(whole))
                if isinstance(joined, Record) or joined.why not in {Why.QUOTES, Why.COLUMNS}:
                    return joined
                break
        self._ahead.extendleft(reversed(taken))
        return found

    def _judge(self, number: int, data: bytes) -> Record | Broken:
        fields = _split(data)
        if fields is None:
            return Broken(number, Why.QUOTES)
        if self.header is None or len(fields) != len(self.header):
            return Broken(number, Why.COLUMNS)
        if any(len(value) > LONGEST_FIELD for value in fields):
            return Broken(number, Why.TOO_LONG)
        if b"\0" in data:
            return Broken(number, Why.NUL)
        if not data.isascii() and any("\udc80" <= sign <= "\udcff" for value in fields for sign in value):
            return Broken(number, Why.ENCODING)
        return Record(number, fields)

    def _next(self) -> _Line | None:
        if self._ahead:
            return self._ahead.popleft()
        data = self._stream.readline(LONGEST_ROW + 1)
        if not data:
            return None
        self._number += 1
        if len(data) > LONGEST_ROW:
            while data and not data.endswith(b"\n"):
                data = self._stream.readline(LONGEST_ROW)
            return _Line(self._number, None)
        return _Line(self._number, data.removesuffix(b"\n").removesuffix(b"\r"))


def _split(data: bytes) -> list[str] | None:
    """The fields of a row; None where its quotes don't fit. Bytes that are not UTF-8 become lone surrogates."""
    try:
        return next(csv.reader([data.decode("utf-8", "surrogateescape")], strict=True), None)
    except csv.Error:
        return None
