"""A service whose root key is in shares comes up sealed, waits, and starts when enough shares are given."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.running import PROGRAM, Service, eventually

pytestmark = [pytest.mark.timeout(300), pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)]


class SealedService(Service):
    """`privacy up` that does not become ready by itself."""

    def come_up(self) -> None:
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "up", "--port", str(self.port)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=self.folder,
                start_new_session=True,
            )
        eventually(lambda: len(self.waiting()) == 2)

    def waiting(self) -> list[Path]:
        return sorted((self.data_dir / "unseal").glob("*.sock"))

    def ask(self, method: str, path: str) -> tuple[int, Any]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())


@pytest.fixture
def shares(bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("PRIVACY_KEYS_PROVIDER", "shares")
    bare("keys", "init", "--shares", "5", "--threshold", "3", "--to", str(tmp_path / "shares"))
    return [path.read_text() for path in sorted((tmp_path / "shares").iterdir())]


@pytest.fixture
def sealed(shares: list[str], tmp_path: Path) -> Iterator[SealedService]:
    made = SealedService(tmp_path)
    made.come_up()
    yield made
    made.kill_everything()


def test_it_waits_answers_nothing_and_starts_with_enough_shares(
    sealed: SealedService, shares: list[str], bare: Cli
) -> None:
    _answers_nothing(sealed)
    assert "privacy keys unseal" in sealed.log
    assert "worker started" not in sealed.log
    # Whoever may not enter the folder reaches no socket in it.
    assert {stat.S_IMODE(path.stat().st_mode) for path in sealed.waiting()} == {0o600}
    assert stat.S_IMODE((sealed.data_dir / "unseal").stat().st_mode) == 0o700
    assert bare.run("keys", "unseal", stdin="".join(shares[:2])).exit_code == 3
    _answers_nothing(sealed)
    opened = bare.json("keys", "unseal", "--wait", "1", stdin="".join(shares[1:4]))
    assert [one["refusal"] for one in opened["processes"]] == [None, None]
    assert sealed._line().startswith("Ready: ")
    eventually(lambda: "worker started" in sealed.log)
    assert sealed.ask("GET", "/readyz") == (200, {"ready": True, "checks": sealed.ask("GET", "/readyz")[1]["checks"]})
    question = {"subject": {"customer_id": "C-1"}, "purpose": "offers", "channel": "email"}
    assert sealed.post("/api/v1/consents/check", question)[1]["reason"] == "no_record"
    assert sealed.waiting() == []
    _nothing_shows(sealed, shares)
    # A process that starts again is sealed again: nothing of the root key was kept.
    os.kill(sealed.child("worker"), signal.SIGKILL)
    eventually(lambda: [path.name.split("-")[0] for path in sealed.waiting()] == ["worker"])
    bare("keys", "unseal", "--wait", "0", stdin="".join(shares[:3]))
    eventually(lambda: sealed.log.count("worker started") == 2)
    assert sealed.stop() == 0


def test_it_ends_in_good_order_while_it_waits(sealed: SealedService) -> None:
    assert sealed.stop() == 0
    assert not [path for path in sealed.waiting() if path.name.startswith("worker")]


def test_a_wrong_root_key_or_nonsense_opens_nothing_and_it_waits_on(
    sealed: SealedService, shares: list[str], bare: Cli
) -> None:
    from privacy.crypto import unsealing
    from privacy.crypto.providers.shares import make_shares

    foreign, _ = make_shares(shares=5, threshold=3)
    for path in sealed.waiting():
        refused = unsealing.hand_over(path, foreign)
        assert "does not open the keyring" in str(refused.refusal)
        for nonsense in (b"", b"\n", b"{}\n", b"[]\n", b"\xff\n", b'{"secret": 1}\n', b"x" * 10_000):
            with socket.socket(socket.AF_UNIX) as connection, unsealing._short(path) as address:
                connection.connect(address)
                connection.sendall(nonsense)
    _answers_nothing(sealed)
    bare("keys", "unseal", "--wait", "1", stdin="".join(shares[2:]))
    eventually(sealed.is_ready)


def _answers_nothing(sealed: SealedService) -> None:
    assert sealed.ask("GET", "/livez") == (200, {"live": True})
    status, readiness = sealed.ask("GET", "/readyz")
    assert (status, readiness["ready"], readiness["checks"]) == (503, False, {"keys": "failed"})
    status, answer = sealed.ask("POST", "/api/v1/consents/check")
    assert (status, answer["allowed"], answer["reason"]) == (503, False, "unavailable")
    for method, path in (("GET", "/api/v1/people"), ("POST", "/api/v1/consents"), ("GET", "/metrics"), ("GET", "/")):
        status, problem = sealed.ask(method, path)
        assert (status, problem["type"]) == (503, "/problems/sealed")
        assert "allowed" not in problem


def _nothing_shows(sealed: SealedService, shares: list[str]) -> None:
    """Of the shares, in no argument, environment, log or file of the installation."""
    pairs = {" ".join(words.split()[at : at + 2]).encode() for words in shares for at in range(5, 20, 5)}
    seen = [Path(f"/proc/{pid}/{what}").read_bytes() for pid in sealed.family() for what in ("cmdline", "environ")]
    seen += [path.read_bytes() for path in sealed.data_dir.rglob("*") if path.is_file()]
    seen.append(sealed.log.encode())
    assert not [pair for pair in pairs if any(pair in one.replace(b"\0", b" ") for one in seen)]
