"""`field_roundtrip`: one field sealed and opened as the service does it, beside the bare cipher in the same run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV

from bench.places import Site
from bench.report import Figure, figure, median
from bench.sizes import Size
from privacy.crypto.owner_keys import SERVICE_OWNER, OwnerKey

_FIELD = b"anna.nowakowska@firma.example"
_PLACE = ("subject_contact", "value_enc")
_ROUNDS = 7


def measure(_site: Site, size: Size) -> Iterator[Figure]:
    """For a person's key and for the service's, in microseconds for sealing and opening together."""
    secret, row = os.urandom(32), uuid4()
    for name, owner, cipher in (
        ("field_roundtrip", uuid4(), AESGCM(secret)),
        ("field_roundtrip_endless", SERVICE_OWNER, AESGCMSIV(secret)),
    ):
        ours = _ours(OwnerKey(owner, 1, secret), row)
        bare = _bare(cipher)
        pairs = [(_micros(ours, size.fields), _micros(bare, size.fields)) for _ in range(_ROUNDS)]
        value, floor = (median(one[n] for one in pairs) for n in (0, 1))
        yield figure(name, "sqlite", value, "us", ("bare cipher, with a nonce", floor))


def _ours(key: OwnerKey, row: UUID) -> Callable[[], object]:
    return lambda: key.open(*_PLACE, row, key.seal(*_PLACE, row, _FIELD))


def _bare(cipher: AESGCM | AESGCMSIV) -> Callable[[], object]:
    """What nobody can do without: a random nonce, the cipher, associated data."""

    def roundtrip() -> bytes:
        nonce = os.urandom(12)
        return cipher.decrypt(nonce, cipher.encrypt(nonce, _FIELD, b"place"), b"place")

    return roundtrip


def _micros(work: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times * 1e6
