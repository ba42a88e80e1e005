"""`privacy import` as users run it: in a process of its own, whose time and peak memory are measured."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import commits
from bench.exports import Tool
from bench.places import Place
from bench.serving import ROOT, environment

_LOOK_EVERY = 0.1


class ImportFailed(Exception):
    """An import did not do what was to be measured."""


@dataclass(frozen=True)
class Done:
    """What an import said, and what it took."""

    seconds: float
    #: Bytes of memory at its highest, mapped pages of the database's file among them.
    peak: int
    report: dict[str, int]


class Running:
    """An import that was started."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self.started = time.perf_counter()

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def wait_for_acts(self, place: Place, more_than: int) -> float:
        """Seconds from its start until more acts than these are recorded; raises `ImportFailed` if it ends first."""
        while commits.acts(place) <= more_than:
            if not self.runs:
                raise ImportFailed(f"It ended before it had recorded enough. {self._told()}")
            time.sleep(_LOOK_EVERY)
        return time.perf_counter() - self.started

    def wait(self) -> Done:
        """What it did; raises `ImportFailed` unless it succeeded."""
        if self._process.wait():
            raise ImportFailed(self._told())
        seconds = time.perf_counter() - self.started
        return Done(seconds, self._peak(), json.loads((self._folder / "out").read_text()))

    def end(self) -> int:
        """End it where it is; returns its peak memory."""
        self.stop()
        return self._peak()

    def stop(self) -> None:
        """End it if it runs."""
        if self.runs:
            os.killpg(self._process.pid, signal.SIGTERM)  # The session that was made for it.
        self._process.wait()

    def _peak(self) -> int:
        return int((self._folder / "peak").read_text())

    def _told(self) -> str:
        return (self._folder / "err").read_text(errors="replace")[-2000:]


@contextlib.contextmanager
def started(place: Place, tool: Tool, path: Path, *extra: str) -> Iterator[Running]:
    """Start the import of an export; whatever of it still runs at the end is ended."""
    with tempfile.TemporaryDirectory(prefix="privacy-bench-import-") as name, contextlib.ExitStack() as files:
        folder = Path(name)
        out, err = (files.enter_context((folder / stream).open("wb")) for stream in ("out", "err"))
        command = [sys.executable, "-m", "privacy.cli", "import", tool.name, str(path), *tool.options, *extra, "--json"]
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.peak", str(folder / "peak"), *command],
            cwd=ROOT,
            env=environment(place.settings(threads=1)),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        running = Running(process, folder)
        try:
            yield running
        finally:
            running.stop()


def run(place: Place, tool: Tool, path: Path, *extra: str) -> Done:
    """Import an export to its end."""
    with started(place, tool, path, *extra) as running:
        return running.wait()
