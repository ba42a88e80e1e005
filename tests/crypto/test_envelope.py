"""A sealed value opens where it was sealed, with its key, and nowhere else; every failure looks the same."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.crypto import envelope
from privacy.crypto.envelope import SealBroken
from privacy.db import new_id
from tests.sizes import size

KEY = bytes(range(32))
ROW = UUID(int=7)
PLACE = ("subject_contact", "value_enc", ROW, 1)


@given(st.binary(max_size=300))
def test_what_was_sealed_opens_again(plaintext: bytes) -> None:
    sealed = envelope.seal(KEY, plaintext, envelope.binding(*PLACE))
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
    sealed = envelope.seal(KEY, b"anna@example.com", envelope.binding(*PLACE))
    with pytest.raises(SealBroken):
        envelope.open_sealed(KEY, sealed, envelope.binding(*place))


def test_another_key_does_not_open() -> None:
    sealed = envelope.seal(KEY, b"x", b"")
    with pytest.raises(SealBroken):
        envelope.open_sealed(os.urandom(32), sealed, b"")


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_no_changed_bit_goes_unnoticed_and_every_failure_is_the_same(position: int, change: int) -> None:
    sealed = bytearray(envelope.seal(KEY, b"anna@example.com", b""))
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
    sealed = envelope.seal(KEY, b"abc", b"")
    assert sealed[0] == 1
    assert len(sealed) == 1 + 12 + 3 + 16
    assert envelope.binding("t", "c", ROW, 1).hex() == (
        "00000001" + "74" + "00000001" + "63" + "00000010" + ROW.hex + "00000004" + "00000001"
    )


def test_nonces_and_ids_stay_unique_over_forked_processes() -> None:
    workers = 8
    each = size("nonces") // workers
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        made = [item for part in pool.map(_nonces_and_ids, [each] * workers) for item in part]
    assert len(set(made)) == workers * each * 2


def _nonces_and_ids(count: int) -> list[bytes]:
    nonces = [envelope.seal(KEY, b"", b"")[1:13] for _ in range(count)]
    return nonces + [new_id().bytes for _ in range(count)]
