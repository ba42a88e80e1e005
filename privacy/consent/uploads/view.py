"""An import as others see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from privacy import clock
from privacy.consent.uploads.models import ConsentImport
from privacy.consent.uploads.state import ImportState, percent, seconds_left
from privacy.crypto import keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, OwnerKey, load_owner_key
from privacy.db import session

_TABLE = "consent_import"


@dataclass(frozen=True)
class ImportView:
    """An import: what it is of, how far it is, how it ended."""

    id: UUID
    state: ImportState
    profile: str | None
    purpose: str | None
    wording: tuple[str, str | None] | None
    dry_run: bool
    #: Whether historical wordings were given to try.
    wordings_tried: bool
    file_name: str | None = field(repr=False)
    upload_bytes: int | None
    stage: str | None
    done: int
    of: int
    percent: int
    seconds_left: int | None
    counts: Mapping[str, int] | None
    problem: str | None = field(repr=False)
    has_rejects: bool
    delete_rejects_at: int | None
    created_at: int
    uploaded_at: int | None
    started_at: int | None
    finished_at: int | None


def view_of(row: ConsentImport) -> ImportView:
    """The row, opened."""
    state = ImportState(row.state)
    running = state is ImportState.RUNNING and row.stage_at is not None
    return ImportView(
        id=row.id,
        state=state,
        profile=row.profile,
        purpose=row.purpose,
        wording=(row.wording_code, row.wording_version) if row.wording_code else None,
        dry_run=row.dry_run,
        wordings_tried=row.wordings_enc is not None,
        file_name=opened(row, "name_enc"),
        upload_bytes=row.upload_bytes,
        stage=row.stage,
        done=row.done,
        of=row.total,
        percent=100 if state is ImportState.DONE else percent(row.done, row.total),
        seconds_left=seconds_left(row.done, row.total, began=row.stage_at or 0, now=clock.micros())
        if running
        else None,
        counts=json.loads(row.counts) if row.counts else None,
        problem=opened(row, "problem_enc"),
        has_rejects=row.rejects_id is not None,
        delete_rejects_at=row.delete_rejects_at,
        created_at=row.created_at,
        uploaded_at=row.uploaded_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def service_key(version: int | None = None) -> OwnerKey:
    """The key of texts that belong to no person: of that version, or the newest for a new row."""
    return load_owner_key(session(), keyring.installed(), SERVICE_OWNER, version)


def sealed(key: OwnerKey, row_id: UUID, column: str, text: str) -> bytes:
    """A text for a column of the table, whose row names the version of the key."""
    return key.seal(_TABLE, column, row_id, text.encode())


def opened(row: ConsentImport, column: str) -> str | None:
    """The text of a sealed column; None where there is none."""
    value: bytes | None = getattr(row, column)
    return None if value is None else service_key(row.key_version).open(_TABLE, column, row.id, value).decode()
