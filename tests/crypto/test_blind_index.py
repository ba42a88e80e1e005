"""Blind indexes: equal values meet, nothing else does, and a rotation finds both."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from privacy.crypto import blind_index
from privacy.crypto.blind_index import INDEX_BYTES
from privacy.crypto.keyring import Key, Keyring, KeyUse

RING = Keyring.generate()


@given(st.text(), st.text())
def test_equal_values_and_only_those_have_one_index(one: str, other: str) -> None:
    index = blind_index.of_value(RING, "email", one)
    assert len(index) == INDEX_BYTES
    assert (index == blind_index.of_value(RING, "email", other)) == (one == other)


def test_domain_form_and_purpose_keep_apart() -> None:
    digest = hashlib.sha256(b"x").digest()
    made = [
        blind_index.of_value(RING, "email", "x"),
        blind_index.of_value(RING, "phone", "x"),
        blind_index.of_value(RING, "emailx", ""),
        blind_index.of_sha256(RING, "email", b"x"),
        blind_index.of_sha256(RING, "email", digest),
        blind_index.for_suppression(RING, "email", "x"),
        blind_index.of_repeat(RING, b"x"),
    ]
    assert len(set(made)) == len(made)


def test_another_installation_has_other_indexes() -> None:
    assert blind_index.of_value(RING, "email", "x") != blind_index.of_value(Keyring.generate(), "email", "x")


def test_a_rotation_writes_the_new_and_finds_the_old() -> None:
    old = [RING.current(use) for use in KeyUse]
    turned = Keyring([*old, Key(2, KeyUse.INDEX, b"2" * 32)])
    before = blind_index.of_value(RING, "email", "x")
    after = blind_index.of_value(turned, "email", "x")
    assert before != after
    assert blind_index.candidates(RING, "email", "x") == [before]
    assert blind_index.candidates(turned, "email", "x") == [after, before]
    assert blind_index.for_suppression(turned, "email", "x") == blind_index.for_suppression(RING, "email", "x")


def test_the_format_is_final() -> None:
    ring = Keyring([Key(1, use, b"k" * 32) for use in KeyUse])
    person = hashlib.blake2b(b"\x00\x05emailx", key=b"k" * 32, person=b"value", digest_size=16).digest()
    assert blind_index.of_value(ring, "email", "x") == b"\x01" + person
