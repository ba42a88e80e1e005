"""The envelope around every encrypted value: a version byte, a random nonce, ciphertext and tag.

`0x01 || nonce (12) || ciphertext || tag (16)` is AES-256-GCM (NIST SP 800-38D): at most 2^32 values for one key, which
no person's key comes near. `0x02`, laid out alike, is AES-256-GCM-SIV (RFC 8452) under a key derived from the owner's:
for the few keys that seal without end, where a nonce that repeats must give nothing away
(docs/decisions/0004-envelope-and-indexes.md has the arithmetic). The associated data bind table, column, row and key
version, each with its length, so that a value moved to another place, or a key of another version, does not open.
Nonces come from the operating system at each call, so a fork cannot repeat one.
"""

from __future__ import annotations

import hmac
import os
from functools import cached_property, lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV

from privacy.errors import VerificationError

KEY_BYTES = 32
_GCM, _SIV = b"\x01", b"\x02"
_SIV_KEY = b"privacy envelope 2 AES-256-GCM-SIV\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_BODY = 1 + _NONCE_BYTES
_LEAST = _BODY + _TAG_BYTES


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


class Cipher:
    """The ciphers of one key, for one who seals and opens several values with it."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.gcm = AESGCM(key)

    @cached_property
    def siv(self) -> AESGCMSIV:
        """Under a key of its own (HKDF-Expand, RFC 5869), so that one key never serves two ciphers."""
        return AESGCMSIV(hmac.digest(self._key, _SIV_KEY, "sha256"))


def cipher_of(key: bytes) -> Cipher:
    """The ciphers of a key."""
    return Cipher(key)


def seal(key: bytes | Cipher, plaintext: bytes, associated: bytes, *, endless: bool = False) -> bytes:
    """Encrypt `plaintext` so that it opens only with the same key and the same associated data.

    `endless`: for a key that seals more values than random nonces of AES-GCM allow.
    """
    nonce = os.urandom(_NONCE_BYTES)
    cipher = Cipher(key) if isinstance(key, bytes) else key
    if endless:
        return _SIV + nonce + cipher.siv.encrypt(nonce, plaintext, associated)
    return _GCM + nonce + cipher.gcm.encrypt(nonce, plaintext, associated)


def open_sealed(key: bytes | Cipher, sealed: bytes, associated: bytes) -> bytes:
    """Decrypt, whichever cipher sealed it. Every failure, whatever its cause, is the one `SealBroken`."""
    if len(sealed) < _LEAST:
        raise SealBroken
    cipher = Cipher(key) if isinstance(key, bytes) else key
    match sealed[0]:
        case 1:
            aead: AESGCM | AESGCMSIV = cipher.gcm
        case 2:
            aead = cipher.siv
        case _:
            raise SealBroken
    try:
        return aead.decrypt(sealed[1:_BODY], sealed[_BODY:], associated)
    except InvalidTag:
        raise SealBroken from None
