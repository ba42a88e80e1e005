"""A worker of the race of schedulers: does one job again and again, by a clock that the test moves.

    python -m tests.jobs.scheduled URL BOARD NUMBER [unguarded]

BOARD is a file of numbers (64 bits each) that the test writes: the time, whether to end, then for each worker how far
its clock is off and where it is to stop itself (`OUTSIDE`: it has the lease and nothing is written; `INSIDE`: its
effect is written and not committed). Each effect is a row of the table `effect`, which refuses nothing.
`unguarded`: nothing is compared at the end of an effect, which shows what that is for.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import signal
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from privacy import clock
from privacy.db import session
from privacy.errors import Unavailable
from privacy.jobs import leases, standing, turns
from privacy.jobs.service import Holder, Job, LeaseLost
from tests.databases import Database, bare_app

NAME = "race"
#: Seconds of a period.
PERIOD = 10
RUNNING, OUTSIDE, INSIDE = 0, 1, 2
_CELL = 8


class Board:
    """Numbers that processes share."""

    def __init__(self, file: Path) -> None:
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), 0)

    @staticmethod
    def make(file: Path, workers: int) -> Board:
        file.write_bytes(bytes(_CELL * (2 + 2 * workers)))
        return Board(file)

    def __getitem__(self, place: int) -> int:
        return struct.unpack_from("<q", self._map, _CELL * place)[0]

    def __setitem__(self, place: int, value: int) -> None:
        struct.pack_into("<q", self._map, _CELL * place, value)


TIME, END = 0, 1


def offset_of(worker: int) -> int:
    return 2 + 2 * worker


def stop_of(worker: int) -> int:
    return 3 + 2 * worker


@dataclass(frozen=True)
class Stopping(Job):
    """A job that stops its process between the lease and the effect, where it is told to."""

    board: Board | None = None
    worker: int = 0

    def period_at(self, now: int) -> int:
        if sys._getframe(1).f_code.co_name == "_periods":
            self.stop(OUTSIDE)
        return super().period_at(now)

    def stop(self, where: int) -> None:
        assert self.board is not None
        if self.board[stop_of(self.worker)] == where:
            self.board[stop_of(self.worker)] = RUNNING
            os.kill(os.getpid(), signal.SIGSTOP)


def main(url: str, file: str, number: str, *words: str) -> None:
    board, worker, holder = Board(Path(file)), int(number), Holder()
    clock.micros = lambda: board[TIME] + board[offset_of(worker)]
    if "unguarded" in words:
        leases._written = lambda lease, _condition, changes: standing.note(lease.name, **changes) or True

    def effect(at: int) -> int:
        session().execute(
            sa.text("INSERT INTO effect (period, worker) VALUES (:period, :worker)"),
            {"period": at // (PERIOD * clock.SECOND), "worker": worker},
        )
        job.stop(INSIDE)
        return 1

    job = Stopping(NAME, PERIOD, effect, whole=True, one_by_one=True, board=board, worker=worker)
    app = bare_app(Database("", url))
    while not board[END]:
        with contextlib.suppress(LeaseLost, Unavailable):
            turns.run_if_due(job, holder, app.app_context)
        time.sleep(0.002)


if __name__ == "__main__":
    main(*sys.argv[1:])
