"""Start a web server for a measurement and end it by its own id."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.places import Place

_READY_WITHIN = 60.0
_ENDS_WITHIN = 20.0
ROOT = Path(__file__).resolve().parent.parent


class ServerFailed(Exception):
    """A server did not start."""


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Our environment with these settings and no others of the service."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PRIVACY_", "GRANIAN_"))}
    ours.pop("PYTHONDONTWRITEBYTECODE", None)
    return ours | dict(settings)


@contextlib.contextmanager
def service(place: Place, *, workers: int, threads: int = 1) -> Iterator[int]:
    """`privacy serve` on an installation; yields its port."""
    port = _free_port()
    command = [sys.executable, "-m", "privacy.cli", "serve", "--port", str(port), "--workers", str(workers)]
    with _running(command, place.settings(threads=threads), port, "/readyz"):
        yield port


@contextlib.contextmanager
def granian(target: str, *, workers: int, settings: Mapping[str, str] | None = None) -> Iterator[int]:
    """A bare application on the same web server at its best setting, one blocking thread a worker; yields its port."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(workers)]
    command += ["--blocking-threads", "1", "--port", str(port), "--log-level", "warning", target]
    with _running(command, settings or {}, port, "/ready"):
        yield port


@contextlib.contextmanager
def _running(command: list[str], settings: Mapping[str, str], port: int, ready: str) -> Iterator[None]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            if not _answers(process, port, ready):
                log.seek(0)
                raise ServerFailed(log.read()[-3000:].decode(errors="replace"))
            yield
        finally:
            end(process)


def _answers(process: subprocess.Popen[bytes], port: int, path: str) -> bool:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer,
        ):
            return bool(answer.status == 200)
        time.sleep(0.1)
    return False


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and end it with all that it started if it does not."""
    process.terminate()
    try:
        process.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # The session that was made for it, its workers included.
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
