"""The root key in a file of its own that only its user may read."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from privacy.crypto import envelope
from privacy.crypto.providers.interface import KeyringUnusable, not_ours
from privacy.crypto.providers.private_file import read_private


class FileProvider:
    """A root key of 32 random bytes in base64 on one line, mode 0600 or stricter."""

    name = "file"

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> FileProvider:
        """As the settings name it."""
        return cls(Path(settings["root_key"]))

    def make(self) -> bool:
        """Write a new root key durably where there is none; says whether it did. An existing one is never touched."""
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return False
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(envelope.KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._settle()
        return True

    def destroy(self) -> bool:
        """Overwrite and delete the root key, durably; says whether there was one.

        Overwriting reaches the blocks that the file stands on now. A disk that writes elsewhere (SSDs, copy-on-write
        file systems), snapshots and backups may keep the old ones.
        """
        try:
            descriptor = os.open(self._path, os.O_WRONLY)
        except FileNotFoundError:
            return False
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            file.write(secrets.token_bytes(os.fstat(descriptor).st_size))
            os.fsync(descriptor)
        self._path.unlink()
        self._settle()
        return True

    def wrap(self, secret: bytes, place: bytes) -> bytes:
        """As the interface says."""
        return envelope.seal(self._root(), secret, place)

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """As the interface says."""
        try:
            return envelope.open_sealed(self._root(), wrapped, place)
        except envelope.SealBroken:
            raise not_ours(str(self._path)) from None

    def _settle(self) -> None:
        """What was done to the folder outlives a power cut."""
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _root(self) -> bytes:
        try:
            root = base64.b64decode(read_private(self._path).strip(), validate=True)
        except FileNotFoundError:
            raise KeyringUnusable(f"{self._path} is missing. Restore it from the copy that was kept apart.") from None
        except (ValueError, OSError):
            raise KeyringUnusable(f"{self._path} cannot be read as a root key. Restore it from its copy.") from None
        if len(root) != envelope.KEY_BYTES:
            raise KeyringUnusable(f"{self._path} cannot be read as a root key. Restore it from its copy.")
        return root
