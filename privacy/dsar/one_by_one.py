"""Rows of a job's lot one by one: one that fails holds up none of the others, and is tried again later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.db import DRIVER_ERRORS, session
from privacy.errors import Unavailable

#: How long a worker leaves a row alone that failed.
REST = 600 * clock.SECOND
#: No fault of one row: the whole lot is put off.
_OF_THE_DATABASE = (Unavailable, sa.exc.OperationalError, sa.exc.TimeoutError, *DRIVER_ERRORS)

_log = logging.getLogger("privacy.dsar.jobs")


class OneByOne:
    """What one job has put off, in this process alone: another worker, or the next one, tries it sooner."""

    def __init__(self, job: str) -> None:
        self._job = job
        self._until: dict[UUID, int] = {}

    def put_off(self) -> list[UUID]:
        """The rows that failed and are not due again, for the job's question to leave out."""
        now = clock.micros()
        self._until = {row_id: until for row_id, until in self._until.items() if until > now}
        return [*self._until]

    def do(self, row_id: UUID, change: Callable[[], object]) -> bool:
        """Change one row in the open unit of work, wholly or not at all; says whether it was done.

        Whatever fails is logged by its kind: its text might name a value.
        """
        try:
            with session().begin_nested():
                change()
        except _OF_THE_DATABASE:
            raise
        except Exception as error:
            self._until[row_id] = clock.micros() + REST
            _log.error("left for later", extra={"job": self._job, "id": str(row_id), "fault": type(error).__name__})
            return False
        return True
