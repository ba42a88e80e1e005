"""Files with one row a line: JSON objects (NDJSON), or nothing but a contact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from privacy.consent.importing.rejects import Why
from privacy.consent.importing.rows import Broken, Line, Readable, Row, lines_of

#: The column of a file whose lines are each one contact.
LINE = "line"
#: How deep an object of a row may be nested: nobody's export is deeper, and each level is a call of the parser.
_DEEPEST = 8


def json_rows(stream: Readable, columns: Sequence[str]) -> Iterator[Row | Broken]:
    """The objects of an NDJSON file. A column may name something inside an object: `notice.code`."""
    for line, text in _texts(stream):
        yield Broken(line.number, Why.TOO_LONG) if text is None else json_row(line.number, text, columns)


def json_row(number: int, text: str, columns: Sequence[str]) -> Row | Broken:
    """A row from its text, or why it is none."""
    try:
        content = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return Broken(number, Why.JSON, text)
    if not isinstance(content, dict):
        return Broken(number, Why.JSON, text)
    return Row(number, {column: _inside(content, column) for column in columns}, text)


def text_rows(stream: Readable) -> Iterator[Row | Broken]:
    """The lines of a file, each a row with the one column `line`."""
    for line, text in _texts(stream):
        yield Broken(line.number, Why.TOO_LONG) if text is None else text_row(line.number, text)


def text_row(number: int, text: str) -> Row:
    """A row from its text. A comma or semicolon at its end, and quotes around it, are a spreadsheet's."""
    return Row(number, {LINE: text.strip().rstrip(",;").strip().strip('"').strip()}, text)


def _texts(stream: Readable) -> Iterator[tuple[Line, str | None]]:
    for line in lines_of(stream):
        if line.data is None:
            yield line, None
        elif line.data.strip():
            yield line, line.data.decode("utf-8", "surrogateescape")


def _inside(content: Mapping[str, Any], column: str) -> str:
    """What stands at a place of an object, as text; nothing where there is no such place or no plain value."""
    if column in content:
        return _plain(content[column])
    here: Any = content
    for name in column.split(".", _DEEPEST):
        here = here.get(name) if isinstance(here, dict) else None
    return _plain(here)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return value if isinstance(value, str) else ""
