"""Blind indexes: find an encrypted value by an equal one without storing anything that can be guessed.

Keyed BLAKE2b (RFC 7693) over the domain and the normalised value, 16 bytes, behind one byte with the number of the
index key, so that a rotation can look up under both keys while it rewrites. Equal values give equal indexes: that is
the leak, and it is why only identifiers are indexed and never small sets such as sex or status.
"""

from __future__ import annotations

import hashlib

from privacy.crypto.keyring import Key, Keyring, KeyUse

INDEX_BYTES = 17
_DIGEST_BYTES = 16


def of_value(ring: Keyring, domain: str, value: str, *, number: int | None = None) -> bytes:
    """The index of a value, under the current key or the one of that number."""
    return _index(_key(ring, number), b"value", domain, value.encode())


def of_sha256(ring: Keyring, domain: str, digest: bytes, *, number: int | None = None) -> bytes:
    """The index of the SHA-256 of a value, so that lists of hashes can be looked up too."""
    return _index(_key(ring, number), b"sha256", domain, digest)


def of_index(ring: Keyring, index: bytes, *, number: int) -> bytes:
    """An index in the place of another one whose value nobody can read as it was read then."""
    return _index(ring.get(KeyUse.INDEX, number), b"index", "", index)


def candidates(ring: Keyring, domain: str, value: str) -> list[bytes]:
    """Every index under which the value may stand: one, or two while the index key is being rotated."""
    return [
        _index(ring.get(KeyUse.INDEX, number), b"value", domain, value.encode())
        for number in ring.numbers(KeyUse.INDEX)
    ]


def for_suppression(ring: Keyring, domain: str, value: str) -> bytes:
    """The index in suppression lists, under a key of its own that is never rotated."""
    return _index(ring.current(KeyUse.SUPPRESSION), b"value", domain, value.encode())


def of_repeat(ring: Keyring, content: bytes) -> bytes:
    """Recognises content that was sent before without telling what it was."""
    return _index(ring.current(KeyUse.REPEAT), b"value", "repeat", content)


def _key(ring: Keyring, number: int | None) -> Key:
    return ring.current(KeyUse.INDEX) if number is None else ring.get(KeyUse.INDEX, number)


def _index(key: Key, form: bytes, domain: str, value: bytes) -> bytes:
    name = domain.encode()
    message = len(name).to_bytes(2, "big") + name + value
    digest = hashlib.blake2b(message, key=key.secret, person=form, digest_size=_DIGEST_BYTES)
    return bytes([key.number]) + digest.digest()
