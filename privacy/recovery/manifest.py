"""The manifests of backups: what a backup is, in clear JSON beside its sealed body. They hold no personal data.

A backup is there once its manifest is; without one it is nothing. The data and the keys lie in folders of their own,
because they have different lives: `FOLDER/data/ID.json` and `ID.backup`, `FOLDER/keys/ID.json` and `ID.backup`.
Whatever a manifest says is bound to the key of its body, so that neither can be changed or exchanged.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from privacy.crypto import canonical
from privacy.recovery.failures import BackupBroken, BackupNotFound

FORMAT = "privacy-backup/v1"
#: Suffixes of the two files of a backup.
MANIFEST, BODY = ".json", ".backup"


class BackupKind(StrEnum):
    """What a backup holds."""

    DATA = "data"  # the database without the owners' keys
    KEYS = "keys"  # the keyring as it is, and the owners' keys as they are wrapped


@dataclass(frozen=True)
class SealedBy:
    """What wraps the key of the body."""

    #: The number of the ring's key for backups; None where the provider's root key wraps.
    number: int | None
    #: The provider; None where a key of the ring wraps.
    provider: str | None
    wrapped: bytes


@dataclass(frozen=True)
class Manifest:
    """What is known of a backup without opening it. Times are microseconds since 1970."""

    id: str
    kind: BackupKind
    made_at: int
    #: When it is deleted.
    ends_at: int
    #: `sqlite` or `postgresql`: where it came from and what loads it.
    database: str
    #: The migration that the database was at.
    schema: str
    #: The log as this backup has it: its name, its size, and its root at that size.
    origin: str
    log_size: int
    log_root: bytes
    #: The last position of the journal that it holds: a restore replays what comes after. -1 before the first.
    journal_position: int
    #: The id of the keyring, and the numbers of its keys by use.
    ring: str
    numbers: Mapping[str, tuple[int, ...]]
    #: The version of the service that made it.
    version: str
    #: Length of the body as it lies there, in bytes, and its SHA-256.
    size: int
    sha256: str
    sealed_by: SealedBy

    def facts(self) -> dict[str, Any]:
        """Everything but what wraps the key, as the manifest has it and as the audit event commits to it."""
        return {
            "format": FORMAT,
            "id": self.id,
            "kind": self.kind.value,
            "made_at": self.made_at,
            "ends_at": self.ends_at,
            "database": self.database,
            "schema": self.schema,
            "origin": self.origin,
            "log_size": self.log_size,
            "log_root": base64.b64encode(self.log_root).decode(),
            "journal_position": self.journal_position,
            "ring": self.ring,
            "numbers": {use: list(numbers) for use, numbers in sorted(self.numbers.items())},
            "version": self.version,
            "bytes": self.size,
            "sha256": self.sha256,
        }

    @property
    def place(self) -> bytes:
        """What the wrapped key of the body is bound to: all that the manifest says."""
        return f"privacy backup {canonical.sha256(self.facts())}".encode()

    def sealed(self, by: SealedBy) -> Manifest:
        """The same with the wrapped key of its body."""
        return replace(self, sealed_by=by)

    def as_bytes(self) -> bytes:
        """The file."""
        by = self.sealed_by
        who: dict[str, Any] = (
            {"use": "backup", "number": by.number} if by.provider is None else {"provider": by.provider}
        )
        document = self.facts() | {"sealed_by": who | {"wrapped": base64.b64encode(by.wrapped).decode()}}
        return json.dumps(document, indent=1).encode() + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Manifest:
        """Read one; raises `BackupBroken`."""
        try:
            return _manifest(msgspec.json.decode(data, type=_Document))
        except (msgspec.MsgspecError, ValueError):
            raise BackupBroken("A manifest cannot be read.") from None


class _SealedBy(msgspec.Struct, forbid_unknown_fields=True):
    wrapped: bytes
    use: str | None = None
    number: int | None = None
    provider: str | None = None


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    id: str
    kind: BackupKind
    made_at: int
    ends_at: int
    database: str
    schema: str
    origin: str
    log_size: int
    log_root: bytes
    journal_position: int
    ring: str
    numbers: dict[str, tuple[int, ...]]
    version: str
    size: int = msgspec.field(name="bytes")
    sha256: str
    sealed_by: _SealedBy


def _manifest(found: _Document) -> Manifest:
    by = found.sealed_by
    if found.format != FORMAT or (by.provider is None) == (by.use != "backup" or by.number is None):
        raise ValueError
    return Manifest(
        id=found.id,
        kind=found.kind,
        made_at=found.made_at,
        ends_at=found.ends_at,
        database=found.database,
        schema=found.schema,
        origin=found.origin,
        log_size=found.log_size,
        log_root=found.log_root,
        journal_position=found.journal_position,
        ring=found.ring,
        numbers=found.numbers,
        version=found.version,
        size=found.size,
        sha256=found.sha256,
        sealed_by=SealedBy(by.number, by.provider, by.wrapped),
    )


def manifest_path(folder: Path, kind: BackupKind, backup_id: str) -> Path:
    """Where a manifest lies."""
    return folder / kind.value / f"{backup_id}{MANIFEST}"


def body_path(folder: Path, kind: BackupKind, backup_id: str) -> Path:
    """Where a body lies."""
    return folder / kind.value / f"{backup_id}{BODY}"


def list_backups(folder: Path) -> list[Manifest]:
    """Every backup in the folder of backups, the oldest first; raises `BackupBroken` for a manifest that isn't one."""
    found = []
    for kind in BackupKind:
        for path in sorted((folder / kind.value).glob(f"*{MANIFEST}")):
            found.append(_read(path, kind))
    return sorted(found, key=lambda backup: (backup.made_at, backup.id, backup.kind))


def readable_backups(folder: Path) -> list[Manifest]:
    """As `list_backups`, without the manifests that cannot be read: one of those must not hide the others."""
    found = []
    for kind in BackupKind:
        for path in sorted((folder / kind.value).glob(f"*{MANIFEST}")):
            with contextlib.suppress(BackupBroken):
                found.append(_read(path, kind))
    return sorted(found, key=lambda backup: (backup.made_at, backup.id, backup.kind))


def find_backup(folder: Path, backup_id: str, kind: BackupKind | None = None) -> Manifest:
    """The backup of that id; raises `BackupNotFound`."""
    for one in list_backups(folder):
        if one.id == backup_id and kind in (None, one.kind):
            return one
    raise BackupNotFound(f"There is no backup {backup_id} in {folder}. See: privacy backup list")


def oldest_data_backup(folder: Path) -> Manifest | None:
    """The oldest backup of the data that is there: from it somebody could come back. None where there is none."""
    return next((one for one in list_backups(folder) if one.kind is BackupKind.DATA), None)


def _read(path: Path, kind: BackupKind) -> Manifest:
    try:
        found = Manifest.parse(path.read_bytes())
    except BackupBroken:
        raise BackupBroken(f"{path} is no manifest of a backup: it was changed or damaged.") from None
    if found.id != path.stem or found.kind is not kind:
        raise BackupBroken(f"{path} is the manifest of another backup.")
    return found
