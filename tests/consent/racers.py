"""Processes that write about the same people at once, each on its own connection, started by a barrier.

With `guard=False` they run without what keeps writers apart, and meet once more between reading and writing: the
control run, in which the invariant has to break.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from privacy import db
from privacy.consent.ledger import Ledger
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.programme import service as programmes
from privacy.subjects import locking
from tests.consent.desk import Desk
from tests.databases import Database, bare_app

RACERS = 4
_PATIENCE = 60
_LONG_ENOUGH_FOR_ALL = 10

#: In a control run: waits until the others have read and not yet written.
_meeting: list[Callable[[], object]] = []

#: What a racer does in one round: the desk, its own number, the round.
Step = Callable[[Desk, int, int], None]


@dataclass(frozen=True)
class Race:
    """Where to race and how."""

    database: Database
    ring_file: Path
    rounds: int
    guard: bool = True


def race(step: Step, where: Race) -> list[list[str]]:
    """Run the step in every racer and round; for each racer and round "done", or the error it ended with."""
    spawn = multiprocessing.get_context("spawn")
    start, meet, answers = spawn.Barrier(RACERS), spawn.Barrier(RACERS), spawn.Queue()
    racers = [spawn.Process(target=_run, args=(step, where, n, start, meet, answers)) for n in range(RACERS)]
    for racer in racers:
        racer.start()
    found = dict(answers.get(timeout=_PATIENCE) for _ in racers)
    for racer in racers:
        racer.join(_PATIENCE)
    return [found[number] for number in range(RACERS)]


def _run(step: Step, where: Race, number: int, start: Barrier, meet: Barrier, answers: Any) -> None:
    keyring.install(Keyring.load(where.ring_file))
    ends = []
    app = bare_app(where.database)
    with app.app_context(), contextlib.nullcontext() if where.guard else _guard_off(meet):
        desk = Desk(programmes.current())
        for turn in range(where.rounds):
            start.wait(_PATIENCE)
            ends.append(_end_of(step, desk, number, turn))
            db.session().close()
        db.db.engine.dispose()
    answers.put((number, ends))


def _end_of(step: Step, desk: Desk, number: int, turn: int) -> str:
    try:
        step(desk, number, turn)
    except Exception as error:  # whatever it is, the race goes on and the test sees its name
        return type(error).__name__
    return "done"


def meet_others() -> None:
    """For a racer that records nothing: in a control run, stay behind until the others have read; else nothing."""
    for meet in _meeting:
        meet()


@contextlib.contextmanager
def _guard_off(meet: Barrier) -> Iterator[None]:
    """Without FOR UPDATE, queueing by name and BEGIN IMMEDIATE; everybody has read before anybody writes."""
    people, write, execute = locking._people, Ledger.work, sa.Connection.exec_driver_sql

    def unlocked(shape: locking.Shape) -> tuple[db.Statement, db.Statement]:
        lock, contacts = people(shape)
        select = lock._construct._generate()  # type: ignore[attr-defined]
        select._for_update_arg = None
        return db.Statement(select), contacts

    def wait() -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            meet.wait(_LONG_ENOUGH_FOR_ALL)

    def hold_up(ledger: Ledger) -> list[db.Written]:
        wait()
        return write(ledger)

    def deferred(connection: sa.Connection, statement: str, *rest: Any) -> Any:
        return execute(connection, statement.replace("BEGIN IMMEDIATE", "BEGIN"), *rest)

    with (
        patch.object(locking, "_people", unlocked),
        patch.object(locking, "_turns", lambda *_: []),
        patch.object(Ledger, "work", hold_up),
        patch.object(sa.Connection, "exec_driver_sql", deferred),
        patch.object(sys.modules[__name__], "_meeting", [wait]),
    ):
        yield
