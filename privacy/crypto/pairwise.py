"""Pairwise references: each client sees its own name for a person or an act, so that clients can't join people.

A reference is the 16 bytes of the id through AES-256 as a permutation, under a key derived for that client and that
kind of thing (HKDF, RFC 5869). It needs no table, is the same each time, and a forged one names an id that is not
there.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from privacy.crypto import envelope
from privacy.crypto.keyring import Keyring, KeyUse

_MOST_CONTEXTS = 256


class Pairwise:
    """References and tokens of one client."""

    def __init__(self, ring: Keyring, client_id: UUID) -> None:
        self._secret = ring.current(KeyUse.PAIRWISE).secret
        self._client = client_id

    def hide(self, kind: str, value: UUID) -> UUID:
        """The client's reference for an id."""
        return UUID(bytes=_contexts.encryptor(self._secret, self._client, kind).update(value.bytes))

    def reveal(self, kind: str, reference: UUID) -> UUID:
        """The id behind a reference; any 16 bytes give one, so the caller looks it up and may find nothing."""
        decryptor = _cipher(self._secret, self._client, kind).decryptor()
        return UUID(bytes=decryptor.update(reference.bytes) + decryptor.finalize())

    def seal(self, kind: str, plaintext: bytes) -> bytes:
        """An opaque value that only this client can hand back."""
        # Every answer carries a token, so a busy client's key seals billions.
        return envelope.seal(_sealer(self._secret, self._client, kind), plaintext, kind.encode(), endless=True)

    def open(self, kind: str, sealed: bytes) -> bytes:
        """What `seal` was given; raises `SealBroken`."""
        return envelope.open_sealed(_sealer(self._secret, self._client, kind), sealed, kind.encode())


@lru_cache(maxsize=4096)
def _derive(secret: bytes, client_id: UUID, kind: str) -> bytes:
    info = b"privacy pairwise 1 " + kind.encode() + b" " + client_id.bytes
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


@lru_cache(maxsize=4096)
def _sealer(secret: bytes, client_id: UUID, kind: str) -> envelope.Cipher:
    return envelope.cipher_of(_derive(secret, client_id, kind))


class _Contexts(threading.local):
    """Encryption contexts of one thread. In ECB each block stands alone, so a context serves for any number of them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[bytes, UUID, str], CipherContext] = {}

    def encryptor(self, secret: bytes, client_id: UUID, kind: str) -> CipherContext:
        """The context for a client and a kind of thing."""
        found = self._kept.get((secret, client_id, kind))
        if found is None:
            if len(self._kept) >= _MOST_CONTEXTS:
                self._kept.clear()
            found = self._kept[secret, client_id, kind] = _cipher(secret, client_id, kind).encryptor()
        return found


_contexts = _Contexts()


@lru_cache(maxsize=4096)
def _cipher(secret: bytes, client_id: UUID, kind: str) -> Cipher[modes.ECB]:
    # One block and a key for one purpose: here ECB is a permutation of ids, not a mode for messages.
    return Cipher(algorithms.AES256(_derive(secret, client_id, kind)), modes.ECB())  # noqa: S305  # for the reason above
