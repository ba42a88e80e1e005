"""Several processes record and check without pause while everything is rotated: no error, no stale answer."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from privacy.crypto.keyring import KeyUse
from tests.cli.running import PROGRAM
from tests.keys.conftest import PEOPLE, Installation

_PROCESSES = 2
_PATIENCE = 100


def test_nobody_notices(installation: Installation, tmp_path: Path) -> None:
    environ = os.environ | {"PRIVACY_DATA_DIR": str(installation.config.data_dir), "PRIVACY_RATE_LIMIT": "1000000000"}
    stop = tmp_path / "stop"

    def program(*arguments: str) -> Any:
        done = subprocess.run(
            [PROGRAM, "keys", *arguments, "--json"],
            env=environ,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    with busy(environ, installation.caller.key or "", stop) as services:
        told = program("rotate", "wrap")
        assert (told["number"], told["broken"]) == (2, [])
        assert program("rotate", "owners", "--older-than", "P0D")["broken"] == []
        program("destroy", "wrap", "1")
        stop.touch()
        outcomes = [json.loads(service.communicate(timeout=_PATIENCE)[0]) for service in services]
    assert [(one["failed"], one["stale"]) for one in outcomes] == [([], [])] * _PROCESSES
    assert all(one["done"] > 1 for one in outcomes)
    assert installation.ring().numbers(KeyUse.WRAP) == [2]
    assert set(installation.under()) == {2}
    assert all(installation.allowed(number) for number in range(PEOPLE))
    installation.assert_verifies()


@contextlib.contextmanager
def busy(environ: dict[str, str], key: str, stop: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Services that are all at work; whatever happens none is left behind."""
    services = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.keys.busy_service", f"busy{number}", stop],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(_PROCESSES)
    ]
    try:
        for service in services:
            assert service.stdin
            assert service.stdout
            service.stdin.write(f"{key}\n")
            service.stdin.flush()
            assert service.stdout.readline() == "at work\n"
        yield services
    finally:
        for service in services:
            service.kill()
            service.wait()
            for stream in (service.stdin, service.stdout):
                assert stream
                stream.close()
