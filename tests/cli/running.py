"""`privacy up` as real processes on a port of its own: started, asked, killed."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("privacy")
#: Two shared cores: generous, and only reached by a failure, in seconds.
_PATIENCE = 60


class Service:
    """One service in its own process group."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.lines: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self._seen: set[int] = set()

    @property
    def data_dir(self) -> Path:
        return Path(os.environ["PRIVACY_DATA_DIR"])

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def start(self, *arguments: str) -> str:
        """Start and wait until it says that it is ready; returns the line after that, the `curl` line."""
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "up", "--port", str(self.port), *arguments],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=self.folder,
                start_new_session=True,
            )
        self.lines = []
        while not self.lines or not self.lines[-1].startswith("Ready"):
            line = self._line()
            assert line, f"it ended instead: {self.log}"
            self.lines.append(line)
        self._seen |= set(self.family())
        return self._line().strip()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal to the supervisor alone and wait for its end; returns the exit code."""
        assert self.process
        self.process.send_signal(number)
        code = self.process.wait(_PATIENCE)
        self._close()
        return code

    def kill_group(self) -> None:
        """kill -9 to everything at once, as a power cut would."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(_PATIENCE)
        self._close()

    def kill_everything(self) -> None:
        """Leave nothing behind, whatever the test did."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(_PATIENCE)
            self._close()

    def family(self) -> dict[int, str]:
        """Every process below the supervisor, by id, with its command line."""
        assert self.process
        table = _processes()
        found: dict[int, str] = {}
        parents = {self.process.pid}
        while parents:
            children = {pid: line for pid, (parent, line) in table.items() if parent in parents and pid not in found}
            found |= children
            parents = set(children)
        return found

    def still_alive(self) -> set[int]:
        """Processes of an earlier look that are there yet."""
        return self._seen & _processes().keys()

    def child(self, name: str) -> int:
        """The process that the supervisor started for a command."""
        assert self.process
        table = _processes()
        return next(p for p, (parent, line) in table.items() if parent == self.process.pid and line.endswith(name))

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        """Ask with the first key; raises OSError where nobody answers."""
        key = (self.data_dir / "first-key").read_text().strip()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        with contextlib.closing(connection):
            heads = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **headers}
            connection.request("POST", path, json.dumps(body), heads)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        return False

    def figures(self) -> dict[str, float]:
        """What `/metrics` says, by name and labels."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", "/metrics")
            lines = connection.getresponse().read().decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def _line(self) -> str:
        assert self.process
        assert self.process.stdout
        return self.process.stdout.readline()

    def _close(self) -> None:
        if self.process and self.process.stdout:
            self.process.stdout.close()


def eventually(holds: Callable[[], object]) -> None:
    """Look until it holds; fails when patience ends."""
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came about"
        os.sched_yield()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _processes() -> dict[int, tuple[int, str]]:
    """Parent and command line of every process that is not a zombie, by id."""
    listed = subprocess.run(["ps", "-Ao", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 3) for line in listed.stdout.splitlines())
    return {int(row[0]): (int(row[1]), row[3] if len(row) > 3 else "") for row in rows if not row[2].startswith("Z")}
