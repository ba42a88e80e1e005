"""The log asks a witness behind TLS: the certificate must hold, and time is as short as without."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import NameOID

from privacy.audit.witness.server import WitnessServer
from privacy.audit.witnessing import Witness, WitnessUnreachable, ask
from tests.audit.witness_logs import ALog, a_witness

A = ALog("A")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for `localhost` with its key, in one file."""
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, None)
    )
    path = tmp_path / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def witness(tmp_path: Path, server_side: ssl.SSLContext) -> Iterator[Witness]:
    cosigner = a_witness(tmp_path / "witness")
    with WitnessServer("127.0.0.1", 0, cosigner) as server:
        server.socket = server_side.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Witness(cosigner.verifier, f"https://localhost:{server.server_port}")
        server.shutdown()
        thread.join()


def test_a_witness_behind_tls_cosigns(witness: Witness, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert ask(witness, old=0, proof=(), note=A.note(5)).is_by(witness.key)


def test_a_certificate_that_nobody_vouches_for_is_unreachable(witness: Witness) -> None:
    with pytest.raises(WitnessUnreachable):
        ask(witness, old=0, proof=(), note=A.note(5))


def test_an_answer_that_trickles_through_tls_is_cut_off_at_the_timeout(
    tmp_path: Path, certificate: Path, server_side: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def trickle() -> None:
            plain, _ = listening.accept()
            with contextlib.suppress(OSError), server_side.wrap_socket(plain, server_side=True) as connection:
                for _ in range(30):
                    connection.sendall(b"H")
                    time.sleep(0.1)

        thread = threading.Thread(target=trickle)
        thread.start()
        begun = time.monotonic()
        slow = Witness(a_witness(tmp_path / "w").verifier, f"https://localhost:{listening.getsockname()[1]}")
        with pytest.raises(WitnessUnreachable):
            ask(slow, old=0, proof=(), note=A.note(5), timeout=0.5)
        assert 0.4 < time.monotonic() - begun < 2.5
        thread.join()
