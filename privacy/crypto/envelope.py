"""The envelope around every encrypted value: AES-256-GCM (NIST SP 800-38D) behind a version byte.

`0x01 || nonce (12 random bytes) || ciphertext and tag (16)`. The associated data bind table, column, row and key
version, each with its length, so that a value moved to another place, or a key of another version, does not open.
Nonces come from the operating system at each call, so a fork cannot repeat one. A key seals far fewer than 2^32
values: each owner has its own.
"""

from __future__ import annotations

import os
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from privacy.errors import VerificationError

KEY_BYTES = 32
Cipher = AESGCM
_VERSION = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16


class SealBroken(VerificationError):
    """A sealed value does not open."""

    code = "seal-broken"


def binding(table: str, column: str, row: UUID | str, key_version: int) -> bytes:
    """Associated data for one value: where it stands and under which version of the key."""
    place = row.bytes if isinstance(row, UUID) else row.encode()
    return _column(table, column) + _with_length(place) + _with_length(key_version.to_bytes(4, "big"))


@lru_cache(maxsize=256)
def _column(table: str, column: str) -> bytes:
    return _with_length(table.encode()) + _with_length(column.encode())


def _with_length(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part


def cipher_of(key: bytes) -> Cipher:
    """The cipher of a key, for one who seals and opens several values with it."""
    return AESGCM(key)


def seal(key: bytes | Cipher, plaintext: bytes, associated: bytes) -> bytes:
    """Encrypt `plaintext` so that it opens only with the same key and the same associated data."""
    nonce = os.urandom(_NONCE_BYTES)
    cipher = AESGCM(key) if isinstance(key, bytes) else key
    return _VERSION + nonce + cipher.encrypt(nonce, plaintext, associated)


def open_sealed(key: bytes | Cipher, sealed: bytes, associated: bytes) -> bytes:
    """Decrypt. Every failure, whatever its cause, is the one `SealBroken`."""
    if len(sealed) < len(_VERSION) + _NONCE_BYTES + _TAG_BYTES or sealed[:1] != _VERSION:
        raise SealBroken
    nonce = sealed[1 : 1 + _NONCE_BYTES]
    cipher = AESGCM(key) if isinstance(key, bytes) else key
    try:
        return cipher.decrypt(nonce, sealed[1 + _NONCE_BYTES :], associated)
    except InvalidTag:
        raise SealBroken from None
