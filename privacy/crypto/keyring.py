"""The keyring: the service's own keys, in a file that only its user may read.

Key encryption keys wrap the owners' keys. Index keys make blind indexes. The others each have one use and are
derived for nothing else. A keyring that others could read, or that lacks a key, is refused before anything starts.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from privacy import clock
from privacy.crypto.envelope import KEY_BYTES
from privacy.errors import PrivacyError

_FORMAT = 1


class KeyringUnusable(PrivacyError):
    """The keyring cannot be used."""

    code = "keyring-unusable"


class KeyUse(StrEnum):
    """What a key is for. One use, one key."""

    WRAP = "wrap"  # key encryption key: wraps owner keys
    INDEX = "index"  # blind indexes over identifiers and contacts
    SUPPRESSION = "suppression"  # suppression entries and tombstones; never rotated
    SNAPSHOT = "snapshot"  # indexes in snapshots, which tills may hold
    PAIRWISE = "pairwise"  # references, consent ids and tokens of one client
    REPEAT = "repeat"  # recognises an act that was sent before


@dataclass(frozen=True)
class Key:
    """One key of the ring."""

    number: int
    use: KeyUse
    secret: bytes = field(repr=False)
    created_at: str = ""


class Keyring:
    """All keys by use and number; the highest number of a use is the one that new work takes."""

    def __init__(self, keys: list[Key]) -> None:
        self._keys = {(key.use, key.number): key for key in keys}
        self._current = {
            use: max((k for k in keys if k.use is use), key=lambda k: k.number, default=None) for use in KeyUse
        }
        missing = [use.value for use, key in self._current.items() if key is None]
        if missing:
            raise KeyringUnusable(f"The keyring lacks a key for: {', '.join(missing)}. Restore it from its backup.")

    @classmethod
    def generate(cls) -> Keyring:
        """A new ring with one fresh key for each use."""
        made = clock.isoformat(clock.micros())
        return cls([Key(1, use, secrets.token_bytes(KEY_BYTES), made) for use in KeyUse])

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """Read the ring; raises `KeyringUnusable` where it is missing, readable by others, or damaged."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                raise KeyringUnusable(f"{path} has mode {mode:04o}; others could read it. Run: chmod 600 {path}")
            document = json.loads(path.read_bytes())
            if document["format"] != _FORMAT:
                raise KeyringUnusable(f"{path} has a format that this version does not know.")
            return cls([_read_key(entry) for entry in document["keys"]])
        except FileNotFoundError:
            raise KeyringUnusable(f"{path} is missing. A new installation makes it: privacy init") from None
        except (KeyError, TypeError, ValueError, OSError):
            raise KeyringUnusable(f"{path} cannot be read as a keyring. Restore it from its backup.") from None

    def save(self, path: Path) -> None:
        """Write a new file with mode 0600, durably; an existing file is never overwritten."""
        entries = [
            {
                "use": k.use,
                "number": k.number,
                "created_at": k.created_at,
                "secret": base64.b64encode(k.secret).decode(),
            }
            for k in self._keys.values()
        ]
        body = json.dumps({"format": _FORMAT, "keys": entries}, indent=1).encode()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def current(self, use: KeyUse) -> Key:
        """The key that new work of this use takes."""
        key = self._current[use]
        assert key is not None  # checked when the ring was built
        return key

    def get(self, use: KeyUse, number: int) -> Key:
        """The key of that number; raises `KeyringUnusable` where the ring no longer has it."""
        try:
            return self._keys[use, number]
        except KeyError:
            raise KeyringUnusable(f"The keyring has no {use} key number {number}.") from None

    def numbers(self, use: KeyUse) -> list[int]:
        """The numbers of all keys of that use, newest first."""
        return sorted((number for known, number in self._keys if known is use), reverse=True)


def _read_key(entry: Mapping[str, object]) -> Key:
    secret = base64.b64decode(str(entry["secret"]), validate=True)
    if len(secret) != KEY_BYTES:
        raise ValueError("a key of the wrong length")
    return Key(int(str(entry["number"])), KeyUse(str(entry["use"])), secret, str(entry["created_at"]))


_installed: list[Keyring] = []


def install(ring: Keyring) -> None:
    """Make this the ring of the process. One process serves one installation."""
    _installed[:] = [ring]


def installed() -> Keyring:
    """The ring of the process; raises `KeyringUnusable` before `install`."""
    if not _installed:
        raise KeyringUnusable("No keyring is loaded.")
    return _installed[0]
