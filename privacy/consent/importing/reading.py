"""Read the files of an export onto the pile; what cannot be taken goes to the rejects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from privacy.consent.importing.meaning import Layout, Profile
from privacy.consent.importing.pile import Pile
from privacy.consent.importing.records import Broken, Readable, Record, Records
from privacy.consent.importing.rejects import Reject, Why
from privacy.consent.importing.sources import Source
from privacy.errors import InvalidInput
from privacy.subjects.service import ContactName

_PROGRESS_EVERY = 1_000
_PREFIX = "path"


@dataclass(frozen=True)
class File:
    """A file of the export, with the columns of its header and what a row of it means."""

    source: Source
    header: tuple[str, ...]
    layout: Layout


def files_of(found: Sequence[Source], profile: Profile) -> list[File]:
    """The files that the profile reads; raises `InvalidInput` where there is none, or one lacks its columns."""
    files = [file for source in found if (file := _file(source, profile)) is not None]
    if not files:
        raise InvalidInput.of(
            _PREFIX, "No file here tells by its name that it is of subscribed, unsubscribed or cleaned."
        )
    return files


def _file(source: Source, profile: Profile) -> File | None:
    with source.open() as stream:
        header = Records(stream).header
    layout = profile.layout(source.name, header or ())
    if layout is None:
        return None
    missing = [column for column in layout.columns if (header or ()).count(column) != 1]
    if header is None or missing:
        raise InvalidInput.of(
            _PREFIX,
            f"{source.name} must begin with a line of column names in UTF-8, with commas between them, "
            f"and have once each: {', '.join(missing or layout.columns)}.",
        )
    return File(source, tuple(header), layout)


class Reader:
    """Puts the rows of files on the pile."""

    def __init__(
        self, profile: Profile, pile: Pile, name: Callable[[str], ContactName], reject: Callable[[Reject], None]
    ) -> None:
        self._profile = profile
        self._pile = pile
        self._name = name
        self._reject = reject

    def read(self, file: File, on_bytes: Callable[[int], None]) -> int:
        """Read one file and return how many rows it had; `on_bytes` hears now and then how far it got."""
        rows = 0
        with file.source.open() as stream:
            counted = _Counted(stream)
            for rows, row in enumerate(Records(counted), start=1):
                self._row(file, row)
                if rows % _PROGRESS_EVERY == 0:
                    on_bytes(counted.bytes)
        on_bytes(counted.bytes)
        return rows

    def _row(self, file: File, row: Record | Broken) -> None:
        if isinstance(row, Broken):
            self._reject(Reject.of(file.source.name, row.line, "", row.why))
            return
        values = dict(zip(file.header, row.fields, strict=True))
        address = values[self._profile.address].strip()
        try:
            index = self._name(address).index
        except InvalidInput:
            why = Why.BAD_ADDRESS if address else Why.NO_ADDRESS
            self._reject(Reject.of(file.source.name, row.line, self._profile.address, why))
            return
        meaning = file.layout.meaning(values)
        if meaning.complaint is not None:
            complaint = meaning.complaint
            self._reject(Reject.of(file.source.name, row.line, complaint.column, complaint.why))
        if meaning.statements:
            self._pile.add(index, address, meaning.statements)


class _Counted:
    """A stream that counts what was read of it."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.bytes = 0

    def readline(self, size: int = -1, /) -> bytes:
        """As the stream's."""
        data = self._stream.readline(size)
        self.bytes += len(data)
        return data
