"""The execution of disposal runs in one worker: parts are taken one after another, counted, carried out and checked.

Opens contexts and units of work of its own. Any number of workers may run; each part is one worker's at a time.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from privacy.db import unit_of_work
from privacy.errors import PrivacyError, Unavailable
from privacy.programme.types import Programme, System
from privacy.retention.holds.failures import HoldPlaced
from privacy.retention.runs import disposing_own, executing, part_leases, runs, warned_people
from privacy.retention.runs.executing import Work
from privacy.retention.runs.part_leases import Held, PartLost
from privacy.retention.runs.vocabulary import PartState, Way
from privacy.systems import service as systems
from privacy.systems.connector import Connector, NotErased, SystemFailure, SystemUnreachable

#: Opens what a worker needs to reach the database: the application's context.
Context = Callable[[], AbstractContextManager[Any]]
#: Opens a connection to a system.
Connect = Callable[[System, Programme], Connector]

#: The code of a failure that nobody foresaw.
FAULT = "fault"

_log = logging.getLogger("privacy.retention")


class Running:
    """The execution of disposal runs in one worker."""

    def __init__(self, connect: Connect = systems.connect) -> None:
        self._connect = connect

    def run(self, context: Context, stop: threading.Event) -> int:
        """Work on every part that is due, until nothing is or `stop`; returns how many lots this worker did.

        Raises `Unavailable` where the database is away.
        """
        done = 0
        while not stop.is_set():
            with context():
                held = _claimed()
                if held is None:
                    break
                done += self._work(held, stop)
        return done

    def _work(self, held: Held, stop: threading.Event) -> int:
        """Work on a part until it is over, or stopped; whatever happens is written down."""
        try:
            if held.way is Way.OWN:
                return disposing_own.work(held, stop)
            if held.state is PartState.WAITING:
                executing.go_on_waiting(held)
                return 1
            return self._in_system(executing.prepared(held, warned_people.asked(held.run_id)), stop)
        except PartLost:
            _log.info("part let go", extra={"part_id": str(held.id)})
        except Unavailable:
            raise
        except Exception as error:
            _tell(held, error)
            _failed(held, error)
        return 1

    def _in_system(self, work: Work, stop: threading.Event) -> int:
        connector = self._connect(work.ground.system, work.ground.programme)
        try:
            if work.held.state is PartState.COUNTING:
                executing.count(work, connector)
                return 1
            if work.held.state is PartState.CHECKING:
                executing.check(work, connector)
                return 1
            lots = 1
            while executing.carry_on(work, connector):
                lots += 1
                if stop.is_set():
                    _let_go(work.held)
                    break
                work = executing.prepared(work.held, work.warned, work.pace)
            return lots
        finally:
            with contextlib.suppress(SystemFailure):
                connector.close()


def run_until_idle(context: Context, *, connect: Connect = systems.connect) -> int:
    """Do everything that is due now, for the command line. Returns how many lots that is."""
    return Running(connect).run(context, threading.Event())


def _claimed() -> Held | None:
    # The look comes first and apart: it is made often, and writers should not queue behind it.
    if not part_leases.any_due():
        return None
    with unit_of_work():
        return part_leases.claim()


def _let_go(held: Held) -> None:
    with contextlib.suppress(PartLost), unit_of_work():
        _, part = part_leases.mine(held)
        part_leases.let_go(part)


def _failed(held: Held, error: Exception) -> None:
    with contextlib.suppress(PartLost), unit_of_work():
        row, part = part_leases.mine(held)
        match error:
            case SystemUnreachable():
                part_leases.put_off(row, part, error.code, retry_after=error.retry_after)
            case NotErased() | HoldPlaced():
                part_leases.put_off(row, part, error.code)
            case PrivacyError():
                runs.for_a_person(row, part, error.code)
            case _:
                part_leases.put_off(row, part, FAULT)


def _tell(held: Held, error: Exception) -> None:
    """For whoever runs the service. A failure's own text names no value; that of a fault might."""
    told = {"part_id": str(held.id), "system": held.system, "fault": type(error).__name__}
    if isinstance(error, PrivacyError):
        _log.warning("part not done", extra=told | {"reason": error.detail})
    else:
        _log.error("part not done", extra=told)
