"""The witness over HTTP and the log that asks it: real sockets, honest and other conversations."""

from __future__ import annotations

import contextlib
import http.client
import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from privacy.audit.note import KeyType, Note, SigningKey
from privacy.audit.witness import server as serving
from privacy.audit.witness.cosigner import Cosigner
from privacy.audit.witness.protocol import LONGEST_REQUEST, SIZE_MEDIA_TYPE, origin_hash
from privacy.audit.witness.server import WitnessServer
from privacy.audit.witnessing import (
    Witness,
    WitnessBehind,
    WitnessRefused,
    WitnessUnreachable,
    ask,
    parse_witnesses,
)
from tests.audit.witness_logs import ORIGIN, ALog, a_witness, at

A, B = ALog("A"), ALog("B")
#: How long a connection lives in these tests, in seconds.
SECONDS = 2.0


@contextlib.contextmanager
def serving_of(cosigner: Cosigner) -> Iterator[WitnessServer]:
    with WitnessServer("127.0.0.1", 0, cosigner, seconds=SECONDS) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "witness"


@pytest.fixture
def server(folder: Path) -> Iterator[WitnessServer]:
    with serving_of(a_witness(folder)) as server:
        yield server


@pytest.fixture
def witness(server: WitnessServer) -> Witness:
    return at(server.cosigner, server.server_port)


def post(server: WitnessServer, body: str, path: str = "/add-checkpoint") -> tuple[int, str, str]:
    return asked(server, "POST", path, body)


def asked(server: WitnessServer, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    with contextlib.closing(connection):
        connection.request(method, path, None if body is None else body.encode())
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read().decode()


def raw(server: WitnessServer, *parts: bytes) -> bytes:
    """Send as it is, and read until the server closes."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
        with contextlib.suppress(ConnectionResetError):
            return b"".join(iter(lambda: connection.recv(65_536), b""))
    return b""


# -- the server -----------------------------------------------------------------------------------------------------


def test_every_status_of_the_protocol_comes_over_http(server: WitnessServer) -> None:
    status, _, line = post(server, str(A.request(0, 5)))
    assert status == 200
    assert line.startswith("— witness.example.org/w1 ")
    assert line.endswith("\n")
    assert post(server, "old")[0] == 400
    assert post(server, str(ALog(seed=bytes(32)).request(5, 6)))[0] == 403
    assert post(server, str(ALog(origin="log.example.org/other").request(0, 6)))[0] == 404
    assert post(server, str(A.request(0, 6))) == (409, SIZE_MEDIA_TYPE, "5\n")
    assert post(server, str(B.request(5, 6)))[0] == 422


def test_monitors_read_what_was_cosigned_last(server: WitnessServer, witness: Witness) -> None:
    path = f"/{origin_hash(ORIGIN)}/checkpoint"
    assert asked(server, "GET", path)[0] == 404
    post(server, str(A.request(0, 5)))
    status, media_type, note = asked(server, "GET", path)
    assert (status, media_type) == (200, "text/plain; charset=utf-8")
    assert Note.parse(note).verify([A.key.verifier, witness.key]) == [A.key.verifier, witness.key]


@pytest.mark.parametrize("path", ["/", "/add-checkpoint/", "/add-checkpoint?x=1", "/checkpoint", "/.." + "/key"])
def test_nothing_else_is_there(server: WitnessServer, path: str) -> None:
    assert post(server, str(A.request(0, 5)), path)[0] == 404
    assert asked(server, "GET", path)[0] == 404


def test_methods_that_it_does_not_have_are_refused_in_plain_text(server: WitnessServer) -> None:
    status, media_type, text = asked(server, "PUT", "/add-checkpoint", "x")
    assert (status, media_type) == (501, "text/plain; charset=utf-8")
    assert text.endswith(".\n")


def test_one_connection_may_ask_several_times(server: WitnessServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    with contextlib.closing(connection):
        for old, new in ((0, 3), (3, 4), (4, 9)):
            connection.request("POST", "/add-checkpoint", str(A.request(old, new)).encode())
            answer = connection.getresponse()
            assert (answer.status, bool(answer.read())) == (200, True)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"", b"411"),
        (b"Content-Length: -1\r\n", b"411"),
        (b"Content-Length: +5\r\n", b"411"),
        (b"Content-Length: 99999999999999\r\n", b"411"),
        (b"Transfer-Encoding: chunked\r\n", b"411"),
        (b"Content-Length: %d\r\n" % (LONGEST_REQUEST + 1), b"413"),
    ],
)
def test_a_body_without_a_length_or_too_long_a_one_is_refused_unread(
    server: WitnessServer, header: bytes, status: bytes
) -> None:
    answer = raw(server, b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n" + header + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 " + status)


def test_what_is_no_http_is_refused(server: WitnessServer) -> None:
    assert b"Bad request" in raw(server, b"\x16\x03\x01 what is this\r\n\r\n")


def test_who_sends_slowly_is_cut_off_and_keeps_nobody_waiting(server: WitnessServer) -> None:
    begun = time.monotonic()
    with contextlib.ExitStack() as stack:
        for _ in range(5):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", server.server_port), timeout=10))
            slow.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\nold")
        assert post(server, str(A.request(0, 5)))[0] == 200
        while time.monotonic() < begun + SECONDS - 0.5:
            slow.sendall(b"0")
            time.sleep(0.1)
        # A byte now and then does not lengthen its life.
        assert slow.recv(100) == b""
    assert SECONDS - 0.2 < time.monotonic() - begun < SECONDS + 3


def test_more_connections_than_there_are_places_are_closed_and_later_ones_served(server: WitnessServer) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(serving.CONNECTIONS):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.server_port), timeout=10))
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as one_more:
            assert one_more.recv(1) == b""
    deadline = time.monotonic() + 10
    status = 0
    while status != 200 and time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            status = post(server, str(A.request(0, 5)))[0]
    assert status == 200


def test_a_state_that_is_gone_is_a_500_and_no_signature(server: WitnessServer, folder: Path, witness: Witness) -> None:
    (folder / "state.json").unlink()
    assert post(server, str(A.request(0, 5)))[0] == 500
    assert asked(server, "GET", f"/{origin_hash(ORIGIN)}/checkpoint")[0] == 500
    with pytest.raises(WitnessUnreachable):
        ask(witness, old=0, proof=(), note=A.note(5))


def test_the_log_of_the_witness_says_what_it_did_and_not_to_whom(
    server: WitnessServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "privacy.witness")
    post(server, str(A.request(0, 5)))
    post(server, str(B.request(5, 5)))
    assert [(record.message, record.levelname) for record in caplog.records] == [
        ("checkpoint answered", "INFO"),
        ("a log has forked", "ERROR"),
    ]
    assert "127.0.0.1" not in caplog.text


# -- the log that asks ----------------------------------------------------------------------------------------------


def test_a_witness_is_asked_and_its_cosignature_verifies_in_the_note(witness: Witness) -> None:
    signature = ask(witness, old=0, proof=(), note=A.note(5))
    assert A.note(5).signed(signature).verify([A.key.verifier, witness.key]) == [A.key.verifier, witness.key]
    assert ask(witness, old=5, proof=A.proof(5, 8), note=A.note(8)).is_by(witness.key)


def test_a_witness_that_stands_elsewhere_says_where_and_takes_the_proof_from_there(witness: Witness) -> None:
    ask(witness, old=0, proof=(), note=A.note(5))
    with pytest.raises(WitnessBehind) as behind:
        ask(witness, old=0, proof=(), note=A.note(8))
    assert behind.value.size == 5
    assert ask(witness, old=5, proof=A.proof(5, 8), note=A.note(8))


def test_a_log_that_lost_its_end_is_refused(witness: Witness) -> None:
    ask(witness, old=0, proof=(), note=A.note(8))
    with pytest.raises(WitnessRefused, match="8 leaves of this log, which now shows it 5"):
        ask(witness, old=3, proof=A.proof(3, 5), note=A.note(5))


def test_refusals_say_what_to_do(witness: Witness) -> None:
    ask(witness, old=0, proof=(), note=A.note(5))
    for log, meaning in (
        (B, "does not continue"),
        (ALog(seed=bytes(32)), "does not trust the key"),
        (ALog(origin="log.example.org/other"), "does not know the log"),
    ):
        with pytest.raises(WitnessRefused, match=meaning):
            ask(witness, old=5, proof=log.proof(5, 8), note=log.note(8))


def test_two_histories_get_no_checkpoint_with_both_cosignatures_and_the_fork_is_named(tmp_path: Path) -> None:
    """The log shows A to one witness and B to the other, in every order; two cosignatures are required."""
    first, second = a_witness(tmp_path / "1", name="w.example/1"), a_witness(tmp_path / "2", name="w.example/2")
    with serving_of(first) as one, serving_of(second) as two:
        w1, w2 = at(first, one.server_port), at(second, two.server_port)
        ask(w1, old=0, proof=(), note=A.note(5))
        ask(w2, old=0, proof=(), note=A.note(5))
        ask(w1, old=5, proof=A.proof(5, 8), note=A.note(8))
        # From the same five leaves on, another history.
        forked = SharedStart()
        ask(w2, old=5, proof=forked.proof(5, 8), note=forked.note(8))
        for old in (5, 8):
            for witness, other in ((w1, forked), (w2, A)):
                for new in (8, 9, 12):
                    with pytest.raises((WitnessRefused, WitnessBehind)):
                        ask(witness, old=old, proof=other.proof(old, new), note=other.note(new))


class SharedStart(ALog):
    """A history that goes its own way after the fifth leaf."""

    def _subtree(self, level: int, number: int) -> bytes:
        if level == 0 and number >= 5:
            return B._subtree(0, number)
        return super()._subtree(level, number)


def test_many_logs_ask_at_once_and_the_one_history_goes_on(server: WitnessServer, witness: Witness) -> None:
    def attempt(name: str) -> str | None:
        with contextlib.suppress(WitnessBehind, WitnessRefused, WitnessUnreachable):
            ask(witness, old=0, proof=(), note=ALog(name).note(5))
            return name
        return None

    with ThreadPoolExecutor(16) as pool:
        (won,) = [name for name in pool.map(attempt, [str(number) for number in range(32)]) if name]
    assert ask(witness, old=5, proof=ALog(won).proof(5, 9), note=ALog(won).note(9))


# -- answers that no witness should give ----------------------------------------------------------------------------

KEY = SigningKey("witness.example.org/w1", KeyType.COSIGNATURE, bytes(range(32)))
OTHER = SigningKey("witness.example.org/w2", KeyType.COSIGNATURE, bytes(32))
NOTE = A.note(5)


@contextlib.contextmanager
def answering(*parts: bytes, pause: float = 0.0) -> Iterator[Witness]:
    """Somebody who takes one connection and sends these bytes, whatever was asked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65_536)
                for part in parts:
                    connection.sendall(part)
                    time.sleep(pause)

        thread = threading.Thread(target=serve)
        thread.start()
        yield Witness(KEY.verifier, f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread.join()


def http_answer(status: int, body: bytes, media_type: str = "text/plain") -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def cosigned(key: SigningKey, note: Note = NOTE, at: int = 1_767_225_600) -> bytes:
    return str(key.sign(note.text, at=at)).encode()


def test_lines_of_other_keys_beside_its_own_are_passed_over() -> None:
    with answering(http_answer(200, cosigned(OTHER) + cosigned(KEY))) as witness:
        assert ask(witness, old=0, proof=(), note=NOTE).is_by(KEY.verifier)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(http_answer(200, b""), id="nothing"),
        pytest.param(http_answer(200, b"ok\n"), id="no signature line"),
        pytest.param(http_answer(200, b"\xff\n"), id="no UTF-8"),
        pytest.param(http_answer(200, cosigned(OTHER)), id="by another key"),
        pytest.param(http_answer(200, cosigned(KEY, A.note(6))), id="of another checkpoint"),
        pytest.param(http_answer(200, cosigned(KEY, at=0)), id="without a time"),
        pytest.param(http_answer(200, cosigned(KEY, at=2**63)), id="at a time that can't be"),
        pytest.param(http_answer(200, str(A.note(5).signatures[0]).encode()), id="our own signature"),
        pytest.param(http_answer(409, b"5 \n", SIZE_MEDIA_TYPE), id="a conflict without a size"),
        pytest.param(http_answer(409, b"3\n"), id="a conflict that isn't the witness's"),
        pytest.param(http_answer(409, b"0\n", SIZE_MEDIA_TYPE), id="the size that was asked for"),
        pytest.param(http_answer(409, b"6\n", SIZE_MEDIA_TYPE), id="a size above ours"),
        pytest.param(http_answer(418, b""), id="a status that the protocol doesn't have"),
    ],
)
def test_what_is_no_cosignature_is_refused(answer: bytes) -> None:
    with answering(answer) as witness, pytest.raises(WitnessRefused):
        ask(witness, old=0, proof=(), note=NOTE)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing at all"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n", id="no HTTP"),
        pytest.param(http_answer(200, cosigned(KEY))[:-9], id="cut short"),
        pytest.param(http_answer(200, cosigned(KEY) * 2_000), id="far too much"),
        pytest.param(http_answer(503, b""), id="busy"),
        pytest.param(http_answer(429, b""), id="too often"),
        pytest.param(http_answer(302, b""), id="elsewhere"),
    ],
)
def test_what_is_no_answer_is_unreachable(answer: bytes) -> None:
    with answering(answer) as witness, pytest.raises(WitnessUnreachable):
        ask(witness, old=0, proof=(), note=NOTE)


def test_an_answer_that_trickles_in_is_cut_off_at_the_timeout() -> None:
    begun = time.monotonic()
    with answering(*[b"H"] * 30, pause=0.1) as witness, pytest.raises(WitnessUnreachable):
        try:
            ask(witness, old=0, proof=(), note=NOTE, timeout=0.5)
        finally:
            took = time.monotonic() - begun
    assert 0.4 < took < 2.5


def test_nobody_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(WitnessUnreachable):
        ask(Witness(KEY.verifier, f"http://127.0.0.1:{port}"), old=0, proof=(), note=NOTE)


# -- the setting ----------------------------------------------------------------------------------------------------


def test_witnesses_are_pairs_of_key_and_address() -> None:
    one, two = f"{KEY.verifier} https://w1.example/p/", f"{OTHER.verifier} http://[::1]:8020"
    for text in (f"{one},{two}", f"{one}\n{two}\n", f" {one} ,\n {two},"):
        assert parse_witnesses(text) == (
            Witness(KEY.verifier, "https://w1.example/p"),
            Witness(OTHER.verifier, "http://[::1]:8020"),
        )
    assert parse_witnesses("") == ()


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("https://w1.example", "Witness 1: write its key and its address"),
        (f"{KEY.verifier}", "Witness 1"),
        (f"{KEY.verifier} https://w1.example more", "Witness 1"),
        ("a+b+c https://w1.example", "name\\+hash\\+base64"),
        (
            f"{KEY.verifier} https://w1.example, {A.key.verifier} https://w2.example",
            "Witness 2: this is the key of a log",
        ),
        *(
            (f"{KEY.verifier} {url}", "the address must be")
            for url in (
                "w1.example",
                "ftp://w1.example",
                "https://",
                "https://u:p@w1.example",
                "https://w1.example/?q",
                "https://w1.example/?",
                "https://w1.example#f",
                "https://w1.example:0",
                "https://w1.example:99999",
                "https://w1.example:x",
                "https://[::1",
            )
        ),
        (f"{KEY.verifier} https://a.example\n{KEY.verifier} https://b.example", "same name"),
        (
            f"{KEY.verifier} https://a.example\n"
            f"{SigningKey('other', KeyType.COSIGNATURE, KEY.seed).verifier} https://b.example",
            "same key",
        ),
    ],
)
def test_what_is_no_pair_is_refused_with_its_number_and_the_mend(text: str, meaning: str) -> None:
    with pytest.raises(ValueError, match=meaning):
        parse_witnesses(text)
