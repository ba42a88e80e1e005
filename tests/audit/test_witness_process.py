"""`privacy witness` as the real program: made, told whom to trust, asked, killed, started again, compared."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from privacy.audit.note import VerifierKey
from privacy.audit.witnessing import Witness, WitnessBehind, WitnessRefused, ask
from tests.audit.witness_logs import ORIGIN, ALog
from tests.cli.running import PROGRAM
from tests.sizes import size

A, B = ALog("A"), ALog("B")
_PATIENCE = 60


def run(*arguments: str | Path, exit_code: int = 0) -> str:
    done = subprocess.run(
        [PROGRAM, "witness", *arguments], capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    assert done.returncode == exit_code, (done.stdout, done.stderr)
    return done.stdout + done.stderr


def run_json(*arguments: str | Path, exit_code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", exit_code=exit_code))


@contextlib.contextmanager
def served(folder: Path, key: VerifierKey, end: signal.Signals = signal.SIGKILL) -> Iterator[Witness]:
    """The witness, answering on loopback; ended by that signal."""
    program = [PROGRAM, "witness", "serve", "--port", "0", "--state", folder]
    with (folder / "log").open("a") as log, subprocess.Popen(program, stdout=-1, stderr=log, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line.startswith("Ready: "), (folder / "log").read_text()
            yield Witness(key, line.removeprefix("Ready: ").strip())
        finally:
            process.send_signal(end)
            assert process.wait(_PATIENCE) == (-signal.SIGKILL if end is signal.SIGKILL else 0)


def made(folder: Path, name: str) -> VerifierKey:
    key = VerifierKey.parse(run("init", "--name", name, "--state", folder).strip())
    run("trust", str(A.key.verifier), "--state", folder)
    return key


def test_a_witness_cosigns_and_remembers_through_kills(tmp_path: Path) -> None:
    folder = tmp_path / "w1"
    key = made(folder, "witness.example.org/w1")
    at = 0
    for _ in range(size("kills")):
        with served(folder, key) as witness:
            assert ask(witness, old=at, proof=A.proof(at, at + 3), note=A.note(at + 3)).is_by(key)
            at += 3
    with served(folder, key, signal.SIGTERM) as witness:
        with pytest.raises(WitnessBehind) as behind:
            ask(witness, old=0, proof=(), note=A.note(at + 1))
        assert behind.value.size == at
        with pytest.raises(WitnessRefused):
            ask(witness, old=at, proof=(), note=B.note(at))
    told = run_json("status", "--state", folder, exit_code=1)
    assert (told["key"], len(told["forks"])) == (str(key), 1)
    (log,) = told["logs"]
    assert (log["origin"], log["size"], log["root"]) == (ORIGIN, at, A.checkpoint(at).root.hex())
    assert "FORK" in run("status", "--state", folder, exit_code=1)
    assert "127.0.0.1" not in (folder / "log").read_text()


def test_two_histories_shown_to_two_witnesses_are_found_by_comparing_them(tmp_path: Path) -> None:
    """No checkpoint gets both cosignatures, and what the two hold convicts the log."""
    w1, w2 = made(tmp_path / "w1", "w.example/1"), made(tmp_path / "w2", "w.example/2")
    with served(tmp_path / "w1", w1) as one, served(tmp_path / "w2", w2) as two:
        ask(one, old=0, proof=(), note=A.note(8))
        ask(two, old=0, proof=(), note=B.note(8))
        for witness, other in ((one, B), (two, A)):
            with pytest.raises(WitnessRefused):
                ask(witness, old=8, proof=(), note=other.note(8))
            with pytest.raises(WitnessRefused):
                ask(witness, old=8, proof=other.proof(8, 9), note=other.note(9))
        (log,) = run_json("status", "--state", tmp_path / "w1", exit_code=1)["logs"]
        sources = [one.url + log["path"], two.url + log["path"]]
        found = run_json("compare", "--log", str(A.key.verifier), *sources, exit_code=1)
        assert (found["verdict"], found["origin"], found["size"]) == ("fork", ORIGIN, 8)
        assert "at size 8 the log signed two histories" in run(
            "compare", "--log", str(A.key.verifier), *sources, exit_code=1
        )


def test_files_are_compared_too_and_one_history_is_no_finding(tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(3)]
    for path, at in zip(paths, (8, 8, 9), strict=True):
        path.write_text(str(A.note(at)))
    key = ("--log", str(A.key.verifier))
    assert "same root at size 8" in run("compare", *key, paths[0], paths[1])
    assert "sizes differ (8, 9)" in run("compare", *key, *paths, exit_code=2)
    assert "not signed" in run("compare", "--log", str(ALog(seed=bytes(32)).key.verifier), paths[0], exit_code=8)
    assert "cannot be read" in run("compare", *key, tmp_path / "none", exit_code=2)


def test_the_key_is_for_its_user_alone(tmp_path: Path) -> None:
    made(tmp_path / "w1", "witness.example.org/w1")
    key = tmp_path / "w1" / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    assert "chmod 600" in run("serve", "--state", tmp_path / "w1", exit_code=2)


def test_a_key_that_is_trusted_can_be_distrusted_and_is_shown_while_it_counts(tmp_path: Path) -> None:
    made(tmp_path / "w1", "witness.example.org/w1")
    assert f"key {A.key.verifier}" in run("status", "--state", tmp_path / "w1")
    run("distrust", str(A.key.verifier), "--state", tmp_path / "w1")
    assert "no key is trusted" in run("status", "--state", tmp_path / "w1")
    assert "does not trust" in run("distrust", str(A.key.verifier), "--state", tmp_path / "w1", exit_code=5)


def test_wrong_usage_is_named(tmp_path: Path) -> None:
    assert "name+hash+base64" in run("trust", "log.example.org", "--state", tmp_path, exit_code=2)
    assert "witness init" in run("status", "--state", tmp_path / "nowhere", exit_code=2)
    assert "spaces" in run("init", "--name", "two words", "--state", tmp_path / "w1", exit_code=3)
