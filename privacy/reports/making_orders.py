"""A worker's part in reports that were ordered: take one, make it outside of any unit of work, keep it.

One that a killed worker had taken is taken by another once its lease is over; whoever comes back too late finds
another's name in the row, and keeps nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import SERVICE
from privacy.db import DRIVER_ERRORS, end_read, new_id, session, unit_of_work
from privacy.errors import PrivacyError, Unavailable
from privacy.reports import orders
from privacy.reports.making import content_of, context_of, made_of
from privacy.reports.models import ReportOrder
from privacy.reports.offered import named
from privacy.reports.orders import OrderState
from privacy.reports.report import Asked

Context = Callable[[], AbstractContextManager[Any]]

#: One report of a pack may take as long before another worker thinks that its maker died.
_LEASE = 600 * clock.SECOND
#: Workers that may die of one order.
_MOST_ATTEMPTS = 3
LOST = "worker-lost"
#: What says of the database that it is away or locked, and nothing of the report.
_PASSING = (Unavailable, sa.exc.OperationalError, sa.exc.TimeoutError, *DRIVER_ERRORS)

_log = logging.getLogger("privacy.reports")


class _OrderLost(Exception):
    """Another worker has it, or this one is to stop."""


class MakingReports:
    """The making of ordered reports in one worker."""

    def __init__(self) -> None:
        self._worker = new_id()

    def run(self, context: Context, stop: threading.Event) -> int:
        """Make what is ordered, one after another, until nothing waits or it is told to stop; returns how many."""
        made = 0
        with context():
            while not stop.is_set() and (order_id := self._take()) is not None:
                try:
                    self._make(order_id, stop)
                except _OrderLost:
                    self._let_go(order_id)
                    continue
                made += 1
        return made

    def _take(self) -> UUID | None:
        now = clock.micros()
        lost = sa.and_(ReportOrder.state == OrderState.MAKING.value, ReportOrder.lease_until < now)
        waiting = sa.or_(ReportOrder.state == OrderState.WAITING.value, lost)
        found = session().scalar(sa.select(ReportOrder.id).where(waiting).limit(1))
        end_read()
        if found is None:
            return None
        with unit_of_work():
            query = sa.select(ReportOrder).where(waiting).order_by(ReportOrder.id).limit(1)
            locked = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
            row = session().scalar(locked)
            if row is None:
                return None
            if row.attempts >= _MOST_ATTEMPTS:
                _failed(row, LOST)
                return None
            row.state, row.worker, row.lease_until = OrderState.MAKING.value, self._worker, now + _LEASE
            row.attempts += 1
            return row.id

    def _make(self, order_id: UUID, stop: threading.Event) -> None:
        asked = _asked(order_id)

        def progress(done: int, of: int) -> None:
            if stop.is_set():
                raise _OrderLost
            with unit_of_work():
                row = self._mine(order_id)
                row.done, row.steps, row.lease_until = done, of, clock.micros() + _LEASE

        try:
            report = named(asked.name)
            context = context_of(report, asked, SERVICE, progress)
            made = made_of(report, content_of(report, context), context)
        except (_OrderLost, *_PASSING):
            raise  # Where the database was away, whoever comes when the lease is over makes it.
        except Exception as error:
            # Whatever else it was, it would be so again: whoever waits is told, and can order anew.
            _log.exception("an ordered report could not be made", extra={"report": asked.name})
            end_read()
            with unit_of_work():
                _failed(self._mine(order_id), error.code if isinstance(error, PrivacyError) else type(error).__name__)
            return
        end_read()
        with unit_of_work():
            orders.store(self._mine(order_id), made, actor=SERVICE)

    def _let_go(self, order_id: UUID) -> None:
        """Another takes what this worker did not come to the end of; that is no attempt that failed."""
        end_read()
        with unit_of_work():
            row = session().get(ReportOrder, order_id, with_for_update=True, populate_existing=True)
            if row is not None and row.worker == self._worker:
                row.state, row.worker, row.lease_until = OrderState.WAITING.value, None, None
                row.attempts -= 1

    def _mine(self, order_id: UUID) -> ReportOrder:
        row = session().get(ReportOrder, order_id, with_for_update=True, populate_existing=True)
        if row is None or row.worker != self._worker or row.state != OrderState.MAKING:
            raise _OrderLost
        return row


def _asked(order_id: UUID) -> Asked:
    row = session().get_one(ReportOrder, order_id, populate_existing=True)
    asked = orders.asked_of(row, orders.options_of(row))
    end_read()
    return asked


def _failed(row: ReportOrder, code: str) -> None:
    row.state, row.failure = OrderState.FAILED.value, code[:64]
    row.worker = row.lease_until = None
    orders.record("report_order.failed", row, actor=SERVICE, failure=row.failure)
