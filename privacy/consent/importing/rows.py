"""Rows of a file whatever its format, and lines read with a limit: nothing in a file costs more than its own row."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from privacy.consent.importing.rejects import Why

#: Bytes of one row. Also what the csv module takes for one field.
LONGEST_ROW = 131_072
_CHUNK = 65_536
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UTF8_BOM = b"\xef\xbb\xbf"


class Readable(Protocol):
    """A binary stream, as far as it is used here."""

    def readline(self, size: int = -1, /) -> bytes:
        """The next line, or `size` bytes of it."""
        ...


@dataclass(frozen=True)
class Row:
    """A row, the line on which it begins, and how it stands in the file."""

    line: int
    values: Mapping[str, str] = field(repr=False)
    raw: str = field(repr=False)


@dataclass(frozen=True)
class Broken:
    """A row that cannot be read; `raw` is empty where it is too long to be kept."""

    line: int
    why: Why
    raw: str = field(default="", repr=False)


@dataclass(frozen=True)
class Line:
    """A line and its number, from 1."""

    number: int
    #: None where it was longer than a row may be.
    data: bytes | None = field(repr=False)


def mark_of(start: bytes) -> str | None:
    """The encoding that a byte order mark tells, None without one."""
    if start.startswith(_UTF8_BOM):
        return "utf-8"
    return _UTF16.get(start[:2])


def lines_of(stream: Readable) -> Iterator[Line]:
    """The lines of a file without their ends; a byte order mark is taken off, and UTF-16 comes as UTF-8."""
    first = stream.readline(LONGEST_ROW + 1)
    mark = mark_of(first)
    wide = mark is not None and mark != "utf-8"
    source: Readable = _Transcoded(first, stream, mark or "") if wide else _Begun(first, stream, mark)
    number = 0
    while data := source.readline(LONGEST_ROW + 1):
        number += 1
        if len(data) > LONGEST_ROW:
            while data and not data.endswith(b"\n"):
                data = source.readline(LONGEST_ROW)
            yield Line(number, None)
        else:
            yield Line(number, data.removesuffix(b"\n").removesuffix(b"\r"))


class _Begun:
    """A stream of which the first line was read already, without its byte order mark."""

    def __init__(self, first: bytes, stream: Readable, mark: str | None) -> None:
        self._first: bytes | None = first.removeprefix(_UTF8_BOM) if mark else first
        self._stream = stream

    def readline(self, size: int = -1, /) -> bytes:
        """As the stream's."""
        if self._first is not None:
            first, self._first = self._first, None
            # A file of nothing but the mark has a first line that is empty, which would read as its end.
            return first or self._stream.readline(size)
        return self._stream.readline(size)


class _Transcoded:
    """A UTF-16 stream as UTF-8. What is no UTF-16 comes as U+FFFD."""

    def __init__(self, first: bytes, stream: Readable, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._stream = stream
        self._ahead = io.BytesIO()
        self._fill(first.removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE))

    def readline(self, size: int = -1, /) -> bytes:
        """The next line in UTF-8, or `size` bytes of it."""
        line = self._ahead.readline(size)
        while not line.endswith(b"\n") and (size < 0 or len(line) < size):
            data = self._stream.readline(_CHUNK)
            if not data:
                self._fill(b"", last=True)
                return line + self._ahead.readline(size - len(line) if size >= 0 else -1)
            self._fill(data)
            line += self._ahead.readline(size - len(line) if size >= 0 else -1)
        return line

    def _fill(self, data: bytes, *, last: bool = False) -> None:
        self._ahead = io.BytesIO(self._ahead.read() + self._decoder.decode(data, last).encode())
