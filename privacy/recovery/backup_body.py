"""The bodies of backups: sealed streams under a key of their own, which the manifest has wrapped.

The key of a data backup is wrapped by the ring's key for backups, that of a key backup by the provider's root key,
since the ring itself is inside. The binding is all that the manifest says, so that a changed manifest does not open.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO, cast

from privacy.crypto import envelope
from privacy.crypto.envelope import SealBroken
from privacy.crypto.keyring import Keyring, KeyringUnusable, KeyUse
from privacy.crypto.providers.service import Provider
from privacy.crypto.sealed_file import SealedWriter, open_sealed_file
from privacy.recovery.failures import BackupBroken
from privacy.recovery.manifest import BackupKind, Manifest, SealedBy, body_path, manifest_path

_BLOCK = 1 << 20
_PENDING = ".new"


def new_body(folder: Path, kind: BackupKind, backup_id: str, key: bytes) -> SealedWriter:
    """A body to write; it gets its name when it is whole."""
    return SealedWriter(body_path(folder, kind, backup_id), key, _place(kind, backup_id))


def wrapped(manifest: Manifest, key: bytes, *, ring: Keyring, provider: Provider) -> SealedBy:
    """The key of a body, wrapped as its kind asks. Raises `KeyringUnusable`."""
    if manifest.kind is BackupKind.KEYS:
        return SealedBy(None, provider.name, provider.wrap(key, manifest.place))
    current = ring.current(KeyUse.BACKUP)
    return SealedBy(current.number, None, envelope.seal(current.secret, key, manifest.place))


def open_body(
    folder: Path, manifest: Manifest, *, ring: Keyring | None = None, provider: Provider | None = None
) -> BinaryIO:
    """The contents of a backup as a stream: a data backup with the ring, a key backup with the provider.

    Raises `BackupBroken` where anything was changed, and `KeyringUnusable` where the key is gone. A read raises
    `SealBroken` where a later part was changed.
    """
    try:
        key = _unwrapped(manifest, ring, provider)
        path = body_path(folder, manifest.kind, manifest.id)
        if path.stat().st_size != manifest.size:
            raise SealBroken
        return cast(BinaryIO, open_sealed_file(path, key, _place(manifest.kind, manifest.id)))
    except FileNotFoundError:
        raise BackupBroken(f"The body of {manifest.id} is missing.") from None
    except SealBroken:
        raise BackupBroken(
            f"{manifest.id} does not open: it was changed, is damaged, or is of another installation."
        ) from None


def _unwrapped(manifest: Manifest, ring: Keyring | None, provider: Provider | None) -> bytes:
    by = manifest.sealed_by
    if by.number is not None:
        assert ring is not None, "a data backup opens with the ring"
        return envelope.open_sealed(ring.get(KeyUse.BACKUP, by.number).secret, by.wrapped, manifest.place)
    assert provider is not None, "a key backup opens with the provider"
    if provider.name != by.provider:
        raise BackupBroken(f"{manifest.id} opens with the provider {by.provider}. Set PRIVACY_KEYS_PROVIDER back.")
    try:
        return provider.unwrap(by.wrapped, manifest.place)
    except KeyringUnusable as error:
        raise BackupBroken(f"{manifest.id} does not open. It was changed, or: {error.detail}") from None


def measured(path: Path) -> tuple[int, str]:
    """Length and SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
        return file.tell(), digest.hexdigest()


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """The last step: from now on the backup is there."""
    path = manifest_path(folder, manifest.kind, manifest.id)
    pending = path.with_name(path.name + _PENDING)
    descriptor = os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(manifest.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    pending.replace(path)
    sync(path.parent)


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place(kind: BackupKind, backup_id: str) -> str:
    return f"privacy backup {kind} {backup_id}"
