"""A sealed value opens where it was sealed, with its key, and nowhere else; every failure looks the same."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from privacy.crypto import envelope
from privacy.crypto.envelope import SealBroken
from privacy.crypto.owner_keys import SERVICE_OWNER, OwnerKey
from privacy.db import new_id
from tests.sizes import size

KEY = bytes(range(32))
#: Made before the fork, as a server's are.
CIPHER = envelope.cipher_of(KEY)
ROW = UUID(int=7)
PLACE = ("subject_contact", "value_enc", ROW, 1)


@given(st.binary(max_size=300), st.booleans())
def test_what_was_sealed_opens_again(plaintext: bytes, endless: bool) -> None:
    sealed = envelope.seal(KEY, plaintext, envelope.binding(*PLACE), endless=endless)
    assert envelope.open_sealed(KEY, sealed, envelope.binding(*PLACE)) == plaintext
    assert plaintext not in sealed or len(plaintext) < 4


@pytest.mark.parametrize(
    "place",
    [
        ("account_identifier", "value_enc", ROW, 1),
        ("subject_contact", "name_enc", ROW, 1),
        ("subject_contact", "value_enc", UUID(int=8), 1),
        ("subject_contact", "value_enc", str(ROW), 1),
        ("subject_contact", "value_enc", ROW, 2),
        ("subject_contactv", "alue_enc", ROW, 1),  # the same letters, cut elsewhere
    ],
    ids=["table", "column", "row", "row as text", "key version", "boundary"],
)
def test_a_value_that_was_moved_does_not_open(place: tuple[str, str, UUID | str, int]) -> None:
    for endless in (False, True):
        sealed = envelope.seal(KEY, b"anna@example.com", envelope.binding(*PLACE), endless=endless)
        with pytest.raises(SealBroken):
            envelope.open_sealed(KEY, sealed, envelope.binding(*place))


def test_another_key_does_not_open() -> None:
    sealed = envelope.seal(KEY, b"x", b"")
    with pytest.raises(SealBroken):
        envelope.open_sealed(os.urandom(32), sealed, b"")


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255), st.booleans())
def test_no_changed_bit_goes_unnoticed_and_every_failure_is_the_same(position: int, change: int, endless: bool) -> None:
    sealed = bytearray(envelope.seal(KEY, b"anna@example.com", b"", endless=endless))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(SealBroken) as caught:
        envelope.open_sealed(KEY, bytes(sealed), b"")
    assert str(caught.value) == SealBroken.title()
    assert caught.value.__cause__ is None


@given(st.binary(max_size=40))
def test_rubbish_and_truncations_are_refused_alike(rubbish: bytes) -> None:
    with pytest.raises(SealBroken):
        envelope.open_sealed(KEY, rubbish, b"")


def test_the_format_is_final() -> None:
    for endless, version in ((False, 1), (True, 2)):
        sealed = envelope.seal(KEY, b"abc", b"", endless=endless)
        assert sealed[0] == version
        assert len(sealed) == 1 + 12 + 3 + 16
    assert envelope.binding("t", "c", ROW, 1).hex() == (
        "00000001" + "74" + "00000001" + "63" + "00000010" + ROW.hex + "00000004" + "00000001"
    )


#: NIST's vectors of AES-256-GCM (key and nonce of zeros) and those of RFC 8452, appendix C.2.
GCM = {
    b"": "530f8afbc74536b9a963b4f1c4cb738b",
    bytes(16): "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919",
}
SIV = {
    b"": "07f5f4169bbf55a8400cd47ea6fd400f",
    bytes([1, *bytes(7)]): "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28",
}


@pytest.mark.parametrize("plaintext", GCM)
def test_published_vectors_of_gcm(plaintext: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", bytes)
    sealed = bytes([1]) + bytes(12) + bytes.fromhex(GCM[plaintext])
    assert envelope.seal(bytes(32), plaintext, b"") == sealed
    assert envelope.open_sealed(bytes(32), sealed, b"") == plaintext


@pytest.mark.parametrize("plaintext", SIV)
def test_published_vectors_of_gcm_siv(plaintext: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    nonce = bytes([3, *bytes(11)])
    monkeypatch.setattr(os, "urandom", lambda _count: nonce)
    cipher = envelope.cipher_of(KEY)
    cipher.__dict__["siv"] = AESGCMSIV(bytes([1, *bytes(31)]))  # The vector's key in the place of the derived one.
    sealed = bytes([2]) + nonce + bytes.fromhex(SIV[plaintext])
    assert envelope.seal(cipher, plaintext, b"", endless=True) == sealed
    assert envelope.open_sealed(cipher, sealed, b"") == plaintext


def test_the_second_cipher_has_a_key_of_its_own_derived_as_hkdf_does() -> None:
    derived = HKDFExpand(SHA256(), 32, b"privacy envelope 2 AES-256-GCM-SIV").derive(KEY)
    sealed = envelope.seal(KEY, b"abc", b"place", endless=True)
    assert AESGCMSIV(derived).decrypt(sealed[1:13], sealed[13:], b"place") == b"abc"


def test_neither_version_opens_as_the_other() -> None:
    for endless in (False, True):
        sealed = bytearray(envelope.seal(KEY, b"abc", b"", endless=endless))
        sealed[0] ^= 3
        with pytest.raises(SealBroken):
            envelope.open_sealed(KEY, bytes(sealed), b"")


def test_what_the_service_sealed_before_it_had_the_second_cipher_still_opens() -> None:
    owner = OwnerKey(SERVICE_OWNER, 1, KEY)
    before = envelope.seal(KEY, b"an answer", envelope.binding("idempotent_answer", "body_enc", ROW, 1))
    assert owner.open("idempotent_answer", "body_enc", ROW, before) == b"an answer"
    assert owner.seal("idempotent_answer", "body_enc", ROW, b"an answer")[0] == 2
    assert OwnerKey(ROW, 1, KEY).seal("subject_contact", "value_enc", ROW, b"x")[0] == 1


def test_nonces_and_ids_stay_unique_over_forked_processes() -> None:
    workers = 8
    each = size("nonces") // workers
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        made = [item for part in pool.map(_nonces_and_ids, [each] * workers) for item in part]
    assert len(set(made)) == workers * each * 2


def _nonces_and_ids(count: int) -> list[bytes]:
    nonces = [envelope.seal(CIPHER, b"", b"", endless=bool(n % 2))[1:13] for n in range(count)]
    return nonces + [new_id().bytes for _ in range(count)]
