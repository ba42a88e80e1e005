"""Three schedulers, clocks that jump, leaders that are stopped and wake up: each period has exactly one effect."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from privacy import clock
from privacy.jobs.leases import LEASE
from tests.cli.running import eventually
from tests.databases import Database
from tests.jobs.scheduled import END, INSIDE, NAME, OUTSIDE, PERIOD, RUNNING, TIME, Board, offset_of, stop_of
from tests.rules.source import ROOT
from tests.sizes import size

WORKERS = 3
_LENGTH = PERIOD * clock.SECOND
_START = 1_800_000_000 * clock.SECOND
#: How far the clock of all goes on between two looks.
_TICK = LEASE // 300


class Race:
    """The workers, the clock that they read, and what they did."""

    def __init__(self, database: Database, engine: Engine, board: Board, *words: str) -> None:
        self.kind = database.kind
        self.board = board
        self.engine = engine
        self.board[TIME] = _START
        self._command = [sys.executable, "-m", "tests.jobs.scheduled", database.url]
        self._words = words
        self.processes: list[subprocess.Popen[bytes]] = []
        #: Who is stopped on purpose.
        self._held: subprocess.Popen[bytes] | None = None

    def start(self, file: Path) -> None:
        for worker in range(WORKERS):
            self.processes.append(subprocess.Popen([*self._command, str(file), str(worker), *self._words], cwd=ROOT))

    def effects(self) -> list[tuple[int, int]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text("SELECT period, worker FROM effect"))]

    def newest(self) -> tuple[int, int]:
        """The last period that is done, and who did it."""
        with self.engine.connect() as connection:
            query = sa.text("SELECT period, worker FROM effect ORDER BY period DESC LIMIT 1")
            row = connection.execute(query).one_or_none()
        return (row[0], row[1]) if row else (-1, -1)

    def caught_up(self) -> bool:
        """Whether the newest period of the common clock is done."""
        return self.newest()[0] >= self.board[TIME] // _LENGTH

    def settle(self) -> None:
        """Wait until the newest period is done that any worker's clock has come to; twice the lease at the most.

        Who came to stop itself later than we looked is woken. Time goes on meanwhile: whoever has the lease may have
        a clock that is behind, and does nothing until another one's turn comes.
        """
        began = self.board[TIME]
        fastest = max(self.board[offset_of(worker)] for worker in range(WORKERS))
        wanted = (began + min(0, fastest)) // _LENGTH

        def settled() -> bool:
            for process in self.processes:
                if process is not self._held and is_stopped(process):
                    process.send_signal(signal.SIGCONT)
            if self.newest()[0] >= wanted:
                return True
            self.board[TIME] = min(self.board[TIME] + _TICK, began + 2 * LEASE + 1)
            return False

        eventually(settled)

    def stop_the_leader(self, where: int) -> None:
        """Stop whoever has the lease past its end, see another one take over, and wake it."""
        # A lease that a wrong clock gave ends first: it would last longer than the clocks of today can tell.
        self.board[TIME] += 3 * LEASE
        self.settle()
        period, leader = self.newest()
        process = self._held = self.processes[leader]
        self.board[stop_of(leader)] = where
        self.board[TIME] = max(self.board[TIME], period * _LENGTH) + _LENGTH
        eventually(lambda: is_stopped(process) or self.caught_up())
        self.board[stop_of(leader)] = RUNNING
        try:
            if is_stopped(process):  # Else another one has the lease by now.
                # By the clock that all read: a takeover takes twice the lease at the most.
                self.board[TIME] += 2 * LEASE
                self.settle()
                assert self.newest()[1] != leader
        finally:
            process.send_signal(signal.SIGCONT)
            self._held = None

    def end(self) -> None:
        self.board[END] = 1
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
            process.wait(60)


def is_stopped(process: subprocess.Popen[bytes]) -> bool:
    """Whether the process has stopped and was not woken since."""
    return os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT | os.WNOHANG) is not None


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    made = database.engine()
    with made.begin() as connection:
        connection.execute(sa.text("CREATE TABLE effect (period BIGINT NOT NULL, worker INT NOT NULL)"))
    yield made
    made.dispose()


@contextlib.contextmanager
def racing(database: Database, engine: Engine, folder: Path, *words: str) -> Iterator[Race]:
    file = folder / "board"
    race = Race(database, engine, Board.make(file, WORKERS), *words)
    race.start(file)
    try:
        race.settle()
        yield race
        race.end()
        assert [process.returncode for process in race.processes] == [0] * WORKERS
    finally:
        for process in race.processes:
            process.kill()
            process.wait()


@pytest.mark.timeout(3_600)
def test_each_period_has_exactly_one_effect(database: Database, engine: Engine, tmp_path: Path) -> None:
    chance = random.Random(7)
    first = _START // _LENGTH
    with racing(database, engine, tmp_path) as race:
        while race.newest()[0] < first + size("periods"):
            worker = chance.randrange(WORKERS)
            match chance.randrange(6):
                case 0:  # One clock is set forward or back, the others not.
                    race.board[offset_of(worker)] = chance.randint(-20, 20) * _LENGTH
                case 1:
                    race.board[offset_of(worker)] = 0
                case 2:  # All of them.
                    race.board[TIME] -= chance.randint(1, 10) * _LENGTH
                case 3:
                    race.board[TIME] += chance.randint(5, 20) * _LENGTH
                case 4:
                    for one in range(WORKERS):
                        race.board[offset_of(one)] = 0
                    race.board[TIME] = max(race.board[TIME], race.newest()[0] * _LENGTH)
                    # A stopped writer of SQLite holds the file, so nobody could take over.
                    inside = race.kind == "postgresql" and chance.randrange(2)
                    race.stop_the_leader(INSIDE if inside else OUTSIDE)
                case _:
                    race.board[TIME] += _LENGTH
            race.settle()
    done = Counter(period for period, _ in race.effects())
    assert set(done.values()) == {1}
    assert sorted(done) == list(range(min(done), max(done) + 1))
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT period FROM job WHERE name = :name"), {"name": NAME}) == max(done)


def test_it_is_the_comparison_in_the_transaction_that_keeps_effects_single(
    database: Database, engine: Engine, tmp_path: Path
) -> None:
    """Without it, a leader that wakes up past its lease repeats what another one has done."""
    with racing(database, engine, tmp_path, "unguarded") as race:
        while race.newest()[0] < _START // _LENGTH + 20:
            race.stop_the_leader(OUTSIDE)
    assert max(Counter(period for period, _ in race.effects()).values()) > 1
