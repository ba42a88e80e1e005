"""The archive of a package: its files, and the signed list of them that `privacy-verify` accepts (docs/packages.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.crypto import canonical
from privacy.db import Driver, session
from privacy.dsar.package.account import Account
from privacy.dsar.package.blocks import Block, Head, Line
from privacy.dsar.package.files import as_csv, as_json, as_schema
from privacy.dsar.package.page import STYLE, STYLE_SHEET, page
from privacy.dsar.package.tables import HeldTable, paths, plain_name
from privacy.dsar.vocabulary import CaseType

FORMAT = "privacy-package/v1"
#: Seconds for which a new key of the log is waited for, until the log that is published has it.
_PATIENCE = 10.0


@dataclass(frozen=True)
class Packed:
    """An archive and what is in it."""

    content: bytes = field(repr=False)
    files: int
    #: Rows of all tables.
    rows: int

    @property
    def sha256(self) -> str:
        """SHA-256 of the archive, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def packed(account: Account, request_id: UUID) -> Packed:
    """The archive; the same account gives the same bytes, with the same keys of the log.

    Raises `LogNotOpened`, `KeyringUnusable`, `NotPublishedYet`.
    """
    files = files_of(account)
    listed = audit.listed(files)
    stated = {
        "type": "package/v1",
        "at": clock.isoformat(account.made_at),
        "about": {"request": str(request_id), "number": account.number, "right": account.case_type.value},
        "files_sha256": canonical.sha256(listed),
    }
    manifest = {
        "format": FORMAT,
        "files": listed,
        "statement": audit.Signer().sign(stated, Driver.of(session())),
        **_followed(),
    }
    rows = sum(len(one.rows) for one in account.tables)
    return Packed(audit.zipped(manifest, files), len(files) + 1, rows)


def _followed() -> Mapping[str, Any]:
    """How the key that signed follows from those before it: whoever verifies may know an older one alone."""
    newest = audit.log_keys()[-1]
    if newest.endorsement is None:
        return {}
    _, published = audit.wait_until_published(newest.event_id, seconds=_PATIENCE)
    return {"checkpoint": published.note, "endorsements": audit.endorsements(published.size)}


def files_of(account: Account) -> dict[str, bytes]:
    """Every file but the manifest, in the order of the archive."""
    from privacy.dsar.package.document import document  # noqa: PLC0415  # ReportLab is slow to import

    places = paths(account.tables)
    told = list(_files_told(account))
    return {
        "index.html": page(account, places, told),
        STYLE: STYLE_SHEET.encode(),
        "summary.pdf": document(account, told),
        **dict(_data(account, places)),
        **dict(_files(account)),
    }


def _data(account: Account, places: Mapping[str, HeldTable]) -> Iterator[tuple[str, bytes]]:
    for path, one in places.items():
        yield f"data/{path}.json", as_json(one, account.words)
        yield f"data/{path}.csv", as_csv(one, account.words)
        if account.case_type is CaseType.PORTABILITY:
            yield f"schemas/{path}.schema.json", as_schema(one)


def _files(account: Account) -> Iterator[tuple[str, bytes]]:
    for number, one in enumerate(account.files, 1):
        yield f"files/{plain_name(one.system)}/{number}-{plain_name(one.name)}", one.content


def _files_told(account: Account) -> Iterator[Block]:
    phrase = account.words.phrase
    told = {"index.html": "file_index", "summary.pdf": "file_summary", "data/": "file_data"}
    if account.case_type is CaseType.PORTABILITY:
        told["schemas/"] = "file_schemas"
    if account.files:
        told["files/"] = "file_files"
    yield Head(phrase("files"))
    for name, what in (told | {"manifest.json": "file_manifest"}).items():
        yield Line(phrase(what), f"{name}:")
    yield Line(phrase("csv_note"))
    yield Line(phrase("keep_safe"))
