"""What a witness answers, without files or network: every status of tlog-witness, and the strict parser."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.audit import merkle
from privacy.audit.checkpoint import Checkpoint
from privacy.audit.note import KeyType, Note, SigningKey
from privacy.audit.witness.comparing import Verdict, compared
from privacy.audit.witness.protocol import (
    LONGEST_REQUEST,
    SIZE_MEDIA_TYPE,
    Log,
    Request,
    WitnessRequestInvalid,
    decide,
    parse_size,
)
from privacy.errors import InvalidInput
from tests.audit.witness_logs import ORIGIN, SEED, ALog

A, B = ALog("A"), ALog("B")
STRANGER = SigningKey(ORIGIN, KeyType.ED25519, bytes(32))
KNOWN = Log((A.key.verifier,))


def seen(size: int) -> Log:
    return Log((A.key.verifier,), A.note(size))


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (0, 5), (1, 2), (5, 5), (5, 8), (8, 9), (7, 300)])
def test_a_checkpoint_that_continues_the_last_one_is_cosigned(old: int, new: int) -> None:
    answer = decide(seen(old) if old else KNOWN, A.request(old, new))
    assert (answer.status, answer.is_fork) == (200, False)


@given(old=st.integers(0, 64), new=st.integers(0, 64))
def test_whatever_grows_is_cosigned_and_whatever_shrinks_is_not(old: int, new: int) -> None:
    request = Request(old, A.proof(old, new) if old <= new else (), A.note(new))
    assert decide(seen(old) if old else KNOWN, request).status == (200 if old <= new else 400)


@given(size=st.integers(1, 40), new=st.integers(1, 60))
def test_another_history_is_never_cosigned_from_where_the_witness_stands(size: int, new: int) -> None:
    proof = B.proof(size, new) if size <= new else ()
    answer = decide(seen(size), Request(size, proof, B.note(new)))
    assert answer.status == (422 if size <= new else 400)
    assert answer.is_fork == (size == new)


def test_a_log_that_nobody_told_it_of_is_404() -> None:
    assert decide(None, A.request(0, 5)).status == 404
    assert decide(Log(()), A.request(0, 5)).status == 404


def _signature_broken(note: Note) -> Note:
    (line,) = note.signatures
    return Note(note.text, (dataclasses.replace(line, raw=bytes(64)),))


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(A.checkpoint(5).signed(STRANGER), id="signed by a key that isn't trusted"),
        pytest.param(_signature_broken(A.note(5)), id="the trusted key's signature fails"),
        pytest.param(
            Note(A.note(5).text, A.note(5).signatures + _signature_broken(A.note(5)).signatures),
            id="one holds and one fails",
        ),
        pytest.param(Note(A.note(6).text, A.note(5).signatures), id="the signature of another checkpoint"),
        pytest.param(
            Note(A.note(5).text, (SigningKey(ORIGIN, KeyType.COSIGNATURE, SEED).sign(A.note(5).text, at=1),)),
            id="a cosignature with the log's key",
        ),
    ],
)
def test_a_checkpoint_that_no_trusted_key_signed_as_it_must_is_403(note: Note) -> None:
    assert decide(KNOWN, Request(0, (), note)).status == 403


def test_signatures_of_strangers_beside_the_logs_are_passed_over() -> None:
    note = A.checkpoint(5).signed(STRANGER, A.key)
    assert decide(KNOWN, Request(0, (), note)).status == 200


def test_an_old_size_above_the_checkpoint_is_400() -> None:
    assert decide(seen(8), Request(8, (), A.note(5))).status == 400


@pytest.mark.parametrize(
    "text", [f"{ORIGIN}\n5\n", f"{ORIGIN}\n05\n{'A' * 43}=\n", f"{ORIGIN}\n5\n{'A' * 43}=\nmore\n"]
)
def test_a_signed_text_that_is_no_checkpoint_is_400(text: str) -> None:
    assert decide(KNOWN, Request(0, (), Note(text, (A.key.sign(text),)))).status == 400


@pytest.mark.parametrize(("stands_at", "old"), [(0, 3), (5, 0), (5, 4), (5, 6)])
def test_an_old_size_that_the_witness_does_not_stand_at_is_409_with_its_size(stands_at: int, old: int) -> None:
    answer = decide(seen(stands_at) if stands_at else KNOWN, A.request(old, 8))
    assert (answer.status, answer.text, answer.media_type) == (409, f"{stands_at}\n", SIZE_MEDIA_TYPE)


Change = Callable[[tuple[bytes, ...]], tuple[bytes, ...]]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda proof: proof[1:], id="a hash is missing"),
        pytest.param(lambda proof: (*proof, proof[0]), id="a hash too many"),
        pytest.param(lambda proof: proof[::-1], id="another order"),
        pytest.param(lambda _proof: (), id="none"),
        pytest.param(lambda proof: (bytes(32), *proof[1:]), id="a changed hash"),
    ],
)
def test_a_proof_that_fails_is_422(change: Change) -> None:
    request = A.request(6, 11)
    assert decide(seen(6), dataclasses.replace(request, proof=change(request.proof))).status == 422


def test_a_proof_from_size_zero_is_422() -> None:
    assert decide(KNOWN, Request(0, (bytes(32),), A.note(5))).status == 422
    assert decide(Log(KNOWN.keys, A.note(0)), Request(0, (bytes(32),), A.note(5))).status == 422


def test_a_proof_between_trees_of_one_size_is_422() -> None:
    assert decide(seen(5), Request(5, (bytes(32),), A.note(5))).status == 422


def test_the_empty_log_with_the_root_of_another_is_422() -> None:
    note = Checkpoint(ORIGIN, 0, bytes(32)).signed(A.key)
    assert decide(KNOWN, Request(0, (), note)).status == 422


def test_a_second_root_of_the_size_that_was_cosigned_is_a_fork() -> None:
    answer = decide(seen(5), Request(5, (), B.note(5)))
    assert (answer.status, answer.is_fork) == (422, True)
    assert "size 5" in answer.text


def test_a_new_key_of_the_log_counts_once_it_is_trusted_and_continues_the_old_keys_tree() -> None:
    after = ALog("A", seed=bytes(31) + b"\x01")
    assert decide(seen(5), after.request(5, 8)).status == 403
    rotated = Log((A.key.verifier, after.key.verifier), A.note(5))
    assert decide(rotated, after.request(5, 8)).status == 200
    assert decide(rotated, ALog("B", seed=after.key.seed).request(5, 8)).status == 422


# -- the parser -----------------------------------------------------------------------------------------------------

HASHES = st.binary(min_size=32, max_size=32)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(
    lambda name: "+" not in name and name.isprintable() and not any(sign.isspace() for sign in name)
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    key = SigningKey(draw(NAMES), KeyType.ED25519, draw(HASHES))
    checkpoint = Checkpoint(key.name, draw(st.integers(1, merkle.LARGEST)), draw(HASHES))
    proof = tuple(draw(st.lists(HASHES, max_size=63)))
    return Request(draw(st.integers(0, merkle.LARGEST)), proof, checkpoint.signed(key))


@given(requests())
def test_what_is_printed_is_parsed_to_the_same(request: Request) -> None:
    assert Request.parse(str(request).encode()) == request


def _parsed_only_if_printed_so(body: bytes) -> None:
    try:
        request = Request.parse(body)
    except WitnessRequestInvalid:
        return
    assert str(request).encode() == body
    # What is parsed is decided, whatever it says.
    assert decide(KNOWN, request).status in {200, 400, 403, 404, 409, 422}


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_raise_nothing_but_the_one_error(body: bytes) -> None:
    _parsed_only_if_printed_so(body)
    _parsed_only_if_printed_so(b"old 5\n" + body)
    _parsed_only_if_printed_so(b"old 0\n\n" + body)


@given(requests(), st.data())
def test_a_changed_request_is_refused_or_printed_to_the_same_bytes(request: Request, data: st.DataObject) -> None:
    body = bytearray(str(request).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b"", b"\n", b"\r\n", b" ", b"=", b"+", b"0", b"\x00", b"\xff", "—".encode(), b"\n\n"])
        )
    _parsed_only_if_printed_so(bytes(body))


GOOD = str(A.request(6, 11))
HASH = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "old 6",
        GOOD.replace("old 6", "old 06"),
        GOOD.replace("old 6", "old +6"),
        GOOD.replace("old 6", "old -6"),
        GOOD.replace("old 6", "old  6"),
        GOOD.replace("old 6", "old 6 "),
        GOOD.replace("old 6", "old 6_0"),
        GOOD.replace("old 6", "old ٦"),
        GOOD.replace("old 6", "Old 6"),
        GOOD.replace("old 6", f"old {2**63}"),
        GOOD.replace("old 6", "old " + "9" * 5_000),
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        " " + GOOD,
        GOOD.replace("\n\n", "\n", 1),
        GOOD.replace("old 6\n", f"old 6\n{HASH[:-1]}\n"),
        GOOD.replace("old 6\n", f"old 6\n{HASH[:-2]}B=\n"),
        GOOD.replace("old 6\n", f"old 6\n{HASH} \n"),
        GOOD.replace("old 6\n", "old 6\n" + base64.b64encode(bytes(31)).decode() + "\n"),
        GOOD.replace("old 6\n", "old 6\n" + base64.b64encode(bytes(33)).decode() + "\n"),
        "old 0\n" + f"{HASH}\n" * 64 + "\n" + str(A.note(11)),
        GOOD + "\n",
        GOOD[:-1],
        "old 0\n\n" + A.note(11).text,
        "old 0\n\n" + A.note(11).text + "\n",
        GOOD + "x" * LONGEST_REQUEST,
    ],
)
def test_what_is_not_written_as_it_must_be_is_refused(body: str) -> None:
    with pytest.raises(WitnessRequestInvalid):
        Request.parse(body.encode())


def test_the_longest_proof_there_can_be_is_taken() -> None:
    body = "old 0\n" + f"{HASH}\n" * 63 + f"\n{A.note(11)}"
    assert len(Request.parse(body.encode()).proof) == 63


@given(st.binary(max_size=12))
def test_a_size_is_read_only_as_it_must_be_written(answer: bytes) -> None:
    with contextlib.suppress(WitnessRequestInvalid):
        assert f"{parse_size(answer)}\n".encode() == answer


# -- comparing ------------------------------------------------------------------------------------------------------


def test_two_roots_of_one_size_are_a_fork_named_by_its_size() -> None:
    sources = [("one", str(A.note(5)).encode()), ("two", str(A.note(8)).encode()), ("three", str(B.note(8)).encode())]
    found = compared(sources, [A.key.verifier])
    assert (found.verdict, found.size) == (Verdict.FORK, 8)
    assert "two and in three" in found.text


def test_one_root_is_one_history_and_two_sizes_say_nothing() -> None:
    five, eight = ("five", str(A.note(5)).encode()), ("eight", str(A.note(8)).encode())
    assert compared([five, five], [A.key.verifier]).verdict is Verdict.SAME
    assert compared([five, eight], [A.key.verifier]).verdict is Verdict.UNDECIDED


def test_checkpoints_are_compared_under_keys_of_one_log() -> None:
    other = ALog(origin="log.example.org/other")
    with pytest.raises(InvalidInput):
        compared([("one", str(A.note(5)).encode())], [A.key.verifier, other.key.verifier])


def test_the_published_vector_of_a_cosignature_is_ours_too() -> None:
    key = SigningKey("witness.example.org/w1", KeyType.COSIGNATURE, SEED)
    root = bytes.fromhex("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
    assert str(key.sign(str(Checkpoint(ORIGIN, 8, root)), at=1_767_225_600)) == (
        "— witness.example.org/w1 66EmNAAAAABpVbkAMoLbFMuc34/PfkQHTDq44WitHIJ2j3DYC/mouS3j8Cf5Y6SKRzfduGBrv+0ZKo7zt"
        "+KF/D5abr93k5ddswNbAQ==\n"
    )
