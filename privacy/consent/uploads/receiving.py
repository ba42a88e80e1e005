"""Receive the file of an import: sealed frame by frame as it comes, with no transaction open meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO
from uuid import UUID

from privacy.authz.actors import Actor
from privacy.consent.uploads import service
from privacy.consent.uploads.failures import UploadNotStored
from privacy.consent.uploads.service import StoredUpload
from privacy.consent.uploads.store import ImportStore
from privacy.consent.uploads.view import ImportView
from privacy.db import unit_of_work
from privacy.errors import Conflict, InvalidInput, NotFound

_PORTION = 65_536


def receive(import_id: UUID, source: Callable[[], IO[bytes]], store: ImportStore, *, actor: Actor) -> ImportView:
    """Store what `source` gives as the import's file, and queue the import.

    Raises `NotAwaitingUpload`, `ImportNotFound`, `InvalidInput` for an empty file, `UploadNotStored`, and whatever the
    source raises; nothing of the file then remains.
    """
    with unit_of_work():
        service.ensure_awaiting_upload(import_id, actor=actor)
    upload = _stored(import_id, source(), store)
    try:
        with unit_of_work():
            return service.accept_upload(upload, actor=actor)
    except (Conflict, NotFound):
        # After anything else nobody knows whether it was committed; what belongs to no import is removed in time.
        store.remove(upload.name)
        raise


def _stored(import_id: UUID, source: IO[bytes], store: ImportStore) -> StoredUpload:
    name, key, key_row = service.new_file(import_id)
    try:
        with store.write(name, key) as file:
            while portion := source.read(_PORTION):
                file.write(portion)
            if not file.size:
                raise InvalidInput.of("body", "The file is empty.")
    except OSError as error:  # The disk is full, most likely.
        raise UploadNotStored from error
    return StoredUpload(name, file.size, key_row)
