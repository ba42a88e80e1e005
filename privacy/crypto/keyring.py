"""The keyring: the service's own keys, wrapped by a provider, in a file that only its user may read.

Key encryption keys wrap the owners' keys. Index keys make blind indexes. The others each have one use and are
derived for nothing else. A keyring that others could read, that lacks a key or that the provider does not open is
refused before anything starts. The provider is asked once, when the ring is loaded.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from privacy import clock
from privacy.crypto.envelope import KEY_BYTES
from privacy.crypto.providers.file import FileProvider
from privacy.crypto.providers.interface import KeyringUnusable, Provider

__all__ = ["Key", "KeyUse", "Keyring", "KeyringUnusable", "install", "installed", "key"]

_FORMAT = 2
#: Its keys stand in the clear, in a file with mode 0600. Read so that `privacy init` can wrap them.
_UNWRAPPED_FORMAT = 1
#: How often a process looks whether another one changed the ring, in seconds.
LOOK_EVERY = 1.0


class KeyUse(StrEnum):
    """What a key is for. One use, one key."""

    WRAP = "wrap"  # key encryption key: wraps owner keys
    INDEX = "index"  # blind indexes over identifiers and contacts
    SUPPRESSION = "suppression"  # suppression entries and tombstones; never rotated
    BACKUP = "backup"  # backups of the data and of the keys
    SNAPSHOT = "snapshot"  # indexes in snapshots, which tills may hold
    PAIRWISE = "pairwise"  # references, consent ids and tokens of one client
    REPEAT = "repeat"  # recognises an act that was sent before
    SIGN = "sign"  # Ed25519: checkpoints of the log, receipts, statements


#: Uses that older rings lack; `complete` gives them a key.
_ADDED_LATER = frozenset({KeyUse.SIGN, KeyUse.BACKUP})


@dataclass(frozen=True)
class Key:
    """One key of the ring."""

    number: int
    use: KeyUse
    secret: bytes = field(repr=False)
    created_at: str = ""


class Keyring:
    """All keys by use and number; the highest number of a use is the one that new work takes."""

    def __init__(
        self,
        keys: list[Key],
        path: Path | None = None,
        *,
        provider: Provider | None = None,
        ring_id: uuid.UUID | None = None,
        wrapped: bool = True,
    ) -> None:
        #: Where it was read from.
        self.path = path
        #: Names the ring wherever its keys are wrapped; stays when keys come and go.
        self.ring_id = ring_id or uuid.uuid4()
        #: What wraps its keys; None for one that was not read from a file.
        self.provider = provider
        #: Whether its file has the keys wrapped.
        self.wrapped = wrapped
        self._keys = {(key.use, key.number): key for key in keys}
        self._current = {
            use: max((k for k in keys if k.use is use), key=lambda k: k.number, default=None) for use in KeyUse
        }
        missing = [use.value for use, key in self._current.items() if key is None and use not in _ADDED_LATER]
        if missing:
            raise KeyringUnusable(f"The keyring lacks a key for: {', '.join(missing)}. Restore it from its backup.")

    @classmethod
    def generate(cls) -> Keyring:
        """A new ring with one fresh key for each use."""
        made = clock.isoformat(clock.micros())
        return cls([Key(1, use, secrets.token_bytes(KEY_BYTES), made) for use in KeyUse])

    @classmethod
    def load(cls, path: Path, provider: Provider | None = None) -> Keyring:
        """Read the ring; raises `KeyringUnusable` where it is missing, readable by others, damaged or not opened.

        Without a provider its root key is the file beside it.
        """
        provider = provider or beside(path)
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                raise KeyringUnusable(f"{path} has mode {mode:04o}; others could read it. Run: chmod 600 {path}")
            content = path.read_bytes()
        except FileNotFoundError:
            raise KeyringUnusable(f"{path} is missing. A new installation makes it: privacy init") from None
        except OSError:
            raise KeyringUnusable(f"{path} cannot be read as a keyring. Restore it from its backup.") from None
        return cls.read(content, provider, path)

    @classmethod
    def read(cls, content: bytes, provider: Provider, path: Path | None = None) -> Keyring:
        """The ring of a file's content, such as a backup holds; raises `KeyringUnusable`."""
        name = path or "The keyring"
        try:
            document = json.loads(content)
            if document["format"] == _UNWRAPPED_FORMAT:
                keys = [_unwrapped_key(entry) for entry in document["keys"]]
                return cls(keys, path, provider=provider, wrapped=False)
            if document["format"] != _FORMAT:
                raise KeyringUnusable(f"{name} has a format that this version does not know.")
            if document["provider"] != provider.name:
                raise KeyringUnusable(
                    f"{name} was not wrapped by {provider.name}, which PRIVACY_KEYS_PROVIDER names. Set it back."
                )
            ring_id = uuid.UUID(document["ring"])
            keys = [_read_key(entry, ring_id, provider) for entry in document["keys"]]
            return cls(keys, path, provider=provider, ring_id=ring_id)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise KeyringUnusable(f"{name} cannot be read as a keyring. Restore it from its backup.") from None

    def with_new(self, use: KeyUse) -> Keyring:
        """The same ring with one more key of that use, which new work will take."""
        number = max(self.numbers(use), default=0) + 1
        key = Key(number, use, secrets.token_bytes(KEY_BYTES), clock.isoformat(clock.micros()))
        return self._with([*self._keys.values(), key])

    def without(self, use: KeyUse, number: int) -> Keyring:
        """The same ring without one key; raises `KeyringUnusable` for one that is not there or is the current one."""
        if self.get(use, number) == self.current(use):
            raise KeyringUnusable(f"The {use} key number {number} is the one in use.")
        return self._with([key for at, key in self._keys.items() if at != (use, number)])

    def under(self, provider: Provider) -> Keyring:
        """The same keys, to be saved under another provider's root key."""
        return Keyring(list(self._keys.values()), self.path, provider=provider, ring_id=self.ring_id)

    def completed(self) -> Keyring:
        """The same ring with a key for each use that older versions did not know; itself where none is missing."""
        ring = self
        for use in sorted(_ADDED_LATER):
            if not ring.numbers(use):
                ring = ring.with_new(use)
        return ring

    def save(self, path: Path) -> None:
        """Write a new file with mode 0600, durably; an existing file is never overwritten.

        A ring that has no provider yet gets a root key in a file beside it. Raises `KeyringUnusable`.
        """
        provider = self.provider
        if provider is None:
            provider = beside(path)
            provider.make()
        entries = [
            {
                "use": k.use,
                "number": k.number,
                "created_at": k.created_at,
                "wrapped": base64.b64encode(provider.wrap(k.secret, _place(self.ring_id, k.use, k.number))).decode(),
            }
            for k in self._keys.values()
        ]
        document = {"format": _FORMAT, "ring": str(self.ring_id), "provider": provider.name, "keys": entries}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(document, indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def current(self, use: KeyUse) -> Key:
        """The key that new work of this use takes; raises `KeyringUnusable` where an older ring has none."""
        key = self._current[use]
        if key is None:
            raise KeyringUnusable(f"The keyring has no key yet to {use}. Run: privacy init")
        return key

    def get(self, use: KeyUse, number: int) -> Key:
        """The key of that number; raises `KeyringUnusable` where the ring does not have it.

        Where this process does not know it yet the file is read anew: another process may just have added it.
        """
        found = self._keys.get((use, number)) or _renewed(self)._keys.get((use, number))
        if found is None:
            raise KeyringUnusable(f"The keyring has no {use} key number {number}.")
        return found

    def numbers(self, use: KeyUse) -> list[int]:
        """The numbers of all keys of that use, newest first."""
        return sorted((number for known, number in self._keys if known is use), reverse=True)

    def has_the_keys_of(self, other: Keyring) -> bool:
        """Whether both hold the very same keys."""
        return self._keys == other._keys

    def _with(self, keys: list[Key]) -> Keyring:
        return Keyring(keys, self.path, provider=self.provider, ring_id=self.ring_id, wrapped=self.wrapped)


def beside(path: Path) -> FileProvider:
    """The provider whose root key lies in a file beside the ring."""
    return FileProvider(path.with_name("root-key"))


def _place(ring_id: uuid.UUID, use: KeyUse, number: int) -> bytes:
    return f"privacy keyring {ring_id} {use} {number}".encode()


def _read_key(entry: Mapping[str, object], ring_id: uuid.UUID, provider: Provider) -> Key:
    use, number = KeyUse(str(entry["use"])), int(str(entry["number"]))
    wrapped = base64.b64decode(str(entry["wrapped"]), validate=True)
    return _checked(Key(number, use, provider.unwrap(wrapped, _place(ring_id, use, number)), str(entry["created_at"])))


def _unwrapped_key(entry: Mapping[str, object]) -> Key:
    secret = base64.b64decode(str(entry["secret"]), validate=True)
    return _checked(Key(int(str(entry["number"])), KeyUse(str(entry["use"])), secret, str(entry["created_at"])))


def _checked(key: Key) -> Key:
    if len(key.secret) != KEY_BYTES:
        raise ValueError("a key of the wrong length")
    return key


class _Process:
    """The ring of this process, and when its file was last looked at."""

    def __init__(self) -> None:
        self.ring: Keyring | None = None
        self.stamp: tuple[int, int, int] | None = None
        self.looked = 0.0
        self.lock = threading.Lock()


_process = _Process()


def install(ring: Keyring) -> None:
    """Make this the ring of the process. One process serves one installation."""
    _process.ring, _process.stamp, _process.looked = ring, _stamp(ring.path), time.monotonic()


def installed() -> Keyring:
    """The ring of the process; raises `KeyringUnusable` before `install`.

    What another process changed takes effect here within `LOOK_EVERY` seconds, without a restart.
    """
    ring = _process.ring
    if ring is None:
        raise KeyringUnusable("No keyring is loaded.")
    if ring.path is not None and time.monotonic() - _process.looked > LOOK_EVERY:
        with _process.lock:
            _process.looked = time.monotonic()
            if _stamp(ring.path) not in {None, _process.stamp}:
                ring = _renewed(ring)
    return ring


def key(use: KeyUse, number: int) -> Key:
    """The key of that number of the process's ring. Raises `KeyringUnusable`."""
    return installed().get(use, number)


def _renewed(ring: Keyring) -> Keyring:
    """The ring as its file has it now, installed where it is the process's; itself where the file can't be read."""
    if ring.path is None:
        return ring
    stamp = _stamp(ring.path)
    try:
        fresh = Keyring.load(ring.path, ring.provider)
    except KeyringUnusable:
        return ring  # A process that has its keys goes on with them; the next start says what is wrong.
    if _process.ring is not None and _process.ring.path == ring.path:
        _process.ring, _process.stamp = fresh, stamp
    return fresh


def _stamp(path: Path | None) -> tuple[int, int, int] | None:
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size) if found else None
