"""What may not be kept: uploads that never came to an end, rejects past their term, files whose key is gone."""

from __future__ import annotations

import time
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent.uploads import service
from privacy.consent.uploads.heartbeat import Context
from privacy.consent.uploads.models import ConsentImport
from privacy.consent.uploads.state import ImportState
from privacy.consent.uploads.store import ImportStore
from privacy.crypto.owner_keys import destroy_owner_key
from privacy.db import session, unit_of_work

#: How long an import waits for its file.
_AWAITED = clock.DAY
_AT_ONCE = 200
#: Seconds. A file is finished a moment before the database knows of it; an unfinished one grows until it is finished.
_FINISHED_KNOWN_AFTER = 3_600
_UNFINISHED_GIVEN_UP_AFTER = 86_400


def cancel_abandoned_imports(now: int, *, actor: Actor) -> int:
    """Cancel imports whose file did not come within a day, at most 200 at a time; returns how many."""
    late = sa.and_(ConsentImport.state == ImportState.AWAITING_UPLOAD.value, ConsentImport.created_at <= now - _AWAITED)
    rows = _locked(late)
    for row in rows:
        service.end(row, ImportState.CANCELLED)
        service.forget_files(row)
        service.record_event("import.cancelled", row, actor=actor, details={"why": "no file came"})
    return len(rows)


def delete_import_rejects(now: int, *, actor: Actor) -> int:
    """Make the rejects of imports past their term unreadable, at most 200 at a time; returns how many."""
    rows = _locked(ConsentImport.delete_rejects_at <= now)
    for row in rows:
        if row.rejects_id is not None:
            destroy_owner_key(session(), row.rejects_id)
        row.rejects_id = row.delete_rejects_at = None
        service.record_event("import.rejects_deleted", row, actor=actor, details={"why": "their term ended"})
    return len(rows)


def remove_forgotten_files(store: ImportStore, context: Context) -> int:
    """Delete the files that no import refers to any more: their keys are gone. Returns how many went."""
    seconds = int(time.time())
    gone = store.remove_unfinished(seconds - _UNFINISHED_GIVEN_UP_AFTER)
    found = list(store.names(untouched_since=seconds - _FINISHED_KNOWN_AFTER))
    if found:
        with context(), unit_of_work():
            known = _referred_to()
        for name in found:
            if name.file_id not in known:
                store.remove(name)
                gone += 1
    return gone


def _referred_to() -> set[UUID]:
    columns = (ConsentImport.upload_id, ConsentImport.rejects_id)
    return {found for column in columns for found in session().scalars(sa.select(column)) if found is not None}


def _locked(condition: sa.ColumnElement[bool]) -> list[ConsentImport]:
    """Rows that this worker deals with; what another one is dealing with right now is left to it."""
    query = sa.select(ConsentImport).where(condition).order_by(ConsentImport.id).limit(_AT_ONCE)
    found = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return list(session().scalars(found))
