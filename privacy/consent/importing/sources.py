"""The files of an import: in a folder, in a ZIP archive, or one alone. Nothing is ever extracted to the disk."""

from __future__ import annotations

import contextlib
import errno
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from privacy.consent.importing.rows import LONGEST_ROW, Readable
from privacy.errors import InvalidInput

MOST_ENTRIES = 1_000
#: Bytes of one unpacked entry, and how many times larger than its packed form it may be: a CSV of real people packs
#: to a fifth or a tenth, a bomb to a thousandth.
LARGEST_ENTRY = 8 * 1024**3
HIGHEST_RATIO = 100
_RATIO_MATTERS = 1024**2
#: Files of a folder or archive that may hold rows; others are somebody's notes and pictures.
_SUFFIXES = (".csv", ".tsv", ".txt", ".lst", ".ndjson", ".jsonl", ".json")
_LONGEST_NAME = 100


#: What reading an archive that is damaged, or packed in a way that is not known here, may raise.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    # Not known, not to be decoded, to be read from before its start.
    *(EOFError, RuntimeError, ValueError, OverflowError, LookupError),
)


@dataclass(frozen=True)
class Source:
    """One file of an import."""

    #: Its name without folders, as the rejects name it.
    name: str
    size: int
    open: Callable[[], contextlib.AbstractContextManager[Readable]]


def sources(path: Path) -> list[Source]:
    """The files at `path`, by name; raises `InvalidInput` where there is nothing that can be read."""
    try:
        if path.is_dir():
            return [_of_file(entry) for entry in sorted(path.iterdir()) if _is_wanted(entry.name) and entry.is_file()]
        if path.is_file():  # Of a pipe nobody could read the first line twice.
            return _of_archive(lambda: path.open("rb")) if zipfile.is_zipfile(path) else [_of_file(path)]
    except (OSError, *_DAMAGED) as error:
        raise InvalidInput.of("path", f"It cannot be read ({type(error).__name__}).") from None
    raise InvalidInput.of("path", "Name a folder, a ZIP archive or a file.")


def _is_wanted(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES) and not name.startswith(".")


def _of_file(path: Path) -> Source:
    return Source(_shown(path.name), path.stat().st_size, lambda: path.open("rb", buffering=2 * LONGEST_ROW))


def sources_of(name: str, opened: Callable[[], BinaryIO]) -> list[Source]:
    """The same for what is no path: a ZIP archive or a file, opened anew for each reading; it can seek."""
    with opened() as stream:
        if not zipfile.is_zipfile(stream):
            return [Source(_shown(name), stream.seek(0, io.SEEK_END), opened)]
    try:
        return _of_archive(opened)
    except (OSError, *_DAMAGED) as error:
        raise InvalidInput.of("path", f"It cannot be read ({type(error).__name__}).") from None


def _of_archive(opened: Callable[[], BinaryIO]) -> list[Source]:
    with opened() as stream, zipfile.ZipFile(stream) as archive:
        entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise InvalidInput.of("path", f"The archive has more than {MOST_ENTRIES} entries.")
    found = []
    for entry in entries:
        place = PurePosixPath(entry.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts:
            raise InvalidInput.of("path", "The archive has an entry that points out of it.")
        if not entry.is_dir() and _is_wanted(place.name) and "__MACOSX" not in place.parts:
            _require_modest(entry)
            found.append(Source(_shown(place.name), entry.file_size, lambda entry=entry: _unpacked(opened, entry)))  # type: ignore[misc]  # mypy knows no default in a lambda
    return sorted(found, key=lambda source: source.name)


def _require_modest(entry: zipfile.ZipInfo) -> None:
    """The declared size binds: more is never unpacked than it says."""
    if entry.flag_bits & 0x1:
        raise InvalidInput.of("path", "The archive is encrypted. Unpack it first.")
    bomb = entry.file_size > _RATIO_MATTERS and entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1)
    if bomb or entry.file_size > LARGEST_ENTRY:
        raise InvalidInput.of("path", "An entry of the archive unpacks to more than an export holds.")


@contextlib.contextmanager
def _unpacked(opened: Callable[[], BinaryIO], entry: zipfile.ZipInfo) -> Iterator[Readable]:
    try:
        with opened() as stream, zipfile.ZipFile(stream) as archive, archive.open(entry) as packed:
            yield io.BufferedReader(packed, 2 * LONGEST_ROW)  # type: ignore[type-var]  # has readinto, which is all it needs
    except OSError as error:
        if error.errno not in {None, errno.EINVAL}:  # The disk's, not that of bzip2 or of a place before the start.
            raise
        raise _damaged() from None
    except _DAMAGED:
        raise _damaged() from None


def _damaged() -> InvalidInput:
    return InvalidInput.of("path", "The archive is damaged, or packed in a way that is not known here.")


def _shown(name: str) -> str:
    """A name that fits a line of a report."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:_LONGEST_NAME]
