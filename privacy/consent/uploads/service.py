"""Imports over the API: ask for one, hand over its file, look at it, end it. The worker's side is in `lease`.

A client sees its own imports, staff see all of their realm: the rejects of an import are what somebody else sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor, ActorKind
from privacy.consent.uploads.account import Account, account_of
from privacy.consent.uploads.failures import ImportNotFound, NotAwaitingUpload, RejectsNotFound, WaterfallNotFound
from privacy.consent.uploads.models import ConsentImport
from privacy.consent.uploads.state import OPEN, ImportState
from privacy.consent.uploads.store import FileName
from privacy.consent.uploads.view import ImportView, sealed, service_key, view_of
from privacy.crypto import keyring
from privacy.crypto.owner_keys import (
    INSERT_OWNER_KEY,
    OwnerKey,
    destroy_owner_key,
    load_owner_key,
    new_owner_key,
)
from privacy.db import Driver, new_id, session

#: How many imports a list shows.
SHOWN = 100


@dataclass(frozen=True)
class ImportWanted:
    """What is to be imported as what."""

    file_name: str = field(repr=False)
    #: A shipped profile's name, or the text of one; one of the two.
    profile: str | None
    profile_text: str | None
    purpose: str | None
    wording: tuple[str, str | None] | None
    dry_run: bool
    #: YAML of historical wordings to try on a dry run.
    wordings: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class StoredUpload:
    """An upload that lies in the folder; its key is nowhere but here until it is accepted."""

    name: FileName
    size: int
    key_row: dict[str, Any] = field(repr=False)


def create_import(wanted: ImportWanted, *, actor: Actor) -> ImportView:
    """Ask for an import. It then waits for its file."""
    import_id, key = new_id(), service_key()
    code, version = wanted.wording or (None, None)
    row = ConsentImport(
        id=import_id,
        realm=actor.realm.value,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_name=actor.name,
        api_key_id=actor.key_id,
        profile=wanted.profile,
        profile_enc=sealed(key, import_id, "profile_enc", wanted.profile_text) if wanted.profile_text else None,
        wordings_enc=sealed(key, import_id, "wordings_enc", wanted.wordings) if wanted.wordings else None,
        purpose=wanted.purpose,
        wording_code=code,
        wording_version=version,
        dry_run=wanted.dry_run,
        name_enc=sealed(key, import_id, "name_enc", wanted.file_name),
        key_version=key.version,
        state=ImportState.AWAITING_UPLOAD.value,
        done=0,
        total=0,
        attempts=0,
        created_at=clock.micros(),
    )
    session().add(row)
    record_event("import.created", row, actor=actor)
    return view_of(row)


def new_file(import_id: UUID) -> tuple[FileName, OwnerKey, dict[str, Any]]:
    """A name and a key for a file of the import, and the row that keeps the key; nothing is written yet."""
    name = FileName(import_id, new_id())
    key, key_row = new_owner_key(keyring.installed(), name.file_id)
    return name, key, dict(key_row)


def ensure_awaiting_upload(import_id: UUID, *, actor: Actor) -> None:
    """Raise `NotAwaitingUpload` where a file would come for nothing, and `ImportNotFound`."""
    _require_awaiting(_found(import_id, actor))


def accept_upload(upload: StoredUpload, *, actor: Actor) -> ImportView:
    """The import has its file, and waits for a worker. Raises `NotAwaitingUpload` where another one was faster."""
    row = _found(upload.name.import_id, actor, lock=True)
    _require_awaiting(row)
    keep_key(upload.key_row)
    row.upload_id, row.upload_bytes, row.api_key_id = upload.name.file_id, upload.size, actor.key_id
    row.state, row.uploaded_at = ImportState.QUEUED.value, clock.micros()
    record_event("import.uploaded", row, actor=actor)
    return view_of(row)


def cancel_import(import_id: UUID, *, actor: Actor) -> ImportView:
    """End an import that goes on, and forget its files; what it has recorded stays. A second time changes nothing."""
    row = _found(import_id, actor, lock=True)
    if row.state in OPEN:
        end(row, ImportState.CANCELLED)
        forget_files(row)
        record_event("import.cancelled", row, actor=actor)
    elif row.rejects_id is not None:
        forget_files(row)
        record_event("import.rejects_deleted", row, actor=actor)
    return view_of(row)


def import_of(import_id: UUID, *, actor: Actor) -> ImportView:
    """One import; raises `ImportNotFound`, for another client's too."""
    return view_of(_found(import_id, actor))


def imports_of(*, actor: Actor) -> Sequence[ImportView]:
    """The newest imports that the actor may see, newest first."""
    query = _visible(actor).order_by(ConsentImport.created_at.desc(), ConsentImport.id.desc()).limit(SHOWN)
    return [view_of(row) for row in session().scalars(query)]


def rejects_of(import_id: UUID, *, actor: Actor) -> tuple[FileName, OwnerKey]:
    """The file of the rejects and its key; raises `RejectsNotFound`."""
    row = _found(import_id, actor)
    if row.rejects_id is None:
        raise RejectsNotFound
    return FileName(row.id, row.rejects_id), load_owner_key(session(), keyring.installed(), row.rejects_id)


def waterfall_of(import_id: UUID, *, actor: Actor) -> Account:
    """The waterfall of an import that is done, or was tried; raises `WaterfallNotFound`."""
    account = account_of(_found(import_id, actor))
    if account is None:
        raise WaterfallNotFound
    return account


def keep_key(key_row: dict[str, Any]) -> None:
    """Keep the key of a file of an import."""
    session().flush()
    Driver.of(session()).run(INSERT_OWNER_KEY, key_row)


def end(row: ConsentImport, state: ImportState) -> None:
    """The import goes on no further, whoever works on it."""
    row.state, row.finished_at = state.value, clock.micros()
    row.lease = row.lease_until = None


def forget_files(row: ConsentImport) -> None:
    """Destroy the keys of the import's files: nobody can read them from the commit on."""
    for file_id in (row.upload_id, row.rejects_id):
        if file_id is not None:
            destroy_owner_key(session(), file_id)
    row.upload_id = row.rejects_id = row.delete_rejects_at = row.name_enc = None


def record_event(action: str, row: ConsentImport, *, actor: Actor, details: dict[str, Any] | None = None) -> None:
    """The audit event of a change of an import."""
    session().flush()
    content = {
        "id": str(row.id),
        "realm": row.realm,
        "profile": row.profile,
        "purpose": row.purpose,
        "wording": row.wording_code,
        "version": row.wording_version,
        "dry_run": row.dry_run,
        "state": row.state,
        "bytes": row.upload_bytes,
        "counts": row.counts,
    }
    audit.record(
        action, actor=actor, object_type="consent_import", object_id=row.id, content=content, details=details or {}
    )


def _require_awaiting(row: ConsentImport) -> None:
    if row.state != ImportState.AWAITING_UPLOAD:
        raise NotAwaitingUpload(state=row.state)


def _found(import_id: UUID, actor: Actor, *, lock: bool = False) -> ConsentImport:
    query = _visible(actor).where(ConsentImport.id == import_id)
    if lock:
        # Another thread's change since an earlier read of this session counts.
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session().scalar(query)
    if row is None:
        raise ImportNotFound
    return row


def _visible(actor: Actor) -> sa.Select[ConsentImport]:
    query = sa.select(ConsentImport).where(ConsentImport.realm == actor.realm.value)
    if actor.kind is ActorKind.CLIENT:
        query = query.where(ConsentImport.actor_id == actor.id)
    return query
