"""A small supervisor: starts its children, restarts one that dies, stops all when it is told to.

Not a service manager: on a server, systemd or an orchestrator runs `privacy serve` and `privacy worker` instead.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from privacy.cli import lifeline

#: Seconds to wait before a restart, longer with each death in a row; past the last one the supervisor gives up.
BACKOFF = (0.2, 1.0, 2.0, 5.0, 10.0)
#: A child that lived this long, in seconds, was well: its next death is the first of a new row.
HEALTHY_AFTER = 60.0
_LOOK_EVERY = 0.1

_log = logging.getLogger("privacy.cli.supervisor")


@dataclass
class Child:
    """One process and how it fares."""

    name: str
    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    restart_at: float = field(default=0.0)

    def is_alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs `privacy` commands as children until it is told to stop."""

    def __init__(self, children: list[Child], environ: Mapping[str, str]) -> None:
        self._children = children
        self._environ = dict(environ)
        self._stop = threading.Event()
        # The writing end stays open, and ours, for as long as this process lives.
        self._reading, self._writing = os.pipe()

    def stop(self, *_signal: object) -> None:
        """Begin to end, as a signal handler or from elsewhere."""
        self._stop.set()

    def run(self, ready: Callable[[], bool], on_ready: Callable[[], None]) -> bool:
        """Supervise until told to stop (True), or until a child keeps dying (False).

        `on_ready` is called once, when `ready` first says so.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        told = False
        try:
            while not self._stop.is_set():
                if not all(self._look_after(child) for child in self._children):
                    return False
                if not told and ready():
                    told = True
                    on_ready()
                self._stop.wait(_LOOK_EVERY)
        finally:
            self._end_all()
        return True

    def _look_after(self, child: Child) -> bool:
        """Start the child if it should run and doesn't; False where it died too often in a row."""
        now = time.monotonic()
        if child.is_alive():
            return True
        if child.process is not None:
            if not self._count_death(child, now):
                return False
            child.process = None
        if now >= child.restart_at:
            self._start(child, now)
        return True

    def _count_death(self, child: Child, now: float) -> bool:
        assert child.process is not None
        if now - child.started >= HEALTHY_AFTER:
            child.deaths = 0
        _log.error("a child process died", extra={"child": child.name, "exit_code": child.process.returncode})
        if child.deaths >= len(BACKOFF):
            _log.error("giving up on a child process that keeps dying", extra={"child": child.name})
            return False
        child.restart_at = now + BACKOFF[child.deaths]
        child.deaths += 1
        return True

    def _start(self, child: Child, now: float) -> None:
        child.started = now
        child.process = subprocess.Popen(  # noqa: S603  # our own interpreter and our own commands
            # -P: the folder we stand in must not lend its own config.py to the service.
            [sys.executable, "-P", "-m", "privacy.cli", *child.arguments],
            env=self._environ | {lifeline.VARIABLE: str(self._reading)},
            pass_fds=[self._reading],
            stdin=subprocess.DEVNULL,
        )

    def _end_all(self) -> None:
        """Ask every child to finish what it does, wait, and cut off what will not end."""
        running = [child.process for child in self._children if child.process is not None and child.is_alive()]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + lifeline.GRACE
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _log.error("a child process did not end in time", extra={"pid": process.pid})
                process.kill()
                process.wait()
