"""Files of the entries, sealed in portions. A file is added to and taken from an entry as long as it is not decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor, Realm
from privacy.authz.permissions import Permission
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import end_read, new_id, session
from privacy.registers import file_types
from privacy.registers.audited import record
from privacy.registers.changing import locked
from privacy.registers.entries import EntryView, key_of, view
from privacy.registers.failures import EntryFileNotFound, EntryNotFound, FileTooLarge, TooManyFiles
from privacy.registers.models import RegisterEntry, RegisterFile, RegisterFilePart
from privacy.registers.vocabulary import EntryState

#: A scanned report with signatures has a few; more is an archive's work.
LARGEST_FILE = 20_000_000
MOST_FILES = 50
#: As much of a file as is sealed, and later held in memory, at once.
_PORTION = 1_000_000
_FILE, _PART = "register_file", "register_file_part"


@dataclass(frozen=True)
class OpenFile:
    """A file that is handed out: by what name, as what, and its content in portions."""

    name: str = field(repr=False)
    media_type: str
    size: int
    sha256: str
    parts: Iterator[bytes] = field(repr=False)


def add_file(entry_id: UUID, version: int, name: str, content: bytes, *, actor: Actor) -> EntryView:
    """Add a file to an entry that is not decided, in the open unit of work. The same content twice is one file.

    Raises `NotPermitted`, `EntryNotFound`, `EntryChanged`, `EntryClosed`, `FileNotTaken`, `FileTooLarge`,
    `TooManyFiles`.
    """
    actor.require(Permission.REGISTERS_HANDLE)
    if not 1 <= len(content) <= LARGEST_FILE:
        raise FileTooLarge
    kind = file_types.type_of(content, name)
    row = locked(entry_id, version, actor.realm, EntryState.OPEN, EntryState.CONSULTING)
    digest = hashlib.sha256(content).hexdigest()
    there = session().execute(
        sa.select(RegisterFile.sha256).where(RegisterFile.entry_id == entry_id, RegisterFile.removed_at.is_(None))
    )
    digests = [one.sha256 for one in there]
    if digest in digests:
        return view(entry_id, realm=actor.realm)
    if len(digests) >= MOST_FILES:
        raise TooManyFiles
    file_id = _store(row, file_types.safe_name(name, kind), kind.media_type, content, digest, actor)
    row.version += 1
    told = {"file": str(file_id), "media_type": kind.media_type, "size": len(content), "sha256": digest}
    record("register_entry.file_added", row, actor=actor, details=told)
    return view(entry_id, realm=actor.realm)


def remove_file(entry_id: UUID, version: int, file_id: UUID, *, actor: Actor) -> EntryView:
    """Take a file from an entry that is not decided; its content is deleted, that it was there is not.

    Raises `NotPermitted`, `EntryNotFound`, `EntryChanged`, `EntryClosed`, `EntryFileNotFound`.
    """
    actor.require(Permission.REGISTERS_HANDLE)
    row = locked(entry_id, version, actor.realm, EntryState.OPEN, EntryState.CONSULTING)
    one = _file(entry_id, file_id)
    session().execute(sa.delete(RegisterFilePart).where(RegisterFilePart.file_id == file_id))
    one.removed_at = clock.micros()
    row.version += 1
    record("register_entry.file_removed", row, actor=actor, details={"file": str(file_id), "sha256": one.sha256})
    return view(entry_id, realm=actor.realm)


def open_file(entry_id: UUID, file_id: UUID, *, realm: Realm) -> OpenFile:
    """A file to hand out; raises `EntryNotFound`, `EntryFileNotFound`. Its portions are read one by one."""
    row = session().get(RegisterEntry, entry_id)
    if row is None or row.realm != realm.value:
        raise EntryNotFound
    one = _file(entry_id, file_id)
    key = load_owner_key(session(), keyring.installed(), entry_id, one.key_version)
    name = key.open(_FILE, "name_enc", one.id, bytes(one.name_enc)).decode()
    return OpenFile(name, one.media_type, one.size, one.sha256, _parts(file_id))


def _file(entry_id: UUID, file_id: UUID) -> RegisterFile:
    one = session().get(RegisterFile, file_id, populate_existing=True)
    if one is None or one.entry_id != entry_id or one.removed_at is not None:
        raise EntryFileNotFound
    return one


def _store(row: RegisterEntry, name: str, media_type: str, content: bytes, digest: str, actor: Actor) -> UUID:
    key, file_id = key_of(row), new_id()
    session().add(
        RegisterFile(
            id=file_id,
            entry_id=row.id,
            media_type=media_type,
            size=len(content),
            sha256=digest,
            added_at=clock.micros(),
            added_by=actor.id,
            removed_at=None,
            name_enc=key.seal(_FILE, "name_enc", file_id, name.encode()),
            key_version=key.version,
        )
    )
    session().flush()  # Its portions name it.
    for number, start in enumerate(range(0, len(content), _PORTION), 1):
        part_id = new_id()
        sealed = key.seal(_PART, "content_enc", part_id, content[start : start + _PORTION])
        session().add(
            RegisterFilePart(
                id=part_id,
                file_id=file_id,
                entry_id=row.id,
                number=number,
                content_enc=sealed,
                key_version=key.version,
            )
        )
    return file_id


def _parts(file_id: UUID) -> Iterator[bytes]:
    """Portion by portion, each read by itself: a slow reader holds no transaction open."""
    number = 1
    while True:
        query = sa.select(RegisterFilePart).where(
            RegisterFilePart.file_id == file_id, RegisterFilePart.number == number
        )
        part = session().scalar(query)
        if part is None:
            end_read()
            return
        key = load_owner_key(session(), keyring.installed(), part.entry_id, part.key_version)
        opened = key.open(_PART, "content_enc", part.id, bytes(part.content_enc))
        session().expunge(part)
        end_read()
        yield opened
        number += 1
