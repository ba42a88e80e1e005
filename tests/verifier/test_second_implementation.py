"""The verifier agrees with another implementation of each thing that it computes, and with the published vectors."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.audit import checkpoint, merkle, note
from privacy.audit import privacy_verify as verifier
from privacy.audit.privacy_verify import Failed
from tests.sizes import size
from tests.verifier import made

# RFC 8032, section 7.1: seed, public key, message, signature.
RFC_8032 = [
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]  # fmt: skip


def openssl_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032_hold(seed: str, public: str, message: str, signature: str) -> None:
    key, text, raw = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)).sign(text) == raw
    assert verifier.ed25519_holds(key, text, raw)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
@settings(max_examples=size("examples"), deadline=None)
def test_it_takes_what_openssl_signs_and_no_bit_may_change(seed: bytes, message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert verifier.ed25519_holds(public, message, signature)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not verifier.ed25519_holds(public, message, bytes(flipped))
    other = bytearray(public)
    other[bit // 8 % 32] ^= 1 << bit % 8
    assert not verifier.ed25519_holds(bytes(other), message, signature)
    assert not verifier.ed25519_holds(public, message + b"x", signature)
    s = int.from_bytes(signature[32:], "little") + verifier.ORDER
    moved = signature[:32] + s.to_bytes(32, "little")
    assert not verifier.ed25519_holds(public, message, moved)
    assert not openssl_holds(public, message, moved)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=40), st.binary(min_size=64, max_size=64))
@settings(max_examples=size("examples"), deadline=None)
def test_it_never_takes_what_openssl_refuses(public: bytes, message: bytes, signature: bytes) -> None:
    assert not verifier.ed25519_holds(public, message, signature) or openssl_holds(public, message, signature)


# The points of small order, in every encoding (as in RFC 8032's discussion and "Taming the many EdDSAs", 2020).
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


@pytest.mark.parametrize("public", SMALL_ORDER)
def test_a_key_of_small_order_or_in_a_second_spelling_signs_nothing(public: str) -> None:
    # Under the neutral element, R = S·B holds for every message: OpenSSL takes it, which is where we are stricter.
    key, base = bytes.fromhex(public), verifier._encoded(verifier.BASE)
    assert not verifier.ed25519_holds(key, b"anything", base + (1).to_bytes(32, "little"))


@pytest.mark.parametrize("more", range(19))
def test_a_point_has_one_spelling(more: int) -> None:
    assert verifier._decoded((verifier.P + more).to_bytes(32, "little")) is None


def test_where_it_is_stricter_than_openssl() -> None:
    neutral, base = bytes.fromhex(SMALL_ORDER[0]), verifier._encoded(verifier.BASE)
    forged = base + (1).to_bytes(32, "little")
    assert openssl_holds(neutral, b"anything", forged)
    assert not verifier.ed25519_holds(neutral, b"anything", forged)


# RFC 6962 trees. Certificate Transparency's reference leaves, roots and proofs.
CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
HASHES = [verifier.leaf_hash(bytes.fromhex(leaf)) for leaf in CT_LEAVES]
A = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
B = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
C = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
D = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
L0, L1, L4, L6 = (HASHES[i].hex() for i in (0, 1, 4, 6))
R2, R4 = CT_ROOTS[2], CT_ROOTS[4]


@pytest.mark.parametrize(("count", "root"), CT_ROOTS.items())
def test_the_reference_roots(count: int, root: str) -> None:
    assert verifier.root_of(iter(HASHES[:count])) == (count, bytes.fromhex(root))


@pytest.mark.parametrize(
    ("index", "count", "path"),
    [(0, 8, [L1, A, B]), (5, 8, [L4, C, R4]), (2, 3, [R2]), (1, 5, [L0, A, L4]), (0, 1, [])],
)
def test_the_reference_inclusion_proofs(index: int, count: int, path: list[str]) -> None:
    proof = [bytes.fromhex(one) for one in path]
    assert verifier.root_by_path(HASHES[index], index, count, proof).hex() == CT_ROOTS[count]
    assert verifier.path_to(HASHES[:count], index) == proof


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [(1, 8, [L1, A, B]), (6, 8, [D, C, R4]), (2, 5, [A, L4]), (6, 7, [D, L6, R4]), (4, 8, [B]), (5, 5, [])],
)
def test_the_reference_consistency_proofs(old: int, new: int, proof: list[str]) -> None:
    old_root, new_root = bytes.fromhex(CT_ROOTS[old]), bytes.fromhex(CT_ROOTS[new])
    hashes = [bytes.fromhex(one) for one in proof]
    assert verifier.roots_by_proof(old, new, hashes, old_root) == (old_root, new_root)


def both(one: Any, other: Any) -> tuple[bool, bool]:
    """Whether each of two verifications holds."""
    results = []
    for verify in (one, other):
        try:
            verify()
        except (Failed, merkle.ProofInvalid):
            results.append(False)
        else:
            results.append(True)
    return results[0], results[1]


SIZES = st.integers(1, 70) | st.integers(0, 8).flatmap(lambda k: st.integers(max(1, 2**k - 1), 2**k + 1))


@given(st.data())
@settings(max_examples=size("examples"), deadline=None)
def test_proofs_hold_or_fail_for_both_implementations(data: st.DataObject) -> None:
    count = data.draw(SIZES)
    leaves = [b"%d" % one for one in range(count)]
    subtrees = made.tree(leaves)
    index, old = data.draw(st.integers(0, count - 1)), data.draw(st.integers(1, count))
    path, proof = merkle.prove_inclusion(index, count, subtrees), merkle.prove_consistency(old, count, subtrees)
    root, old_root = merkle.root_of(count, subtrees), merkle.root_of(old, subtrees)
    assert verifier.root_of(merkle.leaf_hash(one) for one in leaves) == (count, root)
    assert verifier.path_to([merkle.leaf_hash(one) for one in leaves], index) == path
    leaf = merkle.leaf_hash(leaves[index])

    def changed(hashes: list[bytes]) -> list[bytes]:
        change = data.draw(st.sampled_from(["none", "drop", "double", "swap", "flip", "more"]))
        at = data.draw(st.integers(0, max(0, len(hashes) - 1)))
        if change == "more":
            return [*hashes, bytes(32)]
        if not hashes or change == "none":
            return hashes
        wrong = bytes([hashes[at][0] ^ 1]) + hashes[at][1:]
        middle = {"drop": [], "double": [hashes[at]] * 2, "flip": [wrong], "swap": hashes[at : at + 2][::-1]}[change]
        return hashes[:at] + middle + hashes[at + (2 if change == "swap" else 1) :]

    path, proof = changed(path), changed(proof)
    size_of = data.draw(st.just(count) | st.integers(1, count + 3))
    place = data.draw(st.just(index) | st.integers(0, size_of - 1))

    def our_inclusion() -> None:
        verifier.ensure(place < size_of, "outside")
        verifier.ensure(verifier.root_by_path(leaf, place, size_of, path) == root, "root")

    def our_consistency() -> None:
        roots = verifier.roots_by_proof(old, count, proof, old_root)
        verifier.ensure(roots == (old_root, root), "root")

    holds = both(our_inclusion, lambda: merkle.verify_inclusion(leaf, place, size_of, path, root))
    assert holds[0] == holds[1]
    holds = both(our_consistency, lambda: merkle.verify_consistency(old, count, proof, old_root, root))
    assert holds[0] == holds[1]


# Notes. The vector of the specification, and our own.
VECTORS = [
    ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", 1,
     "This is an example message.\n\n"
     "— example.com/foo "
     "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"),
    ("log.example.org/consent+2794d92b+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", 1,
     "log.example.org/consent\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n"
     "— log.example.org/consent "
     "J5TZK1HK1IOUSOEMikbJMt6+8s45gGRKp8ohFsVZRXd2BIGrg8BwTMugiczUE2y0gFuReoGCsea3edfjluJHeA2GYAo=\n"),
    ("witness.example.org/w1+eba12634+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", 4,
     "log.example.org/consent\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n"
     "— witness.example.org/w1 "
     "66EmNAAAAABpVbkAMoLbFMuc34/PfkQHTDq44WitHIJ2j3DYC/mouS3j8Cf5Y6SKRzfduGBrv+0ZKo7zt+KF/D5abr93k5ddswNbAQ==\n"),
]  # fmt: skip


@pytest.mark.parametrize(("vkey", "kind", "text"), VECTORS)
def test_the_vectors_of_signed_notes_hold(vkey: str, kind: int, text: str) -> None:
    key = verifier.Key.parse(vkey, kind)
    assert str(key) == vkey
    assert verifier.Note.parse(text).signers([key]) == [key]


@given(st.data())
@settings(max_examples=size("examples"), deadline=None)
def test_notes_hold_or_fail_for_both_implementations(data: st.DataObject) -> None:
    raw = bytearray(made.Log(5).checkpoint(witnesses=1).encode())
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b"", b"\n", b" ", b"=", b"A", b"\xc3\xb3"])
        )
    vkey = made.KEY.verifier

    def ours() -> None:
        parsed = verifier.Note.parse(verifier.decoded(bytes(raw)))
        verifier.ensure(bool(parsed.signers([verifier.Key.parse(str(vkey), 1)])), "nobody")
        verifier.ensure(verifier.Checkpoint.parse(parsed.text).origin == made.ORIGIN, "origin")

    def theirs() -> None:
        try:
            checkpoint.verify_checkpoint(bytes(raw), made.ORIGIN, [vkey])
        except note.NoteInvalid:
            raise Failed("theirs") from None

    holds = both(ours, theirs)
    assert holds[0] == holds[1]


# Canonical JSON.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20)


@given(VALUES)
@settings(max_examples=size("examples"), deadline=None)
def test_canonical_json_is_that_of_an_independent_encoder(value: Any) -> None:
    raw = verifier.canonical(value)
    assert raw == rfc8785.dumps(value)
    assert verifier.json_of(raw) == value


def test_the_vectors_of_rfc_8785() -> None:
    names = ["\r", "1", "\x80", "\xf6", "€", "😀", "\ufb33"]
    assert list(json.loads(verifier.canonical(dict.fromkeys(reversed(names))))) == names
    value = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "literals": [None, True, False]}
    expected = '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    assert verifier.canonical(value).decode() == expected
    assert hashlib.sha256(verifier.canonical({})).digest() == hashlib.sha256(b"{}").digest()
