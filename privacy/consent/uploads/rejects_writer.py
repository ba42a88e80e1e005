"""The rejects of an import over the API: the same CSV as the command line writes, sealed as it is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple
from types import TracebackType
from uuid import UUID

from privacy.consent.importing.rejects import COLUMNS, Reject, cell
from privacy.consent.uploads import service
from privacy.consent.uploads.lease import StoredRejects
from privacy.consent.uploads.store import ImportStore
from privacy.crypto.sealed_file import SealedWriter


class RejectsWriter:
    """Made when there is a first reject; nothing is left of it unless `finish` was called."""

    def __init__(self, store: ImportStore, import_id: UUID) -> None:
        self._store, self._import_id = store, import_id
        self._sealed: SealedWriter | None = None
        self._stored: StoredRejects | None = None

    def add(self, reject: Reject) -> None:
        """Write one row."""
        if self._sealed is None:
            self._sealed = self._begin()
            self._sealed.write(_line(COLUMNS))
        self._sealed.write(_line([cell(value) for value in astuple(reject)]))

    def finish(self) -> StoredRejects | None:
        """Make it durable; None where nothing was rejected."""
        if self._sealed is not None:
            self._sealed.finish()
        return self._stored

    def __enter__(self) -> RejectsWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._sealed is not None:
            self._sealed.close()

    def _begin(self) -> SealedWriter:
        name, key, key_row = service.new_file(self._import_id)
        self._stored = StoredRejects(name, key_row)
        return self._store.write(name, key)


def _line(values: Sequence[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(values)
    return text.getvalue().encode(errors="replace")
