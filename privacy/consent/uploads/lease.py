"""A worker's hold on an import: taken, renewed as it goes on, given back, or lost to another worker.

Each taking has an id of its own. Whatever a worker writes names it, so a worker that was believed dead and lost its
import (it hung, or the machine slept) changes nothing any more: neither the progress of the next one nor its end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import SERVICE, Actor, ActorKind, Realm
from privacy.authz.permissions import Permission
from privacy.consent.uploads import service
from privacy.consent.uploads.models import ConsentImport
from privacy.consent.uploads.state import ImportState
from privacy.consent.uploads.store import FileName
from privacy.consent.uploads.view import opened, sealed, service_key
from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKey, destroy_owner_key, load_owner_key
from privacy.db import new_id, session

#: How long a hold lasts without being renewed: a killed worker's import goes on after this.
LEASE = 30 * clock.SECOND
#: An import at which so many workers ended, one after the other, is not given to yet another one.
MOST_ATTEMPTS = 5
#: A file that no worker finds within this time lies on no machine that has one.
_FILE_FOUND_WITHIN = clock.DAY
#: How long the rejects of an import can be fetched.
KEPT_DAYS = 30
_CANDIDATES = 100

NO_FILE = "No worker finds the upload: the imports folder must be shared by all servers."
REVOKED = "Whoever asked for it, or the key that sent it, was revoked. What was recorded before that stays."
TOO_OFTEN = f"A worker ended {MOST_ATTEMPTS} times while it ran. The log of the service says more."


@dataclass(frozen=True)
class Held:
    """An import that this worker holds, with all that it needs to do it."""

    id: UUID
    lease: UUID
    actor: Actor
    upload: FileName
    key: OwnerKey
    file_name: str = field(repr=False)
    profile: str | None
    profile_text: str | None = field(repr=False)
    purpose: str | None
    wording: tuple[str, str | None] | None
    dry_run: bool
    wordings: str | None = field(repr=False)


@dataclass(frozen=True)
class StoredRejects:
    """The rejects of a run, in a file whose key is nowhere but here until they are kept."""

    name: FileName
    key_row: dict[str, Any] = field(repr=False)


def claim(is_here: Callable[[FileName], bool]) -> Held | None:
    """Take the oldest import that nobody works on and whose file is here; None where there is none."""
    now = clock.micros()
    waiting = session().scalars(
        sa.select(ConsentImport)
        .where(_is_free(now))
        .order_by(ConsentImport.created_at)
        .limit(_CANDIDATES)
        # What another worker is taking right now is left to it.
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for row in waiting:
        assert row.upload_id is not None  # What is queued has its file.
        upload = FileName(row.id, row.upload_id)
        if row.attempts >= MOST_ATTEMPTS:
            _end_failed(row, TOO_OFTEN)
        elif access.is_revoked(_actor(row)):
            _end_failed(row, REVOKED)
        elif is_here(upload):
            return _taken(row, upload, now)
        elif now - (row.uploaded_at or now) > _FILE_FOUND_WITHIN:
            _end_failed(row, NO_FILE)
    return None


def any_free() -> bool:
    """Whether it is worth while to open a unit of work for `claim`."""
    query = sa.select(ConsentImport.id).where(_is_free(clock.micros())).limit(1)
    return session().scalar(query) is not None


def renew(held: Held, stage: str | None, done: int, of: int) -> bool:
    """Note how far it is and hold it longer; False where it is this worker's no more, or may not go on."""
    row = _held(held)
    if row is None or access.is_revoked(held.actor):
        return False  # One that was revoked is given back, and `claim` then ends it.
    now = clock.micros()
    if stage != row.stage:
        row.stage, row.stage_at = stage, now
    row.done, row.total = done, of
    row.lease_until = now + LEASE
    return True


def finish(held: Held, counts: Mapping[str, int], rejects: StoredRejects | None, waterfall: str | None = None) -> bool:
    """The import is done; its upload is forgotten. False, and nothing changed, where it is this worker's no more."""
    row = _held(held)
    if row is None:
        return False
    row.counts, row.waterfall = json.dumps(dict(counts)), waterfall
    _end(row, ImportState.DONE, rejects)
    service.record_event("import.finished", row, actor=held.actor, details={"counts": dict(counts)})
    return True


def fail(held: Held, problem: str, rejects: StoredRejects | None) -> bool:
    """The import cannot go on; what it recorded stays. False where it is this worker's no more."""
    row = _held(held)
    if row is None:
        return False
    row.problem_enc = sealed(service_key(row.key_version), row.id, "problem_enc", problem)
    _end(row, ImportState.FAILED, rejects)
    service.record_event("import.failed", row, actor=held.actor)
    return True


def release(held: Held) -> None:
    """Give it back: the next worker takes it up at once, and this taking does not count as an attempt."""
    row = _held(held)
    if row is not None:
        row.state, row.lease, row.lease_until = ImportState.QUEUED.value, None, None
        row.attempts -= 1


def _is_free(now: int) -> sa.ColumnElement[bool]:
    lost = sa.and_(ConsentImport.state == ImportState.RUNNING.value, ConsentImport.lease_until < now)
    return sa.or_(ConsentImport.state == ImportState.QUEUED.value, lost)


def _taken(row: ConsentImport, upload: FileName, now: int) -> Held:
    row.state, row.lease, row.lease_until = ImportState.RUNNING.value, new_id(), now + LEASE
    row.attempts += 1
    row.started_at = row.started_at or now
    row.stage, row.stage_at, row.done, row.total = None, None, 0, 0
    return Held(
        id=row.id,
        lease=row.lease,
        actor=_actor(row),
        upload=upload,
        key=load_owner_key(session(), keyring.installed(), upload.file_id),
        file_name=opened(row, "name_enc") or "",
        profile=row.profile,
        profile_text=opened(row, "profile_enc"),
        purpose=row.purpose,
        wording=(row.wording_code, row.wording_version) if row.wording_code else None,
        dry_run=row.dry_run,
        wordings=opened(row, "wordings_enc"),
    )


def _actor(row: ConsentImport) -> Actor:
    """Whoever asked for it, with what importing needs and no more."""
    kind = ActorKind(row.actor_kind)
    may = frozenset({Permission.IMPORTS_WRITE})
    return Actor(kind, row.actor_id, row.actor_name, may, realm=Realm(row.realm), key_id=row.api_key_id)


def _held(held: Held) -> ConsentImport | None:
    """The row, locked, if it is this worker's yet."""
    query = sa.select(ConsentImport).where(ConsentImport.id == held.id, ConsentImport.lease == held.lease)
    return session().scalar(query.with_for_update().execution_options(populate_existing=True))


def _end_failed(row: ConsentImport, problem: str) -> None:
    row.problem_enc = sealed(service_key(row.key_version), row.id, "problem_enc", problem)
    _end(row, ImportState.FAILED, None)
    service.record_event("import.failed", row, actor=SERVICE)


def _end(row: ConsentImport, state: ImportState, rejects: StoredRejects | None) -> None:
    service.end(row, state)
    if row.upload_id is not None:
        destroy_owner_key(session(), row.upload_id)
        row.upload_id = None
    if rejects is not None:
        service.keep_key(rejects.key_row)
        row.rejects_id = rejects.name.file_id
        row.delete_rejects_at = clock.micros() + KEPT_DAYS * clock.DAY
