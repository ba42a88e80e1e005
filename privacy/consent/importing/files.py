"""The files of an export: which kind each is, how it is written, and its rows."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from privacy.consent.importing import line_rows, records, rejects
from privacy.consent.importing.profile import Format, Kind, Profile
from privacy.consent.importing.records import Dialect, Records
from privacy.consent.importing.rejects import Why
from privacy.consent.importing.rows import Broken, Readable, Row
from privacy.consent.importing.sources import Source
from privacy.errors import InvalidInput

_PREFIX = "path"
_LINE_NUMBER = re.compile(r"[0-9]{1,15}")
_SUFFIXES = {
    Format.CSV: (".csv", ".tsv", ".txt"),
    Format.NDJSON: (".ndjson", ".jsonl", ".json", ".txt"),
    Format.LINES: (".txt", ".csv", ".lst"),
}


@dataclass(frozen=True)
class Origin:
    """Where a row stands: its file and line, the kind of file, and the names of its columns as the file has them."""

    file: str
    line: int
    kind: Kind
    header: str = field(default="", repr=False)


@dataclass(frozen=True)
class File:
    """A file of the export."""

    source: Source
    rows: Callable[[Readable], Iterator[tuple[Origin, Row | Broken]]]


def files_of(found: Sequence[Source], profile: Profile) -> list[File]:
    """The files that the profile reads; raises `InvalidInput` where there is none, or one lacks its columns."""
    suffixes = _SUFFIXES[profile.format]
    wanted = [source for source in found if source.name.lower().endswith((*suffixes, ".csv"))] if found[1:] else found
    files = [file for source in wanted if (file := _file(source, profile)) is not None]
    if not files:
        kinds = ", ".join(kind.name for kind in profile.kinds if kind.name)
        told = f" Its name must tell which it is of: {kinds}." if kinds else ""
        raise InvalidInput.of(_PREFIX, f"There is no file here that the profile {profile.name} reads.{told}")
    return files


def _file(source: Source, profile: Profile) -> File | None:
    headers = _headers(source, profile)
    rejected = next((dialect.delimiter for dialect, names in headers if names == rejects.COLUMNS), None)
    if rejected is not None:
        # It was written as UTF-8, whatever the export is in; a spreadsheet may have saved it anew in its own encoding.
        own = profile.encoding if codecs.lookup(profile.encoding).name not in {"utf-8", "ascii"} else "cp1250"
        return File(source, lambda stream: _rejected(stream, Dialect("utf-8", rejected, own), profile))
    if profile.format is Format.CSV:
        return _csv_file(source, profile, headers)
    kind = _kind_of(source.name, (), profile)
    return None if kind is None else File(source, lambda stream: _plain_rows(stream, source.name, profile, kind))


def _headers(source: Source, profile: Profile) -> list[tuple[Dialect, tuple[str, ...]]]:
    with source.open() as stream:
        return list(records.dialects(stream, profile.encoding, profile.delimiter))


def _csv_file(source: Source, profile: Profile, headers: Sequence[tuple[Dialect, tuple[str, ...]]]) -> File | None:
    known = False
    lacking: list[str] | None = None
    for dialect, names in headers:
        kind = _kind_of(source.name, names, profile)
        if kind is None:
            continue
        known = True
        missing = records.lacking(names, profile.needed_of(kind))
        if not missing:
            return File(
                source,
                partial(_csv_rows, name=source.name, dialect=dialect, kind=kind, columns=profile.columns_of(kind)),
            )
        lacking = missing if lacking is None or len(missing) < len(lacking) else lacking
    if headers and not known:
        return None
    raise InvalidInput.of(
        _PREFIX,
        f"{source.name} must begin with a line of column names and have once each: "
        f"{', '.join(lacking or profile.needed_of(profile.kinds[0]))}.",
    )


def _kind_of(name: str, header: Sequence[str], profile: Profile) -> Kind | None:
    """By the file's name, with which its columns must agree; raises `InvalidInput` where they say different things."""
    if profile.kinds[0].name is None:
        return profile.kinds[0]
    by_name = {kind.name or "": kind for kind in profile.kinds}
    told = {kind for kind, pattern in ((k, _pattern(k)) for k in by_name) if pattern.search(name.lower())}
    told |= {kind.name or "" for kind in profile.kinds if kind.column is not None and records.has(header, kind.column)}
    if len(told) > 1:
        raise InvalidInput.of(
            _PREFIX, f"{name}: its name and its columns speak of different kinds. Name it as the export did."
        )
    return by_name[told.pop()] if told else None


def _pattern(kind: str) -> re.Pattern[str]:
    """The word alone: those who never subscribed ("nonsubscribed") have a file too, which says nothing."""
    return re.compile(rf"(?<![a-z])(?<!non[-_ ])(?<!un[-_ ]){re.escape(kind)}(?![a-z])")


# Rows.


def _csv_rows(
    stream: Readable, name: str, dialect: Dialect, kind: Kind, columns: Sequence[str]
) -> Iterator[tuple[Origin, Row | Broken]]:
    rows = Records(stream, dialect, columns)
    for row in rows:
        yield Origin(name, row.line, kind, rows.first), row


def _plain_rows(stream: Readable, name: str, profile: Profile, kind: Kind) -> Iterator[tuple[Origin, Row | Broken]]:
    columns = profile.columns_of(kind)
    rows = line_rows.json_rows(stream, columns) if profile.format is Format.NDJSON else line_rows.text_rows(stream)
    for row in rows:
        yield Origin(name, row.line, kind), row


def _rejected(stream: Readable, dialect: Dialect, profile: Profile) -> Iterator[tuple[Origin, Row | Broken]]:
    """The rows inside a rejects file. They keep the file and line from which they first came."""
    for found in Records(stream, dialect, rejects.COLUMNS):
        if isinstance(found, Broken):
            yield Origin("", found.line, profile.kinds[0]), found
            continue
        values = {name: rejects.value_of(text) for name, text in found.values.items()}
        yield _first_row(found.line, values, profile)


def _first_row(number: int, values: Mapping[str, str], profile: Profile) -> tuple[Origin, Row | Broken]:
    line = int(values["line"]) if _LINE_NUMBER.fullmatch(values["line"]) else number
    header, text = values["header"], values["row"]
    names = _split_header(header, profile) if profile.format is Format.CSV else (Dialect(), ())
    kind = _kind_of(values["file"], names[1], profile) if names is not None else None
    origin = Origin(values["file"], line, kind or profile.kinds[0], header)
    if kind is None or names is None or not text.strip():
        return origin, Broken(line, Why.NOT_READ)
    columns = profile.columns_of(kind)
    if profile.format is Format.NDJSON:
        return origin, line_rows.json_row(line, text, columns)
    if profile.format is Format.LINES:
        return origin, line_rows.text_row(line, text)
    if records.lacking(names[1], profile.needed_of(kind)):
        return origin, Broken(line, Why.NOT_READ, text)
    return origin, records.row_of(line, text, records.Head(names[1], columns), names[0])


def _split_header(header: str, profile: Profile) -> tuple[Dialect, tuple[str, ...]] | None:
    """The columns of a row's own file, by the delimiter that finds most of those that the profile reads."""
    wanted = {column for kind in profile.kinds for column in profile.columns_of(kind)}
    best: tuple[Dialect, tuple[str, ...]] | None = None
    for delimiter in records.delimiters(profile.delimiter):
        names = records.names_of(header, delimiter)
        if names and (best is None or len(wanted & set(names)) > len(wanted & set(best[1]))):
            best = Dialect(delimiter=delimiter), names
    return best
